//! The desk at one moment, seen from one chat: who could take it, what stood in the others' way, who was ahead. The
//! conditions are those of matching; a test compares both on every offer of a random walk.

use super::value::{Ahead, Before, Candidate, Look, Obstacle};
use crate::id::AgentId;
use crate::matching::lack;
use crate::setup::Strategy;
use crate::state::{Agent, Chat, Presence, ReadyKey, State, Status};
use alloc::vec::Vec;

/// Most agents that are told one by one.
const CANDIDATES: usize = 50;
/// Most chats ahead that are told one by one.
const AHEAD: usize = 10;

impl Look {
    /// The desk as this chat finds it, with one agent told whether they serve the queue or not.
    pub(super) fn of(state: &State, chat: &Chat, also: Option<AgentId>) -> Self {
        let queue = state.queue(chat.queue);
        let strategy = queue.map_or(Strategy::LongestIdle, |queue| queue.setup.strategy);
        let held_for = state.index().held_for(chat.id);
        let serves = |agent: &&Agent| agent.profile.queues.contains(&chat.queue) || also == Some(agent.id());
        let (at_work, away): (Vec<&Agent>, Vec<&Agent>) =
            state.agents().filter(serves).partition(|agent| agent.status != Status::LoggedOut);
        let mut order: Vec<_> = at_work
            .into_iter()
            .map(|agent| {
                let obstacle = obstacle(agent, chat, held_for);
                let lack = lack(strategy, &agent.profile.skills, &chat.requirements);
                ((obstacle.is_some(), lack, ReadyKey::of(agent, strategy)), agent, obstacle)
            })
            .collect();
        order.sort_by_key(|(key, _, _)| *key);
        let more = order.len().saturating_sub(CANDIDATES);
        let told = order.into_iter().take(CANDIDATES);
        Self {
            queue: queue.map(|queue| queue.name.clone()).unwrap_or_default(),
            strategy: strategy.into(),
            place: state.position(chat.id).map(count),
            kept_for: held_for,
            waiting: count(state.waiting_count(chat.queue)),
            ahead: ahead(state, chat),
            candidates: told.map(|(_, agent, obstacle)| candidate(agent, chat, obstacle)).collect(),
            more_candidates: count(more),
            logged_out: count(away.len()),
        }
    }

    /// An agent among the candidates.
    pub(super) fn candidate(&self, agent: AgentId) -> Option<&Candidate> {
        self.candidates.iter().find(|candidate| candidate.agent_id == agent)
    }

    /// Those who could take the chat, the first choice first.
    pub(super) fn able(&self) -> impl Iterator<Item = &Candidate> {
        self.candidates.iter().filter(|candidate| candidate.could)
    }
}

fn count(number: usize) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}

fn candidate(agent: &Agent, chat: &Chat, obstacle: Option<Obstacle>) -> Candidate {
    let level = |skill: &alloc::string::String| Some((skill.clone(), *agent.profile.skills.get(skill)?));
    Candidate {
        agent_id: agent.id(),
        name: agent.profile.name.clone(),
        status: agent.shown(),
        capacity: agent.profile.capacity,
        load: u8::try_from(agent.load()).unwrap_or(u8::MAX),
        skills: chat.requirements.keys().filter_map(level).collect(),
        idle_since: agent.idle_since,
        could: obstacle.is_none(),
        obstacle,
    }
}

/// The first thing that stood in the agent's way.
fn obstacle(agent: &Agent, chat: &Chat, held_for: Option<AgentId>) -> Option<Obstacle> {
    let lacking = chat.requirements.iter().find_map(|(skill, needs)| {
        let has = agent.profile.skills.get(skill).copied().unwrap_or(0);
        (has < *needs).then(|| Obstacle::LacksSkill { skill: skill.clone(), needs: *needs, has })
    });
    let fixed = if agent.profile.queues.contains(&chat.queue) { lacking } else { Some(Obstacle::OtherQueue) };
    fixed
        .or_else(|| unwilling(agent))
        .or_else(|| (held_for.is_some_and(|held| held != agent.id())).then_some(Obstacle::HeldForAnother))
        .or_else(|| occupied(agent))
}

/// Why an agent takes no chats, now or later.
fn unwilling(agent: &Agent) -> Option<Obstacle> {
    if agent.takes_chats() {
        return None;
    }
    Some(match agent.status {
        _ if agent.profile.disabled => Obstacle::Disabled,
        Status::LoggedOut => Obstacle::LoggedOut,
        Status::OnBreak => Obstacle::OnBreak,
        Status::WorkOffline => Obstacle::WorkOffline,
        Status::Available if agent.next.is_some() => Obstacle::LeavesNext,
        Status::Available if agent.stop_new => Obstacle::StopNew,
        Status::Available => {
            debug_assert!(matches!(agent.presence, Presence::Gone { .. }), "nothing else is left");
            Obstacle::Unreachable
        }
    })
}

/// Why an agent who takes chats could not take one more at this moment.
fn occupied(agent: &Agent) -> Option<Obstacle> {
    match agent {
        _ if agent.is_ready() => None,
        _ if agent.offer.is_some() => Some(Obstacle::Offered),
        _ if agent.rests_until.is_some() => Some(Obstacle::Resting),
        _ if agent.chats.is_empty() && !agent.wrap_ups.is_empty() => Some(Obstacle::PostProcessing),
        _ => Some(Obstacle::AtCapacity),
    }
}

fn ahead(state: &State, chat: &Chat) -> Vec<Ahead> {
    let others = state.waiting(chat.queue).into_iter().take_while(|other| other.id != chat.id);
    let because = |other: &Chat| {
        if other.priority > chat.priority { Before::HigherPriority } else { Before::CameEarlier }
    };
    others
        .take(AHEAD)
        .map(|other| Ahead {
            chat_id: other.id,
            priority: other.priority,
            requested_at: other.arrived,
            because: because(other),
        })
        .collect()
}
