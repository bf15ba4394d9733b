//! Changes to one period's database that are not written yet, and what reading through them shows.

use super::closed::PastEvent;
use super::error::HistoryError;
use super::keys;
use super::pieces;
use super::shelf::{Changes, Shelf};
use crate::Seq;
use hark_core::ChatId;
use serde::Serialize;
use serde::de::DeserializeOwned;
use std::collections::BTreeMap;
use std::sync::Arc;

/// See the module.
pub(super) struct Draft {
    pub(super) shelf: Arc<Shelf>,
    /// Up to where the database was folded before.
    pub(super) mark: Seq,
    changes: Changes,
    /// New events of chats, each chat's in order: they go under one key a chat, because keys are what costs.
    events: BTreeMap<ChatId, Vec<PastEvent>>,
}

impl Draft {
    pub(super) fn new(shelf: Arc<Shelf>) -> Result<Self, HistoryError> {
        let mark = shelf.mark()?;
        Ok(Self { shelf, mark, changes: Changes::new(), events: BTreeMap::new() })
    }

    /// Adds an event of a chat behind those before it.
    pub(super) fn add_event(&mut self, chat: ChatId, past: PastEvent) {
        self.events.entry(chat).or_default().push(past);
    }

    /// All events of a chat in order, the new ones included, to be stored anew.
    pub(super) fn take_events(&mut self, chat: ChatId) -> Result<Vec<PastEvent>, HistoryError> {
        let stored: Vec<(Vec<u8>, Vec<PastEvent>)> = self.read_all(&keys::events(chat))?;
        self.clear(&keys::events(chat))?;
        let stored = stored.into_iter().flat_map(|(_, events)| events);
        Ok(stored.chain(self.events.remove(&chat).unwrap_or_default()).collect())
    }

    /// Stores events of a chat under one key.
    pub(super) fn put_events(&mut self, chat: ChatId, events: &[PastEvent]) {
        if let Some(first) = events.first() {
            self.put_long(&keys::event(chat, first.turn.0, first.number), &events);
        }
    }

    /// Makes all changes and the mark durable together.
    pub(super) fn commit(mut self, mark: Seq) -> Result<(), HistoryError> {
        for (chat, events) in std::mem::take(&mut self.events) {
            self.put_events(chat, &events);
        }
        self.shelf.commit(self.changes, mark)
    }

    pub(super) fn put(&mut self, key: Vec<u8>, value: Vec<u8>) {
        self.changes.insert(key, Some(value));
    }

    pub(super) fn remove(&mut self, key: Vec<u8>) {
        self.changes.insert(key, None);
    }

    /// Removes all that is stored under keys that begin so.
    fn clear(&mut self, prefix: &[u8]) -> Result<(), HistoryError> {
        self.changes.retain(|key, _| !key.starts_with(prefix));
        let stored = self.shelf.scan(prefix)?.into_keys().map(|key| (key, None));
        self.changes.extend(stored);
        Ok(())
    }

    /// Stores something of any size.
    pub(super) fn put_long(&mut self, key: &[u8], value: &impl Serialize) {
        let bytes = rmp_serde::to_vec_named(value).expect("it holds nothing that MessagePack cannot");
        let pieces = pieces::split(key, &bytes).map(|(key, piece)| (key, Some(piece)));
        self.changes.extend(pieces);
    }

    /// All that is stored under keys that begin so, changes included.
    pub(super) fn read_all<T: DeserializeOwned>(
        &self,
        prefix: &[u8],
    ) -> Result<Vec<(Vec<u8>, T)>, HistoryError> {
        let mut found = self.shelf.scan(prefix)?;
        for (key, value) in
            self.changes.range(prefix.to_vec()..).take_while(|(key, _)| key.starts_with(prefix))
        {
            match value {
                Some(value) => found.insert(key.clone(), value.clone()),
                None => found.remove(key),
            };
        }
        read(&self.shelf, &found)
    }

    /// What is stored under one key.
    pub(super) fn read_one<T: DeserializeOwned>(&self, key: &[u8]) -> Result<Option<T>, HistoryError> {
        Ok(self.read_all(key)?.pop().map(|(_, value)| value))
    }
}

/// Makes values of pieces.
pub(super) fn read<T: DeserializeOwned>(
    shelf: &Shelf,
    pieces: &BTreeMap<Vec<u8>, Vec<u8>>,
) -> Result<Vec<(Vec<u8>, T)>, HistoryError> {
    let whole = pieces::join(pieces).map_err(|why| shelf.damaged(why))?;
    let value = |(key, bytes): (Vec<u8>, Vec<u8>)| match rmp_serde::from_slice(&bytes) {
        Ok(value) => Ok((key, value)),
        Err(error) => Err(shelf.damaged(&error.to_string())),
    };
    whole.into_iter().map(value).collect()
}
