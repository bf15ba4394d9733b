//! An offer: one chat held out to one agent, with a deadline and four ends.

use crate::id::{AgentId, ChatId, OfferId};
use crate::policy::{Permission, PopMoment, ScreenPop};
use crate::time::Time;
use serde::{Deserialize, Serialize};

/// A live offer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Offer {
    /// Its id.
    pub id: OfferId,
    /// The chat.
    pub chat: ChatId,
    /// To whom.
    pub agent: AgentId,
    /// When it was made.
    pub made_at: Time,
    /// When it expires.
    pub expires_at: Time,
    /// Whether it may be rejected.
    pub reject: Permission,
}

/// How an offer ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum OfferEnd {
    /// The agent took it.
    Accepted,
    /// The agent refused it.
    Rejected,
    /// Its time was over.
    Expired,
    /// The customer left, the agent left, or a supervisor took it back.
    Withdrawn,
}

impl OfferEnd {
    /// The word for it.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Accepted => "accepted",
            Self::Rejected => "rejected",
            Self::Expired => "expired",
            Self::Withdrawn => "withdrawn",
        }
    }
}

/// An offer that has ended; kept for a while so that a late answer gets the right refusal.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct PastOffer {
    /// The chat.
    pub chat: ChatId,
    /// To whom it was made.
    pub agent: AgentId,
    /// How it ended.
    pub end: OfferEnd,
    /// When it ended.
    pub at: Time,
}

/// What popped for an agent, and when it was asked for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Popped {
    /// The moment.
    pub on: PopMoment,
    /// What.
    pub pop: ScreenPop,
}
