//! The keys of a period's database: one byte for what it is, then ids and numbers big-endian, so that they sort as
//! chats came. One tree holds all, because a batch is atomic within a tree.

use hark_core::{AgentId, ChatId, QueueId};

/// Format of the whole database; the value is its number.
pub(super) const FORMAT: &[u8] = b"F";
/// Up to where it was folded; the value is a sequence number.
pub(super) const MARK: &[u8] = b"M";
/// Up to where its journal was folded when it was made: nothing of it lies before. The value is a sequence number.
pub(super) const BEGAN: &[u8] = b"B";
/// Up to where another period's database was folded, when it was last: the number of its month follows.
pub(super) const OTHER: &[u8] = b"P";

/// Lists, read newest first. The last 16 bytes of a key are the chat.
pub(super) enum List<'a> {
    /// All closed chats.
    Chats,
    /// Closed chats of an agent.
    ChatsOfAgent(AgentId),
    /// Closed chats of a queue.
    ChatsOfQueue(QueueId),
    /// Closed chats of a customer, by the address they gave.
    ChatsOfCustomer(&'a str),
    /// All chat logs.
    Logs,
    /// Chat logs of an agent.
    LogsOfAgent(AgentId),
    /// Chat logs of a queue.
    LogsOfQueue(QueueId),
    /// Chats that are not over.
    Open,
}

impl List<'_> {
    /// What all keys of the list begin with.
    pub(super) fn prefix(&self) -> Vec<u8> {
        let (kind, which) = match self {
            Self::Chats => (b'c', Vec::new()),
            Self::ChatsOfAgent(agent) => (b'a', agent.bits().to_be_bytes().to_vec()),
            Self::ChatsOfQueue(queue) => (b'q', queue.bits().to_be_bytes().to_vec()),
            Self::ChatsOfCustomer(email) => (b'u', customer(email)),
            Self::Logs => (b'l', Vec::new()),
            Self::LogsOfAgent(agent) => (b'g', agent.bits().to_be_bytes().to_vec()),
            Self::LogsOfQueue(queue) => (b'h', queue.bits().to_be_bytes().to_vec()),
            Self::Open => (b'o', Vec::new()),
        };
        [&[kind][..], &which].concat()
    }

    /// A chat's key in the list.
    pub(super) fn key(&self, chat: ChatId) -> Vec<u8> {
        [&self.prefix()[..], &chat.bits().to_be_bytes()].concat()
    }
}

/// An address as a key: letter case and blanks around it do not tell customers apart. Its length goes first, so that
/// no address is the beginning of another.
fn customer(email: &str) -> Vec<u8> {
    let email = email.trim().to_lowercase();
    [&(email.len() as u32).to_be_bytes()[..], email.as_bytes()].concat()
}

/// The chat at the end of a list's key.
pub(super) fn chat_of(key: &[u8]) -> Option<ChatId> {
    key.last_chunk::<16>().map(|bits| ChatId::from(u128::from_be_bytes(*bits)))
}

/// A closed chat, in pieces.
pub(super) fn chat(chat: ChatId) -> Vec<u8> {
    [&b"C"[..], &chat.bits().to_be_bytes()].concat()
}

/// A chat log, in pieces.
pub(super) fn log(chat: ChatId) -> Vec<u8> {
    [&b"L"[..], &chat.bits().to_be_bytes()].concat()
}

/// All events of a chat, in lists, each in pieces.
pub(super) fn events(chat: ChatId) -> Vec<u8> {
    [&b"E"[..], &chat.bits().to_be_bytes()].concat()
}

/// A list of events of a chat: turn of its first, and its number within it.
pub(super) fn event(chat: ChatId, turn: u64, number: u32) -> Vec<u8> {
    [&events(chat)[..], &turn.to_be_bytes(), &number.to_be_bytes()].concat()
}
