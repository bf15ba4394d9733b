//! Explanations beside the running desk: the journal is replayed into a state of its own on a blocking thread, one at a
//! time, so that the writer never waits for one.

use crate::error::Error;
use crate::handle::Handle;
use crate::history::History;
use hark_core::ChatId;
use hark_core::explain::{Explanation, Teller};
use hark_journal::JournalReader;
use hark_journal::care::{Explained, explain_in};
use hark_journal::history::HistoryError;
use std::fmt;
use std::sync::Arc;
use tokio::sync::Semaphore;

/// Replays at a time: each holds a whole state in memory.
const AT_A_TIME: usize = 1;

/// Why there is no explanation.
#[derive(Debug)]
pub enum ExplainError {
    /// There was no such chat.
    Unknown,
    /// The desk takes no reads, or the replay could not be started.
    Desk(Error),
    /// The journal could not be read.
    Journal(hark_journal::Error),
    /// The chat's past is in history alone, which cannot be read.
    History(HistoryError),
}

impl fmt::Display for ExplainError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unknown => f.write_str("there was no such chat"),
            Self::Desk(error) => error.fmt(f),
            Self::Journal(error) => error.fmt(f),
            Self::History(error) => error.fmt(f),
        }
    }
}

impl std::error::Error for ExplainError {}

/// The way to the past for whoever explains. Cheap to clone.
#[derive(Clone)]
pub(crate) struct Past {
    journal: JournalReader,
    turns: Arc<Semaphore>,
}

impl Past {
    pub(crate) fn new(journal: JournalReader) -> Self {
        Self { journal, turns: Arc::new(Semaphore::new(AT_A_TIME)) }
    }

    /// The door to the journal.
    pub(crate) fn journal(&self) -> JournalReader {
        self.journal.clone()
    }
}

impl Handle {
    /// Why a chat went to which agent, from the journal as it is now; from history, and without the desk at each moment,
    /// where the journal no longer reaches back to it. One at a time: others wait for their turn.
    ///
    /// # Errors
    /// See [`ExplainError`].
    pub async fn explain(&self, chat: ChatId) -> Result<Explanation, ExplainError> {
        let stopped = |_| ExplainError::Desk(Error::Stopped("it has stopped".to_owned()));
        let turn = Arc::clone(&self.past.turns).acquire_owned().await.map_err(stopped)?;
        let (journal, history) = (self.past.journal.clone(), self.history());
        let work = move || {
            let told = explain(&journal, &history, chat);
            drop(turn);
            told
        };
        let died = |_| ExplainError::Desk(Error::Stopped("the replay ended early".to_owned()));
        tokio::task::spawn_blocking(work).await.map_err(died)?
    }
}

fn explain(journal: &JournalReader, history: &History, chat: ChatId) -> Result<Explanation, ExplainError> {
    let told = match explain_in(journal, chat) {
        // Room was given back on the way: a later snapshot is there now.
        Err(hark_journal::Error::Trimmed { .. }) => explain_in(journal, chat),
        told => told,
    };
    match told.map_err(ExplainError::Journal)? {
        Explained::Told(told) => Ok(*told),
        Explained::Unknown => Err(ExplainError::Unknown),
        Explained::Past(past) => recount(history, chat, *past),
    }
}

/// Tells what history kept.
fn recount(
    history: &History,
    chat: ChatId,
    (state, mut teller): (hark_core::State, Teller),
) -> Result<Explanation, ExplainError> {
    for happened in history.events(chat).map_err(ExplainError::History)? {
        teller.recount(&state, happened.at, &happened.event);
    }
    if teller.has_begun() { Ok(teller.finish()) } else { Err(ExplainError::Unknown) }
}
