//! Pick-a-customer: any words, in any order, beginnings are enough; ranked by SQLite's FTS5. It also writes the words
//! of each customer. It never treats what a person typed as query language.

use crate::error::Error;
use crate::found::{self, Found};
use crate::lookup;
use hark_plugin_sdk::crm::words::{self, spaced};
use hark_plugin_sdk::crm::{Customer, Match, SearchRequest, limit, text_score};
use rusqlite::{Connection, params};

/// How many words of a text are looked at.
const MAX_WORDS: usize = 12;
/// The weight of name, e-mail, phone, account and company in the rank.
const RANK: &str = "bm25(customer_words, 10.0, 6.0, 4.0, 6.0, 3.0)";

/// Customers that fit a text, best first; a blank text gives those who changed last.
pub(crate) fn search(db: &Connection, request: &SearchRequest) -> Result<Vec<Match>, Error> {
    let mut found = Found::default();
    let text = request.text.trim();
    let limit = limit(request.limit);
    if text.is_empty() {
        latest(db, limit, &mut found)?;
    } else {
        lookup::by_case(db, text, &mut found)?;
        lookup::by_account(db, text, &mut found)?;
        lookup::by_email(db, text, &mut found)?;
        lookup::by_phone(db, text, &mut found)?;
        by_words(db, text, limit, &mut found)?;
    }
    found::read(found, db, limit)
}

fn latest(db: &Connection, limit: u32, found: &mut Found) -> Result<(), Error> {
    let mut query = db.prepare_cached("SELECT n FROM customers ORDER BY changed_at DESC, n DESC LIMIT ?")?;
    let mut rows = query.query([limit])?;
    while let Some(row) = rows.next()? {
        found.add(row.get(0)?, 0, "latest", None);
    }
    Ok(())
}

/// All words first; when nobody has all of them, any.
fn by_words(db: &Connection, text: &str, limit: u32, found: &mut Found) -> Result<(), Error> {
    let words: Vec<String> = words(text).collect();
    for operator in [" AND ", " OR "] {
        if words.is_empty() || ranked(db, &words.join(operator), limit, found)? {
            break;
        }
    }
    Ok(())
}

/// Each word as a quoted phrase whose last token is a beginning.
fn words(text: &str) -> impl Iterator<Item = String> {
    let spaced = spaced(text);
    let words: Vec<String> = spaced
        .split_whitespace()
        .filter(|word| word.contains(char::is_alphanumeric))
        .take(MAX_WORDS)
        .map(|word| format!("\"{}\"*", word.replace('"', " ")))
        .collect();
    words.into_iter()
}

fn ranked(db: &Connection, query: &str, limit: u32, found: &mut Found) -> Result<bool, Error> {
    let mut statement = db.prepare_cached(&format!(
        "SELECT rowid, {RANK} FROM customer_words WHERE customer_words MATCH ? ORDER BY 2, rowid LIMIT ?"
    ))?;
    let mut rows = statement.query(params![query, limit])?;
    let mut best = None;
    while let Some(row) = rows.next()? {
        // Ranks are negative, the best the most so.
        let rank: f64 = row.get::<_, f64>(1)?.min(-f64::MIN_POSITIVE);
        let share = rank / *best.get_or_insert(rank);
        found.add(row.get(0)?, text_score(share), "text", None);
    }
    Ok(best.is_some())
}

/// Writes the words by which a customer is found.
pub(crate) fn index(db: &Connection, n: i64, customer: &Customer) -> Result<(), Error> {
    let text = |text: &Option<String>| text.as_deref().map(spaced).unwrap_or_default();
    db.prepare_cached("DELETE FROM customer_words WHERE rowid = ?")?.execute([n])?;
    db.prepare_cached(
        "INSERT INTO customer_words (rowid, name, email, phone, account, company) VALUES (?, ?, ?, ?, ?, ?)",
    )?
    .execute(params![
        n,
        spaced(&customer.name),
        text(&customer.email),
        customer.phone.as_deref().map(words::phone),
        customer.account.as_deref().map(words::account),
        text(&customer.company),
    ])?;
    Ok(())
}
