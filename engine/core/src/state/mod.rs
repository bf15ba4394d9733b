//! The live state of the desk: what the events so far add up to. It is changed by [`State::apply`] and nothing else.

mod access;
mod agent;
mod answers;
mod apply;
mod apply_chat;
mod apply_log;
mod audit;
mod chat;
mod index;
mod job;
mod log;
mod messages;
mod offer;
mod pace;

pub use access::{Token, TokenKind};
pub(crate) use agent::cover;
pub use agent::{Agent, AgentProfile, NextStatus, Presence, Role, Shown, Status};
pub use answers::{Answer, Answers};
pub use audit::{Audit, Audited, Deed};
pub use chat::{
    Chat, ChosenCode, Draft, EndedBy, Form, LookUp, Message, MessageKind, Moment, PostProcessing, Preference,
    Receipt, Side, Stage, What,
};
pub(crate) use index::{Index, ReadyKey, WaitKey};
pub use job::{Ask, AttachLog, Job, Lookup, Outcome};
pub use log::{ChatLog, Filing, LogBody, LogDraft, LogStatus};
pub use messages::Messages;
pub use offer::{Offer, OfferEnd, PastOffer, Popped};
pub use pace::Pace;

use crate::deadlines::Deadline;
use crate::id::{AgentId, ChatId, JobId, OfferId, QueueId, TokenId};
use crate::setup::{QueueSetup, Setup};
use crate::time::Time;
use alloc::boxed::Box;
use alloc::collections::BTreeMap;
use alloc::string::String;
use serde::{Deserialize, Serialize};

/// A queue with its configuration.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Queue {
    /// Its id.
    pub id: QueueId,
    /// Its name in configuration.
    pub name: String,
    /// How it works.
    pub setup: QueueSetup,
    /// Whether configuration still names it; one that it no longer names takes no new chats.
    pub open: bool,
}

impl Queue {
    /// What people read.
    pub fn title(&self) -> &str {
        if self.setup.title.is_empty() { &self.name } else { &self.setup.title }
    }
}

/// Which agent a returning customer spoke to last.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct LastServed {
    pub(crate) agent: AgentId,
    pub(crate) at: Time,
}

/// The live state.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct State {
    now: Time,
    setup: Setup,
    queues: BTreeMap<QueueId, Queue>,
    queue_names: BTreeMap<String, QueueId>,
    agents: BTreeMap<AgentId, Box<Agent>>,
    chats: BTreeMap<ChatId, Box<Chat>>,
    offers: BTreeMap<OfferId, Offer>,
    past_offers: BTreeMap<OfferId, PastOffer>,
    pops: BTreeMap<ChatId, Popped>,
    jobs: BTreeMap<JobId, Job>,
    logs: BTreeMap<ChatId, Box<ChatLog>>,
    tokens: BTreeMap<TokenId, Token>,
    answers: Answers,
    last_served: BTreeMap<String, LastServed>,
    offers_made: u64,
    /// By queue; an estimate for people.
    #[serde(default)]
    paces: BTreeMap<QueueId, pace::Handled>,
    /// Not in snapshots from before there were deeds.
    #[serde(default)]
    audit: Audit,
    #[serde(skip)]
    index: Index,
}

impl PartialEq for State {
    /// Compares what events add up to; the indexes follow from it.
    fn eq(&self, other: &Self) -> bool {
        self.now == other.now
            && self.setup == other.setup
            && self.queues == other.queues
            && self.agents == other.agents
            && self.chats == other.chats
            && self.offers == other.offers
            && self.past_offers == other.past_offers
            && self.pops == other.pops
            && self.jobs == other.jobs
            && self.logs == other.logs
            && self.tokens == other.tokens
            && self.answers == other.answers
            && self.last_served == other.last_served
            && self.offers_made == other.offers_made
            && self.paces == other.paces
            && self.audit == other.audit
    }
}

impl State {
    /// Customers whose last agent is remembered, at most.
    pub const LAST_SERVED_LIMIT: usize = 50_000;
    /// How long an ended offer is remembered, in seconds.
    pub const PAST_OFFERS_S: u64 = 3600;

    /// An empty desk.
    pub fn new() -> Self {
        Self::default()
    }

    /// Makes the indexes anew. Needed once after a snapshot was read.
    pub fn rebuild(&mut self) {
        self.index = Index::default();
        for id in self.agents.keys().copied().collect::<alloc::vec::Vec<_>>() {
            self.refresh_agent(id);
        }
        for id in self.chats.keys().copied().collect::<alloc::vec::Vec<_>>() {
            self.refresh_chat(id);
        }
        self.rebuild_deadlines();
    }

    /// Time of the last command.
    pub fn now(&self) -> Time {
        self.now
    }

    /// The configuration.
    pub fn setup(&self) -> &Setup {
        &self.setup
    }

    /// When the core next has something to do by itself, and why.
    pub fn next_deadline(&self) -> Option<(Time, Deadline)> {
        self.index.deadlines.first()
    }

    /// All that the core is to do by itself, the earliest first.
    pub fn deadlines(&self) -> impl Iterator<Item = &(Time, Deadline)> {
        self.index.deadlines.iter()
    }

    /// All queues.
    pub fn queues(&self) -> impl Iterator<Item = &Queue> {
        self.queues.values()
    }

    /// A queue.
    pub fn queue(&self, id: QueueId) -> Option<&Queue> {
        self.queues.get(&id)
    }

    /// An open queue, by name.
    pub fn queue_named(&self, name: &str) -> Option<&Queue> {
        self.queues.get(self.queue_names.get(name)?).filter(|queue| queue.open)
    }

    /// All agents.
    pub fn agents(&self) -> impl Iterator<Item = &Agent> {
        self.agents.values().map(|agent| &**agent)
    }

    /// An agent.
    pub fn agent(&self, id: AgentId) -> Option<&Agent> {
        self.agents.get(&id).map(|agent| &**agent)
    }

    /// An agent, by login.
    pub fn agent_named(&self, login: &str) -> Option<&Agent> {
        self.agent(*self.index.logins.get(login)?)
    }

    /// All live chats.
    pub fn chats(&self) -> impl Iterator<Item = &Chat> {
        self.chats.values().map(|chat| &**chat)
    }

    /// A live chat.
    pub fn chat(&self, id: ChatId) -> Option<&Chat> {
        self.chats.get(&id).map(|chat| &**chat)
    }

    /// How many chats are live.
    pub fn chat_count(&self) -> usize {
        self.chats.len()
    }

    /// A live offer.
    pub fn offer(&self, id: OfferId) -> Option<&Offer> {
        self.offers.get(&id)
    }

    /// An offer that has ended within the last [`State::PAST_OFFERS_S`].
    pub fn past_offer(&self, id: OfferId) -> Option<&PastOffer> {
        self.past_offers.get(&id)
    }

    /// What last popped for a chat.
    pub fn popped(&self, chat: ChatId) -> Option<&Popped> {
        self.pops.get(&chat)
    }

    /// All jobs that have not ended.
    pub fn jobs(&self) -> impl Iterator<Item = &Job> {
        self.jobs.values()
    }

    /// A job.
    pub fn job(&self, id: JobId) -> Option<&Job> {
        self.jobs.get(&id)
    }

    /// A log that can still change.
    pub fn log(&self, chat: ChatId) -> Option<&ChatLog> {
        self.logs.get(&chat).map(|log| &**log)
    }

    /// All logs that can still change, oldest chat first.
    pub fn logs(&self) -> impl DoubleEndedIterator<Item = &ChatLog> {
        self.logs.values().map(|log| &**log)
    }

    /// A token that works at `now`, by the SHA-256 of its secret.
    pub fn token_by_hash(&self, hash: &[u8; 32], now: Time) -> Option<&Token> {
        let token = self.tokens.get(self.index.token_hashes.get(hash)?)?;
        (token.expires_at > now).then_some(token)
    }

    /// All tokens.
    pub fn tokens(&self) -> impl Iterator<Item = &Token> {
        self.tokens.values()
    }

    /// A token.
    pub fn token(&self, id: TokenId) -> Option<&Token> {
        self.tokens.get(&id)
    }

    /// The remembered reply for an idempotency key.
    pub fn answer(&self, key: &str) -> Option<&Answer> {
        self.answers.get(key)
    }

    /// What admins did.
    pub fn audit(&self) -> &Audit {
        &self.audit
    }

    /// Chats that wait in a queue.
    pub fn waiting_count(&self, queue: QueueId) -> usize {
        self.index.waiting_count(queue)
    }

    /// When the chat that waits longest in a queue was requested.
    pub fn oldest_arrival(&self, queue: QueueId) -> Option<Time> {
        self.index.oldest_arrival(queue)
    }

    /// Chats of a queue that are held out to an agent, and that are active.
    pub fn offered_and_active(&self, queue: QueueId) -> (usize, usize) {
        self.index.offered_and_active(queue)
    }

    /// Chats that wait in a queue, in the order in which they will be served.
    pub fn waiting(&self, queue: QueueId) -> alloc::vec::Vec<&Chat> {
        self.index.waiting_in_order(queue).into_iter().filter_map(|id| self.chat(id)).collect()
    }

    /// Place in the queue, from 1; a chat that is being offered is first. Costs as much as the queue is long.
    pub fn position(&self, chat: ChatId) -> Option<usize> {
        let chat = self.chat(chat)?;
        match chat.stage {
            Stage::Offered { .. } => Some(1),
            Stage::Waiting => self.index.position(chat.queue, &WaitKey::of(chat)),
            _ => None,
        }
    }

    /// Agents who could be offered a chat of this queue at once.
    pub fn ready_count(&self, queue: QueueId) -> usize {
        self.index.ready_count(queue)
    }

    /// The agent whom this customer spoke to last.
    pub fn last_agent(&self, email: &str) -> Option<AgentId> {
        self.last_served.get(email).map(|last| last.agent)
    }

    /// Whether the agent serves the queue and has what the chat asks for.
    pub fn can_serve(&self, agent: &Agent, chat: &Chat) -> bool {
        agent.profile.queues.contains(&chat.queue) && agent.has(&chat.requirements)
    }

    pub(crate) fn index(&self) -> &Index {
        &self.index
    }

    pub(crate) fn index_mut(&mut self) -> &mut Index {
        &mut self.index
    }

    pub(crate) fn set_now(&mut self, now: Time) {
        self.now = now;
    }
}
