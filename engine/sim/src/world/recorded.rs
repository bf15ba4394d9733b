//! Recorded traffic: customers come when they came, and people do what they did, as long as the desk lets them. Where it
//! goes another way than it went, what is not known is taken from what is: see engine/REPLAY.md.

use super::customers::Again;
use super::{Due, STREAM_CHATS, Visit, World, stream};
use crate::books::Outcome;
use crate::desk::Wishes;
use crate::random::Stream;
use crate::recorded::{Deed, RecordedChat, StretchEnd};
use hark_core::command::{RequestChat, SetStatus, TransferChat, TransferTo};
use hark_core::state::OfferEnd;
use hark_core::{Action, Actor, ChatId, OfferId};

/// A kind that no scenario has: recorded customers are of none.
const NO_KIND: u32 = u32::MAX;

impl<'a> World<'a> {
    /// Tells each turn from now on.
    pub(crate) fn tell(mut self, tap: &'a mut super::Tap<'a>) -> Self {
        self.tap = Some(tap);
        self
    }

    fn chat_again(&self, chat: u32) -> Option<&'a RecordedChat> {
        self.plan.recorded.as_ref()?.chats.get(chat as usize)
    }

    /// Puts all recorded moments on the agenda: what agents did comes first within a moment.
    pub(super) fn begin_recorded(&mut self) {
        let Some(recorded) = &self.plan.recorded else { return };
        for (number, deed) in (0..).zip(&recorded.deeds) {
            self.agenda.put(deed.0, Due::Deed(number));
        }
        for (number, chat) in (0..).zip(&recorded.chats) {
            self.agenda.put(chat.at_ms, Due::Recorded(number));
        }
        self.books.outcomes = vec![Outcome::default(); recorded.chats.len()];
    }

    pub(super) fn do_again(&mut self, number: u32) {
        let Some(recorded) = &self.plan.recorded else { return };
        let (_, agent, deed) = &recorded.deeds[number as usize];
        let id = self.people[*agent as usize].id;
        let action = match deed {
            Deed::Chose(status) => return self.choose(*agent, *status),
            Deed::Saved(group, disabled) => return self.change(*agent, group, *disabled),
            Deed::StopNew(stop) => {
                Action::SetStatus(SetStatus { agent: id, status: None, reason: None, stop_new: Some(*stop) })
            }
            Deed::Disconnected => Action::AgentDisconnected(id),
            Deed::Connected => Action::AgentConnected(id),
        };
        self.send(Actor::Agent { id }, action);
    }

    pub(super) fn ask_again(&mut self, number: u32) {
        let Some(chat) = self.chat_again(number) else { return };
        self.books.chats += 1;
        self.visitors.came += 1;
        let drawn = stream(self.seeds, STREAM_CHATS, u64::from(NO_KIND), u64::from(number));
        self.visitors.asking = Some((NO_KIND, drawn));
        self.visitors.again = Some(Again { chat: number, offers: 0, stretches: 0 });
        // A queue that the new configuration has not: the default one takes its chats.
        let known = self.lines.iter().any(|line| line.name == chat.queue);
        let queue = Some(chat.queue.clone()).filter(|_| known);
        let request = RequestChat { form: chat.form.clone(), queue: queue.clone(), watched: false };
        let decision = self.desk.ask(self.clock, Action::RequestChat(Box::new(request)), &Wishes::default());
        self.take_in(&decision);
        if let Err(why) = &decision.reply {
            (self.visitors.asking, self.visitors.again) = (None, None);
            self.books.outcomes[number as usize].refused = Some(why.to_string());
            let name = queue.unwrap_or_else(|| self.desk.state.setup().default_queue.clone());
            if let Some(line) = self.lines.iter().position(|line| line.name == name) {
                self.books.queues[line].asked += 1;
                self.books.queues[line].blocked += 1;
            }
        }
    }

    /// Who left, leaves after as long. Who was served waited at least so long; how much longer they would have is drawn,
    /// from the exponential patience that fits all waits best.
    pub(super) fn patience_again(&self, chat: u32, stream: &mut Stream) -> Option<u64> {
        let recorded = self.plan.recorded.as_ref()?;
        let chat = recorded.chats.get(chat as usize)?;
        if let Some(left) = chat.lost_patience() {
            return Some(left);
        }
        // Who still waited at the end had waited until then.
        let waited = chat.waited_ms(recorded.length_ms);
        let more = self.means.patience_ms? * stream.exponential();
        Some(waited + 1 + more.round() as u64)
    }

    /// Answers an offer as the recorded one of the same number was; further ones are accepted as fast as the last one.
    /// Tells whether the chat is a recorded one.
    pub(super) fn react_again(&mut self, agent: u32, slot: u32, offer: OfferId) -> bool {
        let Some(again) = self.visitors.get(slot).recorded.as_mut() else { return false };
        let (chat, number) = (again.chat, again.offers as usize);
        again.offers += 1;
        let reactions = self.chat_again(chat).map_or(&[][..], |chat| &chat.reactions);
        let accepted = reactions.iter().rev().find(|reaction| reaction.end == Some(OfferEnd::Accepted));
        let usual = accepted.map_or(self.means.answer_ms, |reaction| reaction.after_ms);
        let (end, after) =
            reactions.get(number).map_or((None, 0), |reaction| (reaction.end, reaction.after_ms));
        let (rejects, after) = match end {
            Some(OfferEnd::Expired) => return true,
            Some(OfferEnd::Rejected) => (true, after),
            Some(OfferEnd::Accepted) => (false, after),
            // It was taken back before anybody answered: where it is not, they would have, but not before that.
            Some(OfferEnd::Withdrawn) => (false, usual.max(after + 1)),
            None => (false, usual),
        };
        self.agenda.put(self.clock + after, Due::Answer { agent, offer, rejects });
        true
    }

    /// For how long the agent stays away who just missed the chat's last offer; none: until they choose a status.
    pub(super) fn away_again(&mut self, agent: u32, slot: u32, drawn: u64) -> Option<u64> {
        let Some(again) = self.visitors.get(slot).recorded else { return Some(drawn) };
        let reactions = &self.chat_again(again.chat)?.reactions;
        match reactions.get((again.offers as usize).checked_sub(1)?) {
            Some(reaction) if reaction.agent == agent => reaction.away_ms,
            other => Some(other.and_then(|reaction| reaction.away_ms).unwrap_or(self.means.away_ms)),
        }
    }

    /// How long the agent talks who just accepted: as long as the one of the same number, else as the last one.
    pub(super) fn stretch_again(&mut self, slot: u32) -> Option<f64> {
        let again = self.visitors.get(slot).recorded.as_mut()?;
        let (chat, number) = (again.chat, again.stretches as usize);
        again.stretches += 1;
        let stretches = &self.chat_again(chat)?.stretches;
        let stretch = stretches.get(number).or(stretches.last());
        // Of who left there is no handle time: the mean of all is taken.
        Some(stretch.map_or(self.means.stretch_ms, |stretch| stretch.millis as f64))
    }

    pub(super) fn done_again(&mut self, by: Actor, chat: ChatId, again: Again) {
        let stretches = self.chat_again(again.chat).map_or(&[][..], |chat| &chat.stretches);
        let last = stretches.get((again.stretches as usize).wrapping_sub(1));
        if let Some(StretchEnd::HandedOn(queue)) = last.map(|stretch| &stretch.end) {
            let transfer = TransferChat { chat, to: TransferTo::Queue(queue.clone()), note: None };
            if self.send(by.clone(), Action::TransferChat(Box::new(transfer))) {
                return;
            }
            self.books.refused_transfers += 1;
        }
        self.send(by, Action::EndChat(chat));
    }

    /// Wraps up for as long as it took; of who left there is none, and the queue's time is taken.
    pub(super) fn wrap_up_again(&mut self, agent: u32, visit: Visit, again: Again) {
        let millis = self.chat_again(again.chat).and_then(|chat| chat.wrap_up).map(|wrap_up| wrap_up.millis);
        let chat = self.visitors.get(visit.slot).chat;
        match millis {
            Some(millis) => self.agenda.put(self.clock + millis, Due::Wrapped(visit)),
            None => self.choose_codes(agent, visit.slot, chat),
        }
    }

    /// Writes down who got the chat first, or that its customer left.
    pub(super) fn outcome_again(&mut self, slot: u32, served: bool) {
        let visitor = self.visitors.get(slot);
        let (Some(again), chat) = (visitor.recorded, visitor.chat) else { return };
        let Some(at) = self.chat_again(again.chat).map(|chat| chat.at_ms) else { return };
        let owner = self.desk.state.chat(chat).and_then(hark_core::state::Chat::owner);
        let login = owner.and_then(|id| self.desk.state.agent(id)).map(|agent| agent.profile.login.clone());
        let (after, outcome) = (self.clock - at, &mut self.books.outcomes[again.chat as usize]);
        if served && outcome.agent.is_none() {
            (outcome.agent, outcome.answered_ms) = (login, Some(after));
        } else if !served {
            outcome.left_ms = Some(after);
        }
    }
}
