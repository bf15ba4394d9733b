//! The wrap-up: more time for it, or its end by hand.

use super::closing;
use crate::event::Event;
use crate::id::ChatId;
use crate::refusal::Refusal;
use crate::reply::Reply;
use crate::state::Stage;
use crate::writer::Writer;

pub(super) fn extend(w: &mut Writer<'_>, id: ChatId) -> Result<Reply, Refusal> {
    let chat = w.own_chat(id)?;
    let Stage::Ended { agent, post, .. } = chat.stage else { return Err(Refusal::NotInPostProcessing) };
    let setup = super::queue_of(w.state, chat).setup;
    if post.extended >= setup.extends {
        return Err(Refusal::NoMoreExtensions(setup.extends));
    }
    let until = post.until.max(w.now).plus_s(setup.extend_s.into());
    let extended = post.extended + 1;
    w.emit(Event::PostProcessingSet { chat: id, agent, until, extended, mandatory: None, say: None });
    Ok(Reply::Done)
}

/// Finishing what is finished is no error while its log still tells whose it was.
pub(super) fn finish(w: &mut Writer<'_>, id: ChatId) -> Result<Reply, Refusal> {
    let closed = w.state.chat(id).is_none();
    if closed && w.state.log(id).is_some_and(|log| Some(log.agent) == w.asker()) {
        return Ok(Reply::Done);
    }
    w.own_chat(id)?;
    closing::finish(w, id, false)?;
    Ok(Reply::Done)
}
