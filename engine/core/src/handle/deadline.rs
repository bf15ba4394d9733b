//! What the core does by itself when a deadline is due.

use super::{agents, answer_job, closing, leaving, offers, relaxing, routing};
use crate::deadlines::Deadline;
use crate::event::{Event, RequeuedBecause, WithdrawnBecause};
use crate::id::{AgentId, ChatId, JobId, OfferId};
use crate::policy::Left;
use crate::state::{EndedBy, Job, OfferEnd, Outcome, Stage, Status};
use crate::writer::Writer;
use alloc::boxed::Box;
use alloc::format;
use alloc::vec::Vec;

/// Does what was promised for this deadline, and so moves or removes it.
pub(crate) fn fire(w: &mut Writer<'_>, deadline: Deadline) {
    match deadline {
        Deadline::OfferExpires(offer) => offer_expires(w, offer),
        Deadline::PostProcessingEnds(chat) => post_processing_ends(w, chat),
        Deadline::CustomerGone(chat) => customer_gone(w, chat),
        Deadline::AgentUnreachable(agent) => agent_unreachable(w, agent),
        Deadline::AgentGone(agent) => agent_gone(w, agent),
        Deadline::PreferenceEnds(chat) => w.emit(Event::ChatPreferenceEnded { chat }),
        Deadline::AgentRested(agent) => w.emit(Event::AgentRested { agent }),
        Deadline::Relaxes(chat) => relaxing::relax(w, chat),
        Deadline::Overflows(chat) => overflows(w, chat),
        Deadline::JobDue(job) => job_due(w, job),
        Deadline::LogSettles(chat) => w.emit(Event::ChatLogSettled { chat }),
    }
}

fn offer_expires(w: &mut Writer<'_>, offer: OfferId) {
    if let Some(offer) = w.state.offer(offer).cloned() {
        offers::miss(w, &offer, OfferEnd::Expired, None);
    }
}

fn post_processing_ends(w: &mut Writer<'_>, chat: ChatId) {
    let held = closing::finish(w, chat, true).err();
    let agent = w.state.chat(chat).and_then(crate::state::Chat::owner);
    if let (Some(crate::Refusal::CodesMissing(missing)), Some(agent)) = (held, agent) {
        w.emit(Event::PostProcessingHeld { chat, agent, missing });
    }
}

fn customer_gone(w: &mut Writer<'_>, id: ChatId) {
    let then = leaving::customer(w, id);
    match (then, w.state.chat(id).map(|chat| chat.stage.clone())) {
        (Left::End, Some(Stage::Waiting | Stage::Offered { .. })) => {
            closing::abandon(w, id, EndedBy::CustomerGone);
        }
        (Left::End, Some(Stage::Active { agent })) => closing::end(w, id, agent, EndedBy::CustomerGone),
        (Left::Requeue, Some(Stage::Active { agent })) => {
            w.emit(Event::ChatRequeued { chat: id, agent, because: RequeuedBecause::CustomerGone });
            routing::again(w, id);
            agents::rest(w, agent);
        }
        _ => {}
    }
}

fn agent_unreachable(w: &mut Writer<'_>, agent: AgentId) {
    w.emit(Event::AgentUnreachable { agent });
    offers::withdraw_from_agent(w, agent, WithdrawnBecause::AgentUnreachable);
}

/// Logged out at last. Their chats follow the configured rule; their wrap-ups close, with the logs kept as they are.
fn agent_gone(w: &mut Writer<'_>, id: AgentId) {
    offers::withdraw_from_agent(w, id, WithdrawnBecause::AgentUnreachable);
    agents::change(w, id, Status::LoggedOut, None, false);
    let Some(agent) = w.state.agent(id) else { return };
    let chats: Vec<ChatId> = agent.chats.iter().copied().collect();
    let wrap_ups: Vec<ChatId> = agent.wrap_ups.iter().copied().collect();
    for chat in chats {
        match leaving::agent(w, chat, id) {
            Left::Keep => {}
            Left::Requeue => {
                w.emit(Event::ChatRequeued { chat, agent: id, because: RequeuedBecause::AgentGone });
                routing::again(w, chat);
            }
            Left::End => closing::end(w, chat, id, EndedBy::AgentGone),
        }
    }
    for chat in wrap_ups {
        w.emit(Event::PostProcessingFinished { chat, agent: id, auto: true });
        closing::close(w, chat, id);
    }
}

fn overflows(w: &mut Writer<'_>, chat: ChatId) {
    let Some(from) = w.state.chat(chat).map(|chat| chat.queue) else { return };
    let overflow = w.state.queue(from).and_then(|queue| queue.setup.overflow.as_ref());
    let to = overflow.and_then(|overflow| w.state.queue_named(&overflow.to)).map(|queue| queue.id);
    if let Some(to) = to {
        w.emit(Event::ChatOverflowed { chat, from, to });
    }
}

/// A rested job is tried again; one that nobody answered has failed this time.
fn job_due(w: &mut Writer<'_>, id: JobId) {
    let Some(job) = w.state.job(id).cloned() else { return };
    let seconds = w.state.setup().limits.job_timeout_s;
    if job.resting {
        let due = w.now.plus_s(seconds.into());
        let again = Job { attempt: job.attempt + 1, due, resting: false, ..job };
        w.emit(Event::JobRequested { job: Box::new(again) });
    } else {
        let why = format!("the CRM did not answer within {seconds} s");
        answer_job::end_try(w, &job, Outcome::Failed { why, again: true });
    }
}
