//! Who was found, how and how surely: gathered by customer, best first, then read from their rows. It asks no
//! questions of its own.

use crate::cases::{self, Budget};
use crate::customers;
use crate::error::Error;
use hark_plugin_sdk::crm::Match;
use rusqlite::Connection;
use std::collections::BTreeMap;

/// How many matches or cases an answer has when nobody says.
const DEFAULT_LIMIT: u32 = 20;
/// How many matches or cases an answer has at most.
const MAX_LIMIT: u32 = 100;
/// What each further way to the same customer adds to the score.
const AGREEMENT: u8 = 2;

/// The number of results that a request's limit means.
pub(crate) fn limit(asked: u32) -> u32 {
    if asked == 0 { DEFAULT_LIMIT } else { asked.min(MAX_LIMIT) }
}

/// One customer, the best way that led there, and the case if it was one.
struct Hit {
    order: usize,
    score: u8,
    by: String,
    case: Option<i64>,
}

/// Customers by their row numbers.
#[derive(Default)]
pub(crate) struct Found {
    hits: BTreeMap<i64, Hit>,
}

impl Found {
    /// Whether nobody was found.
    pub(crate) fn is_empty(&self) -> bool {
        self.hits.is_empty()
    }

    /// The customers found so far.
    pub(crate) fn customers(&self) -> Vec<i64> {
        self.hits.keys().copied().collect()
    }

    /// Notes a way to a customer. Ways come best first; a further one makes the match surer.
    pub(crate) fn add(&mut self, customer: i64, score: u8, by: &str, case: Option<i64>) {
        let order = self.hits.len();
        let hit =
            self.hits.entry(customer).or_insert_with(|| Hit { order, score: 0, by: by.to_owned(), case });
        hit.case = hit.case.or(case);
        if hit.score < score {
            (hit.score, hit.by) = (score, by.to_owned());
        } else if hit.by != by {
            self.agree(customer);
        }
    }

    /// Makes a match surer without a way of its own.
    pub(crate) fn agree(&mut self, customer: i64) {
        if let Some(hit) = self.hits.get_mut(&customer) {
            hit.score = hit.score.saturating_add(AGREEMENT).min(100);
        }
    }

    /// The matches, best first, customers of the same score in the order in which they were found.
    pub(crate) fn read(self, db: &Connection, limit: u32) -> Result<Vec<Match>, Error> {
        let mut hits: Vec<_> = self.hits.into_iter().collect();
        hits.sort_by_key(|(_, hit)| (std::cmp::Reverse(hit.score), hit.order));
        hits.truncate(limit as usize);
        let mut budget = Budget::default();
        let mut matches = Vec::with_capacity(hits.len());
        for (n, hit) in hits {
            let case = hit.case.map(|case| cases::at(db, case)?.with_notes(db, &mut budget)).transpose()?;
            matches.push(Match {
                customer: customers::at(db, n)?,
                case,
                open_cases: cases::count_open(db, n)?,
                score: hit.score,
                by: hit.by,
            });
        }
        Ok(matches)
    }
}
