//! A chat as plain text, as it is attached to a case in the CRM. Notes are for agents, and a case is read by them.

use hark_core::state::{Chat, Message, MessageKind, Side};
use hark_core::{ChatId, State};
use hark_runtime::Handle;

/// The text of a chat; none when nothing is known of it.
pub(crate) async fn of(handle: &Handle, chat: ChatId) -> Option<String> {
    let live = handle.read(move |state| state.chat(chat).map(|chat| render(state, chat)));
    live.await.ok()?.value
}

fn render(state: &State, chat: &Chat) -> String {
    let customer = if chat.form.name.trim().is_empty() { "Customer" } else { chat.form.name.trim() };
    let agent = |message: &Message| {
        let agent = message.agent_id.and_then(|agent| state.agent(agent));
        agent.map_or("Agent", |agent| agent.profile.name.as_str())
    };
    let line = |message: &Message| {
        let who = if message.from == Side::Customer { customer } else { agent(message) };
        let note = if message.kind == MessageKind::Note { " (note)" } else { "" };
        format!("{} {who}{note}: {}\n", message.at, message.text)
    };
    chat.messages.iter().map(line).collect()
}
