//! What an admin configures: limits, graces, queues and code lists, with their defaults. A setup reaches the core
//! as a command like any other; nothing here reads a file.

use alloc::collections::BTreeMap;
use alloc::string::String;
use alloc::vec::Vec;
use serde::{Deserialize, Serialize};

/// Name of a skill, such as `german`.
pub type Skill = String;
/// How good an agent is at a skill, or how good they must be: 1 to 10.
pub type Level = u8;

/// Everything that configuration decides about the desk.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Setup {
    /// Bounds of sizes and numbers.
    pub limits: Limits,
    /// How long somebody who vanished may come back.
    pub grace: Grace,
    /// Reasons that agents choose from.
    pub reasons: Reasons,
    /// Name of the queue of chats that name none; the first by name when empty.
    pub default_queue: String,
    /// Whether a CRM is there to be asked.
    pub crm: bool,
    /// Queues by their names.
    pub queues: BTreeMap<String, QueueSetup>,
    /// Lists of transaction codes by their names.
    pub code_lists: BTreeMap<String, Vec<Code>>,
}

/// Bounds of sizes and numbers. Texts are counted in characters (Unicode scalar values).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Limits {
    /// Longest message of an agent, in characters.
    pub agent_message_chars: u32,
    /// Longest message of a customer, in characters.
    pub customer_message_chars: u32,
    /// Most messages in one chat.
    pub messages_per_chat: u32,
    /// Most chats at a time that an agent's capacity may allow.
    pub capacity: u8,
    /// Most chats that may wait or run at once; beyond it a new chat is refused.
    pub live_chats: u32,
    /// For how many days a saved chat log can still be edited.
    pub log_edit_days: u32,
    /// For how many hours an answer is kept for its idempotency key.
    pub answers_kept_hours: u32,
    /// How often a failed job of a plugin is tried, first try included.
    pub job_attempts: u8,
    /// How long a plugin may take for one job, in seconds.
    pub job_timeout_s: u32,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            agent_message_chars: 5000,
            customer_message_chars: 500,
            messages_per_chat: 10_000,
            capacity: 6,
            live_chats: 200_000,
            log_edit_days: 7,
            answers_kept_hours: 24,
            job_attempts: 5,
            job_timeout_s: 5,
        }
    }
}

/// How long somebody who vanished may come back, in seconds, and what follows.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Grace {
    /// A customer who waits.
    pub customer_waiting_s: u32,
    /// A customer in an active chat.
    pub customer_active_s: u32,
    /// An agent, until offers stop and a pending one is withdrawn.
    pub agent_offers_s: u32,
    /// An agent, until they are logged out.
    pub agent_log_out_s: u32,
    /// What becomes of the active chats of an agent who was logged out that way.
    pub agent_chats: OrphanRule,
}

impl Default for Grace {
    fn default() -> Self {
        Self {
            customer_waiting_s: 60,
            customer_active_s: 120,
            agent_offers_s: 30,
            agent_log_out_s: 300,
            agent_chats: OrphanRule::Requeue,
        }
    }
}

/// What becomes of the active chats of an agent who never came back.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OrphanRule {
    /// They stay with the agent until somebody resumes, transfers or ends them.
    Keep,
    /// They go back to their queue with their arrival time.
    Requeue,
    /// They end.
    End,
}

/// Reasons that agents choose from when they leave Available; an empty list means that none is asked.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Reasons {
    /// For On Break.
    pub on_break: Vec<String>,
    /// For Work Offline.
    pub work_offline: Vec<String>,
    /// For Logged Out.
    pub logged_out: Vec<String>,
}

/// How one queue works.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct QueueSetup {
    /// What people read; the name when empty.
    pub title: String,
    /// How long an offer stands, in seconds.
    pub acceptance_s: u32,
    /// Wrap-up time after a chat, in seconds; 0 means none.
    pub post_processing_s: u32,
    /// By how much an agent may extend one wrap-up, in seconds a time.
    pub extend_s: u32,
    /// How often an agent may extend one wrap-up.
    pub extends: u8,
    /// Who is offered a chat first.
    pub strategy: Strategy,
    /// Priority of its chats, 0 to 9; higher goes first.
    pub priority: u8,
    /// Skills, with least levels, that an agent must have for its chats.
    pub skills: BTreeMap<Skill, Level>,
    /// Whether agents may reject, when no policy says otherwise.
    pub reject_allowed: bool,
    /// Most chats that may wait; 0 means no bound. A full queue refuses new chats and transfers.
    pub max_waiting: u32,
    /// Whether a transfer is taken although the queue is full.
    pub transfer_when_full: bool,
    /// Whether a transfer is taken although nobody serves the queue at the moment.
    pub transfer_when_empty: bool,
    /// Where a chat goes that has waited too long.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub overflow: Option<Overflow>,
    /// After how many seconds in this queue a policy is asked what a waiting chat is let go of: steps, ascending.
    pub relax_after_s: Vec<u32>,
    /// What the desk says to a customer whose chat began to wait, when no policy says otherwise; nothing when empty.
    pub greet_queued: String,
    /// What the desk says to a customer whose chat was accepted, when no policy says otherwise; nothing when empty.
    pub greet_accepted: String,
    /// For how many seconds a returning customer is kept for the agent they last spoke to; 0 means not at all.
    pub preferred_agent_s: u32,
    /// Lists of transaction codes that apply to its chats.
    pub codes: Vec<CodeRule>,
    /// Whether chat logs are written to the CRM by themselves, when no policy says otherwise.
    pub auto_log: bool,
    /// Chats should be accepted within this many seconds: the service level's threshold.
    pub service_level_s: u32,
}

impl Default for QueueSetup {
    fn default() -> Self {
        Self {
            title: String::new(),
            acceptance_s: 20,
            post_processing_s: 60,
            extend_s: 60,
            extends: 2,
            strategy: Strategy::LongestIdle,
            priority: 5,
            skills: BTreeMap::new(),
            reject_allowed: false,
            max_waiting: 0,
            transfer_when_full: false,
            transfer_when_empty: false,
            overflow: None,
            relax_after_s: Vec::new(),
            greet_queued: String::new(),
            greet_accepted: String::new(),
            preferred_agent_s: 0,
            codes: Vec::new(),
            auto_log: false,
            service_level_s: 60,
        }
    }
}

/// Who is offered a chat first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Strategy {
    /// The agent who has been without a new chat for the longest time.
    LongestIdle,
    /// The agent with the fewest chats, then the longest idle.
    LeastBusy,
    /// The agent whose last offer is the oldest.
    RoundRobin,
    /// The agent with the highest levels in the skills that the chat asks for, then the longest idle.
    MostSkilled,
}

/// Where a chat goes that has waited too long.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Overflow {
    /// Name of the other queue.
    pub to: String,
    /// Seconds since it entered this queue.
    pub after_s: u32,
}

/// A code list and whether one of its codes must be chosen before post processing ends.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct CodeRule {
    /// Name of the list.
    pub list: String,
    /// Whether it must be answered.
    #[serde(default)]
    pub mandatory: bool,
    /// Whether several codes of it may be chosen.
    #[serde(default)]
    pub several: bool,
}

/// One transaction code.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Code {
    /// Short code to type, unique in its list.
    pub code: String,
    /// What people read; `A › B` makes a branch.
    pub title: String,
}
