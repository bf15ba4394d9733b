//! A place in the order of everything that happened. Says where to go on from; never what happened.

use hark_journal::Seq;
use std::fmt;
use std::str::FromStr;

/// A place in the order of events: which turn, and which event of it. `c_<turn>_<event>` on the wire.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Cursor {
    pub(crate) turn: Seq,
    pub(crate) event: u32,
}

impl Cursor {
    /// Before everything.
    pub const START: Self = Self::end_of(Seq::NONE);

    /// After all events of a turn.
    pub(crate) const fn end_of(turn: Seq) -> Self {
        Self { turn, event: u32::MAX }
    }

    /// The place just before the event that this one comes after: told again from there, that event comes first.
    pub const fn just_before(self) -> Self {
        match self.event {
            0 => Self::end_of(Seq(self.turn.0 - 1)),
            event => Self { turn: self.turn, event: event - 1 },
        }
    }

    /// The turn's sequence number in the journal.
    pub const fn turn(self) -> Seq {
        self.turn
    }
}

impl fmt::Display for Cursor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.event {
            u32::MAX => write!(f, "c_{}", self.turn),
            event => write!(f, "c_{}_{event}", self.turn),
        }
    }
}

/// The text is not a cursor.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NotACursor;

impl FromStr for Cursor {
    type Err = NotACursor;

    fn from_str(text: &str) -> Result<Self, NotACursor> {
        let digits = text.strip_prefix("c_").ok_or(NotACursor)?;
        let (turn, event) = match digits.split_once('_') {
            Some((turn, event)) => (turn, event.parse().map_err(|_| NotACursor)?),
            None => (digits, u32::MAX),
        };
        Ok(Self { turn: Seq(turn.parse().map_err(|_| NotACursor)?), event })
    }
}
