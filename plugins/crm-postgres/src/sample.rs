//! Fills an empty database with the SDK's sample customers and cases.

use crate::customers;
use crate::error::Error;
use crate::session::Session;
use hark_plugin_sdk::Failure;
use hark_plugin_sdk::crm::keys;
use hark_plugin_sdk::crm::sample::{self, SampleCase};

const CASE: &str =
    "INSERT INTO cases (id, number, number_key, customer, subject, status, opened_at, updated_at)
    SELECT $1, $2, $3, n, $4, $5, now() - make_interval(days => $6), now() - make_interval(days => $6)
    FROM customers WHERE id = $7";
const NOTE: &str = "INSERT INTO notes (\"case\", at, author, text)
    SELECT n, to_char(opened_at AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS\"Z\"'), $1, $2 FROM cases WHERE id = $3";
/// New numbers come after the sample's.
const NUMBERS: &str = "SELECT setval('case_numbers', max(substr(number, 4)::bigint)) FROM cases";

/// Fills the database when it has no customers. True when it did.
pub(crate) async fn fill(db: &Session) -> Result<bool, Error> {
    if db.one("SELECT EXISTS (SELECT FROM customers)", &[]).await?.get(0) {
        return Ok(false);
    }
    for customer in sample::customers() {
        customers::write(db, &customer).await?;
    }
    for sample in sample::cases() {
        case(db, &sample).await?;
    }
    db.rows(NUMBERS, &[]).await?;
    Ok(true)
}

async fn case(db: &Session, sample: &SampleCase) -> Result<(), Error> {
    let SampleCase { key, number, account, status, age_days, subject, author, note } = *sample;
    let id = format!("cas_{key}");
    let days: i32 = age_days.parse().map_err(|_| Failure::Internal(format!("the sample's case {key}")))?;
    let customer = format!("cus_{account}");
    db.rows(CASE, &[&id, &number, &keys::case(number), &subject, &status, &days, &customer]).await?;
    db.rows(NOTE, &[&author, &note, &id]).await?;
    Ok(())
}
