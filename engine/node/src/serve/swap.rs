//! Policies that can be exchanged while the desk runs. The exchange happens between two commands, never inside one: a
//! turn is answered by one set of scripts.

use hark_core::policy::{
    AfterMissedOffer, Answered, AutoLog, GreetQuestion, Left, LeftQuestion, LogMode, LogQuestion,
    MessageQuestion, MissedOffer, Permission, Policy, RankAgents, RejectPermission, Relax, Relaxed, Route,
    RouteChat, ScreenPop, ScreenPopQuestion, Verdict, WrapUp, WrapUpQuestion,
};
use hark_core::{AgentId, Time};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

type Rules = Box<dyn Policy + Send>;

/// Hands over the policy that is to answer from now on.
#[derive(Clone, Default)]
pub(crate) struct Exchange(Arc<Slot>);

#[derive(Default)]
struct Slot {
    /// Spares the lock on all but one question in many.
    filled: AtomicBool,
    next: Mutex<Option<Rules>>,
}

impl Exchange {
    /// The policy answers from the next command on.
    pub(crate) fn put(&self, policy: Rules) {
        *self.0.next.lock().unwrap_or_else(PoisonError::into_inner) = Some(policy);
        self.0.filled.store(true, Ordering::Release);
    }

    fn take(&self) -> Option<Rules> {
        if !self.0.filled.swap(false, Ordering::Acquire) {
            return None;
        }
        self.0.next.lock().unwrap_or_else(PoisonError::into_inner).take()
    }
}

/// Answers with the policy that was handed over last.
pub(crate) struct Exchangeable {
    current: Rules,
    exchange: Exchange,
    /// Time of the last question's command.
    asked_at: Option<Time>,
}

impl Exchangeable {
    /// Begins with `first`.
    pub(crate) fn new(first: Rules, exchange: Exchange) -> Self {
        Self { current: first, exchange, asked_at: None }
    }

    /// Questions of one command have one time; so at another time it is another command.
    fn at(&mut self, now: Time) -> &mut Rules {
        if self.asked_at != Some(now)
            && let Some(next) = self.exchange.take()
        {
            retire(std::mem::replace(&mut self.current, next));
        }
        self.asked_at = Some(now);
        &mut self.current
    }
}

/// Ends a policy beside the one that decides: closing many machines takes longer than a decision may.
fn retire(old: Rules) {
    let ended = std::thread::Builder::new().name("hark-old-rules".to_owned()).spawn(move || drop(old));
    if let Err(error) = ended {
        tracing::warn!(%error, "the old scripts were ended where decisions are made");
    }
}

impl Policy for Exchangeable {
    fn version(&self) -> &str {
        self.current.version()
    }

    fn answered(&self) -> Answered {
        self.current.answered()
    }

    fn route_chat(&mut self, question: &RouteChat<'_>) -> Route {
        self.at(question.now).route_chat(question)
    }

    fn reject_permission(&mut self, question: &RejectPermission<'_>) -> Permission {
        self.at(question.now).reject_permission(question)
    }

    fn screen_pop(&mut self, question: &ScreenPopQuestion<'_>) -> ScreenPop {
        self.at(question.now).screen_pop(question)
    }

    fn message(&mut self, question: &MessageQuestion<'_>) -> Verdict {
        self.at(question.now).message(question)
    }

    fn chat_log_mode(&mut self, question: &LogQuestion<'_>) -> LogMode {
        self.at(question.now).chat_log_mode(question)
    }

    fn auto_log(&mut self, question: &LogQuestion<'_>) -> AutoLog {
        self.at(question.now).auto_log(question)
    }

    fn rank_agents(&mut self, question: &RankAgents<'_>) -> Vec<AgentId> {
        self.at(question.now).rank_agents(question)
    }

    fn relax(&mut self, question: &Relax<'_>) -> Relaxed {
        self.at(question.now).relax(question)
    }

    fn after_missed_offer(&mut self, question: &AfterMissedOffer<'_>) -> MissedOffer {
        self.at(question.now).after_missed_offer(question)
    }

    fn greet(&mut self, question: &GreetQuestion<'_>) -> Option<String> {
        self.at(question.now).greet(question)
    }

    fn customer_left(&mut self, question: &LeftQuestion<'_>) -> Left {
        self.at(question.now).customer_left(question)
    }

    fn agent_left(&mut self, question: &LeftQuestion<'_>) -> Left {
        self.at(question.now).agent_left(question)
    }

    fn post_processing(&mut self, question: &WrapUpQuestion<'_>) -> WrapUp {
        self.at(question.now).post_processing(question)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Routes everything to one queue.
    struct To(&'static str);

    impl Policy for To {
        fn version(&self) -> &str {
            self.0
        }

        fn route_chat(&mut self, _: &RouteChat<'_>) -> Route {
            Route { queue: Some(self.0.to_owned()), ..Route::default() }
        }
    }

    #[test]
    fn an_exchange_waits_for_the_next_command() {
        let exchange = Exchange::default();
        let mut policy = Exchangeable::new(Box::new(To("old")), exchange.clone());
        let noon = Time::from_millis(1000);
        policy.at(noon);
        exchange.put(Box::new(To("new")));
        policy.at(noon);
        assert_eq!(policy.version(), "old");
        policy.at(Time::from_millis(1001));
        assert_eq!(policy.version(), "new");
    }
}
