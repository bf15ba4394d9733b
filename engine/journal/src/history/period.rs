//! A period: the calendar month (UTC) in which a chat was requested. Its id tells it, so that everything about a chat
//! lies in one database and is found without looking.

use hark_core::{ChatId, Time};
use std::fmt;

/// A calendar month, counted in months since year 0.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct Period(u32);

impl Period {
    /// The month of a time.
    pub(super) fn of_time(at: Time) -> Self {
        // A time is written with year and month first.
        Self::parse(&at.to_string()[..7]).expect("a time begins with its year and month")
    }

    /// The month in which a chat was requested: its id is a UUIDv7, which begins with the time.
    pub(super) fn of_chat(chat: ChatId) -> Self {
        Self::of_time(Time::from_millis((chat.bits() >> 80) as u64))
    }

    /// Reads a folder's name.
    pub(super) fn parse(name: &str) -> Option<Self> {
        let (year, month) =
            name.split_once('-').filter(|(year, month)| year.len() == 4 && month.len() == 2)?;
        let (year, month): (u32, u32) = (year.parse().ok()?, month.parse().ok()?);
        (1..=12).contains(&month).then(|| Self(year * 12 + month - 1))
    }

    /// Before all chats.
    pub(super) const FIRST: Self = Self(0);

    /// A key that sorts as months do.
    pub(super) fn key(self, kind: &[u8]) -> Vec<u8> {
        [kind, &self.0.to_be_bytes()].concat()
    }

    /// The month that lies so many months before this one.
    pub(super) fn back(self, months: u32) -> Self {
        Self(self.0.saturating_sub(months))
    }
}

impl fmt::Display for Period {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04}-{:02}", self.0 / 12, self.0 % 12 + 1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn months_are_told_from_ids_and_written_as_folders() {
        // 2026-11-30T23:59:59.999Z and the millisecond after it.
        let last = Time::from_millis(1_796_083_199_999);
        assert_eq!(Period::of_time(last).to_string(), "2026-11");
        let next = ChatId::from(u128::from(last.millis() + 1) << 80);
        assert_eq!(Period::of_chat(next).to_string(), "2026-12");
        assert_eq!(Period::parse("2026-11"), Some(Period::of_time(last)));
        assert_eq!(Period::of_chat(next).back(12).to_string(), "2025-12");
        assert_eq!([Period::parse("2026-13"), Period::parse("2026-1"), Period::parse("lost")], [None; 3]);
    }
}
