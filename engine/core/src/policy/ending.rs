//! The end of a chat: its wrap-up and its log.

use super::QueueView;
use crate::setup::QueueSetup;
use crate::state::{Agent, Chat};
use crate::time::Time;
use alloc::collections::BTreeMap;
use alloc::string::String;
use alloc::vec::Vec;
use serde::{Deserialize, Serialize};

/// The question of [`super::Policy::chat_log_mode`] and [`super::Policy::auto_log`].
#[derive(Debug)]
pub struct LogQuestion<'a> {
    /// The command's time.
    pub now: Time,
    /// The chat that ended.
    pub chat: &'a Chat,
    /// Whose chat it was.
    pub agent: &'a Agent,
    /// The chat's queue.
    pub queue: QueueView<'a>,
}

/// How a chat log opens.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum LogMode {
    /// To read, already tied to the customer's record.
    View,
    /// To edit; saving asks for the customer.
    Edit,
    /// It does not open by itself.
    None,
}

/// Whether and how a log is written to the CRM by itself.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(default, deny_unknown_fields)]
pub struct AutoLog {
    /// Whether it is written.
    pub log: bool,
    /// Its title; one is made from the customer's question otherwise.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    /// Id of the case to write it to; the CRM chooses otherwise.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub case: Option<String>,
    /// Further fields for the log.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub fields: BTreeMap<String, String>,
}

/// The question of [`super::Policy::post_processing`].
pub type WrapUpQuestion<'a> = LogQuestion<'a>;

/// How a chat is wrapped up. Every part left out is as the queue says.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct WrapUp {
    /// Seconds of post processing; 0 means none.
    pub seconds: Option<u32>,
    /// The queue's code lists from which a code must be chosen, in place of those that are mandatory there.
    pub mandatory: Option<Vec<String>>,
}

impl WrapUp {
    /// Longest wrap-up that a policy may give, in seconds: a working day.
    pub const SECONDS_LIMIT: u32 = 28_800;

    /// The answer with only what can be kept: a list that the queue has not could never be answered.
    pub(crate) fn kept(mut self, queue: &QueueSetup) -> Self {
        if let Some(lists) = &mut self.mandatory {
            lists.retain(|list| queue.codes.iter().any(|rule| rule.list == *list));
        }
        self.seconds = self.seconds.map(|seconds| seconds.min(Self::SECONDS_LIMIT));
        self
    }
}
