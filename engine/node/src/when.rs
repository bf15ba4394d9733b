//! Moments as people type them.

use hark_core::Time;
use serde_json::Value;

/// Reads a moment: `2026-11-23T08:00:00Z`, with or without milliseconds, or a day alone.
///
/// # Errors
/// What it should look like.
pub(crate) fn moment(text: &str) -> Result<Time, String> {
    let whole = match text.len() {
        10 => format!("{text}T00:00:00.000Z"),
        20 => text.replacen('Z', ".000Z", 1),
        _ => text.to_owned(),
    };
    serde_json::from_value(Value::from(whole))
        .map_err(|_| format!("'{text}' is no moment like 2026-11-23T08:00:00Z or 2026-11-23"))
}

#[cfg(test)]
mod tests {
    use super::moment;

    #[test]
    fn days_seconds_and_milliseconds_are_moments() {
        for text in ["2026-11-23", "2026-11-23T00:00:00Z", "2026-11-23T00:00:00.000Z"] {
            assert_eq!(moment(text).map(hark_core::Time::millis), Ok(1_795_392_000_000));
        }
        assert!(moment("yesterday").is_err() && moment("2026-13-01").is_err());
    }
}
