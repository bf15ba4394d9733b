//! Connections come and go. A first one ends a grace, a last one begins it; several tabs are one presence.

use crate::event::Event;
use crate::id::{AgentId, ChatId};
use crate::refusal::Refusal;
use crate::reply::Reply;
use crate::state::{Job, Presence, Stage, Status};
use crate::writer::Writer;
use alloc::boxed::Box;
use alloc::vec::Vec;

/// The engine has started: connections of before are gone, and jobs in flight are handed out again.
pub(super) fn open(w: &mut Writer<'_>) -> Result<Reply, Refusal> {
    w.emit(Event::EngineOpened {});
    let due = w.now.plus_s(u64::from(w.state.setup().limits.job_timeout_s));
    let in_flight: Vec<Job> = w.state.jobs().filter(|job| !job.resting).cloned().collect();
    for job in in_flight {
        w.emit(Event::JobRequested { job: Box::new(Job { due, ..job }) });
    }
    Ok(Reply::Done)
}

pub(super) fn agent_connected(w: &mut Writer<'_>, agent: AgentId) -> Result<Reply, Refusal> {
    let presence = w.state.agent(agent).ok_or(Refusal::UnknownAgent)?.presence;
    if presence != Presence::Here {
        w.emit(Event::AgentReconnected { agent });
    }
    Ok(Reply::Done)
}

pub(super) fn agent_disconnected(w: &mut Writer<'_>, id: AgentId) -> Result<Reply, Refusal> {
    let agent = w.state.agent(id).ok_or(Refusal::UnknownAgent)?;
    if agent.presence == Presence::Here && agent.status != Status::LoggedOut {
        w.emit(Event::AgentDisconnected { agent: id });
    }
    Ok(Reply::Done)
}

pub(super) fn customer_connected(w: &mut Writer<'_>, id: ChatId) -> Result<Reply, Refusal> {
    let chat = w.chat(id)?;
    if chat.presence != Presence::Here {
        w.emit(Event::CustomerReturned { chat: id });
    }
    Ok(Reply::Done)
}

pub(super) fn customer_disconnected(w: &mut Writer<'_>, id: ChatId) -> Result<Reply, Refusal> {
    let chat = w.chat(id)?;
    let over = matches!(chat.stage, Stage::Ended { .. });
    if chat.presence == Presence::Here && chat.watched && !over {
        w.emit(Event::CustomerDisconnected { chat: id });
    }
    Ok(Reply::Done)
}
