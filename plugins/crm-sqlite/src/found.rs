//! Reads the matches of those who were found from their rows. It asks no questions of its own.

use crate::cases;
use crate::customers;
use crate::error::Error;
use hark_plugin_sdk::crm::{Match, NotesBudget, Ranking};
use rusqlite::Connection;

/// Customers and cases by their row numbers.
pub(crate) type Found = Ranking<i64, i64>;

/// The matches, best first.
pub(crate) fn read(found: Found, db: &Connection, limit: u32) -> Result<Vec<Match>, Error> {
    let mut budget = NotesBudget::default();
    let mut matches = Vec::new();
    for (n, hit) in found.best(limit) {
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
