//! The real core under virtual time: commands go in, what happened comes out. It adds nothing but time and seeds.

use crate::random::Stream;
use hark_core::policy::{
    AfterMissedOffer, Answered, AutoLog, GreetQuestion, Left, LeftQuestion, LogMode, LogQuestion,
    MessageQuestion, MissedOffer, Permission, RankAgents, RejectPermission, Relax, Relaxed, Route, RouteChat,
    ScreenPop, ScreenPopQuestion, Verdict, WrapUp, WrapUpQuestion,
};
use hark_core::setup::{Level, Setup, Skill};
use hark_core::{Action, Actor, AgentId, Command, Decision, Policy, State, Time, decide};
use std::collections::BTreeMap;

/// See the module.
pub(crate) struct Desk<'a> {
    pub(crate) state: State,
    rules: Overlaid<'a>,
    begins: u64,
    seeds: Stream,
}

/// What a kind of customers asks for where no script says otherwise.
#[derive(Debug, Clone, Default)]
pub(crate) struct Wishes {
    pub(crate) priority: Option<u8>,
    pub(crate) skills: Option<BTreeMap<Skill, Level>>,
}

impl<'a> Desk<'a> {
    /// A desk with this setup and no agents, which is made so many milliseconds before the begin.
    pub(crate) fn new(
        setup: Setup,
        rules: &'a mut dyn Policy,
        begins: Time,
        seeds: Stream,
        before_ms: u64,
    ) -> Self {
        let rules = Overlaid { rules, wishes: Wishes::default() };
        let mut desk = Self { state: State::new(), rules, begins: begins.millis(), seeds };
        desk.prepare(before_ms, Action::Configure(Box::new(setup)));
        desk
    }

    /// Sends a command of the engine's so many milliseconds before the begin.
    pub(crate) fn prepare(&mut self, before_ms: u64, action: Action) -> Decision {
        let at = Time::from_millis(self.begins.saturating_sub(before_ms));
        let command = Command { at, seed: self.seeds.bits(), by: Actor::Engine, key: None, action };
        decide(&mut self.state, command, &mut self.rules)
    }

    /// Sends a command so many milliseconds after the begin.
    pub(crate) fn send(&mut self, clock: u64, by: Actor, action: Action) -> Decision {
        let at = Time::from_millis(self.begins + clock);
        let command = Command { at, seed: self.seeds.bits(), by, key: None, action };
        decide(&mut self.state, command, &mut self.rules)
    }

    /// As [`Desk::send`], for a customer's request.
    pub(crate) fn ask(&mut self, clock: u64, action: Action, wishes: &Wishes) -> Decision {
        self.rules.wishes.clone_from(wishes);
        self.send(clock, Actor::Engine, action)
    }

    /// When the core has something to do by itself, in milliseconds since the begin.
    pub(crate) fn next_deadline(&self) -> Option<u64> {
        self.state.next_deadline().map(|(at, _)| at.millis().saturating_sub(self.begins))
    }
}

/// The real rules, with a kind's wishes where they leave something open.
struct Overlaid<'a> {
    rules: &'a mut dyn Policy,
    wishes: Wishes,
}

impl Policy for Overlaid<'_> {
    fn version(&self) -> &str {
        self.rules.version()
    }

    fn answered(&self) -> Answered {
        self.rules.answered()
    }

    fn route_chat(&mut self, question: &RouteChat<'_>) -> Route {
        let mut route = self.rules.route_chat(question);
        route.priority = route.priority.or(self.wishes.priority);
        if route.skills.is_none() {
            route.skills.clone_from(&self.wishes.skills);
        }
        route
    }

    fn reject_permission(&mut self, question: &RejectPermission<'_>) -> Permission {
        self.rules.reject_permission(question)
    }

    fn screen_pop(&mut self, question: &ScreenPopQuestion<'_>) -> ScreenPop {
        self.rules.screen_pop(question)
    }

    fn message(&mut self, question: &MessageQuestion<'_>) -> Verdict {
        self.rules.message(question)
    }

    fn chat_log_mode(&mut self, question: &LogQuestion<'_>) -> LogMode {
        self.rules.chat_log_mode(question)
    }

    fn auto_log(&mut self, question: &LogQuestion<'_>) -> AutoLog {
        self.rules.auto_log(question)
    }

    fn rank_agents(&mut self, question: &RankAgents<'_>) -> Vec<AgentId> {
        self.rules.rank_agents(question)
    }

    fn relax(&mut self, question: &Relax<'_>) -> Relaxed {
        self.rules.relax(question)
    }

    fn after_missed_offer(&mut self, question: &AfterMissedOffer<'_>) -> MissedOffer {
        self.rules.after_missed_offer(question)
    }

    fn greet(&mut self, question: &GreetQuestion<'_>) -> Option<String> {
        self.rules.greet(question)
    }

    fn customer_left(&mut self, question: &LeftQuestion<'_>) -> Left {
        self.rules.customer_left(question)
    }

    fn agent_left(&mut self, question: &LeftQuestion<'_>) -> Left {
        self.rules.agent_left(question)
    }

    fn post_processing(&mut self, question: &WrapUpQuestion<'_>) -> WrapUp {
        self.rules.post_processing(question)
    }
}
