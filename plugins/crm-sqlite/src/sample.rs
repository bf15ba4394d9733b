//! Sample customers and cases for demonstrations, written for Hark: nobody in it exists, and every address is at an
//! example domain. It fills an empty database only.

use crate::error::Error;
use crate::{customers, keys};
use hark_plugin_sdk::crm::Customer;
use rusqlite::{Connection, params};

/// One customer a line: account, name, e-mail, phone, company, language, vip, since, plan, notes.
const CUSTOMERS: &str = include_str!("../sample/customers.txt");
/// One case a line: number, account, status, age in days, subject, author, note.
const CASES: &str = include_str!("../sample/cases.txt");

/// Fills the database when it has no customers. True when it did.
pub(crate) fn fill(db: &Connection) -> Result<bool, Error> {
    let customers: i64 = db.query_row("SELECT count(*) FROM customers", [], |row| row.get(0))?;
    if customers > 0 {
        return Ok(false);
    }
    for line in lines(CUSTOMERS) {
        let parts = split::<10>(line);
        customers::insert(db, &customer(parts))?;
    }
    for line in lines(CASES) {
        case(db, split::<7>(line))?;
    }
    Ok(true)
}

fn lines(text: &'static str) -> impl Iterator<Item = &'static str> {
    text.lines().filter(|line| !line.is_empty() && !line.starts_with('#'))
}

fn split<const N: usize>(line: &'static str) -> [&'static str; N] {
    let parts: Vec<_> = line.split('|').map(str::trim).collect();
    parts.try_into().expect("the sample's lines have all their parts; a test reads them")
}

fn customer(parts: [&str; 10]) -> Customer {
    let [account, name, email, phone, company, language, vip, since, plan, notes] = parts;
    let text = |part: &str| (!part.is_empty()).then(|| part.to_owned());
    Customer {
        id: format!("cus_{account}"),
        name: name.to_owned(),
        email: text(email),
        phone: text(phone),
        account: text(account),
        company: text(company),
        language: text(language),
        vip: vip == "vip",
        since: text(since),
        notes: text(notes),
        fields: text(plan).map(|plan| ("plan".to_owned(), plan)).into_iter().collect(),
        version: 1,
    }
}

fn case(db: &Connection, parts: [&str; 7]) -> Result<(), Error> {
    let [number, account, status, age, subject, author, note] = parts;
    let customer = customers::number(db, &format!("cus_{account}"))?;
    let id = format!("cas_{}", number.trim_start_matches("CS-"));
    db.prepare_cached(
        "INSERT INTO cases (id, number, number_key, customer, subject, status, opened_at, updated_at)
         SELECT ?1, ?2, ?3, ?4, ?5, ?6, at, at
         FROM (SELECT strftime('%Y-%m-%dT%H:%M:%fZ', 'now', '-' || ?7 || ' days') AS at)",
    )?
    .execute(params![id, number, keys::case(number), customer, subject, status, age])?;
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
