//! How the engine is opened. Values only.

use hark_core::Policy;
use std::path::PathBuf;

/// How the engine is opened.
pub struct Options {
    /// Folder of everything that lasts; the journal lives in `journal/` below it, history in `history/`.
    pub dir: PathBuf,
    /// Who answers the core's questions.
    pub policy: Box<dyn Policy + Send>,
    /// Requests that may wait in the inbox; beyond it callers are told to come again.
    pub inbox: usize,
    /// Events that are kept for subscribers who reconnect.
    pub feed_events: usize,
    /// A snapshot is made after this many turns.
    pub snapshot_turns: u64,
    /// Bytes of a journal segment.
    pub segment_bytes: u64,
    /// How many whole months history keeps beside the current one; 0 keeps all for ever.
    pub keep_months: u32,
    /// Whether every invariant is checked after every turn, not just the cheap ones. For tests: it is slow.
    pub check_everything: bool,
}

impl Options {
    /// Folder of the journal inside the engine's.
    pub const JOURNAL: &'static str = "journal";
    /// Name of the folder of history inside the data folder.
    pub const HISTORY: &'static str = "history";
    /// Requests that may wait, unless told otherwise.
    pub const INBOX: usize = 16_384;
    /// Events kept, unless told otherwise.
    pub const FEED_EVENTS: usize = 32_768;
    /// Turns between snapshots, unless told otherwise.
    pub const SNAPSHOT_TURNS: u64 = 100_000;
    /// Bytes of a segment, unless told otherwise.
    pub const SEGMENT_BYTES: u64 = 16 << 20;

    /// The defaults, in `dir`.
    pub fn new(dir: impl Into<PathBuf>, policy: Box<dyn Policy + Send>) -> Self {
        Self {
            dir: dir.into(),
            policy,
            inbox: Self::INBOX,
            feed_events: Self::FEED_EVENTS,
            snapshot_turns: Self::SNAPSHOT_TURNS,
            segment_bytes: Self::SEGMENT_BYTES,
            keep_months: 0,
            check_everything: false,
        }
    }
}
