//! An agent: who they are, what they chose (status) and what follows from their chats (activity).

use crate::id::{AgentId, ChatId, OfferId, QueueId};
use crate::setup::{Level, Skill};
use crate::time::Time;
use alloc::collections::{BTreeMap, BTreeSet};
use alloc::string::String;
use serde::{Deserialize, Serialize};

/// What somebody may do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// Answers customers.
    Agent,
    /// An agent who also sees and steers the desk.
    Supervisor,
    /// Configures.
    Admin,
}

/// The status that an agent chose, or that was chosen for them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Status {
    /// Not at work.
    LoggedOut,
    /// Ready for offers, or at work on the chats that came of them.
    Available,
    /// On a break.
    OnBreak,
    /// At work without chats.
    WorkOffline,
}

/// What is shown as an agent's status: the chosen one, or what their chats make of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Shown {
    /// Not at work.
    LoggedOut,
    /// Ready for offers, without a chat.
    Available,
    /// In at least one chat.
    Busy,
    /// Only wrap-ups are left.
    PostProcessing,
    /// On a break.
    OnBreak,
    /// At work without chats.
    WorkOffline,
}

impl Shown {
    /// The word for it: the same in JSON and in scripts.
    pub const fn word(self) -> &'static str {
        match self {
            Self::LoggedOut => "logged_out",
            Self::Available => "available",
            Self::Busy => "busy",
            Self::PostProcessing => "post_processing",
            Self::OnBreak => "on_break",
            Self::WorkOffline => "work_offline",
        }
    }
}

/// A status to take when the last wrap-up is over.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct NextStatus {
    /// The status.
    pub status: Status,
    /// Reason code, when one was given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
}

/// Whether somebody's connection is there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Presence {
    /// At least one connection, or none was ever asked for.
    Here,
    /// The last connection went away.
    Gone {
        /// When.
        since: Time,
        /// Whether the first grace is over, so that offers have stopped.
        unreachable: bool,
    },
}

/// What is configured about an agent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AgentProfile {
    /// Id.
    pub id: AgentId,
    /// Name to log in with, unique.
    pub login: String,
    /// Name that customers see.
    pub name: String,
    /// What they may do.
    pub role: Role,
    /// Chats at a time, 1 to the configured limit.
    pub capacity: u8,
    /// Queues they serve.
    pub queues: BTreeSet<QueueId>,
    /// Skills with levels.
    pub skills: BTreeMap<Skill, Level>,
    /// Password hash in PHC form; none for who cannot log in.
    pub credential: Option<String>,
    /// Whether they may not work any more.
    pub disabled: bool,
}

/// An agent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Agent {
    /// What is configured.
    pub profile: AgentProfile,
    /// What they chose.
    pub status: Status,
    /// Reason code of the status.
    pub reason: Option<String>,
    /// What becomes their status after the last wrap-up.
    pub next: Option<NextStatus>,
    /// Busy, and no further chat is wanted.
    pub stop_new: bool,
    /// Whether the present break follows a missed offer.
    pub missed: bool,
    /// Since when the shown status is what it is.
    pub since: Time,
    /// Connection.
    pub presence: Presence,
    /// Until when they are offered nothing, after an offer that they missed.
    #[serde(default)]
    pub rests_until: Option<Time>,
    /// The offer that is held out to them.
    pub offer: Option<OfferId>,
    /// Active chats.
    pub chats: BTreeSet<ChatId>,
    /// Ended chats in post processing.
    pub wrap_ups: BTreeSet<ChatId>,
    /// Since when they are without a new chat.
    pub idle_since: Time,
    /// Number of the last offer made to them, over all offers ever made.
    pub last_offer: u64,
    /// Offers rejected or left to expire on `missed_day`.
    pub missed_today: u32,
    /// The day that `missed_today` counts, in days since 1970 (UTC).
    pub missed_day: u64,
}

impl Agent {
    /// A new agent, logged out.
    pub(crate) fn new(profile: AgentProfile, at: Time) -> Self {
        Self {
            profile,
            status: Status::LoggedOut,
            reason: None,
            next: None,
            stop_new: false,
            missed: false,
            since: at,
            presence: Presence::Here,
            rests_until: None,
            offer: None,
            chats: BTreeSet::new(),
            wrap_ups: BTreeSet::new(),
            idle_since: at,
            last_offer: 0,
            missed_today: 0,
            missed_day: 0,
        }
    }

    /// The agent's id.
    pub fn id(&self) -> AgentId {
        self.profile.id
    }

    /// The status of the domain's table: activity first, then choice.
    pub fn shown(&self) -> Shown {
        match self.status {
            _ if !self.chats.is_empty() && self.status != Status::LoggedOut => Shown::Busy,
            _ if !self.wrap_ups.is_empty() && self.status != Status::LoggedOut => Shown::PostProcessing,
            Status::LoggedOut => Shown::LoggedOut,
            Status::Available => Shown::Available,
            Status::OnBreak => Shown::OnBreak,
            Status::WorkOffline => Shown::WorkOffline,
        }
    }

    /// Whether chats or wrap-ups keep another status from being chosen.
    pub fn is_occupied(&self) -> bool {
        !self.chats.is_empty() || !self.wrap_ups.is_empty()
    }

    /// Slots taken: active chats, wrap-ups and a pending offer.
    pub fn load(&self) -> usize {
        self.chats.len() + self.wrap_ups.len() + usize::from(self.offer.is_some())
    }

    /// Whether they mean to take chats, now or once a slot is free.
    pub fn takes_chats(&self) -> bool {
        let reachable = !matches!(self.presence, Presence::Gone { unreachable: true, .. });
        self.status == Status::Available
            && self.next.is_none()
            && !self.stop_new
            && reachable
            && !self.profile.disabled
    }

    /// Whether a chat can be offered to them this moment.
    pub fn is_ready(&self) -> bool {
        let wrapping_only = self.chats.is_empty() && !self.wrap_ups.is_empty();
        self.takes_chats()
            && self.offer.is_none()
            && self.rests_until.is_none()
            && !wrapping_only
            && self.load() < usize::from(self.profile.capacity)
    }

    /// Offers that they missed on the day of `now`.
    pub fn missed_on(&self, now: Time) -> u32 {
        if self.missed_day == now.day() { self.missed_today } else { 0 }
    }

    /// Whether they have each skill at its least level.
    pub fn has(&self, requirements: &BTreeMap<Skill, Level>) -> bool {
        cover(&self.profile.skills, requirements)
    }
}

/// Whether these skills have each required one at its least level.
pub(crate) fn cover(skills: &BTreeMap<Skill, Level>, requirements: &BTreeMap<Skill, Level>) -> bool {
    requirements.iter().all(|(skill, least)| skills.get(skill).is_some_and(|level| level >= least))
}
