//! The tables, and the way from every older file to today's: one step per version, never changed once released.

use crate::error::Error;
use hark_plugin_sdk::Failure;
use rusqlite::{Connection, TransactionBehavior};

/// Each step makes version `index + 1` of the one before, and is done in one transaction.
const STEPS: &[&str] = &[include_str!("schema/0001.sql")];

/// Brings the file to today's version.
pub(crate) fn migrate(db: &mut Connection) -> Result<(), Error> {
    // The lock first, then the version: two processes may open a new file at once.
    let work = db.transaction_with_behavior(TransactionBehavior::Immediate)?;
    let version: usize = work.pragma_query_value(None, "user_version", |row| row.get(0))?;
    if version > STEPS.len() {
        let text =
            format!("the customer database has version {version}, this plugin knows up to {}", STEPS.len());
        return Err(Failure::invalid(text).into());
    }
    let tables: i64 = work.query_row("SELECT count(*) FROM sqlite_master", [], |row| row.get(0))?;
    if version == 0 && tables > 0 {
        return Err(Failure::invalid("the file is a database, but not one of this plugin").into());
    }
    for (done, step) in STEPS.iter().enumerate().skip(version) {
        work.execute_batch(step)?;
        work.pragma_update(None, "user_version", done + 1)?;
    }
    Ok(work.commit()?)
}
