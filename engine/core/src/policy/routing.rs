//! Where a chat goes: when it is requested, while it waits, and to whom of several.

use super::QueueView;
use crate::id::ChatId;
use crate::setup::{Level, Skill};
use crate::state::{Agent, Chat, State};
use crate::time::Time;
use alloc::collections::{BTreeMap, BTreeSet};
use alloc::string::String;
use alloc::vec::Vec;
use serde::{Deserialize, Serialize};

/// The question of [`super::Policy::route_chat`].
#[derive(Debug)]
pub struct RouteChat<'a> {
    /// The command's time.
    pub now: Time,
    /// The chat as it was requested; its queue is the one that the form or configuration names.
    pub chat: &'a Chat,
    /// That queue.
    pub queue: QueueView<'a>,
    /// The open queues. Looked at only when asked: most policies never do.
    pub queues: Glances<'a>,
}

/// The open queues as a routing policy sees them.
#[derive(Clone, Copy)]
pub struct Glances<'a> {
    state: &'a State,
    now: Time,
}

impl<'a> Glances<'a> {
    pub(crate) fn new(state: &'a State, now: Time) -> Self {
        Self { state, now }
    }

    /// A glance at each open queue, in order of their ids.
    pub fn iter(&self) -> impl Iterator<Item = QueueGlance<'a>> + use<'a> {
        let (state, now) = (self.state, self.now);
        let count = |number: usize| u32::try_from(number).unwrap_or(u32::MAX);
        state.queues().filter(|queue| queue.open).map(move |queue| QueueGlance {
            name: &queue.name,
            waiting: count(state.waiting_count(queue.id)),
            oldest_wait_ms: state.oldest_arrival(queue.id).map_or(0, |oldest| now.since(oldest)),
            ready: count(state.ready_count(queue.id)),
        })
    }
}

impl core::fmt::Debug for Glances<'_> {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_list().entries(self.iter()).finish()
    }
}

/// What a routing policy sees of a queue.
#[derive(Debug, Clone)]
pub struct QueueGlance<'a> {
    /// Its name.
    pub name: &'a str,
    /// Chats that wait.
    pub waiting: u32,
    /// How long the first of them has waited, in milliseconds.
    pub oldest_wait_ms: u64,
    /// Agents who could be offered a chat of it right now.
    pub ready: u32,
}

/// Where a chat goes. Every part left out stays as configured.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Route {
    /// Name of the queue.
    pub queue: Option<String>,
    /// Priority, 0 to 9; higher goes first.
    pub priority: Option<u8>,
    /// Skills with least levels, in place of the queue's.
    pub skills: Option<BTreeMap<Skill, Level>>,
    /// Login of the agent to wait for first.
    pub preferred_agent: Option<String>,
    /// Turn the customer away with this text instead.
    pub turn_away: Option<String>,
}

/// The question of [`super::Policy::rank_agents`].
#[derive(Debug)]
pub struct RankAgents<'a> {
    /// The command's time.
    pub now: Time,
    /// The chat that is to be offered.
    pub chat: &'a Chat,
    /// The chat's queue.
    pub queue: QueueView<'a>,
    /// Agents who could be offered it now, in the order of the queue's strategy. Looked at only when asked.
    pub candidates: Candidates<'a>,
}

/// The first agents who could be offered a chat.
#[derive(Clone, Copy)]
pub struct Candidates<'a>(Source<'a>);

#[derive(Clone, Copy)]
enum Source<'a> {
    Desk { state: &'a State, chat: ChatId, any_skills: bool },
    Given(&'a [Agent]),
}

impl<'a> Candidates<'a> {
    /// Most agents that a policy is shown: enough to choose from, and no more work when thousands are ready.
    pub const LIMIT: usize = 32;

    /// These agents, in this order: for questions that are asked without a desk.
    pub const fn given(agents: &'a [Agent]) -> Self {
        Self(Source::Given(agents))
    }

    /// Those who could be offered a waiting chat now.
    pub(crate) const fn able(state: &'a State, chat: ChatId) -> Self {
        Self(Source::Desk { state, chat, any_skills: false })
    }

    /// Those who could be offered it if it asked for no skills.
    pub(crate) const fn ready(state: &'a State, chat: ChatId) -> Self {
        Self(Source::Desk { state, chat, any_skills: true })
    }

    /// The agents, at most [`Candidates::LIMIT`], in the order of the queue's strategy.
    pub fn agents(&self) -> Vec<&'a Agent> {
        match self.0 {
            Source::Desk { state, chat, any_skills } => {
                crate::matching::first_agents(state, chat, any_skills, Self::LIMIT)
            }
            Source::Given(agents) => agents.iter().take(Self::LIMIT).collect(),
        }
    }
}

impl core::fmt::Debug for Candidates<'_> {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_list().entries(self.agents().iter().map(|agent| &agent.profile.login)).finish()
    }
}

/// The question of [`super::Policy::relax`].
#[derive(Debug)]
pub struct Relax<'a> {
    /// The command's time.
    pub now: Time,
    /// The chat that waits.
    pub chat: &'a Chat,
    /// Its queue.
    pub queue: QueueView<'a>,
    /// Which of the queue's steps this is, from 1.
    pub step: u32,
    /// How long it has waited in this queue, in milliseconds.
    pub waited_ms: u64,
    /// Its place in the queue, from 1.
    pub position: u32,
    /// Agents of the queue who are ready now and lack something that the chat asks for.
    pub candidates: Candidates<'a>,
}

/// What a chat is let go of. Every part left out stays as it is.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Relaxed {
    /// Skills that its agent need not have any more.
    pub drop: BTreeSet<Skill>,
    /// Skills with least levels, in place of those that it asked for.
    pub skills: Option<BTreeMap<Skill, Level>>,
    /// Priority, 0 to 9; higher goes first.
    pub priority: Option<u8>,
    /// Name of the queue that it goes over to.
    pub queue: Option<String>,
}
