//! The door of every journal, whatever lies behind it: local files now, a replicated log later.
//! Promises only what all of them can keep.

use crate::{Batch, Error, Latest, Reader, Seq};
use std::io;

/// An append-only log with one owner and at most one append outstanding.
pub trait Journal: Send {
    /// The last committed record, [`Seq::NONE`] when there is none.
    fn last(&self) -> Seq;

    /// Commits a batch after the record `after`, which must be the last one. Blocks until it is durable.
    /// The batch keeps its records; clear it before it is filled again.
    fn append(&mut self, after: Seq, batch: &mut Batch) -> Append;

    /// Streams the committed records from `from` on ([`Seq::NONE`] and 1 both mean the beginning).
    ///
    /// # Errors
    /// [`Error::Trimmed`] when `from` has left the journal.
    fn read(&self, from: Seq) -> Result<Reader, Error>;

    /// Keeps the state as it is after the record `upto`, durably.
    ///
    /// # Errors
    /// [`Error::AheadOfJournal`] when `upto` is not committed, or the file system's error: the snapshots
    /// that were there before are then still there, and the journal goes on.
    fn write_snapshot(&mut self, upto: Seq, bytes: &[u8]) -> Result<(), Error>;

    /// The newest snapshot that is whole, and a word on each newer one that is not.
    ///
    /// # Errors
    /// The file system's error. A broken snapshot is not one.
    fn latest_snapshot(&self) -> Result<Latest, Error>;

    /// Gives back the room of records up to and including `upto`, as far as both kept snapshots cover them.
    /// Answers the first record that is still there.
    ///
    /// # Errors
    /// The file system's error; what was not yet given back stays readable.
    fn trim(&mut self, upto: Seq) -> Result<Seq, Error>;

    /// What the journal takes and has left.
    fn sizes(&self) -> Sizes;
}

/// What became of an append.
#[derive(Debug)]
#[must_use]
pub enum Append {
    /// Durable. The place of the batch's last record.
    Committed(Seq),
    /// Not written: `after` was not the last record, so somebody else wrote.
    Fenced {
        /// The last record.
        last: Seq,
    },
    /// Not written, because there was no room for a new segment. Nothing changed: the same append may be
    /// tried again when there is room.
    NoSpace(io::Error),
    /// It may be durable or not; only the next opening can tell. The journal takes no append any more.
    Unknown(io::Error),
}

/// What a journal takes and has left, in bytes unless said otherwise.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Sizes {
    /// First record still there; one more than the last when there is none.
    pub first: Seq,
    /// Last committed record.
    pub last: Seq,
    /// Number of live segments.
    pub segments: usize,
    /// All live segments, as large as they are on disk.
    pub segment_bytes: u64,
    /// Bytes of live segments that hold something.
    pub used_bytes: u64,
    /// Bytes that can be appended before a new segment is needed.
    pub room: u64,
    /// Whether the next segment lies ready, so that a full disk does not stop the next rotation.
    pub next_ready: bool,
    /// Number of snapshots.
    pub snapshots: usize,
    /// All snapshots.
    pub snapshot_bytes: u64,
}
