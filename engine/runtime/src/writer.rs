//! The single writer: the only thread that decides. It decides the next batch while the one before is made durable,
//! and never tells anybody anything itself.

use crate::clock::Clock;
use crate::committer::{Group, Reply, Work as Commit};
use crate::cursor::Cursor;
use crate::error::Error;
use crate::handle::Done;
use crate::inbox::{Inbox, Request};
use hark_core::{Action, Actor, Command, Decision, Policy, State, check, decide};
use hark_journal::{Batch, MAX_BATCH_BYTES, MAX_BATCH_RECORDS, RecordKind, Seq};
use std::sync::mpsc::Sender;
use std::time::Duration;

/// A batch takes no more commands beyond this: half of what the journal takes, so that one turn more always fits.
const BATCH_BYTES: usize = MAX_BATCH_BYTES / 2;
const BATCH_TURNS: usize = MAX_BATCH_RECORDS / 2;

/// See the module.
pub(crate) struct Writer {
    pub(crate) state: State,
    pub(crate) policy: Box<dyn Policy + Send>,
    pub(crate) clock: Clock,
    pub(crate) inbox: Inbox,
    pub(crate) commits: Sender<Commit>,
    /// The last turn decided.
    pub(crate) decided: Seq,
    pub(crate) seeds: Seeds,
    pub(crate) check_everything: bool,
    pub(crate) pending: Group,
    /// Whether the committer has a batch in hand.
    pub(crate) outstanding: bool,
}

impl Writer {
    /// Works until it is told to stop or the journal fails. What was taken before the stop is finished.
    pub(crate) fn run(mut self) {
        let mut stopping = false;
        while !(stopping && self.pending.is_empty()) && self.inbox.closed().is_none() {
            let work = self.inbox.wait(!stopping && self.is_hungry(), self.patience());
            if work.committed {
                self.outstanding = false;
            }
            for request in work.requests {
                stopping |= self.take(request);
            }
            self.tick();
            self.hand_over();
        }
        if stopping {
            // The last append is the committer's; it closes the inbox when it has finished.
            let _ = self.commits.send(Commit::Stop);
        }
    }

    fn is_hungry(&self) -> bool {
        self.pending.batch.bytes() < BATCH_BYTES && self.pending.turns.len() < BATCH_TURNS
    }

    fn patience(&self) -> Option<Duration> {
        self.state.next_deadline().map(|(at, _)| self.clock.until(at))
    }

    /// Carries out a request; true when it was the last.
    fn take(&mut self, request: Request) -> bool {
        match request {
            Request::Command { by, action, key, reply } => {
                let command = Command { at: self.clock.now(), seed: self.seeds.next(), by, key, action };
                let Decision { turns, reply: told } = decide(&mut self.state, command, &mut *self.policy);
                self.keep(turns);
                let cursor = Cursor::end_of(self.decided);
                let told = told.map(|reply| Done { reply, cursor }).map_err(Error::Refused);
                self.pending.replies.push(Reply::Command(reply, told));
            }
            Request::Look(mut sight) => {
                sight.look(&self.state, Cursor::end_of(self.decided), self.clock.now());
                self.pending.replies.push(Reply::Sight(sight));
            }
            Request::SwapPolicy(policy) => self.policy = policy,
            Request::Stop => return true,
        }
        false
    }

    fn tick(&mut self) {
        let now = self.clock.now();
        if self.state.next_deadline().is_some_and(|(at, _)| at <= now) && self.is_hungry() {
            let command = Command {
                at: now,
                seed: self.seeds.next(),
                by: Actor::Engine,
                key: None,
                action: Action::Tick,
            };
            let Decision { turns, .. } = decide(&mut self.state, command, &mut *self.policy);
            self.keep(turns);
        }
    }

    /// Puts decided turns into the batch.
    fn keep(&mut self, turns: Vec<hark_core::Turn>) {
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

    /// Gives the batch to the committer, if it has time for one.
    fn hand_over(&mut self) {
        if self.outstanding || self.pending.is_empty() {
            return;
        }
        self.pending.last = self.decided;
        let group = std::mem::take(&mut self.pending);
        self.outstanding = true;
        // A committer that is gone has closed the inbox, and the loop ends.
        let _ = self.commits.send(Commit::Group(Box::new(group)));
    }
}

/// Seeds for commands: a counter from a random start. The core spreads them (SplitMix64).
pub(crate) struct Seeds(u64);

impl Seeds {
    /// From the system's random source.
    ///
    /// # Panics
    /// When the system has none: ids could meet those of an earlier start.
    pub(crate) fn random() -> Self {
        let start = getrandom::u64().expect("the system has a random source");
        Self(start)
    }

    fn next(&mut self) -> u64 {
        // The core draws a few numbers a step of the golden ratio apart; an odd stride far from it keeps seeds apart.
        self.0 = self.0.wrapping_add(0xA076_1D64_78BD_642F);
        self.0
    }
}

impl Group {
    pub(crate) fn new() -> Self {
        Self { batch: Batch::new(), turns: Vec::new(), replies: Vec::new(), last: Seq::NONE }
    }

    fn is_empty(&self) -> bool {
        self.turns.is_empty() && self.replies.is_empty()
    }
}

impl Default for Group {
    fn default() -> Self {
        Self::new()
    }
}
