//! A chat log as agents and supervisors see it.

use crate::id::{AgentId, ChatId};
use crate::policy::LogMode;
use crate::setup::CodeRule;
use crate::state::{ChatLog, Filing, LogBody, LogDraft, LogStatus, State};
use crate::time::Time;
use alloc::string::String;
use alloc::vec::Vec;
use serde::{Deserialize, Serialize};

/// A chat log in a list.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct LogSummary {
    /// The chat.
    pub chat_id: ChatId,
    /// Whose chat it was.
    pub agent_id: AgentId,
    /// The queue's name.
    pub queue: String,
    /// The customer's name as given, or as in the record.
    pub customer: String,
    /// One line about the chat.
    pub subject: String,
    /// Where it stands.
    pub status: LogStatus,
    /// How it opened.
    pub mode: LogMode,
    /// Its version.
    pub version: u32,
    /// When the chat was requested.
    pub started_at: Time,
    /// When the chat ended.
    pub ended_at: Time,
    /// When the log last changed.
    pub updated_at: Time,
}

impl LogSummary {
    /// A log in a list.
    pub fn of(state: &State, log: &ChatLog) -> Self {
        Self {
            chat_id: log.chat,
            agent_id: log.agent,
            queue: state.queue(log.queue).map(|queue| queue.name.clone()).unwrap_or_default(),
            customer: log.body.customer_name.clone().unwrap_or_else(|| log.customer.clone()),
            subject: log.body.subject.clone(),
            status: log.status,
            mode: log.mode,
            version: log.version,
            started_at: log.started_at,
            ended_at: log.ended_at,
            updated_at: log.updated_at,
        }
    }
}

/// A chat log.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct LogView {
    /// As in a list.
    #[serde(flatten)]
    pub summary: LogSummary,
    /// What is saved.
    pub body: LogBody,
    /// What is kept and not saved: the owner's alone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub draft: Option<LogDraft>,
    /// Whether it has reached the CRM.
    pub filing: Filing,
    /// Code lists that apply.
    pub code_rules: Vec<CodeRule>,
    /// Whether it can still change.
    pub editable: bool,
}

impl LogView {
    /// A log that can still change.
    pub fn of(state: &State, log: &ChatLog) -> Self {
        let rules = state.queue(log.queue).map(|queue| queue.setup.codes.clone());
        Self {
            summary: LogSummary::of(state, log),
            body: log.body.clone(),
            draft: log.draft.clone(),
            filing: log.filing.clone(),
            code_rules: rules.unwrap_or_default(),
            editable: true,
        }
    }
}
