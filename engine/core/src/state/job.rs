//! A job: a question to a plugin that an event asks for, and whose answer, timeout or death comes back as a command.

use crate::id::{ChatId, JobId};
use crate::record::{Case, Match};
use crate::time::Time;
use alloc::string::String;
use alloc::vec::Vec;
use serde::{Deserialize, Serialize};

/// A job that has not ended.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Job {
    /// Its id.
    pub id: JobId,
    /// The chat it is for.
    pub chat: ChatId,
    /// What is asked.
    pub ask: Ask,
    /// Which try this is, from 1.
    pub attempt: u8,
    /// When this try counts as failed, or, while `resting`, when the next one starts.
    pub due: Time,
    /// Whether it waits for its next try.
    pub resting: bool,
}

/// What is asked of a plugin.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Ask {
    /// Find the customer's record (`crm.lookup/1`).
    Lookup(Lookup),
    /// Write a chat log to a case (`crm.attach_log/1`).
    AttachLog(AttachLog),
}

/// Payload of `crm.lookup/1`.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Lookup {
    /// E-mail address.
    pub email: Option<String>,
    /// Telephone number.
    pub phone: Option<String>,
    /// Account number.
    pub account: Option<String>,
    /// Case number.
    pub case: Option<String>,
    /// Name.
    pub name: Option<String>,
    /// Most matches wanted.
    pub limit: u32,
}

/// Payload of `crm.attach_log/1`, but for the log's text, which whoever carries the job out renders from the
/// transcript. Attaching the same chat again changes nothing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AttachLog {
    /// The customer.
    pub customer_id: String,
    /// The case; the CRM chooses when there is none.
    pub case_id: Option<String>,
    /// The chat.
    pub chat_id: ChatId,
    /// One line.
    pub title: String,
    /// Codes chosen.
    pub codes: Vec<String>,
    /// When the chat began.
    pub started_at: Time,
    /// When the chat ended.
    pub ended_at: Time,
}

/// What came of a job.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// Matches of a look-up, best first.
    Matches(Vec<Match>),
    /// The case that a log was written to.
    Attached(Case),
    /// It failed.
    Failed {
        /// Why, for an agent to read.
        why: String,
        /// Whether another try may help.
        again: bool,
    },
}
