//! What follows for an agent's status from their chats and offers.

use crate::event::Event;
use crate::id::AgentId;
use crate::policy::MissedOffer;
use crate::state::{NextStatus, Status};
use crate::writer::Writer;
use alloc::string::String;

/// After a missed offer: what was decided, at once or after the chats that they are still busy with. Who stays
/// Available rests a while, so that the same chat does not come back at once.
pub(super) fn follow_missed(w: &mut Writer<'_>, id: AgentId, then: MissedOffer, reason: Option<String>) {
    let Some(agent) = w.state.agent(id) else { return };
    let (status, reason) = (then.status, then.reason.or(reason));
    if status == Status::Available {
        let pause_s = then.pause_s.clamp(*MissedOffer::PAUSE_S.start(), *MissedOffer::PAUSE_S.end());
        w.emit(Event::AgentRests { agent: id, until: w.now.plus_s(pause_s.into()) });
        return;
    }
    let stop_new = agent.stop_new;
    if agent.is_occupied() {
        let next = Some(NextStatus { status, reason });
        let (status, reason) = (agent.status, agent.reason.clone());
        w.emit(Event::AgentStatusChanged { agent: id, status, reason, next, stop_new, missed: true });
    } else {
        change(w, id, status, reason, true);
    }
}

/// Takes a status now.
pub(super) fn change(
    w: &mut Writer<'_>,
    agent: AgentId,
    status: Status,
    reason: Option<String>,
    missed: bool,
) {
    w.emit(Event::AgentStatusChanged { agent, status, reason, next: None, stop_new: false, missed });
}

/// After the last wrap-up: the next status if one was chosen, Work Offline after Stop New, else Available.
pub(super) fn rest(w: &mut Writer<'_>, id: AgentId) {
    let Some(agent) = w.state.agent(id) else { return };
    if agent.is_occupied() || agent.status == Status::LoggedOut {
        return;
    }
    match (agent.next.clone(), agent.stop_new) {
        (Some(next), _) => {
            let missed = agent.missed;
            change(w, id, next.status, next.reason, missed);
        }
        (None, true) => change(w, id, Status::WorkOffline, None, false),
        (None, false) => {}
    }
}
