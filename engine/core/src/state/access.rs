//! Log-ins and machines' tokens. Only hashes are here; the secrets themselves never reach the core.

use crate::id::{AgentId, TokenId};
use crate::time::Time;
use alloc::string::String;
use serde::{Deserialize, Serialize};

/// What a token is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum TokenKind {
    /// A person's log-in.
    Session,
    /// A machine's bearer token.
    Machine,
    /// A link that logs in once.
    OneTime,
}

/// A log-in or a machine's token.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Token {
    /// Its id.
    pub id: TokenId,
    /// SHA-256 of the secret.
    pub hash: [u8; 32],
    /// For whom it speaks.
    pub agent: AgentId,
    /// What it is for.
    pub kind: TokenKind,
    /// What people call it.
    pub label: String,
    /// When it was made.
    pub made_at: Time,
    /// When it stops working.
    pub expires_at: Time,
}
