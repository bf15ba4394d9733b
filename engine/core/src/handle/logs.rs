//! Chat logs are kept as drafts and saved. A save names the version that the writer saw.

use super::{closing, dispose, text};
use crate::event::Event;
use crate::id::ChatId;
use crate::refusal::Refusal;
use crate::reply::Reply;
use crate::state::{ChatLog, LogBody};
use crate::writer::Writer;
use alloc::boxed::Box;

pub(super) fn save_draft(
    w: &mut Writer<'_>,
    chat: ChatId,
    body: Option<Box<LogBody>>,
) -> Result<Reply, Refusal> {
    let log = own_log(w, chat)?;
    if let Some(body) = &body {
        check_sizes(body)?;
    }
    if log.draft.as_ref().map(|draft| &draft.body) != body.as_deref() {
        w.emit(Event::ChatLogDraftSaved { chat, body });
    }
    Ok(Reply::Done)
}

/// Saves a log as its next version; one that is tied to a customer goes to the CRM.
pub(super) fn save(
    w: &mut Writer<'_>,
    chat: ChatId,
    version: u32,
    mut body: Box<LogBody>,
) -> Result<Reply, Refusal> {
    let log = own_log(w, chat)?;
    check_sizes(&body)?;
    text::not_blank(&body.subject, "subject")?;
    if let Some(queue) = w.state.queue(log.queue) {
        dispose::check_codes(w.state.setup(), &queue.setup, &body.codes)?;
    }
    body.codes.sort();
    body.codes.dedup();
    if log.version == version + 1 && log.body == *body {
        return Ok(Reply::Version(log.version));
    }
    if log.version != version {
        return Err(Refusal::StaleVersion { current: log.version });
    }
    let has_customer = body.customer_id.is_some();
    w.emit(Event::ChatLogSaved { chat, version: version + 1, body });
    if has_customer && w.state.setup().crm {
        closing::file(w, chat);
    }
    Ok(Reply::Version(version + 1))
}

fn own_log<'a>(w: &'a Writer<'_>, chat: ChatId) -> Result<&'a ChatLog, Refusal> {
    let log = w.state.log(chat).ok_or(Refusal::UnknownLog)?;
    if w.asker() == Some(log.agent) || w.may_steer() { Ok(log) } else { Err(Refusal::NotYourChat) }
}

fn check_sizes(body: &LogBody) -> Result<(), Refusal> {
    text::at_most(&body.subject, LogBody::SUBJECT_LIMIT)?;
    text::at_most(&body.notes, LogBody::NOTES_LIMIT)?;
    let foreign = [&body.customer_id, &body.case_id];
    foreign.into_iter().flatten().try_for_each(|id| text::at_most(id, crate::id::ForeignId::LIMIT))?;
    text::at_most(body.customer_name.as_deref().unwrap_or_default(), crate::state::Form::FIELD_LIMIT)
}
