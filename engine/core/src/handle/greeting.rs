//! What the desk itself says to a customer: a message of nobody's, in its place in the transcript.

use crate::event::Event;
use crate::id::ChatId;
use crate::policy::{GreetMoment, GreetQuestion, Say};
use crate::state::{Message, MessageKind, Side, State};
use crate::time::Time;
use crate::writer::Writer;
use alloc::boxed::Box;
use alloc::format;

/// Asks what to say at this moment, and says it. A text that could not be sent by an agent either is left out: no
/// chat fails for a greeting's sake.
pub(super) fn greet(w: &mut Writer<'_>, id: ChatId, on: GreetMoment) {
    let Some(question) = question(w.state, w.now, id, on) else { return };
    let (limit, seq) = (question.limit, question.chat.last_seq() + 1);
    if seq > w.state.setup().limits.messages_per_chat {
        return;
    }
    let Some(text) = w.policy.greet(&question) else { return };
    if text.trim().is_empty() || super::text::at_most(&text, limit).is_err() {
        return;
    }
    let say = Say::of(w.policy);
    let message = Message {
        id: w.id(),
        seq,
        from: Side::Agent,
        agent_id: None,
        kind: MessageKind::Greeting,
        client_id: format!("greeting-{seq}"),
        text,
        changed: false,
        at: w.now,
    };
    let (policy, answered) = say.map(|say| (say.policy, say.answered)).unzip();
    w.emit(Event::MessageCreated { chat: id, message: Box::new(message), policy, answered });
}

/// What is asked about a greeting.
pub(crate) fn question(state: &State, now: Time, id: ChatId, on: GreetMoment) -> Option<GreetQuestion<'_>> {
    let chat = state.chat(id)?;
    let agent = chat.owner().and_then(|agent| state.agent(agent));
    let pace = if on == GreetMoment::Queued { state.pace(id) } else { None };
    let (queue, limit) = (super::queue_of(state, chat), state.setup().limits.agent_message_chars);
    Some(GreetQuestion { now, on, chat, queue, agent, pace, limit })
}
