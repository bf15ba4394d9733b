//! What a simulation is given: who comes, who answers, and for how long. Plain data; files are read elsewhere.

use crate::arrivals::Arrivals;
use crate::draw::Draw;
use crate::recorded::Recorded;
use hark_core::Time;
use hark_core::setup::{Level, Setup, Skill};
use hark_core::state::Form;
use std::collections::BTreeMap;
use std::sync::Arc;

/// A whole scenario. All times are in milliseconds since its begin.
#[derive(Debug, Clone, PartialEq)]
pub struct Scenario {
    /// The moment that its begin stands for: scripts see it as the time.
    pub begins: Time,
    /// What is cut off at the begin of each replication.
    pub warm_up_ms: u64,
    /// How long is measured after that.
    pub length_ms: u64,
    /// Independent replications.
    pub replications: u32,
    /// Seed of everything random.
    pub seed: u64,
    /// Confidence of the intervals, such as 0.95.
    pub confidence: f64,
    /// Who comes.
    pub traffic: Vec<Kind>,
    /// How chats go in each queue, by its name.
    pub queues: BTreeMap<String, Handling>,
    /// Who answers.
    pub agents: Vec<Group>,
    /// Moments at which the desk is looked at.
    pub moments_ms: Vec<u64>,
    /// Equal parts of the measured time that are told apart.
    pub slices: u32,
    /// Traffic as it really was, beside what is drawn.
    pub recorded: Option<Recorded>,
}

/// One kind of customers.
#[derive(Debug, Clone, PartialEq)]
pub struct Kind {
    /// What reports call it.
    pub name: String,
    /// The queue they ask for; the configured default otherwise.
    pub queue: Option<String>,
    /// When they come.
    pub arrivals: Arrivals,
    /// How long they wait before they leave; none means for ever.
    pub patience: Option<Draw>,
    /// How long their chats take, in place of their queue's, until they are transferred.
    pub handle: Option<Draw>,
    /// What they fill in.
    pub form: Form,
    /// In its place, one of these for each of them, when there are any.
    pub forms: Arc<[Form]>,
    /// Priority, where no script gives one.
    pub priority: Option<u8>,
    /// Skills with least levels, where no script gives any.
    pub skills: Option<BTreeMap<Skill, Level>>,
}

/// How chats go in a queue.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Handling {
    /// How long a chat takes an agent who has no other one.
    pub handle: Option<Draw>,
    /// How long agents wrap up; none means until the queue's time is over.
    pub wrap_up: Option<Draw>,
    /// To which queues chats are handed on, and with which probability.
    pub transfers: Vec<(String, f64)>,
}

/// Agents who are alike.
#[derive(Debug, Clone, PartialEq)]
pub struct Group {
    /// Name; with a number behind it when there are several.
    pub name: String,
    /// How many.
    pub count: u32,
    /// Names of the queues they serve.
    pub queues: Vec<String>,
    /// Skills with levels.
    pub skills: BTreeMap<Skill, Level>,
    /// Chats at a time.
    pub capacity: u8,
    /// How much they get done with one chat, two chats, …, where 1 is one chat alone; empty when none slows another.
    pub speeds: Vec<f64>,
    /// How long they take to answer an offer.
    pub answer: Draw,
    /// Probability that they let an offer expire.
    pub miss: f64,
    /// Probability that they reject an offer that they may reject.
    pub reject: f64,
    /// How long they stay away after either.
    pub back: Draw,
    /// When they work; always, when empty.
    pub shifts: Vec<Shift>,
}

/// When somebody works, in milliseconds since the scenario's begin.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Shift {
    /// From here on.
    pub from_ms: u64,
    /// Until here.
    pub until_ms: u64,
}

impl Default for Scenario {
    fn default() -> Self {
        Self {
            begins: Self::BEGINS,
            warm_up_ms: 0,
            length_ms: 24 * 3_600_000,
            replications: 10,
            seed: 1,
            confidence: 0.95,
            traffic: Vec::new(),
            queues: BTreeMap::new(),
            agents: Vec::new(),
            moments_ms: Vec::new(),
            slices: 24,
            recorded: None,
        }
    }
}

impl Scenario {
    /// The moment of the begin when none is stated: 2026-11-23T00:00:00Z, a Monday.
    pub const BEGINS: Time = Time::from_millis(1_795_392_000_000);

    /// A queue to which somebody may come, and of which it is not known how long chats take.
    pub fn without_handle_times(&self, setup: &Setup) -> Option<String> {
        let default = setup.queues.get_key_value(&setup.default_queue).or(setup.queues.first_key_value());
        let default = default.map(|(name, _)| name.as_str());
        let open = self.traffic.iter().filter(|kind| kind.handle.is_none());
        let asked = open.filter_map(|kind| kind.queue.as_deref().or(default));
        let transfers = self.queues.values().flat_map(|handling| &handling.transfers);
        let mut needed = asked.chain(transfers.map(|(to, _)| to.as_str()));
        let unknown = |queue: &&str| self.queues.get(*queue).is_none_or(|handling| handling.handle.is_none());
        needed.find(unknown).map(str::to_owned)
    }

    /// Where the measured part ends.
    pub(crate) fn end_ms(&self) -> u64 {
        self.warm_up_ms + self.length_ms
    }
}

impl Kind {
    /// Customers who wait for ever, of this name and queue.
    pub fn new(queue: &str, arrivals: Arrivals) -> Self {
        Self {
            name: queue.to_owned(),
            queue: Some(queue.to_owned()),
            arrivals,
            patience: None,
            handle: None,
            form: Form { name: "Customer".to_owned(), ..Form::default() },
            forms: Arc::default(),
            priority: None,
            skills: None,
        }
    }
}

impl Group {
    /// So many agents who answer at once, miss nothing and always work.
    pub fn new(name: &str, count: u32, queues: &[&str]) -> Self {
        Self {
            name: name.to_owned(),
            count,
            queues: queues.iter().map(|queue| (*queue).to_owned()).collect(),
            skills: BTreeMap::new(),
            capacity: 1,
            speeds: Vec::new(),
            answer: Draw::ZERO,
            miss: 0.0,
            reject: 0.0,
            back: Draw::ZERO,
            shifts: Vec::new(),
        }
    }

    /// How fast each of so many chats goes on.
    pub(crate) fn speed(&self, chats: usize) -> f64 {
        let together = self.speeds.get(chats.max(1) - 1).or(self.speeds.last());
        together.map_or(1.0, |together| together / chats.max(1) as f64)
    }
}
