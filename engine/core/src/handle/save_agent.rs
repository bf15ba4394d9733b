//! Makes or changes an agent, found by login.

use super::{agents, offers};
use crate::command::SaveAgent;
use crate::event::{Event, WithdrawnBecause};
use crate::id::{AgentId, QueueId};
use crate::refusal::Refusal;
use crate::reply::Reply;
use crate::setup::Level;
use crate::state::{Agent, AgentProfile, Status};
use crate::writer::Writer;
use alloc::boxed::Box;
use alloc::collections::BTreeSet;
use alloc::format;

/// Longest login or name, in characters.
const NAME_LIMIT: u32 = 100;
/// Highest level of a skill.
const TOP_LEVEL: Level = 10;

pub(super) fn save_agent(w: &mut Writer<'_>, wish: SaveAgent) -> Result<Reply, Refusal> {
    check(w, &wish)?;
    let mut queues: BTreeSet<QueueId> = BTreeSet::new();
    for name in &wish.queues {
        let queue = w.state.queue_named(name).ok_or_else(|| Refusal::UnknownQueue(name.clone()))?;
        queues.insert(queue.id);
    }
    let before = w.state.agent_named(&wish.login).map(|agent| agent.profile.clone());
    let id: AgentId = before.as_ref().map_or_else(|| w.id(), |profile| profile.id);
    let profile = AgentProfile {
        id,
        login: wish.login,
        name: wish.name,
        role: wish.role,
        capacity: wish.capacity,
        queues,
        skills: wish.skills,
        credential: wish
            .credential
            .or_else(|| before.as_ref().and_then(|profile| profile.credential.clone())),
        disabled: wish.disabled,
    };
    if before.as_ref() == Some(&profile) {
        return Ok(Reply::Agent(id));
    }
    w.emit(Event::AgentSaved { profile: Box::new(profile) });
    if wish.disabled {
        send_home(w, id);
    } else if !still_fits(w, id) {
        offers::withdraw_from_agent(w, id, WithdrawnBecause::Supervisor);
    }
    Ok(Reply::Agent(id))
}

/// Whether the offer that is held out to an agent is still one that they could be made. Chats that they have they keep.
fn still_fits(w: &Writer<'_>, id: AgentId) -> bool {
    let Some(agent) = w.state.agent(id) else { return true };
    let offered = agent.offer.and_then(|offer| w.state.chat(w.state.offer(offer)?.chat));
    let room = agent.load() <= usize::from(agent.profile.capacity);
    offered.is_none_or(|chat| room && w.state.can_serve(agent, chat))
}

fn check(w: &Writer<'_>, wish: &SaveAgent) -> Result<(), Refusal> {
    super::text::not_blank(&wish.login, "login")?;
    super::text::not_blank(&wish.name, "name")?;
    super::text::at_most(&wish.login, NAME_LIMIT)?;
    super::text::at_most(&wish.name, NAME_LIMIT)?;
    let most = w.state.setup().limits.capacity;
    if !(1..=most).contains(&wish.capacity) {
        return Err(Refusal::OutOfRange(format!("capacity is {}, 1 to {most} is allowed", wish.capacity)));
    }
    match wish.skills.iter().find(|(_, level)| !(1..=TOP_LEVEL).contains(*level)) {
        Some((skill, level)) => {
            Err(Refusal::OutOfRange(format!("level of {skill} is {level}, 1 to {TOP_LEVEL} is allowed")))
        }
        None => Ok(()),
    }
}

/// A disabled agent gets no more offers; what they are busy with they may finish.
fn send_home(w: &mut Writer<'_>, id: AgentId) {
    offers::withdraw_from_agent(w, id, WithdrawnBecause::Supervisor);
    if !w.state.agent(id).is_some_and(Agent::is_occupied) {
        agents::change(w, id, Status::LoggedOut, None, false);
    }
}
