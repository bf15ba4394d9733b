//! Keeps what an agent has typed and not sent, so that it is there on their next device.

use super::text;
use crate::event::Event;
use crate::id::ChatId;
use crate::refusal::Refusal;
use crate::reply::Reply;
use crate::writer::Writer;
use alloc::string::String;

/// A draft may be longer than a message: it is refused when it is sent, not lost while it is typed.
const LIMIT: u32 = 20_000;

pub(super) fn save_draft(w: &mut Writer<'_>, id: ChatId, text: Option<String>) -> Result<Reply, Refusal> {
    let chat = w.own_chat(id)?;
    let text = text.filter(|text| !text.is_empty());
    text::at_most(text.as_deref().unwrap_or_default(), LIMIT)?;
    if chat.draft.as_ref().map(|draft| &draft.text) != text.as_ref() {
        w.emit(Event::DraftUpdated { chat: id, text });
    }
    Ok(Reply::Done)
}
