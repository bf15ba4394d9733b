//! A chat log: what remains of a chat for people to read, complete and file. The transcript itself is never here; it
//! is the chat's, and immutable.

use super::chat::ChosenCode;
use crate::id::{AgentId, ChatId, JobId, QueueId};
use crate::policy::{AutoLog, LogMode};
use crate::record::Customer;
use crate::time::Time;
use alloc::string::String;
use alloc::vec::Vec;
use serde::{Deserialize, Serialize};

/// Where a log stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum LogStatus {
    /// Opened, and nobody has saved it.
    Open,
    /// Somebody's changes are kept and not saved.
    Draft,
    /// Saved.
    Saved,
}

/// What people write into a log.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(default, deny_unknown_fields)]
pub struct LogBody {
    /// One line about the chat.
    pub subject: String,
    /// Notes.
    pub notes: String,
    /// Transaction codes.
    pub codes: Vec<ChosenCode>,
    /// Id of the customer in the CRM.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub customer_id: Option<String>,
    /// The customer's name as it stood in the record.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub customer_name: Option<String>,
    /// Id of the case in the CRM.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub case_id: Option<String>,
}

impl LogBody {
    /// Longest subject, in characters.
    pub const SUBJECT_LIMIT: u32 = 200;
    /// Longest notes, in characters.
    pub const NOTES_LIMIT: u32 = 20_000;

    /// Ties the log to a customer's record and a case, or unties it.
    pub(crate) fn tie(&mut self, customer: Option<&Customer>, case: Option<&str>) {
        self.customer_id = customer.map(|customer| customer.id.0.clone());
        self.customer_name = customer.map(|customer| customer.name.clone());
        self.case_id = case.map(Into::into);
    }
}

/// A body that is kept but not saved.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct LogDraft {
    /// What was typed.
    pub body: LogBody,
    /// When it was kept.
    pub updated_at: Time,
}

/// Whether the log has reached the CRM.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(tag = "state", rename_all = "snake_case")]
pub enum Filing {
    /// Nobody asked for it.
    NotAsked,
    /// The CRM has been asked.
    Pending {
        /// The job.
        job: JobId,
    },
    /// It is a note of this case.
    Filed {
        /// Number of the case.
        case: String,
    },
    /// It could not be written.
    Failed {
        /// Why.
        why: String,
    },
}

/// A chat log.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChatLog {
    /// The chat.
    pub chat: ChatId,
    /// Whose chat it was.
    pub agent: AgentId,
    /// How it opened.
    pub mode: LogMode,
    /// Whether and how it is written to the CRM by itself.
    pub auto: AutoLog,
    /// Where it stands.
    pub status: LogStatus,
    /// Grows with each save, from 1.
    pub version: u32,
    /// What is saved.
    pub body: LogBody,
    /// What is kept and not saved.
    pub draft: Option<LogDraft>,
    /// Whether it has reached the CRM.
    pub filing: Filing,
    /// When it was made.
    pub opened_at: Time,
    /// When it last changed.
    pub updated_at: Time,
    /// The chat's queue.
    pub queue: QueueId,
    /// Name that the customer gave.
    pub customer: String,
    /// When the chat was requested.
    pub started_at: Time,
    /// When the chat ended.
    pub ended_at: Time,
}
