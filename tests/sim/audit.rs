//! The rules of the domain, held against every event before it is applied to the state as it was told so far. Written
//! from the domain's page and what is public about the state; knows nothing of how the core keeps its promises.

use crate::reference;
use hark_core::event::{RequeuedBecause, Target};
use hark_core::policy::MissedOffer;
use hark_core::state::{
    Agent, Chat, EndedBy, Message, Offer, OfferEnd, Presence, Side, Stage, State, Status,
};
use hark_core::{Actor, AgentId, ChatId, Event, QueueId, Time, Turn};
use std::collections::{BTreeMap, BTreeSet};

/// What has become of each chat.
#[derive(Default)]
pub(crate) struct Audit {
    /// When each chat that is not over was requested.
    arrived: BTreeMap<ChatId, Time>,
    logs: BTreeSet<ChatId>,
    pub(crate) created: u64,
    pub(crate) closed: u64,
    pub(crate) abandoned: u64,
    /// Chats as they were when they left the live state, where somebody wants to compare them with history.
    pub(crate) left: Option<BTreeMap<ChatId, Chat>>,
    /// The offer that a transfer to an agent makes is nobody's choice but the giver's.
    direct: Option<ChatId>,
    /// The chat that was just let go of something, which may send it to another queue before its time.
    relaxed: Option<ChatId>,
}

/// Fails with a sentence when a rule is broken.
macro_rules! rule {
    ($holds:expr, $($told:tt)*) => {
        assert!($holds, "RULE {}", format_args!($($told)*))
    };
}

impl Audit {
    /// Applies a turn to what was told so far, holding each event against the rules.
    pub(crate) fn follow(&mut self, state: &mut State, turn: &Turn) {
        rule!(turn.at >= state.now(), "a turn of {} came after one of {}", turn.at, state.now());
        for scoped in &turn.events {
            self.leaves(state, &scoped.event);
            self.event(state, turn.at, &scoped.event);
            by_the_right_one(&turn.by, &scoped.event);
            state.apply(turn.at, &scoped.event);
            if let Some(chat) = scoped.scope.chat.and_then(|id| state.chat(id)) {
                let arrived = self.arrived.get(&chat.id);
                rule!(arrived == Some(&chat.arrived), "chat {} lost its arrival time", chat.id);
            }
        }
        if let Some((chat, agent)) = reference::next_offer(state) {
            panic!("RULE chat {chat} waits although agent {agent} is ready for it");
        }
        turn.events.iter().for_each(|scoped| after(state, &scoped.event));
    }

    fn leaves(&mut self, state: &State, event: &Event) {
        if let Some(left) = &mut self.left
            && let Event::ChatClosed { chat, .. } | Event::ChatAbandoned { chat, .. } = event
        {
            left.extend(state.chat(*chat).map(|chat| (chat.id, chat.clone())));
        }
    }

    fn event(&mut self, state: &State, at: Time, event: &Event) {
        match event {
            Event::ChatCreated { chat, queue, .. } => self.created(state, at, *chat, *queue),
            Event::OfferPresented { offer, ranked, .. } => self.presented(state, at, offer, ranked.is_some()),
            Event::OfferEnded { offer, end, .. } => {
                let live = state.offer(*offer);
                rule!(live.is_some(), "offer {offer} ended twice");
                live.into_iter().for_each(|live| offer_ended(at, live, *end));
            }
            Event::ChatAbandoned { chat, by } => self.abandoned(state, at, *chat, *by),
            Event::ChatEnded { chat, agent, by } => ended(state, at, *chat, *agent, *by),
            Event::ChatLogOpened { log, .. } => {
                rule!(self.logs.insert(log.chat), "chat {} has two logs", log.chat);
                let chat = state.chat(log.chat).expect("a log is opened for a live chat");
                rule!(log.body.codes == chat.codes, "the log of {} lost its codes", chat.id);
            }
            Event::ChatClosed { chat, .. } => {
                rule!(self.arrived.remove(chat).is_some(), "chat {chat} ended twice");
                rule!(self.logs.remove(chat), "chat {chat} closed without a log");
                self.closed += 1;
            }
            Event::ChatTransferred { chat, from, to } => {
                self.direct = matches!(to, Target::Agent(_)).then_some(*chat);
                transferred(state, *chat, *from, to);
            }
            Event::MessageCreated { chat, message, .. } => said(state, *chat, message),
            Event::ChatRelaxed { chat, step, .. } => {
                relaxed(state, at, *chat, *step);
                self.relaxed = Some(*chat);
            }
            Event::ChatOverflowed { chat, from, .. } => {
                let by_step = self.relaxed.take() == Some(*chat);
                rule!(by_step || may_overflow(state, at, *chat, *from), "chat {chat} overflowed early");
            }
            _ => timed(state, at, event),
        }
    }

    fn created(&mut self, state: &State, at: Time, chat: ChatId, _: QueueId) {
        rule!(state.chat(chat).is_none() && !self.arrived.contains_key(&chat), "chat {chat} was made twice");
        let most = state.setup().limits.live_chats as usize;
        rule!(state.chat_count() < most, "more than {most} chats are live");
        self.arrived.insert(chat, at);
        self.created += 1;
    }

    fn presented(&mut self, state: &State, at: Time, offer: &Offer, ranked: bool) {
        let direct = self.direct.take() == Some(offer.chat);
        let wanted = reference::next_offer(state);
        // A policy may prefer another agent who can serve the chat, but no other chat.
        let able = || state.agent(offer.agent).zip(state.chat(offer.chat));
        let serves = ranked && able().is_some_and(|(agent, chat)| reference::can_serve(agent, chat));
        rule!(
            direct
                || wanted == Some((offer.chat, offer.agent))
                || serves && wanted.is_some_and(|(chat, _)| chat == offer.chat),
            "chat {} was offered to {}, the obvious matching says {wanted:?}",
            offer.chat,
            offer.agent
        );
        let agent = state.agent(offer.agent).expect("an offer is made to a known agent");
        rule!(reference::is_ready(agent), "agent {} was not ready for an offer", offer.agent);
        let waits = state.chat(offer.chat).is_some_and(|chat| chat.stage == Stage::Waiting);
        rule!(waits, "chat {} was offered and does not wait", offer.chat);
        rule!(offer.expires_at > at, "offer {} was over when it was made", offer.id);
    }

    fn abandoned(&mut self, state: &State, at: Time, chat: ChatId, by: EndedBy) {
        rule!(self.arrived.remove(&chat).is_some(), "chat {chat} ended twice");
        self.abandoned += 1;
        let chat = state.chat(chat).expect("a live chat is abandoned");
        rule!(chat.stage == Stage::Waiting, "chat {} was abandoned while {:?}", chat.id, chat.stage);
        if by == EndedBy::CustomerGone {
            gone_for(&chat.presence, at, state.setup().grace.customer_waiting_s, "a waiting customer");
        }
    }

    /// Chats that are not over.
    pub(crate) fn open(&self) -> usize {
        self.arrived.len()
    }
}

/// An offer is answered by whom it was made to, and by nobody else.
fn by_the_right_one(by: &Actor, event: &Event) {
    if let Event::OfferEnded { offer, agent, end: OfferEnd::Accepted | OfferEnd::Rejected, .. } = event {
        rule!(*by == Actor::Agent { id: *agent }, "offer {offer} to {agent} was answered by {by:?}");
    }
}

fn offer_ended(at: Time, offer: &Offer, end: OfferEnd) {
    match end {
        OfferEnd::Accepted => rule!(at < offer.expires_at, "offer {} was accepted late", offer.id),
        OfferEnd::Expired => rule!(at >= offer.expires_at, "offer {} expired early", offer.id),
        OfferEnd::Rejected => rule!(offer.reject.allowed, "offer {} was rejected without leave", offer.id),
        OfferEnd::Withdrawn => {}
    }
}

/// Somebody is given up only after their grace.
fn gone_for(presence: &Presence, at: Time, seconds: u32, who: &str) {
    let over = matches!(presence, Presence::Gone { since, .. } if since.plus_s(seconds.into()) <= at);
    rule!(over, "{who} was given up within the grace of {seconds} s: {presence:?} at {at}");
}

fn ended(state: &State, at: Time, id: ChatId, agent: AgentId, by: EndedBy) {
    let chat = state.chat(id).expect("a live chat ends");
    rule!(chat.stage == Stage::Active { agent }, "chat {id} ended while {:?}", chat.stage);
    if by == EndedBy::CustomerGone {
        gone_for(&chat.presence, at, state.setup().grace.customer_active_s, "a customer");
    }
}

fn transferred(state: &State, id: ChatId, from: AgentId, to: &Target) {
    let chat = state.chat(id).expect("a live chat is handed on");
    rule!(chat.stage == Stage::Active { agent: from }, "chat {id} was handed on while {:?}", chat.stage);
    match to {
        Target::Agent(to) => {
            let ready = state.agent(*to).is_some_and(reference::is_ready);
            rule!(ready && *to != from, "chat {id} was handed to {to}, who cannot take it");
        }
        Target::Queue(to) => {
            let queue = state.queue(*to).expect("chats are handed to known queues");
            let serves = |agent: &Agent| agent.profile.queues.contains(to) && reference::takes_chats(agent);
            let served = state.agents().any(serves);
            rule!(
                queue.setup.transfer_when_full || !is_full(state, *to),
                "chat {id} was handed to a full queue"
            );
            rule!(queue.setup.transfer_when_empty || served, "chat {id} was handed to a queue nobody serves");
        }
    }
}

fn is_full(state: &State, queue: QueueId) -> bool {
    let most = state.queue(queue).map_or(0, |queue| queue.setup.max_waiting) as usize;
    let waits = |chat: &&Chat| chat.queue == queue && chat.stage == Stage::Waiting;
    most > 0 && state.chats().filter(waits).count() >= most
}

fn said(state: &State, id: ChatId, message: &Message) {
    let chat = state.chat(id).expect("messages are stored in live chats");
    rule!(!matches!(chat.stage, Stage::Ended { .. }), "chat {id} has ended and got a message");
    rule!(message.seq == chat.last_seq() + 1, "message {} of {id} is out of order", message.seq);
    let same = |other: &&Message| other.from == message.from && other.client_id == message.client_id;
    rule!(
        !chat.messages.iter().any(|other| same(&other)),
        "message {} of {id} is there twice",
        message.client_id
    );
    let limits = &state.setup().limits;
    let limit = match message.from {
        Side::Customer => limits.customer_message_chars,
        Side::Agent => limits.agent_message_chars,
    };
    rule!(message.text.chars().count() <= limit as usize, "a message of {id} is too long");
}

/// What happens by itself happens at its time.
fn timed(state: &State, at: Time, event: &Event) {
    match event {
        Event::AgentUnreachable { agent } => {
            let presence = state.agent(*agent).expect("the agent is known").presence;
            gone_for(&presence, at, state.setup().grace.agent_offers_s, "an agent");
        }
        Event::ChatRequeued { agent, because: RequeuedBecause::AgentGone, .. } => {
            let presence = state.agent(*agent).expect("the agent is known").presence;
            gone_for(&presence, at, state.setup().grace.agent_log_out_s, "an agent");
        }
        Event::ChatRequeued { chat, because: RequeuedBecause::CustomerGone, .. } => {
            let presence = state.chat(*chat).expect("a live chat goes back").presence;
            gone_for(&presence, at, state.setup().grace.customer_active_s, "a customer");
        }
        Event::ChatLeft { chat, side: Side::Customer, .. } => {
            let chat = state.chat(*chat).expect("a live chat is left");
            let grace = &state.setup().grace;
            let active = matches!(chat.stage, Stage::Active { .. });
            let seconds = if active { grace.customer_active_s } else { grace.customer_waiting_s };
            gone_for(&chat.presence, at, seconds, "a customer");
        }
        Event::AgentRests { agent, until } => {
            let most = u64::from(*MissedOffer::PAUSE_S.end());
            rule!(*until > at && *until <= at.plus_s(most), "agent {agent} rests until {until}");
        }
        Event::AgentRested { agent } => {
            let until = state.agent(*agent).and_then(|agent| agent.rests_until);
            rule!(until.is_some_and(|until| until <= at), "agent {agent} rested until {until:?} only");
        }
        Event::PostProcessingFinished { chat, agent, auto } => finished(state, at, *chat, *agent, *auto),
        Event::JobEnded { job, .. } => rule!(state.job(*job).is_some(), "job {job} ended twice"),
        _ => {}
    }
}

fn finished(state: &State, at: Time, id: ChatId, agent: AgentId, auto: bool) {
    let chat = state.chat(id).expect("a live chat's wrap-up ends");
    let left = state.agent(agent).is_none_or(|agent| agent.status == Status::LoggedOut);
    let rules = state.queue(chat.queue).map(|queue| chat.code_rules(&queue.setup)).unwrap_or_default();
    let missing =
        rules.iter().find(|rule| rule.mandatory && !chat.codes.iter().any(|code| code.list == rule.list));
    rule!(left || missing.is_none(), "the wrap-up of {id} ended without its codes");
    if let Stage::Ended { post, .. } = &chat.stage {
        rule!(!auto || left || post.held || post.until <= at, "the wrap-up of {id} ended early");
    }
}

/// What must be so once the whole turn is applied.
fn after(state: &State, event: &Event) {
    if let Event::OfferEnded { agent, end: OfferEnd::Rejected | OfferEnd::Expired, .. } = event {
        let agent = state.agent(*agent).expect("the agent is known");
        let rests = agent.status != Status::Available || agent.next.is_some() || agent.rests_until.is_some();
        rule!(rests, "agent {} missed an offer and is still available", agent.id());
    }
}

/// Nothing that was promised for now or before is still to be done.
pub(crate) fn nothing_is_overdue(state: &State, now: Time) {
    state.agents().for_each(|agent| overdue_agent(state, now, agent));
    state.chats().for_each(|chat| overdue_chat(state, now, chat));
    for job in state.jobs() {
        rule!(job.due > now, "job {} is overdue", job.id);
    }
    let days = u64::from(state.setup().limits.log_edit_days);
    for log in state.logs().filter(|log| state.chat(log.chat).is_none()) {
        rule!(log.updated_at.plus_s(days * 86_400) > now, "the log of {} does not settle", log.chat);
    }
}

/// A step is done once, in its order and not before its time.
fn relaxed(state: &State, at: Time, id: ChatId, step: u32) {
    let chat = state.chat(id).expect("a live chat waits");
    rule!(chat.stage == Stage::Waiting, "chat {id} was relaxed while {:?}", chat.stage);
    rule!(step == chat.relaxed + 1, "step {step} of chat {id} came after step {}", chat.relaxed);
    rule!(next_step(state, chat).is_some_and(|due| due <= at), "step {step} of chat {id} came early");
}

/// When the next step of a chat's wait is due.
fn next_step(state: &State, chat: &Chat) -> Option<Time> {
    let steps = &state.queue(chat.queue)?.setup.relax_after_s;
    let next = steps.get(chat.relaxed as usize)?;
    Some(chat.queued_at.plus_s(u64::from(*next)))
}

fn may_overflow(state: &State, at: Time, chat: ChatId, from: QueueId) -> bool {
    let overflow = state.queue(from).and_then(|queue| queue.setup.overflow.as_ref());
    let after_s = overflow.map_or(0, |overflow| u64::from(overflow.after_s));
    state.chat(chat).is_some_and(|chat| chat.queued_at.plus_s(after_s) <= at)
}

fn overdue_agent(state: &State, now: Time, agent: &Agent) {
    let in_time = agent.rests_until.is_none_or(|until| until > now);
    rule!(in_time, "agent {} rests too long", agent.id());
    let grace = &state.setup().grace;
    let Presence::Gone { since, unreachable } = agent.presence else { return };
    if agent.status != Status::LoggedOut {
        let told = unreachable || since.plus_s(grace.agent_offers_s.into()) > now;
        rule!(told, "agent {} is gone and still gets offers", agent.id());
        rule!(
            since.plus_s(grace.agent_log_out_s.into()) > now,
            "agent {} is gone and not logged out",
            agent.id()
        );
    }
}

fn overdue_chat(state: &State, now: Time, chat: &Chat) {
    let grace = &state.setup().grace;
    let id = chat.id;
    if let Presence::Gone { since, unreachable: false } = chat.presence {
        let seconds = match chat.stage {
            Stage::Waiting | Stage::Offered { .. } => Some(grace.customer_waiting_s),
            Stage::Active { .. } => Some(grace.customer_active_s),
            Stage::Ended { .. } => None,
        };
        let here = seconds.is_none_or(|seconds| since.plus_s(seconds.into()) > now);
        rule!(here, "the customer of {id} is gone and the chat goes on");
    }
    match &chat.stage {
        Stage::Offered { offer, .. } => {
            let stands = state.offer(*offer).is_some_and(|offer| offer.expires_at > now);
            rule!(stands, "the offer of {id} does not expire");
        }
        Stage::Ended { post, .. } => rule!(post.held || post.until > now, "the wrap-up of {id} does not end"),
        Stage::Waiting => {
            let waits = chat.preferred.is_none_or(|preference| preference.until > now);
            rule!(waits, "chat {id} waits for one agent for ever");
            let queue = state.queue(chat.queue).expect("the queue is known");
            let over = queue
                .setup
                .overflow
                .as_ref()
                .filter(|over| state.queue_named(&over.to).is_some_and(|to| to.id != chat.queue));
            let in_time = over.is_none_or(|over| chat.queued_at.plus_s(over.after_s.into()) > now);
            rule!(in_time, "chat {id} does not overflow");
            let in_time = next_step(state, chat).is_none_or(|due| due > now);
            rule!(in_time, "chat {id} is not relaxed in time");
        }
        Stage::Active { .. } => {}
    }
}
