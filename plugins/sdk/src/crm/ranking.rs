//! Who was found, how and how surely: ways to customers, gathered by customer and put in order. It asks nobody, and
//! knows customers and cases only as what its user calls them.

use std::cmp::Reverse;
use std::collections::BTreeMap;

/// How sure a way to a customer is, of 100, when no system says it better.
pub mod score {
    /// By the number of a case.
    pub const CASE: u8 = 98;
    /// By account number.
    pub const ACCOUNT: u8 = 96;
    /// By e-mail address.
    pub const EMAIL: u8 = 94;
    /// By phone number, which families share.
    pub const PHONE: u8 = 85;
    /// By another field of the form.
    pub const FIELD: u8 = 70;
    /// By name alone, which strangers share.
    pub const NAME: u8 = 50;
    /// The best hit of a search by words.
    pub const TEXT: u8 = 80;
}

/// How many matches or cases an answer has when nobody says.
const DEFAULT_LIMIT: u32 = 20;
/// How many matches or cases an answer has at most.
const MAX_LIMIT: u32 = 100;
/// What each further way to the same customer adds to the score.
const AGREEMENT: u8 = 2;
/// The least score of a hit by words.
const LEAST_TEXT: f64 = 2.0;

/// The number of results that a request's limit means.
#[must_use]
pub fn limit(asked: u32) -> u32 {
    if asked == 0 { DEFAULT_LIMIT } else { asked.min(MAX_LIMIT) }
}

/// The score of a hit by words whose rank is this share of the best one's.
#[must_use]
pub fn text_score(share: f64) -> u8 {
    let best = f64::from(score::TEXT);
    (best * share).clamp(LEAST_TEXT, best) as u8
}

/// One customer, the best way that led there, and the case if it was one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hit<C> {
    /// How sure it is, 0 to 100.
    pub score: u8,
    /// What fitted.
    pub by: String,
    /// The case that led there.
    pub case: Option<C>,
    order: usize,
}

/// Customers of the kind `K`, found by ways, some of them by cases of the kind `C`.
pub struct Ranking<K, C> {
    hits: BTreeMap<K, Hit<C>>,
}

impl<K: Ord, C> Default for Ranking<K, C> {
    fn default() -> Self {
        Self { hits: BTreeMap::new() }
    }
}

impl<K: Ord + Clone, C> Ranking<K, C> {
    /// Whether nobody was found.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.hits.is_empty()
    }

    /// The customers found so far.
    #[must_use]
    pub fn customers(&self) -> Vec<K> {
        self.hits.keys().cloned().collect()
    }

    /// Notes a way to a customer. Ways come best first; a further one makes the match surer.
    pub fn add(&mut self, customer: K, score: u8, by: &str, case: Option<C>) {
        let order = self.hits.len();
        let first = || Hit { order, score: 0, by: by.to_owned(), case: None };
        let hit = self.hits.entry(customer).or_insert_with(first);
        hit.case = hit.case.take().or(case);
        if hit.score < score {
            (hit.score, hit.by) = (score, by.to_owned());
        } else if hit.by != by {
            hit.agree();
        }
    }

    /// Makes a match surer without a way of its own.
    pub fn agree(&mut self, customer: &K) {
        if let Some(hit) = self.hits.get_mut(customer) {
            hit.agree();
        }
    }

    /// The customers, best first, those of the same score in the order in which they were found.
    #[must_use]
    pub fn best(self, limit: u32) -> Vec<(K, Hit<C>)> {
        let mut hits: Vec<_> = self.hits.into_iter().collect();
        hits.sort_by_key(|(_, hit)| (Reverse(hit.score), hit.order));
        hits.truncate(limit as usize);
        hits
    }
}

impl<C> Hit<C> {
    fn agree(&mut self) {
        self.score = self.score.saturating_add(AGREEMENT).min(100);
    }
}
