//! Reads the matches of those who were found, all at once. It asks no questions of its own.

use crate::error::Error;
use crate::session::Session;
use crate::{cases, customers};
use hark_plugin_sdk::crm::{Case, Match, Ranking};
use std::collections::HashMap;

/// Customers and cases by their row numbers.
pub(crate) type Found = Ranking<i64, i64>;

/// The matches, best first.
pub(crate) async fn read(found: Found, db: &Session, limit: u32) -> Result<Vec<Match>, Error> {
    let hits = found.best(limit);
    if hits.is_empty() {
        return Ok(Vec::new());
    }
    let numbers: Vec<i64> = hits.iter().map(|(n, _)| *n).collect();
    let mut customers = customers::at(db, &numbers).await?;
    let numbers: Vec<i64> = hits.iter().filter_map(|(_, hit)| hit.case).collect();
    let mut cases: HashMap<i64, Case> = cases::at(db, &numbers).await?.into_iter().collect();
    let matches = hits.into_iter().filter_map(|(n, hit)| {
        let (customer, open_cases) = customers.remove(&n)?;
        let case = hit.case.and_then(|case| cases.remove(&case));
        Some(Match { customer, case, open_cases, score: hit.score, by: hit.by })
    });
    Ok(matches.collect())
}
