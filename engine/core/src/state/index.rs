//! Indexes over the state, so that the cost of a decision grows with the logarithm of agents and chats. Everything
//! here follows from agents and chats and could be made anew; nothing here decides.

use super::agent::Agent;
use super::chat::{Chat, Stage};
use crate::deadlines::Deadlines;
use crate::id::{AgentId, ChatId, QueueId, TokenId};
use crate::setup::{Level, Skill, Strategy};
use crate::time::Time;
use alloc::collections::{BTreeMap, BTreeSet};
use alloc::string::String;
use alloc::vec::Vec;

/// A set of skills with levels: what agents have, or what chats ask for. Agents and chats with equal sets stand
/// together, so a match looks at kinds of agents, never at each of them.
pub(crate) type Skills = BTreeMap<Skill, Level>;

/// A chat's place among those who wait: priority, then arrival, then id.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct WaitKey {
    rank: u8,
    arrived: Time,
    pub(crate) chat: ChatId,
}

impl WaitKey {
    pub(crate) fn of(chat: &Chat) -> Self {
        Self { rank: u8::MAX - chat.priority, arrived: chat.arrived, chat: chat.id }
    }
}

/// An agent's place among those who are ready, by the queue's strategy.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct ReadyKey {
    pub(crate) first: u64,
    second: u64,
    pub(crate) agent: AgentId,
}

impl ReadyKey {
    pub(crate) fn of(agent: &Agent, strategy: Strategy) -> Self {
        let idle = agent.idle_since.millis();
        let (first, second) = match strategy {
            Strategy::LongestIdle | Strategy::MostSkilled => (idle, 0),
            Strategy::LeastBusy => (agent.load() as u64, idle),
            Strategy::RoundRobin => (agent.last_offer, idle),
        };
        Self { first, second, agent: agent.id() }
    }
}

/// One queue's chats and agents.
#[derive(Debug, Clone, Default)]
pub(crate) struct QueueIndex {
    pub(crate) waiting: BTreeMap<Skills, BTreeSet<WaitKey>>,
    pub(crate) ready: BTreeMap<Skills, BTreeSet<ReadyKey>>,
    /// All who wait, held ones too, by arrival.
    arrivals: BTreeSet<(Time, ChatId)>,
    waiting_count: usize,
    offered_count: usize,
    active_count: usize,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Standing {
    Waiting,
    Offered,
    Active,
    Ended,
}

#[derive(Debug, Clone)]
struct ChatPlace {
    queue: QueueId,
    standing: Standing,
    key: WaitKey,
    requirements: Skills,
    held_for: Option<AgentId>,
}

#[derive(Debug, Clone)]
struct AgentPlace {
    entries: Vec<(QueueId, ReadyKey)>,
    skills: Skills,
}

/// All indexes.
#[derive(Debug, Clone, Default)]
pub(crate) struct Index {
    pub(crate) queues: BTreeMap<QueueId, QueueIndex>,
    /// Chats that wait for one agent, apart from their queue's line.
    pub(crate) held: BTreeMap<AgentId, BTreeSet<WaitKey>>,
    /// Waiting chats that prefer an agent, whether that agent can take them or not.
    pub(crate) preferring: BTreeMap<AgentId, BTreeSet<ChatId>>,
    /// Chats that came into line since matching last looked.
    pub(crate) fresh_chats: BTreeSet<WaitKey>,
    /// Agents who became ready since matching last looked.
    pub(crate) fresh_agents: BTreeSet<AgentId>,
    pub(crate) deadlines: Deadlines,
    pub(crate) logins: BTreeMap<String, AgentId>,
    pub(crate) token_hashes: BTreeMap<[u8; 32], TokenId>,
    /// Returning customers by when they were last served, so that the oldest can be forgotten.
    pub(crate) served: BTreeSet<(Time, String)>,
    chats: BTreeMap<ChatId, ChatPlace>,
    agents: BTreeMap<AgentId, AgentPlace>,
}

impl Index {
    /// Takes an agent out of every line.
    pub(crate) fn remove_agent(&mut self, id: AgentId) {
        self.fresh_agents.remove(&id);
        let Some(place) = self.agents.remove(&id) else { return };
        for (queue, key) in &place.entries {
            let Some(queue) = self.queues.get_mut(queue) else { continue };
            if let Some(set) = queue.ready.get_mut(&place.skills) {
                set.remove(key);
                if set.is_empty() {
                    queue.ready.remove(&place.skills);
                }
            }
        }
    }

    /// Puts a ready agent into the line of each queue they serve.
    pub(crate) fn insert_agent(&mut self, agent: &Agent, queues: impl Iterator<Item = (QueueId, Strategy)>) {
        let skills = &agent.profile.skills;
        let mut entries = Vec::with_capacity(agent.profile.queues.len());
        for (queue, strategy) in queues {
            let key = ReadyKey::of(agent, strategy);
            let ready = &mut self.queues.entry(queue).or_default().ready;
            match ready.get_mut(skills) {
                Some(set) => drop(set.insert(key)),
                None => drop(ready.insert(skills.clone(), BTreeSet::from([key]))),
            }
            entries.push((queue, key));
        }
        self.agents.insert(agent.id(), AgentPlace { entries, skills: skills.clone() });
        self.fresh_agents.insert(agent.id());
    }

    /// Takes a chat out of every line and count.
    pub(crate) fn remove_chat(&mut self, id: ChatId) {
        let Some(place) = self.chats.remove(&id) else { return };
        self.fresh_chats.remove(&place.key);
        if place.standing == Standing::Waiting {
            self.leave_line(&place);
        }
        if let Some(queue) = self.queues.get_mut(&place.queue) {
            queue.arrivals.remove(&(place.key.arrived, id));
            *queue.count(place.standing) -= 1;
        }
    }

    fn leave_line(&mut self, place: &ChatPlace) {
        if let Some(agent) = place.held_for {
            if let Some(set) = self.held.get_mut(&agent) {
                set.remove(&place.key);
                if set.is_empty() {
                    self.held.remove(&agent);
                }
            }
            return;
        }
        let Some(queue) = self.queues.get_mut(&place.queue) else { return };
        if let Some(set) = queue.waiting.get_mut(&place.requirements) {
            set.remove(&place.key);
            if set.is_empty() {
                queue.waiting.remove(&place.requirements);
            }
        }
    }

    /// Puts a chat where it stands: in its queue's line, or in that of the agent it is held for.
    pub(crate) fn insert_chat(&mut self, chat: &Chat, held_for: Option<AgentId>) {
        let key = WaitKey::of(chat);
        let standing = standing(chat);
        let queue = self.queues.entry(chat.queue).or_default();
        *queue.count(standing) += 1;
        if standing == Standing::Waiting {
            queue.arrivals.insert((chat.arrived, chat.id));
            self.join_line(chat, key, held_for);
        }
        let requirements =
            if standing == Standing::Waiting { chat.requirements.clone() } else { Skills::new() };
        self.chats.insert(chat.id, ChatPlace { queue: chat.queue, standing, key, requirements, held_for });
    }

    fn join_line(&mut self, chat: &Chat, key: WaitKey, held_for: Option<AgentId>) {
        self.fresh_chats.insert(key);
        if let Some(agent) = held_for {
            self.held.entry(agent).or_default().insert(key);
            return;
        }
        let waiting = &mut self.queues.entry(chat.queue).or_default().waiting;
        match waiting.get_mut(&chat.requirements) {
            Some(set) => drop(set.insert(key)),
            None => drop(waiting.insert(chat.requirements.clone(), BTreeSet::from([key]))),
        }
    }

    /// Where a waiting chat is held, if it is.
    pub(crate) fn held_for(&self, chat: ChatId) -> Option<AgentId> {
        self.chats.get(&chat)?.held_for
    }

    pub(crate) fn waiting_count(&self, queue: QueueId) -> usize {
        self.queues.get(&queue).map_or(0, |queue| queue.waiting_count)
    }

    pub(crate) fn offered_and_active(&self, queue: QueueId) -> (usize, usize) {
        self.queues.get(&queue).map_or((0, 0), |queue| (queue.offered_count, queue.active_count))
    }

    pub(crate) fn ready_count(&self, queue: QueueId) -> usize {
        self.queues.get(&queue).map_or(0, |queue| queue.ready.values().map(BTreeSet::len).sum())
    }

    fn keys_of(&self, queue: QueueId) -> impl Iterator<Item = &WaitKey> {
        let in_line = self.queues.get(&queue).into_iter().flat_map(|queue| queue.waiting.values().flatten());
        let held = self.held.values().flatten();
        in_line.chain(
            held.filter(move |key| self.chats.get(&key.chat).is_some_and(|place| place.queue == queue)),
        )
    }

    pub(crate) fn waiting_in_order(&self, queue: QueueId) -> Vec<ChatId> {
        let mut keys: Vec<&WaitKey> = self.keys_of(queue).collect();
        keys.sort_unstable();
        keys.into_iter().map(|key| key.chat).collect()
    }

    pub(crate) fn position(&self, queue: QueueId, key: &WaitKey) -> Option<usize> {
        self.chats.get(&key.chat)?;
        Some(1 + self.keys_of(queue).filter(|other| *other < key).count())
    }

    pub(crate) fn oldest_arrival(&self, queue: QueueId) -> Option<Time> {
        self.queues.get(&queue)?.arrivals.first().map(|(arrived, _)| *arrived)
    }
}

impl QueueIndex {
    fn count(&mut self, standing: Standing) -> &mut usize {
        match standing {
            Standing::Waiting => &mut self.waiting_count,
            Standing::Offered => &mut self.offered_count,
            Standing::Active | Standing::Ended => &mut self.active_count,
        }
    }
}

fn standing(chat: &Chat) -> Standing {
    match chat.stage {
        Stage::Waiting => Standing::Waiting,
        Stage::Offered { .. } => Standing::Offered,
        Stage::Active { .. } => Standing::Active,
        Stage::Ended { .. } => Standing::Ended,
    }
}
