//! What the world outside remembers of what it was told: every turn that was made durable, every message and key that
//! was acknowledged. After each start it is held against what the disk gave back.

use crate::engine::Answer;
use crate::resolve::{client_id, text_of};
use crate::step::{Ask, Who, Wish};
use hark_core::state::{Chat, Message, Side};
use hark_core::{ChatId, Event, Reply, State, Time, Turn};
use hark_journal::{JournalReader, RecordKind, Seq};
use std::collections::BTreeMap;

/// A message that somebody was told is stored.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Stored {
    from: Side,
    client_id: String,
    text: String,
}

/// For how long a key's reply is remembered at least: the shortest time that a desk of these runs configures.
const KEYS_KEPT_S: u64 = 3600;

/// A request that was taken, and what it spoke of.
pub(crate) struct Asked {
    pub(crate) wish: Wish,
    pub(crate) chat: Option<ChatId>,
    /// When it was decided.
    pub(crate) at: Time,
}

/// A reply to a key, and until when it is remembered.
struct Remembered {
    reply: Reply,
    until: Time,
}

/// See the module.
#[derive(Default)]
pub(crate) struct Ledger {
    /// The bytes of each turn that was told, by their checksum.
    turns: BTreeMap<Seq, u32>,
    messages: BTreeMap<ChatId, BTreeMap<u32, Stored>>,
    keys: BTreeMap<u32, Remembered>,
}

impl Ledger {
    /// Notes a durable group: its last turn has this place.
    pub(crate) fn durable(&mut self, turns: &[Turn], last: Seq) {
        let first = last.0 + 1 - turns.len() as u64;
        let mut bytes = Vec::new();
        for (seq, turn) in (first..).map(Seq).zip(turns) {
            bytes.clear();
            hark_journal::encode_turn(turn, &mut bytes);
            let before = self.turns.insert(seq, crc32c::crc32c(&bytes));
            assert!(before.is_none(), "LEDGER turn {seq} was told twice");
        }
    }

    /// Chats that are over have their whole transcript in what was told; nothing of them is needed any more.
    pub(crate) fn closes(&mut self, state: &State, turn: &Turn) {
        for scoped in &turn.events {
            if let Event::ChatClosed { chat, .. } | Event::ChatAbandoned { chat, .. } = &scoped.event
                && let Some(chat) = state.chat(*chat)
            {
                self.check_messages(chat);
                self.messages.remove(&chat.id);
            }
        }
    }

    /// Notes messages that were durable before a start and whose senders never heard of it: the pages show them now.
    pub(crate) fn unheard(&mut self, turns: &[Turn]) {
        for scoped in turns.iter().flat_map(|turn| &turn.events) {
            if let Event::MessageCreated { chat, message, .. } = &scoped.event {
                self.messages.entry(*chat).or_default().insert(message.seq, stored_of(message));
            }
        }
    }

    fn check_messages(&self, chat: &Chat) {
        let Some(stored) = self.messages.get(&chat.id) else { return };
        for (seq, wanted) in stored {
            let found = chat.messages.get(*seq as usize - 1);
            let same = found.is_some_and(|found| *wanted == stored_of(found));
            assert!(same, "LEDGER message {seq} of {} was acknowledged and is {found:?}", chat.id);
        }
    }

    /// Notes what a sender was told, and holds it against what is durable.
    pub(crate) fn told(&mut self, asked: &Asked, answer: &Answer, state: &State) {
        let wish = &asked.wish;
        if let (Some(key), Ok(reply)) = (wish.key, answer) {
            // The wall clock may have jumped back meanwhile; the desk's own time never does, and it forgets by that.
            self.answered(key, *reply, asked.at, asked.at.max(state.now()));
        }
        let (Ask::Say { client, text, .. }, Some(chat)) = (&wish.ask, asked.chat) else { return };
        let (client, text) = (*client, *text);
        let from = if matches!(wish.by, Who::Agent(_)) { Side::Agent } else { Side::Customer };
        let stored = Stored { from, client_id: client_id(client), text: text_of(text) };
        match answer {
            Ok(Reply::Message { seq, .. }) => {
                let known = self.messages.entry(chat).or_default();
                let before = known.insert(*seq, stored.clone());
                assert!(
                    before.is_none_or(|before| before == stored),
                    "LEDGER message {seq} of {chat} was two"
                );
                let twice = known.iter().filter(|(_, other)| is_same(other, &stored)).count();
                assert!(twice == 1, "LEDGER a message of {chat} is stored {twice} times");
                state.chat(chat).into_iter().for_each(|chat| self.check_messages(chat));
            }
            Ok(other) => panic!("LEDGER a message was answered with {other:?}"),
            Err(_) => self.refused(chat, &stored, state),
        }
    }

    /// What was refused is not there, unless it had been stored before.
    fn refused(&self, chat: ChatId, refused: &Stored, state: &State) {
        let Some(found) = state.chat(chat) else { return };
        let known = self.messages.get(&chat);
        let stored_before = known.is_some_and(|known| known.values().any(|other| is_same(other, refused)));
        let there = found.messages.iter().any(|message| stored_of(message) == *refused);
        assert!(!there || stored_before, "LEDGER a message of {chat} was refused and is there");
    }

    fn answered(&mut self, key: u32, reply: Reply, at: Time, now: Time) {
        match self.keys.get(&key) {
            Some(before) if before.until > now => {
                assert!(
                    before.reply == reply,
                    "LEDGER key {key} was answered {:?} until {}, then {reply:?} at {now}",
                    before.reply,
                    before.until
                );
            }
            _ => drop(self.keys.insert(key, Remembered { reply, until: at.plus_s(KEYS_KEPT_S) })),
        }
    }

    /// Holds what the disk gave back against what was told: all of it is there, once, in order, and behind it at most
    /// the one append that was under way, whole. Answers the turns of that append, which nobody was told.
    pub(crate) fn settle(&self, journal: &JournalReader, handed: &[Turn]) -> Vec<(Seq, Turn)> {
        let mut surprises = Vec::new();
        let mut expected = self.turns.range(journal.first()..);
        for record in journal.read(journal.first()).expect("the journal can be read") {
            let record = record.expect("the journal can be read");
            if record.kind != RecordKind::Turn {
                assert!(!self.turns.contains_key(&record.seq), "LEDGER turn {} is none now", record.seq);
                continue;
            }
            match expected.next() {
                Some((seq, crc)) => {
                    assert!(
                        *seq == record.seq,
                        "LEDGER turn {seq} was acknowledged, and {} is there",
                        record.seq
                    );
                    assert!(*crc == crc32c::crc32c(&record.payload), "LEDGER turn {seq} is not what it was");
                }
                None => {
                    let turn = hark_journal::decode_turn(&record.payload).expect("a turn can be read");
                    surprises.push((record.seq, turn));
                }
            }
        }
        let lost = expected.next();
        assert!(lost.is_none(), "LEDGER turn {:?} was acknowledged and is gone", lost.map(|(seq, _)| seq));
        let whole = surprises.is_empty() || surprises.iter().map(|(_, turn)| turn).eq(handed);
        assert!(whole, "LEDGER {} turns are there that nobody handed over like that", surprises.len());
        surprises
    }
}

fn stored_of(message: &Message) -> Stored {
    Stored { from: message.from, client_id: message.client_id.clone(), text: message.text.clone() }
}

fn is_same(one: &Stored, other: &Stored) -> bool {
    one.from == other.from && one.client_id == other.client_id
}
