//! The words of a customer, for an index of one's own: what search engines do not see by themselves. It ranks nothing.

use super::keys;

/// The text with blanks around the characters of scripts that write without blanks, so that each is a word, and
/// without control characters.
#[must_use]
pub fn spaced(text: &str) -> String {
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

/// A phone number as it may be typed: its groups, and its digits in one piece, with and without a country code.
#[must_use]
pub fn phone(phone: &str) -> String {
    let digits = keys::phone(phone).unwrap_or_default();
    let pieces = (0..=3).filter_map(|code| digits.get(code..)).collect::<Vec<_>>().join(" ");
    format!("{} {pieces}", spaced(phone))
}

/// An account number as it may be typed: as it is written, and its letters and digits in one piece.
#[must_use]
pub fn account(account: &str) -> String {
    format!("{} {}", spaced(account), keys::account(account).unwrap_or_default())
}

fn is_ideograph(c: char) -> bool {
    matches!(c, '\u{2E80}'..='\u{2FDF}' | '\u{3040}'..='\u{30FF}' | '\u{31F0}'..='\u{31FF}'
        | '\u{3400}'..='\u{4DBF}' | '\u{4E00}'..='\u{9FFF}' | '\u{F900}'..='\u{FAFF}' | '\u{20000}'..='\u{3FFFF}')
}
