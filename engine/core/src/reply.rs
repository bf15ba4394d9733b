//! What the one who sent a command is told once it is durable. Small, so that it can be remembered for a repeat.

use crate::id::{AgentId, ChatId, MessageId, TokenId};
use serde::{Deserialize, Serialize};

/// What the sender of a command is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Reply {
    /// It was done, or had been done before.
    Done,
    /// The chat that was made.
    Chat(ChatId),
    /// The message that was stored, and its place in the chat.
    Message {
        /// Its id.
        id: MessageId,
        /// Its sequence number in the chat.
        seq: u32,
        /// Whether this very message had been stored before.
        repeated: bool,
    },
    /// The agent that was made or changed.
    Agent(AgentId),
    /// The log-in or token that was made.
    Token(TokenId),
    /// The new version of a chat log.
    Version(u32),
}
