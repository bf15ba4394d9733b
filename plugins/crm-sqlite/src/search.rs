//! Pick-a-customer: any words, in any order, beginnings are enough; ranked by SQLite's FTS5. It also writes the words
//! of each customer. It never treats what a person typed as query language.

use crate::error::Error;
use crate::found::{Found, limit};
use crate::{keys, lookup};
use hark_plugin_sdk::crm::{Customer, Match, SearchRequest};
use rusqlite::{Connection, params};

/// How many words of a text are looked at.
const MAX_WORDS: usize = 12;
/// The score of the best hit by words; identifiers that fit exactly are above it.
const BEST: f64 = 80.0;
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
    found.read(db, limit)
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
        found.add(row.get(0)?, (BEST * share).clamp(2.0, BEST) as u8, "text", None);
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
        customer.phone.as_deref().map(phone_words),
        customer.account.as_deref().map(|account| format!(
            "{} {}",
            spaced(account),
            keys::account(account).unwrap_or_default()
        )),
        text(&customer.company),
    ])?;
    Ok(())
}

/// A phone number as it may be typed: its groups, and its digits in one piece, with and without a country code.
fn phone_words(phone: &str) -> String {
    let digits = keys::phone(phone).unwrap_or_default();
    let pieces = (0..=3).filter_map(|code| digits.get(code..)).collect::<Vec<_>>().join(" ");
    format!("{} {pieces}", spaced(phone))
}

/// The text with blanks around the characters of scripts that write without blanks, so that each is a word, and
/// without control characters.
fn spaced(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            c if c.is_control() => out.push(' '),
            c if is_ideograph(c) => out.extend([' ', c, ' ']),
            c => out.push(c),
        }
    }
    out
}

fn is_ideograph(c: char) -> bool {
    matches!(c, '\u{2E80}'..='\u{2FDF}' | '\u{3040}'..='\u{30FF}' | '\u{31F0}'..='\u{31FF}'
        | '\u{3400}'..='\u{4DBF}' | '\u{4E00}'..='\u{9FFF}' | '\u{F900}'..='\u{FAFF}' | '\u{20000}'..='\u{3FFFF}')
}
