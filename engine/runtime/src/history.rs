//! History as the desk's callers see it: by cursor, and waited for. What is kept and how is the journal's business.

use crate::cursor::Cursor;
use crate::happened::Happened;
use hark_core::state::ChatLog;
use hark_core::{AgentId, ChatId};
use hark_journal::Seq;
use hark_journal::history::{self, ClosedChat, Filter, HistoryError, Report, Roster};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;
use tokio::sync::watch;

/// How long somebody waits for history to have what they have just seen.
const PATIENCE: Duration = Duration::from_secs(2);

/// The door to history. Cheap to clone.
#[derive(Clone)]
pub struct History {
    kept: history::History,
    folded: watch::Receiver<Seq>,
}

impl History {
    /// Waits until history has all that a cursor covers, at most 2 seconds. Whether it has.
    pub async fn wait_folded(&self, cursor: Cursor) -> bool {
        let mut folded = self.folded.clone();
        if *folded.borrow() < cursor.turn {
            self.kept.hurry();
        }
        let reached = folded.wait_for(|folded| *folded >= cursor.turn);
        matches!(tokio::time::timeout(PATIENCE, reached).await, Ok(Ok(_)))
    }

    /// A chat that is over.
    ///
    /// # Errors
    /// See [`HistoryError`].
    pub fn chat(&self, id: ChatId) -> Result<Option<ClosedChat>, HistoryError> {
        self.kept.chat(id)
    }

    /// Chats that are over, the newest first, at most `limit`.
    ///
    /// # Errors
    /// See [`HistoryError`].
    pub fn chats(&self, filter: &Filter, limit: usize) -> Result<Vec<ClosedChat>, HistoryError> {
        self.kept.chats(filter, limit)
    }

    /// A chat log as it was last, whether it can still change or not.
    ///
    /// # Errors
    /// See [`HistoryError`].
    pub fn log(&self, id: ChatId) -> Result<Option<ChatLog>, HistoryError> {
        self.kept.log(id)
    }

    /// Chat logs, those of the newest chats first, at most `limit`.
    ///
    /// # Errors
    /// See [`HistoryError`].
    pub fn logs(&self, filter: &Filter, limit: usize) -> Result<Vec<ChatLog>, HistoryError> {
        self.kept.logs(filter, limit)
    }

    /// Everything that has happened to a chat, live or over, in order: as it was told when it happened.
    ///
    /// # Errors
    /// See [`HistoryError`].
    pub fn events(&self, id: ChatId) -> Result<Vec<Happened>, HistoryError> {
        Ok(self.kept.events(id)?.into_iter().map(Happened::of_past).collect())
    }

    /// Chats that are over of the customer with this address, the newest first, at most `limit`.
    ///
    /// # Errors
    /// See [`HistoryError`].
    pub fn customer_chats(&self, email: &str, limit: usize) -> Result<Vec<ChatId>, HistoryError> {
        self.kept.customer_chats(email, limit)
    }

    /// How it is.
    pub fn report(&self) -> Report {
        self.kept.report()
    }

    /// The last agent who had a chat of the customer with this address that is over.
    ///
    /// # Errors
    /// See [`HistoryError`].
    pub fn last_agent(&self, email: &str) -> Result<Option<AgentId>, HistoryError> {
        let last = self.customer_chats(email, 1)?.into_iter().next();
        let chat = last.map(|id| self.chat(id)).transpose()?.flatten();
        Ok(chat.and_then(|chat| chat.chat.owner()))
    }
}

/// History that follows the journal, and who is told how far it is.
pub(crate) struct Opened {
    pub(crate) service: history::Service,
    pub(crate) history: History,
}

/// Begins to open history. `safe` follows up to where the journal is folded durably.
pub(crate) fn open(
    dir: &Path,
    keep_months: u32,
    state: &hark_core::State,
    journal: hark_journal::JournalReader,
    safe: Arc<AtomicU64>,
) -> std::io::Result<Opened> {
    let mut options = history::Options::new(dir.join(crate::Options::HISTORY));
    options.keep_months = keep_months;
    let (tell, folded) = watch::channel(Seq::NONE);
    let told = move |seq: Seq| {
        safe.store(seq.0, Ordering::Release);
        tell.send_replace(seq);
    };
    let service = history::Service::open(options, journal, Roster::of(state), told)?;
    let history = History { kept: service.history(), folded };
    Ok(Opened { service, history })
}
