//! Following the journal from any place in it, at one's own pace: for work that must miss nothing and may be late. It
//! reads files, so it belongs on a thread of its own; it holds up nobody, and nobody waits for it.

use crate::bell::Bell;
use crate::cursor::Cursor;
use crate::handle::Handle;
use crate::happened::Happened;
use hark_core::Turn;
use hark_journal::{JournalReader, Reader, Record, RecordKind, Seq};
use std::collections::VecDeque;
use std::fmt;
use std::sync::Arc;

/// Why the journal could not be followed.
#[derive(Debug)]
pub enum FollowError {
    /// It cannot be read.
    Journal(hark_journal::Error),
    /// A record of it is of another version.
    Unreadable {
        /// The record.
        seq: Seq,
        /// What is wrong.
        why: String,
    },
}

impl fmt::Display for FollowError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Journal(error) => error.fmt(f),
            Self::Unreadable { seq, why } => write!(f, "the journal's record {seq} cannot be read: {why}"),
        }
    }
}

impl std::error::Error for FollowError {}

/// Reads what happened, event by event, as far as it is durable.
pub struct Follower {
    journal: JournalReader,
    reader: Reader,
    /// Events of the last turn that was read.
    turn: VecDeque<Arc<Happened>>,
    place: Cursor,
    lost: Option<u64>,
}

impl Follower {
    /// The next event, or none when there is no more for now.
    ///
    /// # Errors
    /// See [`FollowError`]; asked again, it says the same.
    pub fn advance(&mut self) -> Result<Option<Arc<Happened>>, FollowError> {
        loop {
            if let Some(happened) = self.turn.pop_front() {
                self.place = happened.cursor;
                return Ok(Some(happened));
            }
            let Some(record) = self.reader.next() else { return Ok(None) };
            let record = record.map_err(FollowError::Journal)?;
            let (seq, after) = (record.seq, self.place);
            if let Some(turn) = turn_of(record)? {
                self.turn = Happened::of_turn(seq, turn).filter(|happened| happened.cursor > after).collect();
            }
            if self.turn.is_empty() {
                self.place = self.place.max(Cursor::end_of(seq));
            }
        }
    }

    /// Everything up to here has been given.
    pub fn place(&self) -> Cursor {
        self.place
    }

    /// Turns that are durable and not read yet.
    pub fn behind(&self) -> u64 {
        self.journal.last().0.saturating_sub(self.reader.position().previous().0)
    }

    /// How many turns from the place where it was to begin are no longer kept, if any: they are passed over. Told once.
    pub fn lost(&mut self) -> Option<u64> {
        self.lost.take()
    }
}

impl Handle {
    /// Follows what happens from just after a place, or from the present end. Turns that have left the journal come from
    /// its archive; where that no longer reaches back to the place, it begins with the first that is kept.
    pub fn follow(&self, after: Option<Cursor>) -> Follower {
        let journal = self.past.journal();
        let end = Cursor::end_of(journal.last());
        // A journal brought back from a copy may end before the place.
        let place = after.map_or(end, |after| after.min(end));
        // A place inside a turn needs that turn again; the end of one needs the next.
        let wanted = if place == Cursor::end_of(place.turn()) { place.turn().next() } else { place.turn() };
        let (first, last) = (journal.first(), journal.last());
        let kept = if wanted >= first { first } else { journal.first_archived() };
        let lost = (wanted < kept && last >= kept).then(|| kept.0 - wanted.0);
        let reader = journal.read_archived(wanted.max(kept));
        Follower { journal, reader, turn: VecDeque::new(), place, lost }
    }

    /// Rings whenever something has become durable, and when the engine stops.
    pub fn bell(&self) -> Bell {
        self.feed.bell()
    }
}

fn turn_of(record: Record) -> Result<Option<Turn>, FollowError> {
    let Record { seq, kind, payload } = record;
    if kind != RecordKind::Turn {
        return Ok(None);
    }
    hark_journal::decode_turn(&payload).map(Some).map_err(|why| FollowError::Unreadable { seq, why })
}
