//! Customers: they come, ask, lose patience and leave. What becomes of them is the core's.

use super::{Due, STREAM_CHATS, STREAM_FORMS, Visit, World, stream};
use crate::books::Spell;
use crate::random::Stream;
use hark_core::command::RequestChat;
use hark_core::{Action, Actor, ChatId};
use std::collections::HashMap;

/// A customer with a chat.
#[derive(Debug)]
pub(super) struct Visitor {
    pub(super) number: u64,
    pub(super) chat: ChatId,
    pub(super) kind: u32,
    /// The queue of the chat.
    pub(super) line: u32,
    /// All that is drawn for this chat: the same in every run with these seeds, whatever the desk does.
    pub(super) stream: Stream,
    /// Since when this spell of waiting goes on.
    pub(super) since: u64,
    /// When the first offer of this spell was made.
    pub(super) offered: Option<u64>,
    /// Whether this spell counts, as one that began in the measured time.
    pub(super) counts: bool,
    /// Whether a spell goes on.
    pub(super) in_spell: bool,
    /// Whether the chat stands in its queue's line, without an offer.
    pub(super) in_line: bool,
    pub(super) transferred: bool,
    /// Which recorded chat it is, and how many offers and stretches of it there have been.
    pub(super) recorded: Option<Again>,
}

/// A recorded chat that is played again.
#[derive(Debug, Clone, Copy)]
pub(super) struct Again {
    pub(super) chat: u32,
    pub(super) offers: u32,
    pub(super) stretches: u32,
}

/// All customers with a chat. Places are used again.
#[derive(Debug, Default)]
pub(super) struct Visitors {
    places: Vec<Option<Visitor>>,
    free: Vec<u32>,
    by_chat: HashMap<ChatId, u32>,
    pub(super) came: u64,
    /// The one whose request is being decided.
    pub(super) asking: Option<(u32, Stream)>,
    pub(super) again: Option<Again>,
}

impl Visitors {
    pub(super) fn of(&self, chat: ChatId) -> Option<u32> {
        self.by_chat.get(&chat).copied()
    }

    pub(super) fn get(&mut self, slot: u32) -> &mut Visitor {
        self.places[slot as usize].as_mut().expect("a place is asked for while its chat lives")
    }

    /// The place, if this very customer is still there.
    pub(super) fn still(&mut self, visit: Visit) -> Option<&mut Visitor> {
        self.places[visit.slot as usize].as_mut().filter(|visitor| visitor.number == visit.number)
    }

    pub(super) fn remove(&mut self, chat: ChatId) -> Option<Visitor> {
        let slot = self.by_chat.remove(&chat)?;
        self.free.push(slot);
        self.places[slot as usize].take()
    }

    pub(super) fn waiting(&self) -> impl Iterator<Item = &Visitor> {
        self.places.iter().flatten().filter(|visitor| visitor.in_spell && visitor.counts)
    }

    fn put(&mut self, visitor: Visitor) -> Visit {
        let (chat, number) = (visitor.chat, visitor.number);
        let slot = match self.free.pop() {
            Some(slot) => {
                self.places[slot as usize] = Some(visitor);
                slot
            }
            None => {
                self.places.push(Some(visitor));
                (self.places.len() - 1) as u32
            }
        };
        self.by_chat.insert(chat, slot);
        Visit { slot, number }
    }
}

impl World<'_> {
    pub(super) fn arrive(&mut self, kind: u32) {
        self.next_arrival(kind);
        self.books.chats += 1;
        self.visitors.came += 1;
        let of_chat = stream(self.seeds, STREAM_CHATS, u64::from(kind), self.visitors.came);
        self.visitors.asking = Some((kind, of_chat));
        let who = &self.plan.traffic[kind as usize];
        let form = match who.forms.len() {
            0 => &who.form,
            // Of a stream of its own: whoever it is, their patience and handle time stay the same.
            some => {
                let mut drawn = stream(self.seeds, STREAM_FORMS, u64::from(kind), self.visitors.came);
                &who.forms[drawn.place(some)]
            }
        };
        let request = RequestChat { form: form.clone(), queue: who.queue.clone(), watched: false };
        let wishes = &self.wishes[kind as usize];
        let decision = self.desk.ask(self.clock, Action::RequestChat(Box::new(request)), wishes);
        self.take_in(&decision);
        if decision.reply.is_err() && self.counts() {
            self.turned_away(kind);
        }
    }

    fn turned_away(&mut self, kind: u32) {
        let asked = self.plan.traffic[kind as usize].queue.as_deref();
        let default = &self.desk.state.setup().default_queue;
        let line = self.lines.iter().position(|line| line.name == asked.unwrap_or(default)).unwrap_or(0);
        let slice = self.slice(self.clock);
        for books in [
            &mut self.books.queues[line],
            &mut self.books.kinds[kind as usize],
            &mut self.books.slices[slice],
        ] {
            books.asked += 1;
            books.blocked += 1;
        }
    }

    /// The core has made the chat of the customer who is asking.
    pub(super) fn created(&mut self, chat: ChatId) {
        let Some((kind, mut stream)) = self.visitors.asking.take() else { return };
        let patience = match self.visitors.again {
            Some(again) => self.patience_again(again.chat, &mut stream),
            None => {
                let patience = self.plan.traffic[kind as usize].patience.as_ref();
                patience.map(|patience| patience.whole(&mut stream))
            }
        };
        let visitor = Visitor {
            number: self.visitors.came,
            chat,
            kind,
            line: 0,
            stream,
            since: self.clock,
            offered: None,
            counts: false,
            in_spell: false,
            in_line: false,
            transferred: false,
            recorded: self.visitors.again.take(),
        };
        let visit = self.visitors.put(visitor);
        if let Some(patience) = patience {
            self.agenda.put(self.clock + patience, Due::Leave(visit));
        }
    }

    pub(super) fn leave(&mut self, visit: Visit) {
        let Some(visitor) = self.visitors.still(visit).filter(|visitor| visitor.in_spell) else { return };
        // Patience is for the first wait: who was with an agent once stays.
        if visitor.transferred {
            return;
        }
        let chat_id = visitor.chat;
        self.send(Actor::Customer { chat_id }, Action::EndChat(chat_id));
    }

    /// The chat stands in the line of this queue from now on.
    pub(super) fn stand(&mut self, slot: u32, line: u32) {
        let (clock, counts) = (self.clock, self.counts());
        let visitor = self.visitors.get(slot);
        let (before, first) = (visitor.line, !visitor.in_spell && !visitor.transferred);
        if visitor.in_line {
            self.books.queue_levels[before as usize].waiting.change(clock, -1);
        }
        if !visitor.in_spell {
            (visitor.in_spell, visitor.since, visitor.offered, visitor.counts) = (true, clock, None, counts);
            self.open += u64::from(counts);
        }
        (visitor.line, visitor.in_line) = (line, true);
        let kind = visitor.kind;
        self.books.queue_levels[line as usize].waiting.change(clock, 1);
        if first && counts {
            self.books.queues[line as usize].asked += 1;
            if let Some(kind) = self.books.kinds.get_mut(kind as usize) {
                kind.asked += 1;
            }
            let slice = self.slice(clock);
            self.books.slices[slice].asked += 1;
        }
    }

    /// The chat is held out to somebody.
    pub(super) fn held_out(&mut self, slot: u32) {
        let clock = self.clock;
        let visitor = self.visitors.get(slot);
        visitor.offered.get_or_insert(clock);
        if std::mem::take(&mut visitor.in_line) {
            self.books.queue_levels[visitor.line as usize].waiting.change(clock, -1);
        }
    }

    /// A spell has ended: with an agent, or by leaving.
    pub(super) fn spell_ends(&mut self, slot: u32, served: bool) {
        let clock = self.clock;
        let visitor = self.visitors.get(slot);
        visitor.in_spell = false;
        if std::mem::take(&mut visitor.in_line) {
            self.books.queue_levels[visitor.line as usize].waiting.change(clock, -1);
        }
        if !visitor.counts {
            return;
        }
        let (line, kind, since) = (visitor.line as usize, visitor.kind as usize, visitor.since);
        let whole_ms = clock - since;
        let to_offer_ms = visitor.offered.map_or(whole_ms, |offered| offered - since);
        let in_time = served && whole_ms <= self.lines[line].service_level_ms;
        self.outcome_again(slot, served);
        let spell = Spell { to_offer_ms, whole_ms, served, in_time };
        self.open -= 1;
        self.books.queues[line].end(spell);
        if let Some(kind) = self.books.kinds.get_mut(kind) {
            kind.end(spell);
        }
        let slice = self.slice(since);
        self.books.slices[slice].end(spell);
    }

    fn slice(&self, at: u64) -> usize {
        let slices = u64::from(self.plan.slices.max(1));
        let part = at.saturating_sub(self.plan.warm_up_ms) * slices / self.plan.length_ms.max(1);
        part.min(slices - 1) as usize
    }
}
