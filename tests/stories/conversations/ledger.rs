//! What the server has acknowledged, and how far the story has got. It is filled by the clients when an answer of
//! success arrives, and never by what they only hope.

use hark_tests::client::Answer;
use serde_json::Value;
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use tokio::sync::watch;

/// A message that was acknowledged.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Kept {
    pub(crate) id: String,
    pub(crate) seq: u64,
    pub(crate) client_id: String,
    pub(crate) text: String,
}

impl Kept {
    /// The message of an answer or an event.
    pub(crate) fn of(message: &Value) -> Self {
        let text =
            |name: &str| message[name].as_str().unwrap_or_else(|| panic!("{name} of {message}")).to_owned();
        let seq = message["seq"].as_u64().unwrap_or_else(|| panic!("seq of {message}"));
        Self { id: text("id"), seq, client_id: text("client_id"), text: text("text") }
    }
}

/// Everything that was acknowledged.
#[derive(Debug, Default)]
pub(crate) struct Acknowledged {
    /// Chats by the number of their customer.
    pub(crate) chats: BTreeMap<usize, String>,
    /// Messages by chat, in the order of their acknowledgement.
    pub(crate) messages: BTreeMap<String, Vec<Kept>>,
    /// Who was told that the chat is theirs.
    pub(crate) owners: BTreeMap<String, String>,
    /// Codes that were taken.
    pub(crate) codes: BTreeMap<String, Value>,
    /// Logs that were saved: version and body.
    pub(crate) logs: BTreeMap<String, (u64, Value)>,
    /// What the agents received, by chat.
    pub(crate) heard_by_agents: BTreeMap<String, Vec<Kept>>,
    /// How each log opened.
    pub(crate) modes: BTreeMap<String, String>,
    /// Capacity by agent.
    pub(crate) capacity: BTreeMap<String, u64>,
    /// Messages that were sent again because nobody had answered, and were known already.
    pub(crate) repeats: usize,
    /// Streams that broke and went on from their cursor.
    pub(crate) resumed: usize,
}

/// See the module.
#[derive(Debug)]
pub(crate) struct Ledger {
    kept: Mutex<Acknowledged>,
    messages: watch::Sender<usize>,
    wrapped_up: watch::Sender<usize>,
    available: watch::Sender<usize>,
}

impl Ledger {
    pub(crate) fn new(messages: usize) -> Arc<Self> {
        eprintln!("conversations: {messages} messages to be said");
        Arc::new(Self {
            kept: Mutex::default(),
            messages: watch::Sender::new(0),
            wrapped_up: watch::Sender::new(0),
            available: watch::Sender::new(0),
        })
    }

    /// What was acknowledged so far.
    pub(crate) fn read(&self) -> MutexGuard<'_, Acknowledged> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn hired(&self, agent: &str, capacity: u64) {
        self.read().capacity.insert(agent.to_owned(), capacity);
    }

    /// A message was taken: 201 the first time, 200 when a try before had reached the server after all.
    pub(crate) fn message(&self, chat: &str, answer: &Answer) {
        assert!(matches!(answer.status, 200 | 201), "{answer}");
        let mut kept = self.read();
        kept.messages.entry(chat.to_owned()).or_default().push(Kept::of(&answer.json()["message"]));
        kept.repeats += usize::from(answer.status == 200);
        drop(kept);
        self.messages.send_modify(|count| *count += 1);
    }

    pub(crate) fn has_wrapped_up(&self, chat: &str, heard: Vec<Kept>) {
        self.read().heard_by_agents.insert(chat.to_owned(), heard);
        self.wrapped_up.send_modify(|count| *count += 1);
    }

    pub(crate) fn is_available(&self) {
        self.available.send_modify(|count| *count += 1);
    }

    pub(crate) async fn reached(&self, messages: usize) {
        at_least(&self.messages, messages).await;
    }

    pub(crate) async fn wrapped_up(&self, chats: usize) {
        at_least(&self.wrapped_up, chats).await;
    }

    pub(crate) async fn available(&self, agents: usize) {
        at_least(&self.available, agents).await;
    }
}

async fn at_least(counter: &watch::Sender<usize>, wanted: usize) {
    counter.subscribe().wait_for(|count| *count >= wanted).await.expect("the ledger lives");
}
