//! What was tried and what was acknowledged, chat by chat. An acknowledgement is kept with the id of the answer that gave
//! it, so that a recording of the server's sockets can tell when it went out.

use hark_tests::client::Answer;
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Mutex, MutexGuard, PoisonError};

/// A message as the desk keeps it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Kept {
    pub(crate) id: String,
    pub(crate) seq: u64,
    pub(crate) from: String,
    pub(crate) client_id: String,
    pub(crate) text: String,
}

impl Kept {
    /// The message of an answer, an event or a transcript.
    pub(crate) fn of(message: &Value) -> Self {
        let text =
            |name: &str| message[name].as_str().unwrap_or_else(|| panic!("{name} of {message}")).to_owned();
        let seq = message["seq"].as_u64().unwrap_or_else(|| panic!("seq of {message}"));
        Self { id: text("id"), seq, from: text("from"), client_id: text("client_id"), text: text("text") }
    }
}

/// Something that has one value at a time. Values are tried in order, each after the one before was acknowledged.
#[derive(Debug, Clone)]
pub(crate) struct Register {
    /// All that was tried, and the answer that acknowledged it.
    values: Vec<(Value, Option<String>)>,
}

impl Register {
    /// With the value that it has before anybody tries another.
    pub(crate) fn new(first: Value) -> Self {
        Self { values: vec![(first, None)] }
    }

    pub(crate) fn attempt(&mut self, value: Value) {
        self.values.push((value, None));
    }

    pub(crate) fn acknowledge(&mut self, proof: &str) {
        self.values.last_mut().expect("it begins with a value").1 = Some(proof.to_owned());
    }

    /// How many values were acknowledged.
    pub(crate) fn acknowledged(&self, told: &dyn Fn(&str) -> bool) -> usize {
        self.values.iter().filter(|(_, proof)| proof.as_deref().is_some_and(told)).count()
    }

    /// All that was tried, without repeats side by side, as a stream of changes tells it.
    pub(crate) fn changes(&self) -> Vec<Value> {
        let mut changes: Vec<Value> = self.values.iter().skip(1).map(|(value, _)| value.clone()).collect();
        changes.dedup();
        changes
    }

    /// Whether a value that was seen may be: the last one acknowledged `before` the look, or one tried since.
    pub(crate) fn allows(&self, before: &Self, told: &dyn Fn(&str) -> bool, seen: &Value) -> bool {
        let is_told = |(_, proof): &(Value, Option<String>)| proof.as_deref().is_some_and(told);
        let last = before.values.iter().rposition(is_told).unwrap_or(0);
        self.values[last..].iter().any(|(value, _)| value == seen)
    }
}

/// One chat.
#[derive(Debug, Clone)]
pub(crate) struct Book {
    pub(crate) name: String,
    /// The answer that gave the chat to its customer.
    pub(crate) asked: String,
    pub(crate) owner: Option<String>,
    /// Messages that were tried: side and client id, with their texts.
    pub(crate) tried: BTreeMap<(String, String), String>,
    /// Messages that were acknowledged, with the answers.
    pub(crate) kept: Vec<(Kept, String)>,
    /// `waiting`, `active`, `ended`, `closed`.
    pub(crate) stage: Register,
    pub(crate) codes: Register,
    pub(crate) draft: Register,
    pub(crate) log_draft: Register,
    pub(crate) log: Register,
    /// What the customer's and the agent's streams told, in the order of their coming.
    pub(crate) heard: BTreeMap<String, Vec<Kept>>,
}

impl Book {
    fn new(name: &str, asked: &str) -> Self {
        Self {
            name: name.to_owned(),
            asked: asked.to_owned(),
            owner: None,
            tried: BTreeMap::new(),
            kept: Vec::new(),
            stage: Register::new(json!("waiting")),
            codes: Register::new(json!([])),
            draft: Register::new(Value::Null),
            log_draft: Register::new(Value::Null),
            log: Register::new(Value::Null),
            heard: BTreeMap::new(),
        }
    }
}

/// Everything that was tried and acknowledged.
#[derive(Debug, Default)]
pub(crate) struct Entries {
    pub(crate) chats: BTreeMap<String, Book>,
    /// Names of customers who asked, acknowledged or not.
    pub(crate) names: BTreeSet<String>,
    /// What agents without a queue chose, by their id.
    pub(crate) statuses: BTreeMap<String, Register>,
    /// Chats in which something was tried since the last look.
    pub(crate) touched: BTreeSet<String>,
    /// Requests that were sent again and had been carried out already.
    pub(crate) repeats: usize,
    /// Streams that broke and went on.
    pub(crate) resumed: usize,
    /// Chats that are over.
    pub(crate) closed: usize,
}

/// See the module.
#[derive(Debug, Default)]
pub(crate) struct Ledger {
    inner: Mutex<Entries>,
}

impl Ledger {
    pub(crate) fn read(&self) -> MutexGuard<'_, Entries> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Whether every chat has been wrapped up.
    pub(crate) fn is_all_over(&self) -> bool {
        let entries = self.read();
        entries.closed == entries.chats.len()
    }

    /// Changes a chat's book.
    pub(crate) fn book<T>(&self, chat: &str, change: impl FnOnce(&mut Book) -> T) -> T {
        let mut inner = self.read();
        inner.touched.insert(chat.to_owned());
        change(inner.chats.get_mut(chat).unwrap_or_else(|| panic!("{chat} is not in the ledger")))
    }

    /// A customer was given a chat.
    pub(crate) fn asked(&self, chat: &str, name: &str, answer: &Answer) {
        let mut inner = self.read();
        inner.touched.insert(chat.to_owned());
        inner.chats.entry(chat.to_owned()).or_insert_with(|| Book::new(name, &proof(answer)));
    }

    pub(crate) fn tries(&self, chat: &str, from: &str, client_id: &str, text: &str) {
        let key = (from.to_owned(), client_id.to_owned());
        self.book(chat, |book| book.tried.insert(key, text.to_owned()));
    }

    /// A message was taken: 201 the first time, 200 when a try before had reached the server after all.
    pub(crate) fn message(&self, chat: &str, answer: &Answer) -> Kept {
        assert!(matches!(answer.status, 200 | 201), "{answer}");
        let kept = Kept::of(&answer.json()["message"]);
        self.book(chat, |book| book.kept.push((kept.clone(), proof(answer))));
        self.read().repeats += usize::from(answer.status == 200);
        kept
    }

    pub(crate) fn hears(&self, chat: &str, who: &str, message: &Value) {
        let kept = Kept::of(message);
        self.book(chat, |book| book.heard.entry(who.to_owned()).or_default().push(kept));
    }
}

/// The id under which the server answered: it goes out with the answer and with nothing else.
pub(crate) fn proof(answer: &Answer) -> String {
    answer.header("x-request-id").expect("every answer has an id").to_owned()
}
