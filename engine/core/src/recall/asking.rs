//! Each question as its handler asks it, and its two answers in words. It never applies an answer.

use super::{Recalled, words};
use crate::handle::{greeting, offers, placed, queue_of, relaxing};
use crate::id::{AgentId, ChatId, QueueId};
use crate::policy::{
    AfterMissedOffer, Candidates, Glances, GreetMoment, Left, LeftQuestion, LogQuestion, MessageQuestion,
    MissedOffer, Policy, PopMoment, RankAgents, RejectPermission, RouteChat, ScreenPop,
};
use crate::state::{Agent, Chat, ChatLog, Form, Message, Offer, Side, Stage, State};
use crate::time::Time;
use alloc::borrow::ToOwned;
use alloc::string::String;
use alloc::vec::Vec;

/// Whom to ask, when, and whom to tell.
pub(super) struct Asking<'a> {
    pub(super) now: Time,
    pub(super) policy: &'a mut dyn Policy,
    pub(super) told: &'a mut dyn FnMut(Recalled),
}

impl Asking<'_> {
    fn tell(&mut self, point: &'static str, chat: ChatId, was: String, now: String) {
        let answered = self.policy.answered();
        (self.told)(Recalled { point, chat, at: self.now, was, now, answered });
    }

    pub(super) fn route(
        &mut self,
        state: &State,
        id: ChatId,
        form: &Form,
        watched: bool,
        queue: QueueId,
        was: Option<String>,
    ) {
        let chat = Chat::new(id, self.now, form.clone(), watched, queue);
        let queues = Glances::new(state, self.now);
        let question = RouteChat { now: self.now, chat: &chat, queue: queue_of(state, &chat), queues };
        let route = self.policy.route_chat(&question);
        let now = match &route.turn_away {
            Some(text) => words::turned_away(text),
            None => placed(state, self.now, &chat, route)
                .map_or_else(String::new, |placed| words::placed(state, &placed)),
        };
        // The chat is not in the state yet, so its old answer cannot be told in any other way.
        if let Some(was) = was {
            self.tell("route_chat", id, was, now);
        }
    }

    pub(super) fn rank(&mut self, state: &State, id: ChatId, was: AgentId) {
        let (Some(chat), candidates) = (state.chat(id), Candidates::able(state, id)) else { return };
        let able = candidates.agents();
        if able.len() < 2 {
            return;
        }
        let queue = queue_of(state, chat);
        let order = self.policy.rank_agents(&RankAgents { now: self.now, chat, queue, candidates });
        let first = order.into_iter().find(|id| able.iter().any(|agent| agent.id() == *id));
        let now = first.unwrap_or_else(|| able[0].id());
        self.tell("rank_agents", id, words::login(state, was), words::login(state, now));
    }

    pub(super) fn reject(&mut self, state: &State, offer: &Offer) {
        let Some((chat, agent)) = state.chat(offer.chat).zip(state.agent(offer.agent)) else { return };
        let (queue, missed_today) = (queue_of(state, chat), agent.missed_on(self.now));
        let question = RejectPermission { now: self.now, agent, chat, queue, missed_today };
        let now = self.policy.reject_permission(&question);
        self.tell("reject_permission", chat.id, words::permission(&offer.reject), words::permission(&now));
    }

    pub(super) fn missed(
        &mut self,
        state: &State,
        id: ChatId,
        agent: AgentId,
        rejected: bool,
        was: &MissedOffer,
    ) {
        let Some((chat, agent)) = state.chat(id).zip(state.agent(agent)) else { return };
        let (queue, missed_today) = (queue_of(state, chat), agent.missed_on(self.now) + 1);
        let question = AfterMissedOffer { now: self.now, agent, chat, queue, rejected, missed_today };
        let now = self.policy.after_missed_offer(&question);
        self.tell("after_missed_offer", id, words::missed(was), words::missed(&now));
    }

    pub(super) fn message(&mut self, state: &State, id: ChatId, message: &Message) {
        let Some(chat) = state.chat(id) else { return };
        let limits = &state.setup().limits;
        let limit = match message.from {
            Side::Agent => limits.agent_message_chars,
            Side::Customer => limits.customer_message_chars,
        };
        let agent = message.agent_id.and_then(|agent| state.agent(agent));
        let (queue, kind, text) = (queue_of(state, chat), message.kind, message.text.as_str());
        let question = MessageQuestion { now: self.now, chat, queue, agent, kind, text, limit };
        let now = self.policy.message(&question);
        self.tell("message", id, words::PASSES.to_owned(), words::verdict(&now));
    }

    pub(super) fn relax(&mut self, state: &State, id: ChatId, step: u32, was: String) {
        let Some(question) = relaxing::question(state, self.now, id, step) else { return };
        let effect = relaxing::effect(state, question.chat, self.policy.relax(&question));
        self.tell("relax", id, was, words::relaxed(state, effect.priority, &effect.requirements, effect.to));
    }

    pub(super) fn left(&mut self, state: &State, id: ChatId, side: Side, was: Left) {
        let Some(chat) = state.chat(id) else { return };
        let (queue, agent) = (queue_of(state, chat), chat.owner().and_then(|agent| state.agent(agent)));
        let (point, now) = match side {
            Side::Customer => {
                let question = LeftQuestion { now: self.now, chat, queue, agent, configured: Left::End };
                ("customer_left", self.policy.customer_left(&question))
            }
            Side::Agent => {
                let configured = Left::from(state.setup().grace.agent_chats);
                let question = LeftQuestion { now: self.now, chat, queue, agent, configured };
                ("agent_left", self.policy.agent_left(&question))
            }
        };
        self.tell(point, id, words::left(was), words::left(now));
    }

    pub(super) fn greet(&mut self, state: &State, id: ChatId, on: GreetMoment, was: Option<&str>) {
        let Some(question) = greeting::question(state, self.now, id, on) else { return };
        let now = self.policy.greet(&question);
        self.tell("greet", id, words::greeting(was), words::greeting(now.as_deref()));
    }

    pub(super) fn pop(&mut self, state: &State, id: ChatId, on: PopMoment, was: Option<ScreenPop>) {
        let Some(agent) = state.chat(id).and_then(Chat::holder) else { return };
        let Some(question) = offers::pop_question(state, self.now, id, agent, on) else { return };
        let now = offers::popped(self.policy, &question);
        let was = was.unwrap_or(ScreenPop::Nothing);
        self.tell("screen_pop", id, words::pop(&was), words::pop(&now));
    }

    pub(super) fn log(&mut self, state: &State, log: &ChatLog) {
        let Some((chat, agent)) = ended(state, log) else { return };
        let question = LogQuestion { now: self.now, chat, agent, queue: queue_of(state, chat) };
        let mode = self.policy.chat_log_mode(&question);
        self.tell("chat_log_mode", chat.id, words::mode(log.mode), words::mode(mode));
        let auto = self.policy.auto_log(&question);
        self.tell("auto_log", chat.id, words::auto_log(&log.auto), words::auto_log(&auto));
    }

    /// `was`: until when it was set and what it needed; none where the chat closed at once.
    pub(super) fn wrap_up(&mut self, state: &State, log: &ChatLog, was: Option<(Time, Option<Vec<String>>)>) {
        let Some((chat, agent)) = ended(state, log) else { return };
        // Who is gone has no wrap-up, whatever is answered.
        if matches!(chat.stage, Stage::Ended { by: crate::state::EndedBy::AgentGone, .. }) {
            return;
        }
        let queue = queue_of(state, chat);
        let question = LogQuestion { now: self.now, chat, agent, queue };
        let answer = self.policy.post_processing(&question).kept(queue.setup);
        let seconds = answer.seconds.unwrap_or(queue.setup.post_processing_s);
        let now = words::wrap_up(seconds.into(), answer.mandatory.as_deref().filter(|_| seconds > 0));
        let was = was.map_or_else(
            || words::wrap_up(0, None),
            |(until, mandatory)| words::wrap_up(until.since(self.now) / 1000, mandatory.as_deref()),
        );
        self.tell("post_processing", chat.id, was, now);
    }
}

fn ended<'s>(state: &'s State, log: &ChatLog) -> Option<(&'s Chat, &'s Agent)> {
    state.chat(log.chat).zip(state.agent(log.agent))
}
