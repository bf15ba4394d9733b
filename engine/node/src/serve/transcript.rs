//! A chat as plain text, as it is attached to a case in the CRM. Notes are for agents, and a case is read by them.

use hark_core::state::{Chat, Message, MessageKind, Side};
use hark_core::{AgentId, ChatId, State};
use hark_runtime::Handle;
use std::collections::BTreeMap;

/// The text of a chat, live or over; none when nothing is known of it.
pub(crate) async fn of(handle: &Handle, chat: ChatId) -> Option<String> {
    let live = handle
        .read(move |state| (state.chat(chat).map(|chat| render(state, chat)), names(state)))
        .await
        .ok()?;
    let (text, names) = live.value;
    if text.is_some() {
        return text;
    }
    // A log is filed once its chat is closed, so it is mostly history that knows it.
    let history = handle.history();
    history.wait_folded(live.cursor).await;
    let closed = history.chat(chat).ok()??;
    Some(lines(&closed.chat, |agent| names.get(&agent).map(String::as_str)))
}

fn names(state: &State) -> BTreeMap<AgentId, String> {
    state.agents().map(|agent| (agent.id(), agent.profile.name.clone())).collect()
}

fn render(state: &State, chat: &Chat) -> String {
    lines(chat, |agent| state.agent(agent).map(|agent| agent.profile.name.as_str()))
}

fn lines<'a>(chat: &Chat, name: impl Fn(AgentId) -> Option<&'a str>) -> String {
    let customer = if chat.form.name.trim().is_empty() { "Customer" } else { chat.form.name.trim() };
    let agent = |message: &Message| message.agent_id.and_then(&name).unwrap_or("Agent");
    let line = |message: &Message| {
        let who = if message.from == Side::Customer { customer } else { agent(message) };
        let note = if message.kind == MessageKind::Note { " (note)" } else { "" };
        format!("{} {who}{note}: {}\n", message.at, message.text)
    };
    chat.messages.iter().map(line).collect()
}
