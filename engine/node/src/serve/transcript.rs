//! A chat as plain text, as it is attached to a case in the CRM. Notes are for agents, and a case is read by them.

use hark_core::state::{Chat, Message, MessageKind, Side};
use hark_core::{AgentId, ChatId};
use hark_runtime::{Cursor, Handle};
use std::collections::BTreeMap;

type Names = BTreeMap<AgentId, String>;

/// The text of a chat, live or over; none when nothing can be read of it now.
pub(crate) async fn of(handle: &Handle, id: ChatId) -> Option<String> {
    let look = handle.read(move |state| {
        let names = state.agents().map(|agent| (agent.profile.id, agent.profile.name.clone()));
        (state.chat(id).cloned(), names.collect::<Names>())
    });
    let seen = look.await.ok()?;
    let (live, names) = seen.value;
    let chat = match live {
        Some(chat) => chat,
        None => closed(handle, id, seen.cursor).await?,
    };
    Some(render(&chat, &names))
}

/// A chat that has left the live state is in history, as soon as that has followed.
async fn closed(handle: &Handle, id: ChatId, cursor: Cursor) -> Option<Chat> {
    let history = handle.history();
    history.wait_folded(cursor).await;
    let found = tokio::task::spawn_blocking(move || history.chat(id)).await.ok()?;
    match found {
        Ok(found) => Some(found?.chat),
        Err(error) => {
            tracing::warn!(chat = %id, %error, "the chat cannot be read for its case");
            None
        }
    }
}

fn render(chat: &Chat, names: &Names) -> String {
    let customer = if chat.form.name.trim().is_empty() { "Customer" } else { chat.form.name.trim() };
    let agent = |message: &Message| {
        let name = message.agent_id.and_then(|agent| names.get(&agent));
        let desk = message.kind == MessageKind::Greeting;
        name.map_or(if desk { "Desk" } else { "Agent" }, String::as_str)
    };
    let line = |message: &Message| {
        let who = if message.from == Side::Customer { customer } else { agent(message) };
        let note = if message.kind == MessageKind::Note { " (note)" } else { "" };
        format!("{} {who}{note}: {}\n", message.at, message.text)
    };
    chat.messages.iter().map(line).collect()
}
