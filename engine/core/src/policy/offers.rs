//! What goes with an offer: whether it may be rejected, what is shown, and what follows when it is missed.

use super::QueueView;
use crate::record::Match;
use crate::state::{Agent, Chat, LookUp, Status};
use crate::time::Time;
use alloc::collections::BTreeMap;
use alloc::string::String;
use serde::{Deserialize, Serialize};

/// The question of [`super::Policy::reject_permission`].
#[derive(Debug)]
pub struct RejectPermission<'a> {
    /// The command's time.
    pub now: Time,
    /// Who is offered the chat.
    pub agent: &'a Agent,
    /// The chat.
    pub chat: &'a Chat,
    /// The chat's queue.
    pub queue: QueueView<'a>,
    /// Offers that this agent rejected or let expire today (UTC).
    pub missed_today: u32,
}

/// Whether an offer may be rejected.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Permission {
    /// Yes or no.
    pub allowed: bool,
    /// Why not: shown to the agent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
}

/// When a screen pop is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum PopMoment {
    /// The offer is made.
    Offered,
    /// The offer is accepted.
    Accepted,
    /// The chat has ended.
    Ended,
}

/// The question of [`super::Policy::screen_pop`].
#[derive(Debug)]
pub struct ScreenPopQuestion<'a> {
    /// The command's time.
    pub now: Time,
    /// The moment.
    pub on: PopMoment,
    /// The chat.
    pub chat: &'a Chat,
    /// Whom it pops for.
    pub agent: &'a Agent,
    /// The chat's queue.
    pub queue: QueueView<'a>,
    /// What the CRM found: none, one or several.
    pub matches: &'a [Match],
    /// Why there are no matches, when the CRM could not say.
    pub why_none: Option<&'a str>,
}

/// What is shown to the agent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub enum ScreenPop {
    /// One customer's record.
    Record {
        /// Place in the matches, from 0.
        index: u32,
    },
    /// A case.
    Case {
        /// Place in the matches, from 0, of the match with the case.
        index: u32,
    },
    /// A list to choose from: all matches.
    List,
    /// A blank form for a new customer.
    Blank {
        /// Fields that are filled in already.
        #[serde(default)]
        fields: BTreeMap<String, String>,
    },
    /// A page of another system.
    Url {
        /// Its address, `https://…` or `http://…`.
        url: String,
    },
    /// Nothing.
    Nothing,
}

impl LookUp {
    /// The matches, none while the CRM has not answered.
    pub fn matches(&self) -> &[Match] {
        match self {
            Self::Found { matches } => matches,
            _ => &[],
        }
    }
}

/// The question of [`super::Policy::after_missed_offer`].
#[derive(Debug)]
pub struct AfterMissedOffer<'a> {
    /// The command's time.
    pub now: Time,
    /// Who missed it, with the status of before.
    pub agent: &'a Agent,
    /// The chat, which waits again.
    pub chat: &'a Chat,
    /// The chat's queue.
    pub queue: QueueView<'a>,
    /// Whether it was rejected; it expired otherwise.
    pub rejected: bool,
    /// Offers that this agent rejected or let expire today (UTC), this one included.
    pub missed_today: u32,
}

/// What becomes of an agent who missed an offer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MissedOffer {
    /// Their status: at once, or after the chats that they are busy with.
    pub status: Status,
    /// Reason code of a break or of work offline; that of a rejection where none is given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// For how many seconds an agent who stays Available is offered nothing.
    #[serde(default, skip_serializing_if = "is_none")]
    pub pause_s: u32,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde calls it so")]
const fn is_none(seconds: &u32) -> bool {
    *seconds == 0
}

impl MissedOffer {
    /// Shortest and longest pause of an agent who stays Available, in seconds. Without one the same chat would come
    /// back to the same agent at once.
    pub const PAUSE_S: core::ops::RangeInclusive<u32> = 1..=3600;
}

impl Default for MissedOffer {
    fn default() -> Self {
        Self { status: Status::OnBreak, reason: None, pause_s: 0 }
    }
}
