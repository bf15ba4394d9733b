//! A message of either side. The same client id stores it once, however often it is sent.

use super::text;
use crate::command::{Actor, SendMessage};
use crate::event::Event;
use crate::refusal::Refusal;
use crate::reply::Reply;
use crate::state::{Chat, Message, MessageKind, Side, Stage};
use crate::writer::Writer;
use alloc::boxed::Box;

pub(super) fn send_message(w: &mut Writer<'_>, sent: SendMessage) -> Result<Reply, Refusal> {
    let chat = w.chat(sent.chat)?;
    let agent_id = may_write(w, chat, sent.from)?;
    text::not_blank(&sent.client_id, "client_id")?;
    text::at_most(&sent.client_id, SendMessage::CLIENT_ID_LIMIT)?;
    if let Some(before) = chat.sent(sent.from, &sent.client_id) {
        let same = before.text == sent.text && before.kind == sent.kind;
        let told = Reply::Message { id: before.id, seq: before.seq, repeated: true };
        return if same { Ok(told) } else { Err(Refusal::ClientIdReused) };
    }
    if matches!(chat.stage, Stage::Ended { .. }) {
        return Err(Refusal::ChatEnded);
    }
    let limits = &w.state.setup().limits;
    let limit =
        if sent.from == Side::Agent { limits.agent_message_chars } else { limits.customer_message_chars };
    text::not_blank(&sent.text, "text")?;
    text::at_most(&sent.text, limit)?;
    let seq = chat.last_seq() + 1;
    if seq > limits.messages_per_chat {
        return Err(Refusal::TooManyMessages(limits.messages_per_chat));
    }
    let SendMessage { chat, from, client_id, text, kind } = sent;
    let message = Message { id: w.id(), seq, from, agent_id, kind, client_id, text, at: w.now };
    let id = message.id;
    w.emit(Event::MessageCreated { chat, message: Box::new(message) });
    Ok(Reply::Message { id, seq, repeated: false })
}

/// A customer writes in their own chat from the start; an agent in the chat that is theirs. A supervisor may leave a
/// private note in any.
fn may_write(w: &Writer<'_>, chat: &Chat, from: Side) -> Result<Option<crate::id::AgentId>, Refusal> {
    match (&w.by, from) {
        (Actor::Customer { chat_id }, Side::Customer) if *chat_id == chat.id => Ok(None),
        (Actor::Agent { id }, Side::Agent) if chat.owner() == Some(*id) || w.may_steer() => Ok(Some(*id)),
        _ => Err(Refusal::NotYourChat),
    }
}

impl MessageKind {
    /// Whether the customer is shown it.
    pub fn is_for_customer(self) -> bool {
        self != Self::Note
    }
}
