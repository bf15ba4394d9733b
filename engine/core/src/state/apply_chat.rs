//! Applies events about chats, their offers and their messages.

use super::chat::{Moment, What};
use super::{Chat, EndedBy, Form, Offer, OfferEnd, PastOffer, Popped, PostProcessing, Presence, Side};
use super::{Stage, State};
use crate::event::{Event, Target};
use crate::id::{AgentId, ChatId, OfferId, QueueId};
use crate::policy::Left;
use crate::time::Time;
use alloc::boxed::Box;
use alloc::string::String;

impl State {
    pub(super) fn apply_to_chat(&mut self, at: Time, event: &Event) {
        match event {
            Event::ChatCreated { chat, form, watched, queue } => {
                self.create_chat(at, *chat, form, *watched, *queue);
            }
            Event::ChatQueued { chat, queue, priority, requirements, preferred, .. } => {
                let name = self.queue_name(*queue);
                self.change_chat(*chat, |chat| {
                    chat.enter(*queue, at, name);
                    chat.priority = *priority;
                    chat.requirements.clone_from(requirements);
                    chat.preferred = *preferred;
                });
            }
            Event::ChatRelaxed { chat, step, priority, requirements, .. } => {
                self.change_chat(*chat, |chat| {
                    chat.relaxed = *step;
                    chat.priority = *priority;
                    chat.requirements.clone_from(requirements);
                });
            }
            Event::ChatLeft { chat, side: Side::Customer, then, .. } if *then != Left::End => {
                self.change_chat(*chat, |chat| {
                    // Nobody waits for them any more; who comes back is there again all the same.
                    if let Presence::Gone { unreachable, .. } = &mut chat.presence {
                        *unreachable = true;
                    }
                });
            }
            Event::ChatOverflowed { chat, to, .. } => {
                let name = self.queue_name(*to);
                let requirements =
                    self.queues.get(to).map(|queue| queue.setup.skills.clone()).unwrap_or_default();
                self.change_chat(*chat, |chat| {
                    chat.enter(*to, at, name);
                    chat.requirements = requirements;
                });
            }
            Event::ChatRequeued { chat, agent, .. } => self.release(*chat, *agent, at),
            Event::ChatTransferred { chat, from, to } => self.transfer(at, *chat, *from, to),
            Event::ChatPreferenceEnded { chat } => self.end_preference(*chat),
            Event::OfferPresented { offer, .. } => self.present(at, offer),
            Event::OfferEnded { offer, chat, agent, end, .. } => {
                self.end_offer(at, *offer, *chat, *agent, *end);
            }
            Event::ChatEnded { chat, agent, by } => self.end_chat(at, *chat, *agent, *by),
            Event::ChatAbandoned { chat, .. } => self.remove_chat(*chat),
            Event::ChatClosed { chat, agent } => {
                self.change_agent(*agent, |agent| {
                    agent.wrap_ups.remove(chat);
                });
                self.remove_chat(*chat);
            }
            _ => self.apply_inside_chat(at, event),
        }
    }

    /// Events that leave the chat where it stands.
    fn apply_inside_chat(&mut self, at: Time, event: &Event) {
        match event {
            Event::MessageCreated { chat, message, .. } => self.inside(*chat, |chat| {
                chat.messages.push((**message).clone());
                if message.from == Side::Agent {
                    chat.draft = None;
                }
            }),
            Event::MessageRead { chat, side, receipt } => self.inside(*chat, |chat| match side {
                Side::Customer => chat.customer_receipt = *receipt,
                Side::Agent => chat.agent_receipt = *receipt,
            }),
            Event::DraftUpdated { chat, text } => self.inside(*chat, |chat| {
                chat.draft = text.as_ref().map(|text| super::Draft { text: text.clone(), updated_at: at });
            }),
            Event::CustomerLookedUp { chat, look_up } => {
                self.inside(*chat, |chat| chat.look_up = (**look_up).clone());
            }
            Event::CustomerLinked { chat, customer, case } => {
                self.inside(*chat, |chat| {
                    chat.customer.clone_from(customer);
                    chat.case.clone_from(case);
                });
                self.in_log(*chat, |body| body.tie(customer.as_deref(), case.as_deref()));
            }
            Event::ScreenPopRequested { chat, on, pop, .. } => {
                self.pops.insert(*chat, Popped { on: *on, pop: pop.clone() });
            }
            Event::DispositionSet { chat, codes, note } => {
                self.inside(*chat, |chat| {
                    chat.codes.clone_from(codes);
                    chat.note.clone_from(note);
                });
                self.in_log(*chat, |body| {
                    body.codes.clone_from(codes);
                    body.notes.clone_from(note);
                });
            }
            Event::CustomerDisconnected { chat } => self.change_chat(*chat, |chat| {
                chat.presence = Presence::Gone { since: at, unreachable: false };
                chat.note_moment(at, What::CustomerDisconnected);
            }),
            Event::CustomerReturned { chat } => self.change_chat(*chat, |chat| {
                chat.presence = Presence::Here;
                chat.note_moment(at, What::CustomerReturned);
            }),
            Event::PostProcessingSet { chat, until, extended, mandatory, .. } => {
                if mandatory.is_some() {
                    self.inside(*chat, |chat| chat.mandatory.clone_from(mandatory));
                }
                self.change_post(*chat, |post| {
                    *post = PostProcessing { until: *until, extended: *extended, held: false, ..*post };
                });
            }
            Event::PostProcessingHeld { chat, .. } => self.change_post(*chat, |post| post.held = true),
            _ => {}
        }
    }

    fn inside(&mut self, id: ChatId, change: impl FnOnce(&mut Chat)) {
        if let Some(chat) = self.chats.get_mut(&id) {
            change(chat);
        }
    }

    /// A log that nobody has saved follows what is chosen during the wrap-up.
    fn in_log(&mut self, id: ChatId, change: impl FnOnce(&mut super::LogBody)) {
        if let Some(log) = self.logs.get_mut(&id).filter(|log| log.version == 1) {
            change(&mut log.body);
        }
    }

    fn change_post(&mut self, id: ChatId, change: impl FnOnce(&mut PostProcessing)) {
        self.change_chat(id, |chat| {
            if let Stage::Ended { post, .. } = &mut chat.stage {
                change(post);
            }
        });
    }

    fn create_chat(&mut self, at: Time, id: ChatId, form: &Form, watched: bool, queue: QueueId) {
        let chat = Chat::new(id, at, form.clone(), watched, queue);
        self.chats.insert(id, Box::new(chat));
        self.refresh_chat(id);
    }

    fn remove_chat(&mut self, id: ChatId) {
        self.end_preference(id);
        self.chats.remove(&id);
        self.pops.remove(&id);
        self.refresh_chat(id);
        self.refresh_log(id);
    }

    fn end_preference(&mut self, id: ChatId) {
        let Some(preference) = self.chats.get(&id).and_then(|chat| chat.preferred) else { return };
        if let Some(chats) = self.index.preferring.get_mut(&preference.agent) {
            chats.remove(&id);
            if chats.is_empty() {
                self.index.preferring.remove(&preference.agent);
            }
        }
        self.change_chat(id, |chat| chat.preferred = None);
    }

    fn present(&mut self, at: Time, offer: &Offer) {
        self.offers_made += 1;
        let (number, name) = (self.offers_made, self.agent_name(offer.agent));
        self.offers.insert(offer.id, offer.clone());
        self.refresh_offer(offer.id);
        self.change_agent(offer.agent, |agent| {
            agent.offer = Some(offer.id);
            agent.last_offer = number;
        });
        self.change_chat(offer.chat, |chat| {
            chat.stage = Stage::Offered { offer: offer.id, agent: offer.agent };
            chat.offers_made += 1;
            chat.note_moment(at, What::Offered { agent: name });
        });
    }

    fn end_offer(&mut self, at: Time, id: OfferId, chat: ChatId, agent: AgentId, end: OfferEnd) {
        self.offers.remove(&id);
        self.refresh_offer(id);
        self.forget_past_offers(at);
        self.past_offers.insert(id, PastOffer { chat, agent, end, at });
        let name = self.agent_name(agent);
        self.change_agent(agent, |agent| {
            agent.offer = None;
            match end {
                OfferEnd::Accepted => agent.take(chat, at),
                OfferEnd::Rejected | OfferEnd::Expired => agent.miss(at),
                OfferEnd::Withdrawn => {}
            }
        });
        if end == OfferEnd::Accepted {
            self.end_preference(chat);
            let email = self.chats.get(&chat).and_then(|chat| chat.form.email.clone());
            self.remember_agent(email.as_deref(), agent, at);
        }
        self.change_chat(chat, |chat| match end {
            OfferEnd::Accepted => {
                chat.stage = Stage::Active { agent };
                chat.note_moment(at, What::Accepted { agent: name });
            }
            OfferEnd::Rejected | OfferEnd::Expired => {
                chat.stage = Stage::Waiting;
                chat.note_moment(at, What::Missed { agent: name });
            }
            OfferEnd::Withdrawn => chat.stage = Stage::Waiting,
        });
    }

    fn forget_past_offers(&mut self, now: Time) {
        let over = |past: &PastOffer| now.since(past.at) > Self::PAST_OFFERS_S * 1000;
        while self.past_offers.first_key_value().is_some_and(|(_, past)| over(past)) {
            self.past_offers.pop_first();
        }
    }

    /// The chat leaves its agent and goes back to its place.
    fn release(&mut self, chat: ChatId, agent: AgentId, at: Time) {
        self.change_agent(agent, |agent| {
            agent.chats.remove(&chat);
            agent.idle_since = at;
        });
        self.change_chat(chat, |chat| {
            chat.stage = Stage::Waiting;
            chat.queued_at = at;
            chat.relaxed = 0;
            chat.draft = None;
        });
    }

    fn transfer(&mut self, at: Time, chat: ChatId, from: AgentId, to: &Target) {
        let (giver, taker) = match to {
            Target::Queue(queue) => (self.agent_name(from), self.queue_name(*queue)),
            Target::Agent(agent) => (self.agent_name(from), self.agent_name(*agent)),
        };
        self.change_chat(chat, |chat| chat.note_moment(at, What::Transferred { from: giver, to: taker }));
        self.release(chat, from, at);
    }

    fn end_chat(&mut self, at: Time, chat: ChatId, agent: AgentId, by: EndedBy) {
        self.learn_pace(at, chat);
        self.change_agent(agent, |agent| {
            agent.chats.remove(&chat);
            agent.wrap_ups.insert(chat);
            agent.idle_since = at;
        });
        self.change_chat(chat, |chat| {
            let post = PostProcessing { since: at, until: at, extended: 0, held: false };
            chat.stage = Stage::Ended { agent, by, post };
            chat.note_moment(at, What::Ended { by });
        });
    }

    fn agent_name(&self, id: AgentId) -> String {
        self.agents.get(&id).map(|agent| agent.profile.name.clone()).unwrap_or_default()
    }

    fn queue_name(&self, id: QueueId) -> String {
        self.queues.get(&id).map(|queue| queue.title().into()).unwrap_or_default()
    }
}

impl Chat {
    fn enter(&mut self, queue: QueueId, at: Time, name: String) {
        self.queue = queue;
        self.queued_at = at;
        self.relaxed = 0;
        self.note_moment(at, What::Queued { queue: name });
    }

    fn note_moment(&mut self, at: Time, what: What) {
        self.moments.push(Moment { at, after_seq: self.last_seq(), what });
    }
}

impl super::Agent {
    fn take(&mut self, chat: ChatId, at: Time) {
        self.chats.insert(chat);
        self.idle_since = at;
    }

    fn miss(&mut self, at: Time) {
        self.missed_today = self.missed_on(at) + 1;
        self.missed_day = at.day();
    }
}
