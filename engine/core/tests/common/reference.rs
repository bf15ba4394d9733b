//! Matching as one would write it first: look at every chat and every agent, each time. Slow, obvious, and made from
//! what is public about chats and agents alone, so that it cannot share a mistake with the indexes. The core's own
//! walks and the simulator hold every offer against it.

use hark_core::setup::Strategy;
use hark_core::state::{Agent, Chat, Presence, Stage, State, Status};
use hark_core::{AgentId, ChatId, Time};

/// Whether an agent means to take chats, now or once they have a slot.
pub(crate) fn takes_chats(agent: &Agent) -> bool {
    agent.status == Status::Available
        && agent.next.is_none()
        && !agent.stop_new
        && !agent.profile.disabled
        && !matches!(agent.presence, Presence::Gone { unreachable: true, .. })
}

/// Whether a chat can be offered to an agent this moment.
pub(crate) fn is_ready(agent: &Agent) -> bool {
    let slots_taken = agent.chats.len() + agent.wrap_ups.len() + usize::from(agent.offer.is_some());
    let only_wraps_up = agent.chats.is_empty() && !agent.wrap_ups.is_empty();
    takes_chats(agent)
        && agent.offer.is_none()
        && agent.rests_until.is_none()
        && !only_wraps_up
        && slots_taken < usize::from(agent.profile.capacity)
}

/// Whether an agent serves the chat's queue and has the skills that it asks for.
pub(crate) fn can_serve(agent: &Agent, chat: &Chat) -> bool {
    let skilled = chat
        .requirements
        .iter()
        .all(|(skill, least)| agent.profile.skills.get(skill).is_some_and(|level| level >= least));
    agent.profile.queues.contains(&chat.queue) && skilled
}

/// The offer that must be made next, if any must.
pub(crate) fn next_offer(state: &State) -> Option<(ChatId, AgentId)> {
    if !state.agents().any(is_ready) {
        return None;
    }
    let mut waiting: Vec<&Chat> = state.chats().filter(|chat| chat.stage == Stage::Waiting).collect();
    waiting.sort_by_key(|chat| (u8::MAX - chat.priority, chat.arrived, chat.id));
    waiting.iter().find_map(|chat| Some((chat.id, best(state, chat)?)))
}

fn best(state: &State, chat: &Chat) -> Option<AgentId> {
    let preferred = chat.preferred.and_then(|preference| state.agent(preference.agent));
    if let Some(agent) = preferred.filter(|agent| takes_chats(agent) && can_serve(agent, chat)) {
        return is_ready(agent).then(|| agent.id());
    }
    let strategy = state.queue(chat.queue)?.setup.strategy;
    let able = state.agents().filter(|agent| is_ready(agent) && can_serve(agent, chat));
    able.min_by_key(|agent| rank(agent, chat, strategy)).map(Agent::id)
}

fn rank(agent: &Agent, chat: &Chat, strategy: Strategy) -> (u64, Time, AgentId) {
    let levels = chat.requirements.keys().map(|skill| u64::from(agent.profile.skills[skill])).sum::<u64>();
    let slots_taken = agent.chats.len() + agent.wrap_ups.len() + usize::from(agent.offer.is_some());
    let first = match strategy {
        Strategy::LongestIdle => 0,
        Strategy::LeastBusy => slots_taken as u64,
        Strategy::RoundRobin => agent.last_offer,
        Strategy::MostSkilled => u64::MAX - levels,
    };
    (first, agent.idle_since, agent.id())
}
