//! The words by which a customer is found, as PostgreSQL's text search takes them, and a person's words as its query.
//! Nothing that a person typed is ever query language: words are letters and digits only.

use hark_plugin_sdk::crm::Customer;
use hark_plugin_sdk::crm::words::{account, phone, spaced};
use std::fmt::Write as _;
use unicode_normalization::UnicodeNormalization as _;

/// How many words of a query are looked at.
const MAX_ASKED: usize = 12;
/// How many words of one field are kept.
const MAX_KEPT: usize = 200;
/// The longest word, in characters: a word of the index has at most 2 KiB.
const MAX_WORD: usize = 64;

/// The words of a customer as a `tsvector`, each with its weight: the name counts most, then e-mail and account.
pub(crate) fn of(customer: &Customer) -> String {
    let text = |text: &Option<String>| text.as_deref().map(spaced).unwrap_or_default();
    let fields = [
        (spaced(&customer.name), 'A'),
        (text(&customer.email), 'B'),
        (customer.account.as_deref().map(account).unwrap_or_default(), 'B'),
        (customer.phone.as_deref().map(phone).unwrap_or_default(), 'C'),
        (text(&customer.company), 'D'),
    ];
    let mut out = String::new();
    let words = fields
        .iter()
        .flat_map(|(text, weight)| words(text).into_iter().take(MAX_KEPT).map(move |word| (word, *weight)));
    for (place, (word, weight)) in words.enumerate() {
        let _ = write!(out, "'{word}':{}{weight} ", place + 1);
    }
    out
}

/// The beginnings that a text asks for, each a `tsquery`.
pub(crate) fn asked(text: &str) -> Vec<String> {
    words(&spaced(text)).into_iter().take(MAX_ASKED).map(|word| format!("'{word}':*")).collect()
}

/// Words without case and accents.
fn words(text: &str) -> Vec<String> {
    let plain: String = text.nfd().filter(|c| !('\u{300}'..='\u{36F}').contains(c)).collect();
    let plain = plain.to_lowercase();
    let words = plain.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty());
    words.map(|word| word.chars().take(MAX_WORD).collect()).collect()
}
