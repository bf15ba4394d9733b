//! What happens around offers: they are presented, missed, withdrawn, and something pops with them.

use super::agents;
use crate::event::{Event, WithdrawnBecause};
use crate::id::{AgentId, ChatId};
use crate::policy::{
    AfterMissedOffer, MissedOffer, Policy, PopMoment, RejectPermission, Say, ScreenPop, ScreenPopQuestion,
};
use crate::state::{LookUp, Offer, OfferEnd, Stage, State};
use crate::time::Time;
use crate::writer::Writer;
use alloc::borrow::ToOwned;
use alloc::boxed::Box;
use alloc::string::String;

/// Holds a waiting chat out to a ready agent, whom the queue's strategy chose unless somebody ranked them.
pub(crate) fn present(w: &mut Writer<'_>, chat_id: ChatId, agent_id: AgentId, ranked: Option<Say>) {
    let chat = w.state.chat(chat_id).expect("matching offers a live chat");
    let agent = w.state.agent(agent_id).expect("matching offers to a known agent");
    let queue = super::queue_of(w.state, chat);
    let expires_at = w.now.plus_s(u64::from(queue.setup.acceptance_s.max(1)));
    let question = RejectPermission { now: w.now, agent, chat, queue, missed_today: agent.missed_on(w.now) };
    let reject = w.policy.reject_permission(&question);
    let offer = Offer { id: w.id(), chat: chat_id, agent: agent_id, made_at: w.now, expires_at, reject };
    let (policy, answered) = (w.policy.version().to_owned(), Some(w.policy.answered()));
    w.emit(Event::OfferPresented { offer: Box::new(offer), policy, answered, ranked });
    pop(w, chat_id, agent_id, PopMoment::Offered);
}

/// Lets pop for the agent what the policy says.
pub(super) fn pop(w: &mut Writer<'_>, chat_id: ChatId, agent_id: AgentId, on: PopMoment) {
    let Some(question) = pop_question(w.state, w.now, chat_id, agent_id, on) else { return };
    let pop = popped(w.policy, &question);
    if pop == ScreenPop::Nothing {
        return;
    }
    let (policy, answered) = (w.policy.version().to_owned(), Some(w.policy.answered()));
    w.emit(Event::ScreenPopRequested { chat: chat_id, agent: agent_id, on, pop, policy, answered });
}

/// What is asked about a pop. While the CRM has not answered nothing is: its answer asks again.
pub(crate) fn pop_question(
    state: &State,
    now: Time,
    chat: ChatId,
    agent: AgentId,
    on: PopMoment,
) -> Option<ScreenPopQuestion<'_>> {
    let (chat, agent) = state.chat(chat).zip(state.agent(agent))?;
    let why_none = match &chat.look_up {
        LookUp::Pending { .. } => return None,
        LookUp::Failed { why } => Some(why.as_str()),
        LookUp::NotAsked | LookUp::Found { .. } => None,
    };
    let (queue, matches) = (super::queue_of(state, chat), chat.look_up.matches());
    Some(ScreenPopQuestion { now, on, chat, agent, queue, matches, why_none })
}

/// What pops. An answer that points past the matches shows them all instead.
pub(crate) fn popped(policy: &mut dyn Policy, question: &ScreenPopQuestion<'_>) -> ScreenPop {
    let found = question.matches.len();
    match policy.screen_pop(question) {
        ScreenPop::Record { index } | ScreenPop::Case { index } if index as usize >= found => ScreenPop::List,
        pop => pop,
    }
}

/// Ends an offer that the agent rejected or let expire.
pub(super) fn miss(w: &mut Writer<'_>, offer: &Offer, end: OfferEnd, reason: Option<String>) {
    let then = after_missed(w, offer, end);
    let say = Say::of(w.policy);
    w.emit(Event::OfferEnded {
        offer: offer.id,
        chat: offer.chat,
        agent: offer.agent,
        end,
        reason: reason.clone(),
        because: None,
        then: say.is_some().then(|| then.clone()),
        say,
    });
    agents::follow_missed(w, offer.agent, then, reason);
}

fn after_missed(w: &mut Writer<'_>, offer: &Offer, end: OfferEnd) -> MissedOffer {
    let (Some(chat), Some(agent)) = (w.state.chat(offer.chat), w.state.agent(offer.agent)) else {
        return MissedOffer::default();
    };
    let (queue, missed_today) = (super::queue_of(w.state, chat), agent.missed_on(w.now) + 1);
    let rejected = end == OfferEnd::Rejected;
    w.policy.after_missed_offer(&AfterMissedOffer { now: w.now, agent, chat, queue, rejected, missed_today })
}

/// Takes back the offer that is held out for a chat, if there is one.
pub(super) fn withdraw_from_chat(w: &mut Writer<'_>, chat: ChatId, because: WithdrawnBecause) {
    if let Some(Stage::Offered { agent, .. }) = w.state.chat(chat).map(|chat| chat.stage.clone()) {
        withdraw_from_agent(w, agent, because);
    }
}

/// Takes back the offer that is held out to an agent, if there is one.
pub(super) fn withdraw_from_agent(w: &mut Writer<'_>, agent: AgentId, because: WithdrawnBecause) {
    let offer = w.state.agent(agent).and_then(|agent| agent.offer).and_then(|offer| w.state.offer(offer));
    let Some(offer) = offer.cloned() else { return };
    w.emit(Event::OfferEnded {
        offer: offer.id,
        chat: offer.chat,
        agent,
        end: OfferEnd::Withdrawn,
        reason: None,
        because: Some(because),
        then: None,
        say: None,
    });
}
