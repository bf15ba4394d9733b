//! What an explanation says, as programs read it; each step has its sentence for people beside its facts.

use crate::id::{AgentId, ChatId};
use crate::policy::Answered;
use crate::setup::{Level, Skill, Strategy};
use crate::state::Shown;
use crate::time::Time;
use alloc::collections::BTreeMap;
use alloc::string::String;
use alloc::vec::Vec;
use serde::{Deserialize, Serialize};

/// Why a chat went where it went.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Explanation {
    /// The chat.
    pub chat_id: ChatId,
    /// The customer's name as given; empty when the record of it is gone.
    pub name: String,
    /// When it was requested.
    pub requested_at: Time,
    /// The story in one or two sentences.
    pub summary: String,
    /// Whether all of the chat's past was there to explain from.
    pub whole: bool,
    /// What is missing, in a sentence; none when it is whole.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub missing: Option<String>,
    /// What happened, in order.
    pub steps: Vec<Step>,
}

/// One thing that happened to the chat's routing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Step {
    /// When.
    pub at: Time,
    /// What.
    pub kind: Kind,
    /// It in a sentence or two.
    pub says: String,
    /// The agent whom it is about.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub agent_id: Option<AgentId>,
    /// Rules that had a say.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub rules: Vec<Rule>,
    /// What scripts, or the built-in answers, were asked and said.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub scripts: Vec<ScriptSay>,
    /// The desk at that moment, where agents were compared.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub desk: Option<Look>,
}

/// What a step tells.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// The customer asked for a chat.
    Requested,
    /// It was given its place.
    Queued,
    /// It began to wait, because nobody could take it.
    Waits,
    /// It waits at the latest event of the desk: who could take it now, and what stands in their way.
    StillWaits,
    /// It was offered.
    Offered,
    /// The agent took it.
    Accepted,
    /// The agent refused it.
    Rejected,
    /// The offer's time was over.
    Expired,
    /// The offer was taken back.
    Withdrawn,
    /// It was let go of something while it waited.
    Relaxed,
    /// Somebody did not come back in time, and a policy was asked what becomes of it.
    Left,
    /// It went to another queue after waiting too long.
    Overflowed,
    /// It waits for its preferred agent no more.
    PreferenceEnded,
    /// Its agent handed it on.
    Transferred,
    /// It went back to its place because its agent was gone.
    Requeued,
    /// The customer left before anybody accepted.
    Abandoned,
    /// It ended.
    Ended,
}

/// A rule that had a say.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Rule {
    /// Which.
    pub rule: RuleName,
    /// What it said.
    pub says: String,
}

/// Which rule had a say.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum RuleName {
    /// Higher priority goes first.
    Priority,
    /// Who came first goes first.
    Arrival,
    /// Skills that the agent must have.
    Skills,
    /// Chats at a time.
    Capacity,
    /// The queue's way to choose among agents.
    Strategy,
    /// An agent to wait for.
    PreferredAgent,
    /// A step of its wait.
    Relaxing,
    /// A policy put the agents in order.
    Ranking,
    /// Another queue after a time.
    Overflow,
    /// How long an offer stands.
    AcceptanceInterval,
    /// Handed to this agent by another.
    Transfer,
    /// What becomes of chats whose agent is gone.
    Grace,
}

/// What was asked of the policy, and what it said.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct ScriptSay {
    /// The decision point.
    pub point: String,
    /// What was answered, in words.
    pub answer: String,
    /// Who answered; none in a journal from before this was written down.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub answered: Option<Answered>,
    /// Version of the policy.
    pub policy: String,
}

/// The desk at one moment, as far as it concerned the chat.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Look {
    /// The queue's name.
    pub queue: String,
    /// How its agents were compared.
    pub strategy: StrategyName,
    /// The chat's place in the queue, from 1.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub place: Option<u32>,
    /// The agent for whom it was kept, so that nobody else was asked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub kept_for: Option<AgentId>,
    /// Chats that waited in the queue, this one included.
    pub waiting: u32,
    /// Chats that were ahead of it, at most 10.
    pub ahead: Vec<Ahead>,
    /// Agents of the queue who were at work, the first choice first, at most 50.
    pub candidates: Vec<Candidate>,
    /// Agents at work beyond those.
    pub more_candidates: u32,
    /// Agents of the queue who were not at work.
    pub logged_out: u32,
}

/// A queue's way to choose: [`Strategy`] by another name, so that it has a schema.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum StrategyName {
    /// The longest without a new chat.
    LongestIdle,
    /// The fewest chats.
    LeastBusy,
    /// The oldest last offer.
    RoundRobin,
    /// The highest levels in the skills that are asked for.
    MostSkilled,
}

impl From<Strategy> for StrategyName {
    fn from(strategy: Strategy) -> Self {
        match strategy {
            Strategy::LongestIdle => Self::LongestIdle,
            Strategy::LeastBusy => Self::LeastBusy,
            Strategy::RoundRobin => Self::RoundRobin,
            Strategy::MostSkilled => Self::MostSkilled,
        }
    }
}

/// A chat that was ahead.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Ahead {
    /// The chat.
    pub chat_id: ChatId,
    /// Its priority.
    pub priority: u8,
    /// When it was requested.
    pub requested_at: Time,
    /// Why it was ahead.
    pub because: Before,
}

/// Why a chat was ahead of another.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Before {
    /// Its priority was higher.
    HigherPriority,
    /// It came earlier.
    CameEarlier,
}

/// An agent at that moment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Candidate {
    /// Who.
    pub agent_id: AgentId,
    /// Their name.
    pub name: String,
    /// Their status as it was shown.
    pub status: Shown,
    /// Chats at a time.
    pub capacity: u8,
    /// Slots taken.
    pub load: u8,
    /// Their levels in the skills that the chat asked for.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub skills: BTreeMap<Skill, Level>,
    /// Since when they were without a new chat.
    pub idle_since: Time,
    /// Whether the chat could be offered to them.
    pub could: bool,
    /// What stood in the way, the first thing only.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub obstacle: Option<Obstacle>,
}

/// What stood in an agent's way.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(tag = "what", rename_all = "snake_case")]
pub enum Obstacle {
    /// Not at work.
    LoggedOut,
    /// May not work any more.
    Disabled,
    /// On a break.
    OnBreak,
    /// At work without chats.
    WorkOffline,
    /// Another status follows.
    LeavesNext,
    /// Wants no further chat.
    StopNew,
    /// Their connection was gone.
    Unreachable,
    /// They were offered nothing for a while, after an offer that they missed.
    Resting,
    /// Another chat was held out to them.
    Offered,
    /// Only wrap-ups were left.
    PostProcessing,
    /// As many chats as they may have.
    AtCapacity,
    /// They do not serve the queue.
    OtherQueue,
    /// They lack a skill, or their level is too low.
    LacksSkill {
        /// Which.
        skill: Skill,
        /// The least level.
        needs: Level,
        /// Theirs; 0 when they have none.
        has: Level,
    },
    /// The chat was held for another agent.
    HeldForAnother,
}
