//! The desk without threads: it takes requests, lets the core decide, and gathers what must become durable together.
//! It knows no clock, waits for nobody, and never tells anybody anything itself.

use crate::cursor::Cursor;
use crate::error::Error;
use crate::group::{Group, Reply};
use crate::handle::Done;
use crate::inbox::Request;
use hark_core::{Action, Actor, Command, Decision, Policy, State, Time, Turn, check, decide};
use hark_journal::{RecordKind, Seq};

/// See the module.
pub(crate) struct Desk {
    state: State,
    policy: Box<dyn Policy + Send>,
    /// The last turn decided.
    decided: Seq,
    seeds: Seeds,
    check_everything: bool,
    pending: Group,
}

impl Desk {
    pub(crate) fn new(
        state: State,
        policy: Box<dyn Policy + Send>,
        last: Seq,
        seeds: Seeds,
        check_everything: bool,
    ) -> Self {
        Self { state, policy, decided: last, seeds, check_everything, pending: Group::default() }
    }

    /// Whether there is room for more commands.
    pub(crate) fn is_hungry(&self) -> bool {
        self.pending.has_room()
    }

    /// When [`Desk::tick`] has something to do next.
    pub(crate) fn next_deadline(&self) -> Option<Time> {
        self.state.next_deadline().map(|(at, _)| at)
    }

    /// What is decided, durable or not.
    pub(crate) fn state(&self) -> &State {
        &self.state
    }

    /// Carries out a request; true when it was the last.
    pub(crate) fn take(&mut self, now: Time, request: Request) -> bool {
        match request {
            Request::Command { by, action, key, reply } => {
                let command = Command { at: now, seed: self.seeds.next(), by, key, action };
                let Decision { turns, reply: told } = decide(&mut self.state, command, &mut *self.policy);
                self.keep(turns);
                let cursor = Cursor::end_of(self.decided);
                let told = told.map(|reply| Done { reply, cursor }).map_err(Error::Refused);
                self.pending.replies.push(Reply::Command(reply, told));
            }
            Request::Look(mut sight) => {
                sight.look(&self.state, Cursor::end_of(self.decided), now);
                self.pending.replies.push(Reply::Sight(sight));
            }
            Request::SwapPolicy(policy) => self.policy = policy,
            Request::Stop => return true,
        }
        false
    }

    /// Lets happen what is due.
    pub(crate) fn tick(&mut self, now: Time) {
        if self.next_deadline().is_some_and(|at| at <= now) && self.is_hungry() {
            let seed = self.seeds.next();
            let command = Command { at: now, seed, by: Actor::Engine, key: None, action: Action::Tick };
            let Decision { turns, .. } = decide(&mut self.state, command, &mut *self.policy);
            self.keep(turns);
        }
    }

    /// Puts decided turns into the batch.
    fn keep(&mut self, turns: Vec<Turn>) {
        if turns.is_empty() {
            return;
        }
        let checked =
            if self.check_everything { check::all(&self.state) } else { check::touched(&self.state, &turns) };
        // A broken invariant is a bug in the core: to stop is better than to act on it. Nothing of it is durable.
        checked.unwrap_or_else(|broken| panic!("an invariant of the desk is broken: {broken}"));
        for turn in turns {
            let encoded =
                self.pending.batch.push_with(RecordKind::Turn, |out| hark_journal::encode_turn(&turn, out));
            encoded.unwrap_or_else(|error| panic!("a turn does not fit into the journal: {error}"));
            self.decided = self.decided.next();
            self.pending.turns.push(turn);
        }
    }

    /// What was decided since the last time, to become durable next.
    pub(crate) fn hand_over(&mut self) -> Option<Group> {
        if self.pending.is_empty() {
            return None;
        }
        self.pending.last = self.decided;
        let next = self.pending.of_same_size();
        Some(std::mem::replace(&mut self.pending, next))
    }
}

/// Seeds for commands: a counter from a start that differs at each opening. The core spreads them (SplitMix64).
pub(crate) struct Seeds(u64);

impl Seeds {
    /// From the system's random source.
    ///
    /// # Panics
    /// When the system has none: ids could meet those of an earlier start.
    pub(crate) fn random() -> Self {
        Self::starting_at(getrandom::u64().expect("the system has a random source"))
    }

    /// From a number that no other opening had.
    pub(crate) fn starting_at(start: u64) -> Self {
        Self(start)
    }

    fn next(&mut self) -> u64 {
        // The core draws a few numbers a step of the golden ratio apart; an odd stride far from it keeps seeds apart.
        self.0 = self.0.wrapping_add(0xA076_1D64_78BD_642F);
        self.0
    }
}
