//! What agents and customers do in their chats, by the stage that a chat is in. They see what the pages show, which is
//! a moment old: so they race one another.

use super::{Crowd, wish};
use crate::desk_setup::QUEUES;
use crate::step::{Ask, Label, OfferRef, Who, Wish};
use crate::world::World;
use hark_core::state::{Chat, Presence, Stage};

impl Crowd {
    pub(super) fn at_some_chat(&mut self, world: &World) -> Option<Wish> {
        let live = world.told.chat_count();
        if live == 0 {
            return None;
        }
        let chat = world.told.chats().nth(self.dice.below(live))?;
        let label = world.names.label(chat.id)?;
        if let Some(wish) = self.customer_comes_and_goes(chat, label) {
            return Some(wish);
        }
        let owner = chat.owner().and_then(|agent| world.names.place(agent));
        match (&chat.stage, owner) {
            (Stage::Waiting, _) => self.waiting(label),
            (Stage::Offered { agent, .. }, _) => self.offered(world, label, world.names.place(*agent)?),
            (Stage::Active { .. }, Some(agent)) => Some(self.active(world, chat, label, agent)),
            (Stage::Ended { .. }, Some(agent)) => Some(self.ended(label, agent)),
            _ => None,
        }
    }

    fn customer_comes_and_goes(&mut self, chat: &Chat, label: Label) -> Option<Wish> {
        let gone = chat.presence != Presence::Here;
        if gone && self.dice.roll(3) == 0 {
            return Some(wish(Who::Engine, Ask::CustomerHere(label)));
        }
        if self.dice.happens(self.rates.customer_vanishes) {
            return Some(wish(Who::Engine, Ask::CustomerGone(label)));
        }
        if self.dice.happens(self.rates.customer_leaves) {
            return Some(wish(Who::Customer(label), Ask::End(label)));
        }
        None
    }

    fn waiting(&mut self, chat: Label) -> Option<Wish> {
        match self.dice.roll(20) {
            0..=1 => Some(self.says(Who::Customer(chat), chat)),
            // Nobody comes: in the end they go.
            2 => Some(wish(Who::Customer(chat), Ask::End(chat))),
            _ => None,
        }
    }

    fn offered(&mut self, world: &World, chat: Label, agent: usize) -> Option<Wish> {
        let offer = world.names.last_offer(chat)?;
        if self.dice.happens(self.rates.wrong_accept) {
            let stale = OfferRef { chat, nth: self.dice.below(offer.nth + 1) };
            let other = self.dice.below(self.agents);
            return Some(wish(Who::Agent(other), Ask::Accept(stale)));
        }
        if self.dice.happens(self.rates.rejects) {
            return Some(wish(Who::Agent(agent), Ask::Reject(offer)));
        }
        if self.dice.happens(self.rates.ignores) {
            return None;
        }
        Some(wish(Who::Agent(agent), Ask::Accept(offer)))
    }

    fn active(&mut self, world: &World, chat: &Chat, label: Label, agent: usize) -> Wish {
        let mine = Who::Agent(agent);
        match self.dice.roll(24) {
            0..=5 => self.says(Who::Customer(label), label),
            6..=11 => self.says(mine, label),
            12 => wish(mine, Ask::Read { chat: label, agent: true, upto: chat.last_seq() }),
            13 => wish(
                Who::Customer(label),
                Ask::Read { chat: label, agent: false, upto: chat.last_seq() + self.dice.small(3) },
            ),
            14 => wish(mine, Ask::Draft { chat: label, text: self.dice.small(5) }),
            15 => self.hands_on(label, mine),
            16 => self.meddles(world, label),
            17 => wish(mine, Ask::Link { chat: label, customer: (self.dice.roll(3) > 0).then_some(label) }),
            18..=19 => self.codes(mine, label),
            _ => wish(mine, Ask::End(label)),
        }
    }

    fn ended(&mut self, chat: Label, agent: usize) -> Wish {
        let mine = Who::Agent(agent);
        match self.dice.roll(12) {
            0 => self.says(Who::Customer(chat), chat),
            1 => wish(mine, Ask::Extend(chat)),
            2 => wish(mine, Ask::LogDraft { chat, body: self.dice.small(4) }),
            3 => wish(mine, Ask::End(chat)),
            4..=6 => self.codes(mine, chat),
            7 => self.says(mine, chat),
            _ => wish(mine, Ask::Finish(chat)),
        }
    }

    /// A message with an id of its own; now and then the id comes again, with the same text or another.
    fn says(&mut self, by: Who, chat: Label) -> Wish {
        self.next_client += 1;
        let again = self.dice.happens(self.rates.duplicate) && self.next_client > 4;
        let client = if again { self.next_client - 1 - self.dice.small(3) } else { self.next_client };
        let slip = self.dice.happens(self.rates.reuse);
        // Texts are small numbers: an id that comes again comes with the text that it had.
        let text = client % 40 + u32::from(slip);
        wish(by, Ask::Say { chat, client, text })
    }

    fn hands_on(&mut self, chat: Label, by: Who) -> Wish {
        let note = self.dice.roll(2) == 0;
        let ask = if self.dice.roll(2) == 0 {
            Ask::ToQueue { chat, queue: self.dice.below(QUEUES.len()), note }
        } else {
            Ask::ToAgent { chat, agent: self.dice.below(self.agents), note }
        };
        Wish { by, key: self.key(), ask }
    }

    /// Somebody whose chat it is not, the supervisor among them.
    fn meddles(&mut self, world: &World, chat: Label) -> Wish {
        let by = Who::Agent(self.dice.below(self.agents));
        match self.dice.roll(5) {
            0 => wish(by, Ask::End(chat)),
            1 => self.says(by, chat),
            2 => wish(by, Ask::Codes { chat, codes: 1, note: 0 }),
            3 => wish(by, Ask::Draft { chat, text: 9 }),
            _ => match world.names.last_offer(chat) {
                Some(offer) => wish(by, Ask::Accept(offer)),
                None => wish(by, Ask::Finish(chat)),
            },
        }
    }

    fn codes(&mut self, by: Who, chat: Label) -> Wish {
        let codes = self.dice.pick(&[1, 1, 2, 3, 8, 0]).expect("there are six");
        wish(by, Ask::Codes { chat, codes, note: self.dice.small(3) })
    }
}
