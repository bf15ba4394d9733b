//! What the core's events mean to the people of the world and to the books.

use super::World;
use hark_core::state::{OfferEnd, Status};
use hark_core::{AgentId, ChatId, Event, QueueId};

impl World<'_> {
    /// Takes in one event.
    pub(super) fn note(&mut self, event: &Event) {
        match event {
            Event::ChatCreated { chat, .. } => self.created(*chat),
            Event::ChatQueued { chat, queue, .. } | Event::ChatOverflowed { chat, to: queue, .. } => {
                self.queued(*chat, *queue);
            }
            Event::ChatTransferred { chat, from: agent, .. } | Event::ChatRequeued { chat, agent, .. } => {
                self.given_up(*chat, *agent);
            }
            Event::OfferPresented { offer, .. } => {
                if let Some((slot, agent)) = self.both(offer.chat, offer.agent) {
                    self.held_out(slot);
                    self.loaded(agent, 1);
                    self.think(agent, slot, offer.id, offer.reject.allowed);
                }
            }
            Event::OfferEnded { chat, agent, end, .. } => self.offer_ended(*chat, *agent, *end),
            Event::ChatEnded { chat, agent, .. } => {
                if let Some((slot, agent)) = self.both(*chat, *agent) {
                    self.put_down(agent, slot);
                }
            }
            Event::PostProcessingSet { chat, agent, extended: 0, .. } => {
                if let Some((slot, agent)) = self.both(*chat, *agent) {
                    self.wrap_up(agent, slot);
                }
            }
            Event::ChatClosed { chat, agent } => {
                if let Some((_, agent)) = self.both(*chat, *agent) {
                    self.loaded(agent, -1);
                    self.visitors.remove(*chat);
                }
            }
            Event::ChatAbandoned { chat, .. } => {
                if let Some(slot) = self.visitors.of(*chat) {
                    self.spell_ends(slot, false);
                    self.visitors.remove(*chat);
                }
            }
            Event::AgentStatusChanged { agent, status, .. } => {
                if let Some(agent) = self.person_of.get(agent).copied() {
                    self.people[agent as usize].available = *status == Status::Available;
                    self.loaded(agent, 0);
                }
            }
            _ => {}
        }
    }

    fn both(&self, chat: ChatId, agent: AgentId) -> Option<(u32, u32)> {
        Some((self.visitors.of(chat)?, self.person_of.get(&agent).copied()?))
    }

    fn queued(&mut self, chat: ChatId, queue: QueueId) {
        if let (Some(slot), Some(line)) = (self.visitors.of(chat), self.line_of.get(&queue).copied()) {
            self.stand(slot, line);
        }
    }

    /// The chat left its agent and waits again.
    fn given_up(&mut self, chat: ChatId, agent: AgentId) {
        let Some((slot, agent)) = self.both(chat, agent) else { return };
        self.put_down(agent, slot);
        self.loaded(agent, -1);
        let visitor = self.visitors.get(slot);
        visitor.transferred = true;
        let line = visitor.line;
        self.stand(slot, line);
    }

    fn offer_ended(&mut self, chat: ChatId, agent: AgentId, end: OfferEnd) {
        let Some((slot, agent)) = self.both(chat, agent) else { return };
        if end == OfferEnd::Accepted {
            self.spell_ends(slot, true);
            self.take_up(agent, slot);
            return;
        }
        self.loaded(agent, -1);
        let line = self.visitors.get(slot).line;
        self.stand(slot, line);
        if matches!(end, OfferEnd::Expired | OfferEnd::Rejected) {
            self.missed(agent, slot);
        }
    }
}
