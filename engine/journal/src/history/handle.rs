//! Reading history, from any thread. A read is a few look-ups in sled; the first one in a month that is not open opens
//! it. Never changes anything.

use super::closed::{ClosedChat, PastEvent};
use super::draft;
use super::error::HistoryError;
use super::keys::{self, List};
use super::period::Period;
use super::shared::{Report, Shared};
use super::shelf::Shelf;
use hark_core::state::ChatLog;
use hark_core::{AgentId, ChatId, QueueId};
use serde::de::DeserializeOwned;
use std::sync::Arc;

/// Which chats or logs are wanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Filter {
    /// Of this agent.
    pub agent: Option<AgentId>,
    /// Of this queue.
    pub queue: Option<QueueId>,
    /// Requested before this chat: where a list that was cut goes on.
    pub before: Option<ChatId>,
}

impl Filter {
    /// Whether an entry's facts, agent and queue, fit.
    fn fits(&self, facts: &[u8]) -> bool {
        let Some((agent, queue)) = facts.split_first_chunk::<16>() else { return false };
        let is = |wanted: Option<u128>, bits: &[u8]| wanted.is_none_or(|wanted| wanted.to_be_bytes() == bits);
        is(self.agent.map(AgentId::bits), agent) && is(self.queue.map(QueueId::bits), queue)
    }
}

/// The door to history. Cheap to clone.
#[derive(Clone)]
pub struct History {
    pub(super) shared: Arc<Shared>,
}

impl History {
    /// A chat that is over.
    ///
    /// # Errors
    /// See [`HistoryError`].
    pub fn chat(&self, id: ChatId) -> Result<Option<ClosedChat>, HistoryError> {
        self.one(id, &keys::chat(id))
    }

    /// Chats that are over, the newest first, at most `limit`.
    ///
    /// # Errors
    /// See [`HistoryError`].
    pub fn chats(&self, filter: &Filter, limit: usize) -> Result<Vec<ClosedChat>, HistoryError> {
        let list = match (filter.agent, filter.queue) {
            (Some(agent), _) => List::ChatsOfAgent(agent),
            (None, Some(queue)) => List::ChatsOfQueue(queue),
            (None, None) => List::Chats,
        };
        let ids = self.newest(&list, filter, limit)?;
        ids.into_iter().filter_map(|id| self.chat(id).transpose()).collect()
    }

    /// A chat log, as it was last.
    ///
    /// # Errors
    /// See [`HistoryError`].
    pub fn log(&self, id: ChatId) -> Result<Option<ChatLog>, HistoryError> {
        self.one(id, &keys::log(id))
    }

    /// Chat logs, those of the newest chats first, at most `limit`.
    ///
    /// # Errors
    /// See [`HistoryError`].
    pub fn logs(&self, filter: &Filter, limit: usize) -> Result<Vec<ChatLog>, HistoryError> {
        let list = match (filter.agent, filter.queue) {
            (Some(agent), _) => List::LogsOfAgent(agent),
            (None, Some(queue)) => List::LogsOfQueue(queue),
            (None, None) => List::Logs,
        };
        let ids = self.newest(&list, filter, limit)?;
        ids.into_iter().filter_map(|id| self.log(id).transpose()).collect()
    }

    /// Everything that has happened to a chat, live or over, in order.
    ///
    /// # Errors
    /// See [`HistoryError`].
    pub fn events(&self, id: ChatId) -> Result<Vec<PastEvent>, HistoryError> {
        let stored: Vec<(Vec<u8>, Vec<PastEvent>)> = self.all(id, &keys::events(id))?;
        Ok(stored.into_iter().flat_map(|(_, events)| events).collect())
    }

    /// Chats that are over of the customer with this address, the newest first, at most `limit`.
    ///
    /// # Errors
    /// See [`HistoryError`].
    pub fn customer_chats(&self, email: &str, limit: usize) -> Result<Vec<ChatId>, HistoryError> {
        self.newest(&List::ChatsOfCustomer(email), &Filter::default(), limit)
    }

    /// What was committed just now is wanted: it is folded without a rest.
    pub fn hurry(&self) {
        self.shared.bell.hurry();
    }

    /// How it is.
    pub fn report(&self) -> Report {
        self.shared.report()
    }

    fn one<T: DeserializeOwned>(&self, id: ChatId, key: &[u8]) -> Result<Option<T>, HistoryError> {
        Ok(self.all(id, key)?.pop().map(|(_, value)| value))
    }

    /// What is stored of a chat under keys that begin so.
    fn all<T: DeserializeOwned>(&self, id: ChatId, prefix: &[u8]) -> Result<Vec<(Vec<u8>, T)>, HistoryError> {
        let read = |shelf: &Shelf| draft::read(shelf, &shelf.scan(prefix)?);
        Ok(self.in_period(Period::of_chat(id), read)?.unwrap_or_default())
    }

    /// Chats in a list, the newest first.
    fn newest(&self, list: &List<'_>, filter: &Filter, limit: usize) -> Result<Vec<ChatId>, HistoryError> {
        let prefix = list.prefix();
        let before = filter.before.map(|chat| chat.bits().to_be_bytes());
        let last = filter.before.map(Period::of_chat);
        let mut ids = Vec::new();
        let periods = self.shared.shelves()?.periods().into_iter().rev();
        for period in periods.filter(|period| last.is_none_or(|last| *period <= last)) {
            let read = |shelf: &Shelf| {
                shelf.backwards(&prefix, before.as_ref().map(|bits| &bits[..]), |key, facts| {
                    let room = ids.len() < limit;
                    ids.extend(keys::chat_of(key).filter(|_| room && filter.fits(facts)));
                    room
                })
            };
            self.in_period(period, read)?;
            if ids.len() >= limit {
                break;
            }
        }
        Ok(ids)
    }

    /// Reads in a period, if there is one. Damage is noted, so that the next start sets the period aside.
    fn in_period<T>(
        &self,
        period: Period,
        read: impl FnOnce(&Shelf) -> Result<T, HistoryError>,
    ) -> Result<Option<T>, HistoryError> {
        let shelves = self.shared.shelves()?;
        let found = shelves.get(period).and_then(|shelf| shelf.map(|shelf| read(&shelf)).transpose());
        if let Err(error @ HistoryError::Damaged { .. }) = &found {
            tracing::error!(%error, "the next start sets this month aside and makes it anew from the journal");
            shelves.suspect(period);
        }
        found
    }
}
