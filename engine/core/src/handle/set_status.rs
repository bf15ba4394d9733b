//! An agent chooses a status, or a supervisor does for them. While chats or wrap-ups are left it is the next one.

use super::{agents, offers};
use crate::command::SetStatus;
use crate::event::{Event, WithdrawnBecause};
use crate::id::AgentId;
use crate::refusal::Refusal;
use crate::reply::Reply;
use crate::state::{NextStatus, Status};
use crate::writer::Writer;
use alloc::string::String;

pub(super) fn set_status(w: &mut Writer<'_>, wish: SetStatus) -> Result<Reply, Refusal> {
    if w.asker() != Some(wish.agent) && !w.may_steer() {
        return Err(Refusal::UnknownAgent);
    }
    let agent = w.state.agent(wish.agent).ok_or(Refusal::UnknownAgent)?;
    if agent.profile.disabled {
        return Err(Refusal::AgentDisabled);
    }
    if wish.stop_new == Some(true) && agent.chats.is_empty() {
        return Err(Refusal::NotBusy);
    }
    if let Some(status) = wish.status {
        check_reason_of(w, status, wish.reason.as_deref())?;
        choose(w, wish.agent, status, wish.reason);
    }
    if let Some(stop_new) = wish.stop_new {
        set_stop_new(w, wish.agent, stop_new);
    }
    Ok(Reply::Done)
}

fn check_reason_of(w: &Writer<'_>, status: Status, reason: Option<&str>) -> Result<(), Refusal> {
    let reasons = &w.state.setup().reasons;
    match status {
        Status::OnBreak => check_reason(&reasons.on_break, reason),
        Status::WorkOffline => check_reason(&reasons.work_offline, reason),
        Status::LoggedOut => check_reason(&reasons.logged_out, reason),
        Status::Available => check_reason(&[], reason),
    }
}

/// A reason must be one of the configured ones; none at all is allowed.
pub(super) fn check_reason(known: &[String], reason: Option<&str>) -> Result<(), Refusal> {
    match reason {
        Some(reason) if !known.iter().any(|known| known == reason) => Err(Refusal::BadReason(reason.into())),
        _ => Ok(()),
    }
}

/// Takes a status, or keeps it for after the last wrap-up. Whether it may be chosen was checked before.
pub(super) fn choose(w: &mut Writer<'_>, id: AgentId, status: Status, reason: Option<String>) {
    let Some(agent) = w.state.agent(id) else { return };
    let occupied = agent.is_occupied() && agent.status != Status::LoggedOut;
    let same = agent.status == status && agent.reason == reason && agent.next.is_none() && !agent.stop_new;
    if same {
        return;
    }
    if status != Status::Available {
        let by_themselves = w.asker() == Some(id);
        let because = if by_themselves { WithdrawnBecause::AgentLeft } else { WithdrawnBecause::Supervisor };
        offers::withdraw_from_agent(w, id, because);
    }
    if occupied {
        let next = (status != Status::Available).then_some(NextStatus { status, reason });
        set_next(w, id, next);
    } else {
        agents::change(w, id, status, reason, false);
    }
}

/// Keeps a status for later; Available for later means that nothing else is wanted.
fn set_next(w: &mut Writer<'_>, id: AgentId, next: Option<NextStatus>) {
    let Some(agent) = w.state.agent(id) else { return };
    let stop_new = agent.stop_new && next.is_some();
    let (status, reason) = (agent.status, agent.reason.clone());
    w.emit(Event::AgentStatusChanged { agent: id, status, reason, next, stop_new, missed: false });
}

fn set_stop_new(w: &mut Writer<'_>, id: AgentId, stop_new: bool) {
    let Some(agent) = w.state.agent(id) else { return };
    if agent.stop_new == stop_new {
        return;
    }
    let (status, reason, next, missed) =
        (agent.status, agent.reason.clone(), agent.next.clone(), agent.missed);
    if stop_new {
        offers::withdraw_from_agent(w, id, WithdrawnBecause::AgentLeft);
    }
    w.emit(Event::AgentStatusChanged { agent: id, status, reason, next, stop_new, missed });
}
