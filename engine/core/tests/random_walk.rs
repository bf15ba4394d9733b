//! A seeded walk through commands that nobody would send in this order. After each one every invariant holds, the
//! events replay to the same state, and each offer is the one that a slow and obvious matching would have made.
#![allow(clippy::print_stdout, reason = "seeds are printed, so that a failure can be told again")]

mod common;
#[path = "common/reference.rs"]
mod reference;

use common::{Desk, NOON, code};
use hark_core::command::{SetStatus, TransferTo};
use hark_core::setup::{CodeRule, Overflow, QueueSetup, Setup, Strategy};
use hark_core::state::{ChosenCode, State, Status};
use hark_core::{Action, Actor, AgentId, ChatId, Event, OfferId, Turn};
use std::collections::BTreeMap;

/// Commands in one walk.
const STEPS: usize = 3000;
/// Walks; each with a seed of its own, printed when it fails.
const WALKS: u64 = 12;

/// A small generator (xorshift64*, Vigna 2016): walks must be the same everywhere, for ever.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: usize) -> usize {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        (self.0.wrapping_mul(0x2545_F491_4F6C_DD1D) >> 33) as usize % sides
    }

    fn pick<T: Copy>(&mut self, from: &[T]) -> Option<T> {
        if from.is_empty() { None } else { Some(from[self.roll(from.len())]) }
    }
}

fn setup() -> Setup {
    let rule = CodeRule { list: "topic".into(), mandatory: true, several: false };
    let german = BTreeMap::from([("german".to_owned(), 3)]);
    let queues = [
        ("support", QueueSetup { reject_allowed: true, preferred_agent_s: 30, ..QueueSetup::default() }),
        (
            "billing",
            QueueSetup {
                strategy: Strategy::LeastBusy,
                priority: 7,
                codes: vec![rule],
                ..QueueSetup::default()
            },
        ),
        (
            "german",
            QueueSetup {
                strategy: Strategy::MostSkilled,
                skills: german,
                overflow: Some(Overflow { to: "support".into(), after_s: 40 }),
                ..QueueSetup::default()
            },
        ),
        (
            "sales",
            QueueSetup {
                strategy: Strategy::RoundRobin,
                post_processing_s: 0,
                max_waiting: 3,
                ..QueueSetup::default()
            },
        ),
    ];
    Setup {
        queues: queues.into_iter().map(|(name, setup)| (name.to_owned(), setup)).collect(),
        code_lists: BTreeMap::from([("topic".to_owned(), vec![code("12", "Billing")])]),
        ..Setup::default()
    }
}

/// Queues and skills of an agent.
type Kind = (&'static [&'static str], &'static [(&'static str, u8)]);

fn staffed() -> (Desk, Vec<AgentId>) {
    let mut desk = Desk::with_setup(setup());
    let kinds: [Kind; 4] = [
        (&["support", "billing"], &[]),
        (&["support", "german"], &[("german", 5)]),
        (&["german", "sales"], &[("german", 2)]),
        (&["support", "billing", "german", "sales"], &[("german", 9)]),
    ];
    let agents = (0..8_usize).map(|number| {
        let (queues, skills) = kinds[number % kinds.len()];
        let capacity = u8::try_from(1 + number % 3).expect("small");
        desk.hire_skilled(&format!("agent{number}"), queues, capacity, skills)
    });
    let agents = agents.collect();
    (desk, agents)
}

struct Walk {
    desk: Desk,
    agents: Vec<AgentId>,
    dice: Dice,
    old_offers: Vec<OfferId>,
    asked: usize,
}

impl Walk {
    fn new(seed: u64) -> Self {
        let (desk, agents) = staffed();
        Self { desk, agents, dice: Dice(seed), old_offers: Vec::new(), asked: 0 }
    }

    fn some_chat(&mut self) -> Option<ChatId> {
        let chats: Vec<ChatId> = self.desk.state.chats().map(|chat| chat.id).collect();
        self.dice.pick(&chats)
    }

    fn some_agent(&mut self) -> AgentId {
        self.dice.pick(&self.agents).expect("there are agents")
    }

    fn step(&mut self) {
        self.desk.now += self.dice.roll(3000) as u64;
        let agent = self.some_agent();
        match self.dice.roll(20) {
            0..=2 => self.ask(),
            3..=7 => self.accept(),
            8 => self.reject(),
            9..=11 => self.choose(agent),
            12 => self.end(),
            13 => self.dispose(),
            14 => self.say(),
            15 => self.transfer(),
            16 => self.vanish_or_return(agent),
            17 => self.desk.pass(6),
            18 => self.replay_an_old_answer(agent),
            _ => self.restart_sometimes(),
        }
    }

    fn ask(&mut self) {
        let queue = self.dice.pick(&["support", "billing", "german", "sales"]).expect("queues");
        self.asked += 1;
        let name = format!("Customer{}", self.dice.roll(40));
        // A full queue refuses, and that is right.
        let _ = self.desk.try_ask(&name, queue);
    }

    fn accept(&mut self) {
        let offers: Vec<(AgentId, OfferId)> =
            self.agents.iter().filter_map(|agent| Some((*agent, self.desk.offer_to(*agent)?.0))).collect();
        if let Some((agent, offer)) = self.dice.pick(&offers) {
            self.old_offers.push(offer);
            // Its time may be over at this very moment; the refusal says so then.
            let _ = self.desk.by(agent, Action::AcceptOffer(offer));
        }
    }

    fn reject(&mut self) {
        let offered = self.agents.iter().copied().find(|agent| self.desk.offer_to(*agent).is_some());
        if let Some(agent) = offered {
            self.old_offers.extend(self.desk.offer_to(agent).map(|(offer, _)| offer));
            let _ = self.desk.reject(agent);
        }
    }

    fn choose(&mut self, agent: AgentId) {
        let all =
            [Status::Available, Status::Available, Status::Available, Status::OnBreak, Status::WorkOffline];
        let status = self.dice.pick(&all);
        let stop_new = (self.dice.roll(6) == 0).then_some(self.dice.roll(2) == 0);
        let _ = self.desk.by(agent, Action::SetStatus(SetStatus { agent, status, reason: None, stop_new }));
    }

    fn end(&mut self) {
        let Some(chat) = self.some_chat() else { return };
        match self.desk.chat(chat).owner() {
            Some(agent) if self.dice.roll(3) > 0 => {
                let _ = self.desk.by(agent, Action::EndChat(chat));
                let _ = self.desk.finish(agent, chat);
            }
            _ => drop(self.desk.send(common::customer(chat), Action::EndChat(chat), None)),
        }
    }

    fn dispose(&mut self) {
        let Some(chat) = self.some_chat() else { return };
        let codes = vec![ChosenCode { list: "topic".into(), code: "12".into() }];
        if let Some(agent) = self.desk.chat(chat).owner() {
            let _ = self.desk.by(agent, Action::SetDisposition { chat, codes, note: String::new() });
        }
    }

    fn say(&mut self) {
        let Some(chat) = self.some_chat() else { return };
        let client_id = format!("m{}", self.dice.roll(6));
        let _ = self.desk.say(common::customer(chat), chat, &client_id, &format!("text of {client_id}"));
    }

    fn transfer(&mut self) {
        let Some(chat) = self.some_chat() else { return };
        let Some(agent) = self.desk.chat(chat).owner() else { return };
        let to = if self.dice.roll(2) == 0 {
            TransferTo::Agent(self.some_agent())
        } else {
            TransferTo::Queue(
                self.dice.pick(&["support", "billing", "german", "sales"]).expect("queues").into(),
            )
        };
        let _ = self.desk.transfer(agent, chat, to);
    }

    fn vanish_or_return(&mut self, agent: AgentId) {
        let chat = self.some_chat();
        match (self.dice.roll(8), chat) {
            (0, Some(chat)) => self.tell(Action::CustomerDisconnected(chat)),
            (1 | 2, Some(chat)) => self.tell(Action::CustomerConnected(chat)),
            (3, _) => self.tell(Action::AgentDisconnected(agent)),
            _ => self.agents.clone().into_iter().for_each(|agent| self.tell(Action::AgentConnected(agent))),
        }
    }

    /// Tells the desk something about connections; a chat may be over by the time it hears it.
    fn tell(&mut self, action: Action) {
        let _ = self.desk.send(Actor::Engine, action, None);
    }

    fn replay_an_old_answer(&mut self, agent: AgentId) {
        if let Some(offer) = self.dice.pick(&self.old_offers) {
            let _ = self.desk.by(agent, Action::AcceptOffer(offer));
        }
    }

    fn restart_sometimes(&mut self) {
        if self.dice.roll(20) == 0 {
            self.desk.engine(Action::Open);
        }
    }

    /// Lets everybody finish: nothing may be left over.
    fn drain(&mut self) {
        for agent in self.agents.clone() {
            self.tell(Action::AgentDisconnected(agent));
        }
        let chats: Vec<ChatId> = self.desk.state.chats().map(|chat| chat.id).collect();
        for chat in chats {
            self.tell(Action::CustomerDisconnected(chat));
        }
        self.desk.pass(2000);
        assert_eq!(self.desk.state.chat_count(), 0, "a chat is left over");
        for agent in &self.agents {
            let agent = self.desk.agent(*agent);
            assert_eq!((agent.status, agent.load()), (Status::LoggedOut, 0), "an agent is stuck");
        }
        self.desk.pass(10 * 86_400);
        assert_eq!(self.desk.state.next_deadline(), None, "a timer is left");
    }

    fn count(&self, name: &str) -> usize {
        self.desk.events().filter(|event| event.name() == name).count()
    }
}

#[test]
fn whatever_happens_the_invariants_hold_and_matching_is_the_obvious_one() {
    let mut ends = BTreeMap::from(
        ["accepted", "rejected", "expired", "withdrawn"].map(|end| (format!("offer.{end}"), 0)),
    );
    for walk in 0..WALKS {
        let seed = 0x4841_524B + walk * 7919;
        println!("walk with seed {seed}");
        let mut walk = Walk::new(seed);
        for _ in 0..STEPS {
            walk.step();
        }
        walk.drain();
        let made = walk.count("chat.created");
        let ended = walk.count("chat.closed") + walk.count("chat.abandoned");
        assert_eq!(made, ended, "every chat ends in exactly one log or abandonment");
        assert_eq!(walk.count("chat_log.opened"), walk.count("chat.closed"));
        for (end, seen) in &mut ends {
            *seen += walk.count(end);
        }
        Reference::default().check(&walk.desk.turns);
    }
    println!("{ends:?}");
    assert!(ends.values().all(|seen| *seen > 50), "an end of offers was hardly seen: {ends:?}");
}

/// Follows the turns, and holds every offer against the obvious matching.
#[derive(Default)]
struct Reference {
    state: State,
}

impl Reference {
    fn check(&mut self, turns: &[Turn]) {
        for turn in turns {
            let mut direct = false;
            for scoped in &turn.events {
                if let Event::OfferPresented { offer, .. } = &scoped.event
                    && !direct
                {
                    let wanted = reference::next_offer(&self.state);
                    assert_eq!(wanted, Some((offer.chat, offer.agent)), "at {:?}", turn.at);
                }
                direct = matches!(
                    &scoped.event,
                    Event::ChatTransferred { to: hark_core::event::Target::Agent(_), .. }
                );
                self.state.apply(turn.at, &scoped.event);
            }
        }
    }
}

#[test]
fn a_walk_can_be_told_again_to_the_letter() {
    let tell = || {
        let mut walk = Walk::new(NOON);
        (0..500).for_each(|_| walk.step());
        walk.desk.turns
    };
    assert_eq!(tell(), tell());
    let by_engine = tell().iter().filter(|turn| turn.by == Actor::Engine).count();
    assert!(by_engine > 0, "deadlines had their say");
}
