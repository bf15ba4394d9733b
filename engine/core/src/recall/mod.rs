//! Asks a policy the questions of the past: while turns of the journal are applied again, each answer that an event tells
//! of is asked for anew, from the state as it was at that very event. Nothing is decided by it; the events stay what they
//! are.
//!
//! What left no event cannot be asked again: chats that were turned away, messages that were refused. A message that was
//! changed is not asked about either, because what was written is kept nowhere.

mod asking;
mod words;

use crate::command::Actor;
use crate::event::{Event, Scoped, Target, Turn};
use crate::id::ChatId;
use crate::policy::{Answered, GreetMoment, Policy, PopMoment};
use crate::state::{EndedBy, MessageKind, OfferEnd, State};
use crate::time::Time;
use alloc::string::String;
use asking::Asking;

/// One question of the past, and both answers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Recalled {
    /// The decision point.
    pub point: &'static str,
    /// The chat.
    pub chat: ChatId,
    /// When it was asked.
    pub at: Time,
    /// What was answered then, in words.
    pub was: String,
    /// What is answered now, in words.
    pub now: String,
    /// Who answers now.
    pub answered: Answered,
}

impl Recalled {
    /// Whether both answers are the same.
    pub fn is_same(&self) -> bool {
        self.was == self.now
    }
}

/// Applies a turn to the state, and asks its questions again.
pub fn recall(state: &mut State, turn: &Turn, policy: &mut dyn Policy, told: &mut dyn FnMut(Recalled)) {
    for (place, scoped) in turn.events.iter().enumerate() {
        let (before, rest) = turn.events.split_at(place);
        let turn_parts = Parts { by: &turn.by, before, rest: &rest[1..] };
        let mut asking = Asking { now: turn.at, policy, told };
        ask_before(&mut asking, state, &scoped.event, &turn_parts);
        state.apply(turn.at, &scoped.event);
        ask_after(&mut asking, state, &scoped.event, &turn_parts);
    }
}

/// A turn's events around one of them.
struct Parts<'a> {
    by: &'a Actor,
    before: &'a [Scoped],
    rest: &'a [Scoped],
}

impl Parts<'_> {
    /// What `pick` takes first of the events after this one that are about the chat.
    fn after<'s, T: 's>(&'s self, chat: ChatId, pick: impl Fn(&'s Event) -> Option<T>) -> Option<T> {
        let about = self.rest.iter().filter(|scoped| scoped.event.chat() == Some(chat));
        about.map(|scoped| &scoped.event).find_map(pick)
    }

    fn was_before(&self, chat: ChatId, is: impl Fn(&Event) -> bool) -> bool {
        self.before.iter().any(|scoped| scoped.event.chat() == Some(chat) && is(&scoped.event))
    }
}

/// Questions that were asked before the event that tells of their answer.
fn ask_before(asking: &mut Asking<'_>, state: &State, event: &Event, turn: &Parts<'_>) {
    match event {
        Event::ChatCreated { chat, form, watched, queue } => {
            let queued = turn.after(*chat, |event| words::placed_of(state, event));
            asking.route(state, *chat, form, *watched, *queue, queued);
        }
        Event::OfferPresented { offer, .. } => {
            let handed = |event: &Event| matches!(event, Event::ChatTransferred { to: Target::Agent(_), .. });
            if !turn.was_before(offer.chat, handed) {
                asking.rank(state, offer.chat, offer.agent);
            }
            asking.reject(state, offer);
        }
        Event::OfferEnded { chat, agent, end, then, .. }
            if matches!(end, OfferEnd::Rejected | OfferEnd::Expired) =>
        {
            let then = then.clone().unwrap_or_default();
            asking.missed(state, *chat, *agent, *end == OfferEnd::Rejected, &then);
        }
        Event::MessageCreated { chat, message, .. } => {
            let by_people = message.kind != MessageKind::Greeting
                && !message.changed
                && !matches!(turn.by, Actor::Script { .. });
            if by_people && !message.client_id.starts_with(words::TRANSFER_NOTE) {
                asking.message(state, *chat, message);
            }
        }
        Event::ChatRelaxed { chat, step, priority, requirements, .. } => {
            let over = turn.after(*chat, |event| match event {
                Event::ChatOverflowed { to, .. } => Some(*to),
                _ => None,
            });
            asking.relax(state, *chat, *step, words::relaxed(state, *priority, requirements, over));
        }
        Event::ChatLogOpened { log, .. } => asking.log(state, log),
        _ => ask_about_leaving(asking, state, event, turn),
    }
}

fn ask_about_leaving(asking: &mut Asking<'_>, state: &State, event: &Event, turn: &Parts<'_>) {
    use crate::event::RequeuedBecause;
    use crate::policy::Left;
    use crate::state::Side;
    let (chat, side, then) = match event {
        Event::ChatLeft { chat, side, then, .. } => (*chat, *side, *then),
        Event::ChatAbandoned { chat, by: EndedBy::CustomerGone }
        | Event::ChatEnded { chat, by: EndedBy::CustomerGone, .. } => (*chat, Side::Customer, Left::End),
        Event::ChatEnded { chat, by: EndedBy::AgentGone, .. } => (*chat, Side::Agent, Left::End),
        Event::ChatRequeued { chat, because: RequeuedBecause::AgentGone, .. } => {
            (*chat, Side::Agent, Left::Requeue)
        }
        _ => return,
    };
    // Where the policy had a say, that event has asked already.
    if !turn.was_before(chat, |event| matches!(event, Event::ChatLeft { .. })) {
        asking.left(state, chat, side, then);
    }
}

/// Questions that were asked after an event, and whose answers the events after it tell of, if there was one.
fn ask_after(asking: &mut Asking<'_>, state: &State, event: &Event, turn: &Parts<'_>) {
    let pop = |chat: ChatId, on: PopMoment| {
        turn.after(chat, |event| match event {
            Event::ScreenPopRequested { pop, on: then, .. } if *then == on => Some(pop.clone()),
            _ => None,
        })
    };
    let greeting = |chat: ChatId| {
        turn.after(chat, |event| match event {
            Event::MessageCreated { message, .. } if message.kind == MessageKind::Greeting => {
                Some(message.text.as_str())
            }
            _ => None,
        })
    };
    match event {
        Event::ChatQueued { chat, .. }
            if turn.was_before(*chat, |event| matches!(event, Event::ChatCreated { .. })) =>
        {
            asking.greet(state, *chat, GreetMoment::Queued, greeting(*chat));
        }
        Event::OfferPresented { offer, .. } => {
            asking.pop(state, offer.chat, PopMoment::Offered, pop(offer.chat, PopMoment::Offered));
        }
        Event::OfferEnded { chat, end: OfferEnd::Accepted, .. } => {
            asking.greet(state, *chat, GreetMoment::Accepted, greeting(*chat));
            asking.pop(state, *chat, PopMoment::Accepted, pop(*chat, PopMoment::Accepted));
        }
        Event::CustomerLookedUp { chat, .. } => {
            let tied = |event: &Event| matches!(event, Event::CustomerLinked { .. }).then_some(());
            if turn.after(*chat, tied).is_none() {
                asking.pop(state, *chat, PopMoment::Offered, pop(*chat, PopMoment::Offered));
            }
        }
        Event::CustomerLinked { chat, .. }
            if turn.was_before(*chat, |event| matches!(event, Event::CustomerLookedUp { .. })) =>
        {
            asking.pop(state, *chat, PopMoment::Offered, pop(*chat, PopMoment::Offered));
        }
        Event::ChatEnded { chat, .. } => {
            asking.pop(state, *chat, PopMoment::Ended, pop(*chat, PopMoment::Ended));
        }
        Event::ChatLogOpened { log, .. } => {
            let set = turn.after(log.chat, |event| match event {
                Event::PostProcessingSet { until, mandatory, .. } => Some((*until, mandatory.clone())),
                _ => None,
            });
            asking.wrap_up(state, log, set);
        }
        _ => {}
    }
}
