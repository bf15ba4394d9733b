//! The crowd: agents, customers, plugins and bad luck. Looks at what the desk's pages show and draws the next step.
//! It only ever proposes; what comes of a step is the world's business.

mod at_chats;
mod luck;
mod people;
mod post;

use crate::dice::Dice;
use crate::engine::Engine;
use crate::rates::Rates;
use crate::rules::SCRIPTED;
use crate::step::{Act, Ask, Label, Step, Who, Wish};
use crate::world::World;
use post::Post;

/// The longest time in which nothing happens but what was promised, in milliseconds.
const LONGEST_QUIET_MS: u64 = 1_800_000;

/// See the module.
pub(crate) struct Crowd {
    dice: Dice,
    rates: Rates,
    /// Chats that are live at a time, and chats of the whole run.
    crowded: usize,
    chats: u32,
    agents: usize,
    asked: Label,
    next_key: u32,
    next_client: u32,
    variant: u32,
    /// Requests on their way.
    post: Post,
    /// Steps that come before anything else.
    agenda: Vec<Step>,
    /// Steps until somebody makes room on the disk.
    room_in: Option<usize>,
    /// How fast things happen: mean time between two steps, in milliseconds.
    pace: u64,
}

impl Crowd {
    /// A crowd that brings so many chats.
    pub(crate) fn new(seed: u64, chats: u32) -> Self {
        let mut dice = Dice(seed);
        let mut rates = Rates::drawn(&mut dice);
        if dice.roll(12) == 0 {
            rates = Rates::none();
        }
        let agents = 2 + dice.below(9);
        let crowded = 2 + dice.below(4 * agents);
        let pace = 50 + dice.roll(700);
        let mut agenda: Vec<Step> = Vec::new();
        let rules = match dice.roll(24) {
            0 => SCRIPTED,
            number => u32::from(number % 2 == 0),
        };
        agenda.push(now(Act::Rules(rules)));
        agenda.push(send(Who::Engine, Ask::Configure(0)));
        agenda.extend((0..agents).map(|agent| send(Who::Engine, Ask::Hire { agent, variant: 0 })));
        agenda.push(now(Act::Commit));
        agenda.push(now(Act::Commit));
        agenda.extend(
            (0..agents)
                .map(|agent| send(Who::Agent(agent), Ask::Status { agent, status: 0, stop_new: None })),
        );
        agenda.push(now(Act::Commit));
        agenda.reverse();
        Self {
            dice,
            rates,
            crowded,
            chats,
            agents,
            asked: 0,
            next_key: 0,
            next_client: 0,
            variant: 0,
            post: Post::default(),
            agenda,
            room_in: None,
            pace,
        }
    }

    /// The next step, or none when the run's chats have come and gone.
    pub(crate) fn next(&mut self, world: &World) -> Option<Step> {
        if let Some(step) = self.agenda.pop() {
            return Some(step);
        }
        if self.asked >= self.chats && world.told.chat_count() == 0 {
            return None;
        }
        let quiet = self.dice.happens(self.rates.quiet);
        let after_ms = if quiet { self.dice.roll(LONGEST_QUIET_MS) } else { self.dice.roll(2 * self.pace) };
        let late = self.dice.happens(self.rates.late);
        let act = self.act(world);
        Some(Step { after_ms, late, act })
    }

    fn act(&mut self, world: &World) -> Act {
        if let Some(left) = self.room_in {
            self.room_in = left.checked_sub(1);
            if left == 0 {
                return Act::Disk(None);
            }
        }
        if let Some(act) = self.bad_luck(world) {
            return act;
        }
        let under_way = world.engine.as_ref().is_some_and(Engine::is_under_way);
        if under_way && self.dice.roll(3) > 0 {
            return Act::Commit;
        }
        if let Some(wish) = self.post.due(world.mono) {
            return Act::Send(wish);
        }
        match self.wish(world) {
            Some(wish) => self.posted(wish, world.mono),
            None => Act::Wait,
        }
    }

    fn wish(&mut self, world: &World) -> Option<Wish> {
        let room = self.asked < self.chats && world.told.chat_count() < self.crowded;
        match self.dice.roll(12) {
            0..=1 if room => Some(self.new_chat()),
            0..=2 => self.agent_acts(world),
            3 => self.plugin_answers(world),
            4 => self.log_is_edited(world),
            _ => self.at_some_chat(world).or_else(|| room.then(|| self.new_chat())),
        }
    }

    /// Sends a request now, later, or now and later once more.
    fn posted(&mut self, wish: Wish, now: u64) -> Act {
        if self.dice.happens(self.rates.duplicate) {
            let at = now + self.dice.roll(20_000);
            self.post.later(at, wish.clone());
        }
        if self.dice.happens(self.rates.delay) {
            let at = now + self.dice.roll(8_000);
            self.post.later(at, wish);
            return Act::Wait;
        }
        Act::Send(wish)
    }

    /// Somebody will make room.
    fn room_in(&mut self, steps: usize) {
        self.room_in = Some(steps);
    }

    fn key(&mut self) -> Option<u32> {
        self.next_key += 1;
        let reuse = self.dice.happens(self.rates.reuse) && self.next_key > 8;
        Some(if reuse { self.next_key - self.dice.small(8) } else { self.next_key })
    }
}

fn now(act: Act) -> Step {
    Step { after_ms: 0, late: false, act }
}

fn send(by: Who, ask: Ask) -> Step {
    now(Act::Send(wish(by, ask)))
}

fn wish(by: Who, ask: Ask) -> Wish {
    Wish { by, key: None, ask }
}
