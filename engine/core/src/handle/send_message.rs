//! A message of either side. The same client id stores it once, however often it is sent.

use super::text;
use crate::command::{Actor, SendMessage};
use crate::event::Event;
use crate::id::AgentId;
use crate::policy::{Answered, MessageQuestion, Verdict};
use crate::refusal::Refusal;
use crate::reply::Reply;
use crate::state::{Chat, Message, MessageKind, Side, Stage};
use crate::writer::Writer;
use alloc::borrow::ToOwned;
use alloc::boxed::Box;
use alloc::string::String;

pub(super) fn send_message(w: &mut Writer<'_>, sent: SendMessage) -> Result<Reply, Refusal> {
    let chat = w.chat(sent.chat)?;
    let agent_id = may_write(w, chat, sent.from, sent.kind)?;
    text::not_blank(&sent.client_id, "client_id")?;
    text::at_most(&sent.client_id, SendMessage::CLIENT_ID_LIMIT)?;
    if let Some(before) = chat.sent(sent.from, &sent.client_id) {
        // What was written before a policy changed it is not kept, so any text counts as that.
        let same = (before.changed || before.text == sent.text) && before.kind == sent.kind;
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
    let (changed, policy, answered) = judged(w, &sent, agent_id, limit)?;
    let SendMessage { chat, from, client_id, text, kind } = sent;
    let (text, changed) = changed.map_or((text, false), |text| (text, true));
    let message = Message { id: w.id(), seq, from, agent_id, kind, client_id, text, changed, at: w.now };
    let id = message.id;
    w.emit(Event::MessageCreated { chat, message: Box::new(message), policy, answered });
    Ok(Reply::Message { id, seq, repeated: false })
}

/// The text in place of what was written, if a policy has one, with who says so.
type Changed = (Option<String>, Option<String>, Option<Answered>);

/// Lets policy look at a message before anybody does.
fn judged(
    w: &mut Writer<'_>,
    sent: &SendMessage,
    agent: Option<AgentId>,
    limit: u32,
) -> Result<Changed, Refusal> {
    if matches!(w.by, Actor::Script { .. }) {
        // Policies judge what people write.
        return Ok((None, None, None));
    }
    let chat = w.state.chat(sent.chat).ok_or(Refusal::UnknownChat)?;
    let queue = super::queue_of(w.state, chat);
    let agent = agent.and_then(|id| w.state.agent(id));
    let (kind, text) = (sent.kind, sent.text.as_str());
    match w.policy.message(&MessageQuestion { now: w.now, chat, queue, agent, kind, text, limit }) {
        Verdict::Pass => Ok((None, None, None)),
        Verdict::Refuse(why) => Err(Refusal::MessageRefused(why)),
        Verdict::Change(text) => {
            text::not_blank(&text, "text")?;
            text::at_most(&text, limit)?;
            Ok((Some(text), Some(w.policy.version().to_owned()), Some(w.policy.answered())))
        }
    }
}

/// A customer writes in their own chat from the start; an agent in the chat that is theirs. A supervisor may leave a
/// private note in any, and so may a script's reaction.
fn may_write(w: &Writer<'_>, chat: &Chat, from: Side, kind: MessageKind) -> Result<Option<AgentId>, Refusal> {
    match (&w.by, from) {
        (Actor::Customer { chat_id }, Side::Customer) if *chat_id == chat.id => Ok(None),
        (Actor::Agent { id }, Side::Agent) if chat.owner() == Some(*id) || w.may_steer() => Ok(Some(*id)),
        // What a script writes is for agents alone: nobody stands behind it who could answer a customer.
        (Actor::Script { .. }, Side::Agent) if kind == MessageKind::Note => Ok(None),
        _ => Err(Refusal::NotYourChat),
    }
}

impl MessageKind {
    /// Whether the customer is shown it.
    pub fn is_for_customer(self) -> bool {
        self != Self::Note
    }
}
