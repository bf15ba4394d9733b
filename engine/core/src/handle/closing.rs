//! The end of a chat: it ends, its log opens, its wrap-up runs, it closes; or it is abandoned.

use super::{agents, offers, routing};
use crate::command::Actor;
use crate::event::{Event, WithdrawnBecause};
use crate::id::{AgentId, ChatId};
use crate::policy::{LogQuestion, PopMoment, Say};
use crate::refusal::Refusal;
use crate::setup::QueueSetup;
use crate::state::{Ask, AttachLog, Chat, ChatLog, EndedBy, Filing, Job, LogBody, LogStatus, Stage};
use crate::writer::Writer;
use alloc::borrow::ToOwned;
use alloc::boxed::Box;
use alloc::string::String;
use alloc::vec::Vec;

/// The customer has left before an agent accepted.
pub(super) fn abandon(w: &mut Writer<'_>, chat: ChatId, by: EndedBy) {
    offers::withdraw_from_chat(w, chat, WithdrawnBecause::CustomerLeft);
    w.emit(Event::ChatAbandoned { chat, by });
}

/// Ends an active chat; its wrap-up begins, or it closes at once where the queue has none.
pub(super) fn end(w: &mut Writer<'_>, chat: ChatId, agent: AgentId, by: EndedBy) {
    w.emit(Event::ChatEnded { chat, agent, by });
    offers::pop(w, chat, agent, PopMoment::Ended);
    open_log(w, chat, agent);
    let (seconds, mandatory) = wrap_up(w, chat, agent);
    if seconds == 0 || by == EndedBy::AgentGone {
        close(w, chat, agent);
    } else {
        let (until, say) = (w.now.plus_s(seconds.into()), Say::of(w.policy));
        w.emit(Event::PostProcessingSet { chat, agent, until, extended: 0, mandatory, say });
    }
}

/// How long the wrap-up is, and which lists it needs where a policy says so.
fn wrap_up(w: &mut Writer<'_>, id: ChatId, agent: AgentId) -> (u32, Option<Vec<String>>) {
    let (Some(chat), Some(agent)) = (w.state.chat(id), w.state.agent(agent)) else { return (0, None) };
    let queue = super::queue_of(w.state, chat);
    let answer = w.policy.post_processing(&LogQuestion { now: w.now, chat, agent, queue }).kept(queue.setup);
    (answer.seconds.unwrap_or(queue.setup.post_processing_s), answer.mandatory)
}

fn open_log(w: &mut Writer<'_>, id: ChatId, agent_id: AgentId) {
    let (Some(chat), Some(agent)) = (w.state.chat(id), w.state.agent(agent_id)) else { return };
    let question = LogQuestion { now: w.now, chat, agent, queue: super::queue_of(w.state, chat) };
    let mode = w.policy.chat_log_mode(&question);
    let auto = w.policy.auto_log(&question);
    let mut body = LogBody {
        subject: auto.title.clone().unwrap_or_else(|| routing::title(chat, LogBody::SUBJECT_LIMIT)),
        notes: chat.note.clone(),
        codes: chat.codes.clone(),
        ..LogBody::default()
    };
    body.tie(chat.customer.as_deref(), auto.case.as_deref().or(chat.case.as_deref()));
    let log = ChatLog {
        chat: id,
        agent: agent_id,
        queue: chat.queue,
        customer: chat.form.name.clone(),
        mode,
        auto,
        status: LogStatus::Open,
        version: 1,
        body,
        draft: None,
        filing: Filing::NotAsked,
        started_at: chat.arrived,
        ended_at: w.now,
        opened_at: w.now,
        updated_at: w.now,
    };
    let policy = w.policy.version().to_owned();
    w.emit(Event::ChatLogOpened { log: Box::new(log), policy });
}

/// Ends a wrap-up. Missing mandatory codes hold it.
pub(super) fn finish(w: &mut Writer<'_>, id: ChatId, auto: bool) -> Result<(), Refusal> {
    let chat = w.chat(id)?;
    let Stage::Ended { agent, .. } = chat.stage else { return Err(Refusal::NotInPostProcessing) };
    let missing = missing_codes(super::queue_of(w.state, chat).setup, chat);
    if !missing.is_empty() {
        return Err(Refusal::CodesMissing(missing));
    }
    w.emit(Event::PostProcessingFinished { chat: id, agent, auto });
    close(w, id, agent);
    Ok(())
}

/// Lists of the queue from which a code must still be chosen.
fn missing_codes(setup: &QueueSetup, chat: &Chat) -> Vec<String> {
    let open = |list: &str| !chat.codes.iter().any(|code| code.list == list);
    let rules = chat.code_rules(setup).into_iter();
    rules.filter(|rule| rule.mandatory && open(&rule.list)).map(|rule| rule.list).collect()
}

/// The chat leaves the live state; what its log owes the CRM is asked for, and its agent takes what comes next.
pub(super) fn close(w: &mut Writer<'_>, chat: ChatId, agent: AgentId) {
    w.emit(Event::ChatClosed { chat, agent });
    if w.state.log(chat).is_some_and(|log| log.auto.log) {
        file(w, chat);
    }
    agents::rest(w, agent);
}

/// Asks the CRM to keep a log as a note of a case. Says why where that cannot be.
pub(super) fn file(w: &mut Writer<'_>, chat: ChatId) {
    let Some(log) = w.state.log(chat) else { return };
    if matches!(log.filing, Filing::Pending { .. } | Filing::Filed { .. }) {
        return;
    }
    let failure = match &log.body.customer_id {
        _ if !w.state.setup().crm => Some("no CRM is configured"),
        None => Some("the log belongs to no customer yet"),
        Some(_) => None,
    };
    if let Some(why) = failure {
        w.emit(Event::ChatLogFilingFailed { chat, why: why.into() });
        return;
    }
    let ask = Ask::AttachLog(attachment(log));
    let due = w.now.plus_s(u64::from(w.state.setup().limits.job_timeout_s));
    let job = Job { id: w.id(), chat, ask, attempt: 1, due, resting: false };
    w.emit(Event::JobRequested { job: Box::new(job) });
}

fn attachment(log: &ChatLog) -> AttachLog {
    AttachLog {
        customer_id: log.body.customer_id.clone().unwrap_or_default(),
        case_id: log.body.case_id.clone(),
        chat_id: log.chat,
        title: log.body.subject.clone(),
        codes: log.body.codes.iter().map(|code| code.code.clone()).collect(),
        started_at: log.started_at,
        ended_at: log.ended_at,
    }
}

/// Who ended it, from who asked.
pub(super) fn ended_by(w: &Writer<'_>, chat: &Chat) -> EndedBy {
    match w.asker() {
        Some(asker) if chat.owner() == Some(asker) => EndedBy::Agent,
        Some(_) => EndedBy::Supervisor,
        None if matches!(w.by, Actor::Script { .. }) => EndedBy::Supervisor,
        None => EndedBy::Customer,
    }
}
