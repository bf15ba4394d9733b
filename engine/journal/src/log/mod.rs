//! The journal as local files: one writer, one segment being filled, any number of readers.
//! Never writes over a committed byte, and never goes on after an error of the disk.

pub(crate) mod archive;
mod local;
pub(crate) mod opening;
pub(crate) mod prepare;
mod reader;
pub(crate) mod segment;
pub(crate) mod tail;
pub(crate) mod walk;

pub use local::LocalJournal;
pub use opening::Opened;
pub use reader::{JournalReader, Reader};

use crate::snapshot::SNAPSHOT_TEMP_NAME;
use crate::{Seq, Snapshots};
use archive::Archive;
use segment::Segment;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, PoisonError, RwLock};

/// Names of a journal's files that have no number.
pub(crate) const OWN_NAMES: [&str; 3] = [opening::LOCK_NAME, prepare::PREPARED_NAME, SNAPSHOT_TEMP_NAME];

/// What the writer and the readers both see. Only the writer changes it, and only after a sync.
pub(crate) struct Shared {
    /// Live segments, oldest first; the last one is being filled. Never empty.
    segments: RwLock<Vec<Arc<Segment>>>,
    /// Last committed record. Stored after the segment's own end, so who sees it sees the bytes too.
    last: Arc<AtomicU64>,
    pub(crate) snapshots: Snapshots,
    /// Where segments go that are given back, if they are kept.
    archive: Option<Archive>,
}

impl Shared {
    fn last(&self) -> Seq {
        Seq(self.last.load(Ordering::Acquire))
    }

    fn segments(&self) -> Vec<Arc<Segment>> {
        self.segments.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn change_segments(&self, change: impl FnOnce(&mut Vec<Arc<Segment>>)) {
        change(&mut self.segments.write().unwrap_or_else(PoisonError::into_inner));
    }

    /// First record still there.
    fn first(&self) -> Seq {
        let segments = self.segments.read().unwrap_or_else(PoisonError::into_inner);
        segments.first().map_or(Seq(1), |segment| segment.header.first)
    }

    /// The segment in which `seq` lies or would lie; `None` when it was trimmed.
    fn segment_of(&self, seq: Seq) -> Option<Arc<Segment>> {
        let segments = self.segments.read().unwrap_or_else(PoisonError::into_inner);
        let after = segments.partition_point(|segment| segment.header.first <= seq);
        Some(Arc::clone(&segments[after.checked_sub(1)?]))
    }
}
