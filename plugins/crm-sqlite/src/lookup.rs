//! Who is it, by what a form says? Each identifier is compared by its key; a name alone counts only when nothing else
//! led to anybody, because names are shared.

use crate::error::Error;
use crate::found::{self, Found};
use hark_plugin_sdk::crm::{LookupRequest, Match, keys, limit, score};
use rusqlite::{Connection, params};

/// How many customers one way may lead to; a phone number of half the town identifies nobody.
const MAX_PER_WAY: u32 = 100;

/// The customers that fit, best first.
pub(crate) fn lookup(db: &Connection, request: &LookupRequest) -> Result<Vec<Match>, Error> {
    let mut found = Found::default();
    by_numbers(db, request, &mut found)?;
    if let Some(text) = &request.email {
        by_email(db, text, &mut found)?;
    }
    if let Some(text) = &request.phone {
        by_phone(db, text, &mut found)?;
    }
    for (name, value) in &request.fields {
        by_field(db, name, value, &mut found)?;
    }
    if let Some(text) = &request.name {
        by_name(db, text, &mut found)?;
    }
    found::read(found, db, limit(request.limit))
}

/// Case and account number. People mix the two up: what fits in neither of its own places is tried in the other.
fn by_numbers(db: &Connection, request: &LookupRequest, found: &mut Found) -> Result<(), Error> {
    if let Some(text) = &request.case
        && !by_case(db, text, found)?
    {
        by_account(db, text, found)?;
    }
    if let Some(text) = &request.account
        && !by_account(db, text, found)?
    {
        by_case(db, text, found)?;
    }
    Ok(())
}

/// By case number. True when there is such a case.
pub(crate) fn by_case(db: &Connection, text: &str, found: &mut Found) -> Result<bool, Error> {
    let Some(key) = keys::case(text) else { return Ok(false) };
    let mut query = db.prepare_cached("SELECT customer, n FROM cases WHERE number_key = ?")?;
    let mut rows = query.query([key])?;
    let Some(row) = rows.next()? else { return Ok(false) };
    found.add(row.get(0)?, score::CASE, "case", Some(row.get(1)?));
    Ok(true)
}

/// By account number. True when there is such an account.
pub(crate) fn by_account(db: &Connection, text: &str, found: &mut Found) -> Result<bool, Error> {
    let key = keys::account(text);
    add_all(
        db,
        "SELECT n FROM customers WHERE account_key = ? LIMIT ?",
        key,
        score::ACCOUNT,
        "account",
        found,
    )
}

/// By e-mail address, whatever its case.
pub(crate) fn by_email(db: &Connection, text: &str, found: &mut Found) -> Result<(), Error> {
    let key = keys::email(text);
    add_all(db, "SELECT n FROM customers WHERE email_key = ? LIMIT ?", key, score::EMAIL, "email", found)?;
    Ok(())
}

/// By phone number, with or without its country code.
pub(crate) fn by_phone(db: &Connection, text: &str, found: &mut Found) -> Result<(), Error> {
    let Some(key) = keys::phone(text) else { return Ok(()) };
    let mut query = db.prepare_cached("SELECT n, phone_key FROM customers WHERE phone_tail = ? LIMIT ?")?;
    let mut rows = query.query(params![keys::phone_tail(&key), MAX_PER_WAY])?;
    while let Some(row) = rows.next()? {
        if keys::same_phone(&key, &row.get::<_, String>(1)?) {
            found.add(row.get(0)?, score::PHONE, "phone", None);
        }
    }
    Ok(())
}

fn by_field(db: &Connection, name: &str, value: &str, found: &mut Found) -> Result<(), Error> {
    let Some(key) = keys::name(value) else { return Ok(()) };
    let mut query =
        db.prepare_cached("SELECT customer FROM customer_fields WHERE name = ? AND value_key = ? LIMIT ?")?;
    let mut rows = query.query(params![name, key, MAX_PER_WAY])?;
    while let Some(row) = rows.next()? {
        found.add(row.get(0)?, score::FIELD, name, None);
    }
    Ok(())
}

/// A name finds somebody only when nothing else did; else it tells those apart who share an address.
fn by_name(db: &Connection, text: &str, found: &mut Found) -> Result<(), Error> {
    let key = keys::name(text);
    if found.is_empty() {
        add_all(db, "SELECT n FROM customers WHERE name_key = ? LIMIT ?", key, score::NAME, "name", found)?;
        return Ok(());
    }
    let mut query = db.prepare_cached("SELECT 1 FROM customers WHERE n = ? AND name_key = ?")?;
    for customer in found.customers() {
        if query.exists(params![customer, key])? {
            found.agree(&customer);
        }
    }
    Ok(())
}

/// Adds every customer that a statement finds by a key. True when there was one.
fn add_all(
    db: &Connection,
    select: &str,
    key: Option<String>,
    score: u8,
    by: &str,
    found: &mut Found,
) -> Result<bool, Error> {
    let Some(key) = key else { return Ok(false) };
    let mut query = db.prepare_cached(select)?;
    let mut rows = query.query(params![key, MAX_PER_WAY])?;
    let mut any = false;
    while let Some(row) = rows.next()? {
        found.add(row.get(0)?, score, by, None);
        any = true;
    }
    Ok(any)
}
