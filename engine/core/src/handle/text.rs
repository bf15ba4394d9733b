//! Texts from outside are counted in characters (Unicode scalar values) and never cut.

use crate::refusal::Refusal;

/// Refuses a text over its limit.
pub(super) fn at_most(text: &str, limit: u32) -> Result<(), Refusal> {
    // A text of few bytes has few characters: most need no counting.
    if text.len() <= limit as usize {
        return Ok(());
    }
    let length = u32::try_from(text.chars().count()).unwrap_or(u32::MAX);
    if length > limit { Err(Refusal::TooLong { limit, length }) } else { Ok(()) }
}

/// Refuses a text without a visible character.
pub(super) fn not_blank(text: &str, field: &'static str) -> Result<(), Refusal> {
    if text.chars().all(char::is_whitespace) { Err(Refusal::Empty(field)) } else { Ok(()) }
}
