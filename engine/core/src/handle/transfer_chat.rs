//! Hands an active chat to a queue or an agent. It keeps its arrival time, so it waits no longer than it must.

use super::{agents, offers, routing, text};
use crate::command::{TransferChat, TransferTo};
use crate::event::{Event, Target};
use crate::id::{AgentId, ChatId, QueueId};
use crate::policy::Route;
use crate::refusal::Refusal;
use crate::reply::Reply;
use crate::state::{Agent, Message, MessageKind, Side, Stage};
use crate::writer::Writer;
use alloc::boxed::Box;
use alloc::format;
use alloc::string::String;

pub(super) fn transfer_chat(w: &mut Writer<'_>, transfer: TransferChat) -> Result<Reply, Refusal> {
    let chat = w.own_chat(transfer.chat)?;
    let from = match chat.stage {
        Stage::Active { agent } => agent,
        Stage::Ended { .. } => return Err(Refusal::ChatEnded),
        _ => return Err(Refusal::ChatNotActive),
    };
    text::at_most(transfer.note.as_deref().unwrap_or_default(), w.state.setup().limits.agent_message_chars)?;
    match transfer.to {
        TransferTo::Queue(name) => {
            let queue = check_queue(w, &name)?;
            leave_note(w, transfer.chat, from, transfer.note);
            w.emit(Event::ChatTransferred { chat: transfer.chat, from, to: Target::Queue(queue) });
            routing::place(w, transfer.chat, Route { queue: Some(name), ..Route::default() }, None);
        }
        TransferTo::Agent(to) => {
            let free = w.state.agent(to).is_some_and(Agent::is_ready);
            if to == from || !free {
                return Err(if to == from { Refusal::AlreadyThere } else { Refusal::AgentUnavailable });
            }
            leave_note(w, transfer.chat, from, transfer.note);
            w.emit(Event::ChatTransferred { chat: transfer.chat, from, to: Target::Agent(to) });
            offers::present(w, transfer.chat, to, None);
        }
    }
    agents::rest(w, from);
    Ok(Reply::Done)
}

fn check_queue(w: &Writer<'_>, name: &str) -> Result<QueueId, Refusal> {
    let queue = w.state.queue_named(name).ok_or_else(|| Refusal::UnknownQueue(name.into()))?;
    if routing::is_full(w.state, queue) && !queue.setup.transfer_when_full {
        return Err(Refusal::QueueFull(queue.name.clone()));
    }
    if routing::is_unserved(w.state, queue.id) && !queue.setup.transfer_when_empty {
        return Err(Refusal::QueueEmpty(queue.name.clone()));
    }
    Ok(queue.id)
}

/// What the giver wants the taker to know, as a private note in the transcript.
fn leave_note(w: &mut Writer<'_>, chat: ChatId, from: AgentId, note: Option<String>) {
    let Some(text) = note.filter(|note| !note.trim().is_empty()) else { return };
    let seq = w.state.chat(chat).map_or(1, |chat| chat.last_seq() + 1);
    let id: crate::id::MessageId = w.id();
    let client_id = format!("transfer-{seq}");
    let (from, agent_id, kind, at) = (Side::Agent, Some(from), MessageKind::Note, w.now);
    let message = Message { id, seq, from, agent_id, kind, client_id, text, changed: false, at };
    w.emit(Event::MessageCreated { chat, message: Box::new(message), policy: None, answered: None });
}
