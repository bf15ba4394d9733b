//! The live desk as supervisors see it: queues and agents.

use super::desk::StatusView;
use crate::id::{AgentId, ChatId, QueueId};
use crate::state::{Agent, Queue, Role, State};
use crate::time::Time;
use alloc::collections::BTreeMap;
use alloc::string::String;
use alloc::vec::Vec;
use serde::{Deserialize, Serialize};

/// A queue at this moment.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct QueueView {
    /// Its id.
    pub id: QueueId,
    /// Its name.
    pub queue: String,
    /// What people read.
    pub title: String,
    /// Chats that wait.
    pub waiting: u32,
    /// Chats that are held out to an agent.
    pub offered: u32,
    /// Chats that are active or wrapped up.
    pub active: u32,
    /// When the one that waits longest was requested.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub oldest_at: Option<Time>,
    /// Agents of the queue who could be offered a chat at once.
    pub ready: u32,
    /// Agents of the queue, by shown status.
    pub agents: BTreeMap<String, u32>,
    /// Chats should be accepted within this many seconds.
    pub service_level_s: u32,
}

/// An agent at this moment.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct AgentView {
    /// Their id.
    pub id: AgentId,
    /// Name to log in with.
    pub login: String,
    /// Name that customers see.
    pub name: String,
    /// What they may do.
    pub role: Role,
    /// Their status.
    pub status: StatusView,
    /// Names of the queues they serve.
    pub queues: Vec<String>,
    /// Skills with levels.
    pub skills: BTreeMap<String, u8>,
    /// Active chats.
    pub chats: Vec<ChatId>,
    /// Chats in post processing.
    pub wrap_ups: Vec<ChatId>,
    /// Offers rejected or left to expire today (UTC).
    pub missed_today: u32,
    /// Whether they may not work any more.
    pub disabled: bool,
}

impl AgentView {
    /// An agent.
    pub fn of(state: &State, agent: &Agent, now: Time) -> Self {
        let profile = &agent.profile;
        let name = |id: &QueueId| state.queue(*id).map(|queue| queue.name.clone());
        Self {
            id: profile.id,
            login: profile.login.clone(),
            name: profile.name.clone(),
            role: profile.role,
            status: StatusView::of(agent),
            queues: profile.queues.iter().filter_map(name).collect(),
            skills: profile.skills.clone(),
            chats: agent.chats.iter().copied().collect(),
            wrap_ups: agent.wrap_ups.iter().copied().collect(),
            missed_today: agent.missed_on(now),
            disabled: profile.disabled,
        }
    }
}

/// Queues and agents at this moment.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Wallboard {
    /// Open queues.
    pub queues: Vec<QueueView>,
    /// Agents who can still work.
    pub agents: Vec<AgentView>,
    /// The server's clock.
    pub now: Time,
}

impl Wallboard {
    /// The desk at this moment. Costs as much as there are agents and waiting chats.
    pub fn of(state: &State, now: Time) -> Self {
        let counts = count_statuses(state);
        let queues = state.queues().filter(|queue| queue.open);
        let agents = state.agents().filter(|agent| !agent.profile.disabled);
        Self {
            queues: queues.map(|queue| QueueView::of(state, queue, &counts)).collect(),
            agents: agents.map(|agent| AgentView::of(state, agent, now)).collect(),
            now,
        }
    }
}

type Counts = BTreeMap<QueueId, BTreeMap<String, u32>>;

fn count_statuses(state: &State) -> Counts {
    let mut counts = Counts::new();
    for agent in state.agents().filter(|agent| !agent.profile.disabled) {
        for queue in &agent.profile.queues {
            *counts.entry(*queue).or_default().entry(agent.shown().word().into()).or_default() += 1;
        }
    }
    counts
}

impl QueueView {
    fn of(state: &State, queue: &Queue, counts: &Counts) -> Self {
        let count = |number: usize| u32::try_from(number).unwrap_or(u32::MAX);
        let (offered, active) = state.offered_and_active(queue.id);
        Self {
            id: queue.id,
            queue: queue.name.clone(),
            title: queue.title().into(),
            waiting: count(state.waiting_count(queue.id)),
            offered: count(offered),
            active: count(active),
            oldest_at: state.index().oldest_arrival(queue.id),
            ready: count(state.ready_count(queue.id)),
            agents: counts.get(&queue.id).cloned().unwrap_or_default(),
            service_level_s: queue.setup.service_level_s,
        }
    }
}
