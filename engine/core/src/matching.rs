//! Pairs waiting chats with ready agents. Between turns no chat waits that a ready agent could take, so only chats and
//! agents that are fresh since then need to be looked at: the cost grows with the logarithm of how many there are.

use crate::handle::{offers, ranking};
use crate::id::{AgentId, ChatId};
use crate::setup::{Level, Skill, Strategy};
use crate::state::{Agent, Chat, State, WaitKey, cover};
use crate::writer::Writer;
use alloc::collections::{BTreeMap, BTreeSet};
use alloc::vec::Vec;

/// Offers every waiting chat that can be offered, in order of priority and arrival.
pub(crate) fn settle(w: &mut Writer<'_>) {
    let mut wants: BTreeSet<(WaitKey, AgentId)> = BTreeSet::new();
    loop {
        for agent in core::mem::take(&mut w.state.index_mut().fresh_agents) {
            wants.extend(want(w.state, agent));
        }
        let Some(key) = first_key(w.state, &wants) else { return };
        w.state.index_mut().fresh_chats.remove(&key);
        let askers = take_askers(&mut wants, key);
        let pair = w.state.chat(key.chat).and_then(|chat| Some((chat.id, best_agent(w.state, chat)?)));
        if let Some((chat, best)) = pair {
            let (agent, ranked) = ranking::rank(w, chat, best);
            offers::present(w, chat, agent, ranked);
        }
        // The chat went to its queue's best agent: whoever else wanted it is asked again. Without a pair the key was
        // stale, and must not come back.
        let again = askers.into_iter().filter_map(|agent| want(w.state, agent));
        wants.extend(again.filter(|(wanted, _)| *wanted != key));
    }
}

/// The chat that this agent would take now.
fn want(state: &State, agent: AgentId) -> Option<(WaitKey, AgentId)> {
    Some((best_chat(state, state.agent(agent)?)?, agent))
}

/// The first chat in order among the fresh ones and those that fresh agents would take.
fn first_key(state: &State, wants: &BTreeSet<(WaitKey, AgentId)>) -> Option<WaitKey> {
    let fresh = state.index().fresh_chats.first();
    let wanted = wants.first().map(|(key, _)| key);
    fresh.into_iter().chain(wanted).min().copied()
}

fn take_askers(wants: &mut BTreeSet<(WaitKey, AgentId)>, key: WaitKey) -> Vec<AgentId> {
    let mut askers = Vec::new();
    while let Some((wanted, agent)) = wants.first().copied()
        && wanted == key
    {
        wants.pop_first();
        askers.push(agent);
    }
    askers
}

/// The agent who should get this waiting chat now.
fn best_agent(state: &State, chat: &Chat) -> Option<AgentId> {
    if chat.holder().is_some() {
        return None;
    }
    if let Some(preferred) = state.index().held_for(chat.id) {
        return state.agent(preferred).filter(|agent| agent.is_ready()).map(Agent::id);
    }
    let queue = state.index().queues.get(&chat.queue)?;
    let strategy = state.queue(chat.queue)?.setup.strategy;
    let able = queue.ready.iter().filter(|(skills, _)| cover(skills, &chat.requirements));
    let heads = able.filter_map(|(skills, set)| Some((skills, set.first()?)));
    heads
        .min_by_key(|(skills, key)| (lack(strategy, skills, &chat.requirements), **key))
        .map(|(_, key)| key.agent)
}

/// Whether more than one agent could be offered a waiting chat.
pub(crate) fn has_choice(state: &State, chat: ChatId) -> bool {
    let Some(chat) = state.chat(chat).filter(|chat| state.index().held_for(chat.id).is_none()) else {
        return false;
    };
    let Some(queue) = state.index().queues.get(&chat.queue) else { return false };
    let able = queue.ready.iter().filter(|(skills, _)| cover(skills, &chat.requirements));
    let mut agents = able.flat_map(|(_, set)| set.iter().take(2));
    agents.next().is_some() && agents.next().is_some()
}

/// The first agents who could be offered a waiting chat, at most so many, in the order of its queue's strategy; those
/// too who lack a skill where `any_skills` says so. A chat that is kept for one agent has no choice.
pub(crate) fn first_agents(state: &State, chat: ChatId, any_skills: bool, most: usize) -> Vec<&Agent> {
    let Some(chat) = state.chat(chat).filter(|chat| state.index().held_for(chat.id).is_none()) else {
        return Vec::new();
    };
    let queue = state.index().queues.get(&chat.queue).zip(state.queue(chat.queue));
    let Some((index, queue)) = queue else { return Vec::new() };
    let strategy = queue.setup.strategy;
    let kinds = index.ready.iter();
    let able = kinds.filter(|(skills, _)| any_skills || cover(skills, &chat.requirements));
    let mut keys: Vec<_> = able
        .flat_map(|(skills, set)| {
            let lack = lack(strategy, skills, &chat.requirements);
            set.iter().take(most).map(move |key| (lack, *key))
        })
        .collect();
    keys.sort_unstable();
    keys.truncate(most);
    keys.into_iter().filter_map(|(_, key)| state.agent(key.agent)).collect()
}

/// How far the kind of agent is from the best: only the most-skilled strategy tells kinds apart.
pub(crate) fn lack(
    strategy: Strategy,
    skills: &BTreeMap<Skill, Level>,
    requirements: &BTreeMap<Skill, Level>,
) -> u32 {
    if strategy != Strategy::MostSkilled {
        return 0;
    }
    let levels = requirements.keys().filter_map(|skill| skills.get(skill)).map(|level| u32::from(*level));
    u32::MAX - levels.sum::<u32>()
}

/// The first chat in order that this ready agent can take.
fn best_chat(state: &State, agent: &Agent) -> Option<WaitKey> {
    if !agent.is_ready() {
        return None;
    }
    let queues = agent.profile.queues.iter().filter_map(|queue| state.index().queues.get(queue));
    let able =
        queues.flat_map(|queue| queue.waiting.iter()).filter(|(requirements, _)| agent.has(requirements));
    let in_line = able.filter_map(|(_, set)| set.first());
    let held = state.index().held.get(&agent.id()).and_then(BTreeSet::first);
    in_line.chain(held).min().copied()
}
