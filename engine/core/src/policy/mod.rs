//! Decision points: questions that the core asks in the middle of a turn, with built-in answers. A policy answers at
//! once and always: one that fails gives the stated default itself, so no question ever blocks a chat.

mod ending;
mod leaving;
mod offers;
mod routing;
mod words;

pub use ending::{AutoLog, LogMode, LogQuestion, WrapUp, WrapUpQuestion};
pub use leaving::{Left, LeftQuestion};
pub use offers::{
    AfterMissedOffer, MissedOffer, Permission, PopMoment, RejectPermission, ScreenPop, ScreenPopQuestion,
};
pub use routing::{Candidates, Glances, QueueGlance, RankAgents, Relax, Relaxed, Route, RouteChat};
pub use words::{GreetMoment, GreetQuestion, MessageQuestion, Verdict};

use crate::id::AgentId;
use crate::setup::QueueSetup;
use alloc::borrow::ToOwned;
use alloc::string::String;
use alloc::vec::Vec;
use serde::{Deserialize, Serialize};

/// Answers the core's questions. Every method has the same shape: a borrowed question, an owned answer. What a method
/// does by itself is the built-in answer: what happens where no script has a say.
pub trait Policy {
    /// Names the rules that answer, so that an event can say by which rules it came about.
    fn version(&self) -> &str;

    /// Who gave the last answer, so that an event can say it and an explanation can name it.
    fn answered(&self) -> Answered {
        Answered::BuiltIn
    }

    /// Asked when a chat is requested, and when it went back to its queue: where does it go? Where configuration says.
    fn route_chat(&mut self, _: &RouteChat<'_>) -> Route {
        Route::default()
    }

    /// Asked when more than one agent could be offered a chat: who comes first? The queue's strategy decides: no order.
    fn rank_agents(&mut self, _: &RankAgents<'_>) -> Vec<AgentId> {
        Vec::new()
    }

    /// Asked at each configured step of a chat's wait: is it let go of something? It stays as it is.
    fn relax(&mut self, _: &Relax<'_>) -> Relaxed {
        Relaxed::default()
    }

    /// Asked when an offer is made: may this agent reject it? As configured for the queue.
    fn reject_permission(&mut self, question: &RejectPermission<'_>) -> Permission {
        let allowed = question.queue.setup.reject_allowed;
        Permission { allowed, reason: (!allowed).then(|| BuiltIn::NO_REJECT.to_owned()) }
    }

    /// Asked when an offer was rejected or left to expire: what becomes of the agent? They are On Break.
    fn after_missed_offer(&mut self, _: &AfterMissedOffer<'_>) -> MissedOffer {
        MissedOffer::default()
    }

    /// Asked when an offer is made or accepted, when a chat has ended, and when the CRM's answer comes after the
    /// offer: what is shown to the agent? With the offer: one match, all of several, or a blank form.
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

    /// Asked when a chat began to wait and when an agent accepted it: what does the desk say to the customer? The
    /// queue's configured text, if there is one.
    fn greet(&mut self, question: &GreetQuestion<'_>) -> Option<String> {
        let text = match question.on {
            GreetMoment::Queued => &question.queue.setup.greet_queued,
            GreetMoment::Accepted => &question.queue.setup.greet_accepted,
        };
        (!text.trim().is_empty()).then(|| text.clone())
    }

    /// Asked when somebody sends a message: does it pass, does its text change, or is it refused? It passes.
    fn message(&mut self, _: &MessageQuestion<'_>) -> Verdict {
        Verdict::Pass
    }

    /// Asked when a customer who went away did not come back in time: what becomes of the chat? It ends.
    fn customer_left(&mut self, _: &LeftQuestion<'_>) -> Left {
        Left::End
    }

    /// Asked for each active chat of an agent who went away and did not come back in time: what becomes of it? As
    /// `grace.agent_chats` says.
    fn agent_left(&mut self, question: &LeftQuestion<'_>) -> Left {
        question.configured
    }

    /// Asked when a chat has ended: how long is its wrap-up, and which codes must be chosen? As the queue says.
    fn post_processing(&mut self, _: &WrapUpQuestion<'_>) -> WrapUp {
        WrapUp::default()
    }

    /// Asked when a chat has ended: how does its log open? To read for a known customer, else to edit.
    fn chat_log_mode(&mut self, question: &LogQuestion<'_>) -> LogMode {
        if question.chat.customer.is_some() { LogMode::View } else { LogMode::Edit }
    }

    /// Asked when a chat has ended: is its log written to the CRM by itself? As the queue says.
    fn auto_log(&mut self, question: &LogQuestion<'_>) -> AutoLog {
        AutoLog { log: question.queue.setup.auto_log, ..AutoLog::default() }
    }
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

/// Who answered, and by which version of the rules: kept in the event of what the answer brought about.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Say {
    /// Version of the policy.
    pub policy: String,
    /// Who answered.
    pub answered: Answered,
}

impl Say {
    /// Of the policy's last answer; none where nobody but the core had a say.
    pub(crate) fn of(policy: &dyn Policy) -> Option<Self> {
        match policy.answered() {
            Answered::BuiltIn => None,
            answered => Some(Self { policy: policy.version().to_owned(), answered }),
        }
    }
}

/// A queue as policies see it.
#[derive(Debug, Clone, Copy)]
pub struct QueueView<'a> {
    /// Its name.
    pub name: &'a str,
    /// Its configuration.
    pub setup: &'a QueueSetup,
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
}
