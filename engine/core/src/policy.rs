//! Decision points: questions that the core asks in the middle of a turn, with built-in answers. A policy answers at
//! once and always: one that fails gives the stated default itself, so no question ever blocks a chat.

use crate::record::Match;
use crate::setup::{Level, QueueSetup, Skill};
use crate::state::{Agent, Chat, LookUp, MessageKind, State};
use crate::time::Time;
use alloc::borrow::ToOwned;
use alloc::collections::BTreeMap;
use alloc::string::String;
use serde::{Deserialize, Serialize};

/// Answers the core's questions. Every method has the same shape: a borrowed question, an owned answer.
pub trait Policy {
    /// Names the rules that answer, so that an event can say by which rules it came about.
    fn version(&self) -> &str;

    /// Who gave the last answer, so that an event can say it and an explanation can name it.
    fn answered(&self) -> Answered {
        Answered::BuiltIn
    }

    /// Asked when a chat is requested or re-queued: where does it go?
    fn route_chat(&mut self, question: &RouteChat<'_>) -> Route;

    /// Asked when an offer is made: may this agent reject it?
    fn reject_permission(&mut self, question: &RejectPermission<'_>) -> Permission;

    /// Asked when an offer is made or accepted, when a chat has ended, and when the CRM's answer comes after the
    /// offer: what is shown to the agent?
    fn screen_pop(&mut self, question: &ScreenPopQuestion<'_>) -> ScreenPop;

    /// Asked when somebody sends a message: does it pass, does its text change, or is it refused?
    fn message(&mut self, question: &MessageQuestion<'_>) -> Verdict;

    /// Asked when a chat has ended: how does its log open?
    fn chat_log_mode(&mut self, question: &LogQuestion<'_>) -> LogMode;

    /// Asked when a chat has ended: is its log written to the CRM by itself?
    fn auto_log(&mut self, question: &LogQuestion<'_>) -> AutoLog;
}

/// Who gave an answer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(tag = "who", rename_all = "snake_case")]
pub enum Answered {
    /// No script has a say in it.
    BuiltIn,
    /// A script.
    Script {
        /// Its file, as configured.
        file: String,
    },
    /// The stated default, in the place of a script that should have answered.
    Default {
        /// The script's file, as configured.
        file: String,
        /// Why it did not answer.
        why: String,
    },
}

/// The question of [`Policy::route_chat`].
#[derive(Debug)]
pub struct RouteChat<'a> {
    /// The command's time.
    pub now: Time,
    /// The chat as it was requested; its queue is the one that the form or configuration names.
    pub chat: &'a Chat,
    /// That queue.
    pub queue: QueueView<'a>,
    /// The open queues. Looked at only when asked: most policies never do.
    pub queues: Glances<'a>,
}

/// The open queues as a routing policy sees them.
#[derive(Clone, Copy)]
pub struct Glances<'a> {
    state: &'a State,
    now: Time,
}

impl<'a> Glances<'a> {
    pub(crate) fn new(state: &'a State, now: Time) -> Self {
        Self { state, now }
    }

    /// A glance at each open queue, in order of their ids.
    pub fn iter(&self) -> impl Iterator<Item = QueueGlance<'a>> + use<'a> {
        let (state, now) = (self.state, self.now);
        let count = |number: usize| u32::try_from(number).unwrap_or(u32::MAX);
        state.queues().filter(|queue| queue.open).map(move |queue| QueueGlance {
            name: &queue.name,
            waiting: count(state.waiting_count(queue.id)),
            oldest_wait_ms: state.oldest_arrival(queue.id).map_or(0, |oldest| now.since(oldest)),
            ready: count(state.ready_count(queue.id)),
        })
    }
}

impl core::fmt::Debug for Glances<'_> {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_list().entries(self.iter()).finish()
    }
}

/// What a routing policy sees of a queue.
#[derive(Debug, Clone)]
pub struct QueueGlance<'a> {
    /// Its name.
    pub name: &'a str,
    /// Chats that wait.
    pub waiting: u32,
    /// How long the first of them has waited, in milliseconds.
    pub oldest_wait_ms: u64,
    /// Agents who could be offered a chat of it right now.
    pub ready: u32,
}

/// Where a chat goes. Every part left out stays as configured.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Route {
    /// Name of the queue.
    pub queue: Option<String>,
    /// Priority, 0 to 9; higher goes first.
    pub priority: Option<u8>,
    /// Skills with least levels, in place of the queue's.
    pub skills: Option<BTreeMap<Skill, Level>>,
    /// Login of the agent to wait for first.
    pub preferred_agent: Option<String>,
    /// Turn the customer away with this text instead.
    pub turn_away: Option<String>,
}

/// The question of [`Policy::reject_permission`].
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

/// A queue as policies see it.
#[derive(Debug, Clone, Copy)]
pub struct QueueView<'a> {
    /// Its name.
    pub name: &'a str,
    /// Its configuration.
    pub setup: &'a QueueSetup,
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

/// The question of [`Policy::screen_pop`].
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

/// The question of [`Policy::message`].
#[derive(Debug)]
pub struct MessageQuestion<'a> {
    /// The command's time.
    pub now: Time,
    /// The chat, without the message.
    pub chat: &'a Chat,
    /// The chat's queue.
    pub queue: QueueView<'a>,
    /// The agent who sends it; the customer does where there is none.
    pub agent: Option<&'a Agent>,
    /// What it is.
    pub kind: MessageKind,
    /// What was written.
    pub text: &'a str,
    /// Most characters that it may have.
    pub limit: u32,
}

/// What becomes of a message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    /// It is stored as it was written.
    Pass,
    /// It is stored with this text; nobody sees what was written.
    Change(String),
    /// It is not stored; its sender is told why.
    Refuse(String),
}

/// The question of [`Policy::chat_log_mode`] and [`Policy::auto_log`].
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

/// The built-in answers: what happens where no script has a say.
#[derive(Debug, Clone, Copy, Default)]
pub struct BuiltIn;

impl BuiltIn {
    /// What [`Policy::version`] says for the built-in answers.
    pub const VERSION: &'static str = "built-in";

    /// The reason given with a built-in "no".
    pub const NO_REJECT: &'static str = "this queue does not permit it";
}

impl Policy for BuiltIn {
    fn version(&self) -> &str {
        Self::VERSION
    }

    fn route_chat(&mut self, _: &RouteChat<'_>) -> Route {
        Route::default()
    }

    fn reject_permission(&mut self, question: &RejectPermission<'_>) -> Permission {
        let allowed = question.queue.setup.reject_allowed;
        Permission { allowed, reason: (!allowed).then(|| Self::NO_REJECT.to_owned()) }
    }

    fn screen_pop(&mut self, question: &ScreenPopQuestion<'_>) -> ScreenPop {
        if question.on != PopMoment::Offered {
            return ScreenPop::Nothing;
        }
        match question.matches {
            [] => ScreenPop::Blank { fields: question.chat.form.known() },
            [one] if one.case.is_some() => ScreenPop::Case { index: 0 },
            [_] => ScreenPop::Record { index: 0 },
            _ => ScreenPop::List,
        }
    }

    fn message(&mut self, _: &MessageQuestion<'_>) -> Verdict {
        Verdict::Pass
    }

    fn chat_log_mode(&mut self, question: &LogQuestion<'_>) -> LogMode {
        if question.chat.customer.is_some() { LogMode::View } else { LogMode::Edit }
    }

    fn auto_log(&mut self, question: &LogQuestion<'_>) -> AutoLog {
        AutoLog { log: question.queue.setup.auto_log, ..AutoLog::default() }
    }
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
