//! What really happened in a stretch of a journal, as traffic: who came and when, how long who waited, talked and wrapped
//! up, how agents answered and which status they chose. Plain data; `recorder` reads it out of turns.

use crate::scenario::{Group, Scenario};
use hark_core::state::{Form, OfferEnd, Status};
use hark_core::{AgentId, ChatId, Setup, Time};
use std::collections::BTreeMap;

/// What an agent did with an offer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Reaction {
    /// To whom it was made: a place among the agents.
    pub agent: u32,
    /// Whether it could be rejected.
    pub may_reject: bool,
    /// How it ended; none while it is still held out.
    pub end: Option<OfferEnd>,
    /// After how many milliseconds.
    pub after_ms: u64,
    /// For how many milliseconds the agent stayed away after they missed it, when they came back at all.
    pub away_ms: Option<u64>,
}

/// How an agent's time with a chat was over.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum StretchEnd {
    /// The chat ended.
    Ended,
    /// It was handed on to this queue.
    HandedOn(String),
    /// It was cut off: the chat went back to its queue, or the record ended.
    Cut,
}

/// An agent's time with a chat.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stretch {
    /// The queue that the chat was in.
    pub queue: String,
    /// How long they talked, in milliseconds.
    pub millis: u64,
    /// How it was over.
    pub end: StretchEnd,
}

/// A wrap-up.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct WrapUp {
    /// How long it took, in milliseconds.
    pub millis: u64,
    /// Whether the agent ended it; the queue's time was over otherwise.
    pub by_hand: bool,
}

/// One chat as it was.
#[derive(Debug, Clone, PartialEq)]
pub struct RecordedChat {
    /// Its id.
    pub id: ChatId,
    /// When it was requested, in milliseconds since the begin.
    pub at_ms: u64,
    /// What the customer filled in.
    pub form: Form,
    /// The queue that was asked for.
    pub queue: String,
    /// After how many milliseconds the customer left without an agent.
    pub left_ms: Option<u64>,
    /// What became of each offer.
    pub reactions: Vec<Reaction>,
    /// How long each agent talked.
    pub stretches: Vec<Stretch>,
    /// The wrap-up, when there was one.
    pub wrap_up: Option<WrapUp>,
    /// Who accepted it first, by login, and after how many milliseconds.
    pub answered: Option<(String, u64)>,
    /// What the policy answered first.
    pub routed: Routed,
}

/// What a policy answered for a chat: at its request, and at its first offer.
#[derive(Debug, Clone, Default, PartialEq, Eq, serde::Serialize)]
pub struct Routed {
    /// Name of the queue.
    pub queue: String,
    /// Priority.
    pub priority: u8,
    /// Skills with least levels.
    pub skills: BTreeMap<String, u8>,
    /// Whether the first offer could be rejected; none without an offer.
    pub may_reject: Option<bool>,
}

/// What an agent did by themselves.
#[derive(Debug, Clone, PartialEq)]
pub enum Deed {
    /// Chose a status.
    Chose(Status),
    /// Wanted no new chats, or again.
    StopNew(bool),
    /// Their last connection went.
    Disconnected,
    /// They were there again.
    Connected,
    /// Their profile was changed: queues, skills and capacity from then on, and whether they may work no more.
    Saved(Box<Group>, bool),
}

/// A stretch of a journal.
#[derive(Debug, Clone, PartialEq)]
pub struct Recorded {
    /// When it began.
    pub begins: Time,
    /// When it ended, in milliseconds since then.
    pub length_ms: u64,
    /// The configuration at its end.
    pub setup: Setup,
    /// Agents, as they were first seen.
    pub agents: Vec<Group>,
    /// Their ids, in the same order: between equals the first by id gets a chat.
    pub ids: Vec<AgentId>,
    /// What they did, in order: when, which of them, and what.
    pub deeds: Vec<(u64, u32, Deed)>,
    /// What the desk did by itself after its time: when it was due, and when it was done.
    pub late: BTreeMap<u64, u64>,
    /// Chats, in order of arrival.
    pub chats: Vec<RecordedChat>,
}

impl Recorded {
    /// The scenario that plays it again.
    pub fn scenario(&self) -> Scenario {
        Scenario {
            begins: self.begins,
            length_ms: self.length_ms.max(1),
            replications: 1,
            agents: self.agents.clone(),
            slices: 24,
            recorded: Some(self.clone()),
            ..Scenario::default()
        }
    }

    /// The place of each agent in the order of ids.
    pub(crate) fn ranks(&self) -> Vec<u64> {
        let rank = |id: &AgentId| self.ids.iter().filter(|other| *other < id).count() as u64;
        self.ids.iter().map(rank).collect()
    }

    pub(crate) fn means(&self) -> Means {
        let mean = |values: &mut dyn Iterator<Item = u64>| {
            let (count, sum) = values.fold((0_u64, 0), |(count, sum), value| (count + 1, sum + value));
            sum as f64 / count.max(1) as f64
        };
        let left = self.chats.iter().filter(|chat| chat.lost_patience().is_some()).count();
        let waits: u64 = self.chats.iter().map(|chat| chat.waited_ms(self.length_ms)).sum();
        let reactions = || self.chats.iter().flat_map(|chat| &chat.reactions);
        let accepted = |reaction: &&Reaction| reaction.end == Some(OfferEnd::Accepted);
        Means {
            patience_ms: (left > 0).then(|| waits as f64 / left as f64),
            stretch_ms: mean(
                &mut self.chats.iter().flat_map(|chat| &chat.stretches).map(|stretch| stretch.millis),
            ),
            answer_ms: mean(&mut reactions().filter(accepted).map(|reaction| reaction.after_ms)) as u64,
            away_ms: mean(&mut reactions().filter_map(|reaction| reaction.away_ms)) as u64,
        }
    }
}

impl RecordedChat {
    /// After how many milliseconds the customer left whom no agent had accepted yet.
    pub(crate) fn lost_patience(&self) -> Option<u64> {
        self.left_ms.filter(|_| self.answered.is_none())
    }

    /// How long the customer waited for the first agent, in a record of this length: until then, until they left, or
    /// until the record ended.
    pub(crate) fn waited_ms(&self, length_ms: u64) -> u64 {
        let answered = self.answered.as_ref().map(|(_, after)| *after);
        answered.or(self.left_ms).unwrap_or(length_ms.saturating_sub(self.at_ms))
    }
}

/// What is taken where the record knows nothing.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Means {
    /// Mean of the patience that an exponential one must have had: all waiting over those who left. None when nobody did.
    pub(crate) patience_ms: Option<f64>,
    /// Of all handle times.
    pub(crate) stretch_ms: f64,
    /// Of the times until an acceptance.
    pub(crate) answer_ms: u64,
    /// Of the breaks after a missed offer.
    pub(crate) away_ms: u64,
}
