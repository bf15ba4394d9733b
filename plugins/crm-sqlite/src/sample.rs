//! Fills an empty database with the SDK's sample customers and cases.

use crate::customers;
use crate::error::Error;
use hark_plugin_sdk::crm::keys;
use hark_plugin_sdk::crm::sample::{self, SampleCase};
use rusqlite::{Connection, params};

/// Fills the database when it has no customers. True when it did.
pub(crate) fn fill(db: &Connection) -> Result<bool, Error> {
    let customers: i64 = db.query_row("SELECT count(*) FROM customers", [], |row| row.get(0))?;
    if customers > 0 {
        return Ok(false);
    }
    for customer in sample::customers() {
        customers::insert(db, &customer)?;
    }
    for sample in sample::cases() {
        case(db, &sample)?;
    }
    Ok(true)
}

fn case(db: &Connection, sample: &SampleCase) -> Result<(), Error> {
    let SampleCase { key, number, account, status, age_days, subject, author, note } = *sample;
    let customer = customers::number(db, &format!("cus_{account}"))?;
    let id = format!("cas_{key}");
    db.prepare_cached(
        "INSERT INTO cases (id, number, number_key, customer, subject, status, opened_at, updated_at)
         SELECT ?1, ?2, ?3, ?4, ?5, ?6, at, at
         FROM (SELECT strftime('%Y-%m-%dT%H:%M:%fZ', 'now', '-' || ?7 || ' days') AS at)",
    )?
    .execute(params![id, number, keys::case(number), customer, subject, status, age_days])?;
    db.prepare_cached(
        "INSERT INTO notes (\"case\", at, author, text) SELECT n, opened_at, ?, ? FROM cases WHERE id = ?",
    )?
    .execute(params![author, note, id])?;
    db.execute(
        "UPDATE counters SET value = max(value, CAST(substr(?, 4) AS INTEGER)) WHERE name = 'case'",
        [number],
    )?;
    Ok(())
}
