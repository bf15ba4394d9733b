//! Invariants of the domain. [`touched`] costs little and is asserted after every turn in production; [`all`] looks at
//! everything and is asserted in tests and the simulator.

use crate::event::Turn;
use crate::id::{AgentId, ChatId};
use crate::state::{Agent, Chat, Stage, State};
use alloc::collections::BTreeSet;
use alloc::format;
use alloc::string::String;

/// Checks the chats and agents that these turns touched.
///
/// # Errors
/// Says which rule is broken, and where.
pub fn touched(state: &State, turns: &[Turn]) -> Result<(), String> {
    for scoped in turns.iter().flat_map(|turn| &turn.events) {
        if let Some(agent) = scoped.scope.agent.and_then(|id| state.agent(id)) {
            check_agent(state, agent)?;
        }
        if let Some(chat) = scoped.scope.chat.and_then(|id| state.chat(id)) {
            check_chat(state, chat)?;
        }
    }
    Ok(())
}

/// Checks everything: ownership both ways, capacity, offers, numbering, and that nobody waits for whom somebody is
/// ready.
///
/// # Errors
/// Says which rule is broken, and where.
pub fn all(state: &State) -> Result<(), String> {
    state.agents().try_for_each(|agent| check_agent(state, agent))?;
    state.chats().try_for_each(|chat| check_chat(state, chat))?;
    check_owners(state)?;
    check_nobody_waits_in_vain(state)
}

fn check_agent(state: &State, agent: &Agent) -> Result<(), String> {
    let id = agent.id();
    let is = |right: bool, rule: &str| if right { Ok(()) } else { Err(format!("agent {id}: {rule}")) };
    is(
        agent.load() <= usize::from(agent.profile.capacity) || agent.offer.is_none(),
        "offered beyond capacity",
    )?;
    let owner = |chat: &ChatId| state.chat(*chat).and_then(Chat::owner);
    is(agent.chats.iter().all(|chat| owner(chat) == Some(id)), "has a chat that is not theirs")?;
    let active =
        |chat: &ChatId| state.chat(*chat).is_some_and(|chat| matches!(chat.stage, Stage::Active { .. }));
    is(agent.chats.iter().all(active), "has a chat that is not active")?;
    is(
        agent.wrap_ups.iter().all(|chat| owner(chat) == Some(id) && !active(chat)),
        "wraps up a chat that is not ended",
    )?;
    let offer = agent.offer.map(|offer| state.offer(offer).is_some_and(|offer| offer.agent == id));
    is(offer != Some(false), "holds an offer that is not theirs")
}

fn check_chat(state: &State, chat: &Chat) -> Result<(), String> {
    let id = chat.id;
    let is = |right: bool, rule: &str| if right { Ok(()) } else { Err(format!("chat {id}: {rule}")) };
    is(state.queue(chat.queue).is_some(), "its queue does not exist")?;
    let agent = chat.holder().and_then(|agent| state.agent(agent));
    is(chat.holder().is_none() || agent.is_some(), "its agent does not exist")?;
    match chat.stage {
        Stage::Waiting => Ok(()),
        Stage::Offered { offer, agent: to } => {
            let live = state.offer(offer).is_some_and(|offer| offer.chat == id && offer.agent == to);
            is(live, "its offer does not exist")?;
            is(agent.is_some_and(|agent| agent.offer == Some(offer)), "its agent does not know of the offer")
        }
        Stage::Active { .. } => {
            is(agent.is_some_and(|agent| agent.chats.contains(&id)), "its agent does not have it")
        }
        Stage::Ended { .. } => {
            is(agent.is_some_and(|agent| agent.wrap_ups.contains(&id)), "its agent does not wrap it up")
        }
    }?;
    let numbered = chat.messages.iter().zip(1..).all(|(message, seq)| message.seq == seq);
    is(numbered, "its messages are not numbered without gaps")
}

/// No chat is in the hands of two agents.
fn check_owners(state: &State) -> Result<(), String> {
    let mut owned: BTreeSet<ChatId> = BTreeSet::new();
    for agent in state.agents() {
        for chat in agent.chats.iter().chain(&agent.wrap_ups) {
            if !owned.insert(*chat) {
                return Err(format!("chat {chat} is in the hands of two agents"));
            }
        }
    }
    Ok(())
}

/// After a turn no chat waits that a ready agent could take, unless it is held for another.
fn check_nobody_waits_in_vain(state: &State) -> Result<(), String> {
    for chat in state.chats().filter(|chat| chat.stage == Stage::Waiting) {
        let held_for: Option<AgentId> = state.index().held_for(chat.id);
        let could = |agent: &&Agent| {
            agent.is_ready() && state.can_serve(agent, chat) && held_for.is_none_or(|held| held == agent.id())
        };
        if let Some(agent) = state.agents().find(could) {
            return Err(format!("chat {} waits although agent {} is ready for it", chat.id, agent.id()));
        }
    }
    let due = state.index().deadlines.iter().any(|(at, _)| *at < state.now());
    if due { Err("a deadline was passed over".into()) } else { Ok(()) }
}
