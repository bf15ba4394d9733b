//! A chat as its customer sees it: no private note, no record, no other customer.

use crate::id::ChatId;
use crate::state::{Chat, EndedBy, Form, Message, Receipt, Side, Stage, State};
use crate::time::Time;
use alloc::string::String;
use alloc::vec::Vec;
use serde::{Deserialize, Serialize};

/// A chat as its customer sees it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct GuestChatView {
    /// Its id.
    pub id: ChatId,
    /// `waiting` (which covers offered), `active`, `ended` or `abandoned`.
    pub state: String,
    /// The queue's title.
    pub queue: String,
    /// Place in the queue, from 1, while waiting.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub position: Option<u32>,
    /// The agent's name, once there is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub agent: Option<String>,
    /// What the customer filled in.
    pub form: Form,
    /// Messages, oldest first, without private notes.
    pub transcript: Vec<Message>,
    /// Highest sequence number so far, private notes included.
    pub last_seq: u32,
    /// How far the agent has got with the customer's messages.
    pub agent_receipt: Receipt,
    /// When it was requested.
    pub requested_at: Time,
    /// Who ended it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ended_by: Option<EndedBy>,
    /// Longest message, in characters.
    pub message_limit: u32,
    /// The server's clock.
    pub now: Time,
    /// Where the stream goes on from this.
    pub cursor: String,
}

impl GuestChatView {
    /// A live chat; the cursor is filled in by whoever knows it.
    pub fn of(state: &State, chat: &Chat, now: Time) -> Self {
        let agent = chat.owner().and_then(|agent| state.agent(agent));
        let (word, ended_by) = match chat.stage {
            Stage::Waiting | Stage::Offered { .. } => ("waiting", None),
            Stage::Active { .. } => ("active", None),
            Stage::Ended { by, .. } => ("ended", Some(by)),
        };
        let for_customer = chat.messages.iter().filter(|message| message.kind.is_for_customer());
        Self {
            id: chat.id,
            state: word.into(),
            queue: state.queue(chat.queue).map(|queue| queue.title().into()).unwrap_or_default(),
            position: state.position(chat.id).and_then(|position| u32::try_from(position).ok()),
            agent: agent.map(|agent| agent.profile.name.clone()),
            form: chat.form.clone(),
            transcript: for_customer.cloned().collect(),
            last_seq: chat.last_seq(),
            agent_receipt: chat.receipt(Side::Agent),
            requested_at: chat.arrived,
            ended_by,
            message_limit: state.setup().limits.customer_message_chars,
            now,
            cursor: String::new(),
        }
    }
}
