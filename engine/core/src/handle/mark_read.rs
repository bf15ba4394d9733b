//! How far one side has got with the other's messages: the ticks. It only ever grows.

use crate::command::Actor;
use crate::event::Event;
use crate::id::ChatId;
use crate::refusal::Refusal;
use crate::reply::Reply;
use crate::state::{Receipt, Side};
use crate::writer::Writer;

pub(super) fn mark_read(
    w: &mut Writer<'_>,
    id: ChatId,
    side: Side,
    delivered: u32,
    read: u32,
) -> Result<Reply, Refusal> {
    let chat = w.chat(id)?;
    let allowed = match (&w.by, side) {
        (Actor::Customer { chat_id }, Side::Customer) => *chat_id == id,
        (Actor::Agent { id }, Side::Agent) => chat.owner() == Some(*id),
        _ => false,
    };
    if !allowed {
        return Err(Refusal::NotYourChat);
    }
    let before = chat.receipt(side);
    let read = before.read.max(read.min(chat.last_seq()));
    let delivered = before.delivered.max(delivered.min(chat.last_seq())).max(read);
    let receipt = Receipt { delivered, read };
    if receipt != before {
        w.emit(Event::MessageRead { chat: id, side, receipt });
    }
    Ok(Reply::Done)
}
