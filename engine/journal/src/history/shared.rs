//! What the projector and the readers both see.

use super::bell::Bell;
use super::error::HistoryError;
use super::shelves::Shelves;
use crate::Seq;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// Where history stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Stage {
    /// It is being opened; nothing can be read yet.
    Opening,
    /// It is made anew from the journal; what is folded so far can be read.
    Rebuilding,
    /// It follows the journal.
    Following,
    /// It takes nothing in any more, and why. What it has can be read.
    Stopped(String),
}

/// How history is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Report {
    /// Where it stands.
    pub stage: Stage,
    /// The last turn that is folded durably.
    pub folded: Seq,
    /// Months that it holds.
    pub periods: usize,
    /// Bytes on disk.
    pub bytes: u64,
    /// Records that had left the journal before they were folded, first and last: chats of then are missing or cut.
    pub missing: Option<(Seq, Seq)>,
    /// Databases that could not be used and lie aside.
    pub set_aside: Vec<String>,
}

#[derive(Default)]
pub(super) struct Shared {
    pub(super) bell: Bell,
    inner: Mutex<Inner>,
}

struct Inner {
    stage: Stage,
    shelves: Option<Arc<Shelves>>,
    folded: Seq,
    missing: Option<(Seq, Seq)>,
    set_aside: Vec<String>,
}

impl Default for Inner {
    fn default() -> Self {
        Self { stage: Stage::Opening, shelves: None, folded: Seq::NONE, missing: None, set_aside: Vec::new() }
    }
}

impl Shared {
    fn lock(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn enter(&self, stage: Stage) {
        self.lock().stage = stage;
    }

    pub(super) fn opened(&self, shelves: Arc<Shelves>) {
        self.lock().shelves = Some(shelves);
    }

    /// The end: nothing can be read any more.
    pub(super) fn close(&self) {
        let mut inner = self.lock();
        inner.shelves = None;
        if !matches!(inner.stage, Stage::Stopped(_)) {
            inner.stage = Stage::Stopped("it has ended with its desk".to_owned());
        }
    }

    pub(super) fn fold_reached(&self, folded: Seq, rebuilding: bool) {
        let mut inner = self.lock();
        inner.folded = folded;
        inner.stage = if rebuilding { Stage::Rebuilding } else { Stage::Following };
    }

    pub(super) fn note_aside(&self, aside: String) {
        self.lock().set_aside.push(aside);
    }

    pub(super) fn miss(&self, from: Seq, to: Seq) {
        tracing::error!(%from, %to, "these records left the journal before history had them: chats of then are missing or cut");
        self.lock().missing = Some((from, to));
    }

    pub(super) fn shelves(&self) -> Result<Arc<Shelves>, HistoryError> {
        let inner = self.lock();
        match (&inner.shelves, &inner.stage) {
            (Some(shelves), _) => Ok(Arc::clone(shelves)),
            (None, Stage::Stopped(why)) => Err(HistoryError::Stopped(why.clone())),
            (None, _) => Err(HistoryError::NotYet),
        }
    }

    pub(super) fn report(&self) -> Report {
        let inner = self.lock();
        Report {
            stage: inner.stage.clone(),
            folded: inner.folded,
            periods: inner.shelves.as_ref().map_or(0, |shelves| shelves.periods().len()),
            bytes: inner.shelves.as_ref().map_or(0, |shelves| shelves.bytes()),
            missing: inner.missing,
            set_aside: inner.set_aside.clone(),
        }
    }
}
