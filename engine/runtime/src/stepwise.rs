//! The engine without its threads, for simulations: the same desk, groups, journal and feed, moved one step at a time by
//! a caller who owns the time and the disk. It has no history and no inbox of its own.
//!
//! A step of the running engine is one call here: [`submit`](Stepwise::submit) and [`tick`](Stepwise::tick) are the
//! writer's, [`hand_over`](Stepwise::hand_over), [`append`](Stepwise::append) and [`tell`](Stepwise::tell) are what
//! follows a decision. Between any two of them a process may die: drop the value, and open again.

use crate::clock::start_time;
use crate::desk::{Desk, Seeds};
use crate::error::{Error, OpenError};
use crate::feed::{Feed, Interest, Reset, Subscription};
use crate::group::{Attempt, Group, Tidings};
use crate::handle::{Done, Seen, look};
use crate::inbox::{Inbox, Request};
use crate::opening;
use crate::outbox::{Outbox, Outgoing, Taken};
use crate::{Cursor, Options};
use hark_core::{Action, Actor, IdempotencyKey, Policy, State, Time, Turn};
use hark_journal::{Journal, JournalReader, LocalJournal, Seq};
use std::time::Duration;
use tokio::sync::oneshot;

/// The answer to a command, once it was told.
pub struct Answer(oneshot::Receiver<Result<Done, Error>>);

impl Answer {
    /// What was told, if it was: `Err` is [`Error::Refused`], or [`Error::Stopped`] when the engine was dropped before
    /// it told anything. Answers once.
    pub fn told(&mut self) -> Option<Result<Done, Error>> {
        match self.0.try_recv() {
            Ok(told) => Some(told),
            Err(oneshot::error::TryRecvError::Empty) => None,
            Err(oneshot::error::TryRecvError::Closed) => {
                Some(Err(Error::Stopped("it was dropped".to_owned())))
            }
        }
    }
}

/// What somebody saw, once it was told.
pub struct Sight<T>(oneshot::Receiver<Seen<T>>);

impl<T> Sight<T> {
    /// What was told, if it was. Answers once.
    pub fn told(&mut self) -> Option<Seen<T>> {
        self.0.try_recv().ok()
    }
}

/// What came of an append.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Appended {
    /// There was nothing to append.
    Nothing,
    /// It is durable up to this turn, and may be told.
    Durable(Seq),
    /// The disk is full. Nothing was written; the same may be tried again.
    NoSpace,
    /// The journal cannot be written: the running engine takes no more commands from here on.
    Failed(String),
}

/// See the module.
pub struct Stepwise {
    desk: Desk,
    /// What was asked for and is not decided yet.
    inbox: Inbox,
    journal: LocalJournal,
    feed: Feed,
    /// What is decided gathers here while an append is under way, as it does between the threads.
    outbox: Outbox,
    outgoing: Outgoing,
    /// Whether something has gathered.
    gathered: bool,
    /// Handed over, not durable.
    group: Option<Group>,
    /// Durable, not told; in order.
    tidings: Vec<Tidings>,
    start: Time,
    /// The snapshot that the state began with, or the one made last.
    snapshot: Seq,
}

impl Stepwise {
    /// Opens the engine on the journal that `journal` describes, with the policy and figures of `options`, at a wall
    /// clock. `seed` must differ from that of every opening before it. The first command of every start, that
    /// connections of before are gone, is taken at once.
    ///
    /// # Errors
    /// As [`Runtime::open`](crate::Runtime::open).
    pub fn open(
        options: Options,
        journal: &hark_journal::Options,
        wall: Time,
        seed: u64,
    ) -> Result<Self, OpenError> {
        let (journal, _) = LocalJournal::open(journal)?;
        let reader = journal.reader();
        let last = reader.last();
        let restored = opening::restore(&reader, last)?;
        let feed = opening::fill_feed(&reader, options.feed_events)?;
        let start = start_time(wall, restored.state.now());
        let snapshot = restored.snapshot;
        let seeds = Seeds::starting_at(seed);
        let desk = Desk::new(restored.state, options.policy, last, seeds, options.check_everything);
        let inbox = Inbox::new(options.inbox);
        let (outbox, outgoing) = Outbox::new(inbox.clone());
        let (group, tidings, gathered) = (None, Vec::new(), false);
        let mut engine =
            Self { desk, inbox, journal, feed, outbox, outgoing, gathered, group, tidings, start, snapshot };
        // Nobody waits for this answer, and an empty inbox takes it.
        drop(engine.submit(Actor::Engine, Action::Open, None));
        engine.tick(start);
        Ok(engine)
    }

    /// The engine's time at its opening; times given later must not lie before it, nor before one another.
    pub fn start(&self) -> Time {
        self.start
    }

    /// Puts a command into the inbox, to be decided at the next [`tick`](Self::tick).
    ///
    /// # Errors
    /// [`Error::Busy`] when the inbox is full: nothing was taken.
    pub fn submit(
        &mut self,
        by: Actor,
        action: Action,
        key: Option<IdempotencyKey>,
    ) -> Result<Answer, Error> {
        let (reply, answer) = oneshot::channel();
        self.inbox.push(Request::Command { by, action, key, reply })?;
        Ok(Answer(answer))
    }

    /// Puts a look at the state into the inbox. It is told with what was decided before it, once that is durable.
    ///
    /// # Errors
    /// As [`Stepwise::submit`].
    pub fn look<T: Send + 'static>(
        &mut self,
        with: impl FnOnce(&State) -> T + Send + 'static,
    ) -> Result<Sight<T>, Error> {
        let (sight, told) = look(with);
        self.inbox.push(Request::Look(sight))?;
        Ok(Sight(told))
    }

    /// Lets other rules answer from now on.
    pub fn swap_policy(&mut self, now: Time, policy: Box<dyn Policy + Send>) {
        self.desk.take(now, Request::SwapPolicy(policy));
    }

    /// The writer's turn: decides all that is in the inbox, and lets happen what is due.
    pub fn tick(&mut self, now: Time) {
        for request in self.inbox.wait(true, Some(Duration::ZERO)).requests {
            self.desk.take(now, request);
        }
        self.desk.tick(now);
    }

    /// When [`tick`](Self::tick) has something to do next.
    pub fn next_deadline(&self) -> Option<Time> {
        self.desk.next_deadline()
    }

    /// All that is decided, durable or not.
    pub fn state(&self) -> &State {
        self.desk.state()
    }

    /// Lets what was decided so far gather, and takes all that has gathered as the next group, unless one is under way.
    /// Whether it took one.
    pub fn hand_over(&mut self) -> bool {
        if let Some(decided) = self.desk.hand_over() {
            self.outbox.add(decided);
            self.gathered = true;
        }
        if self.group.is_none()
            && std::mem::take(&mut self.gathered)
            && let Taken::Group(group) = self.outgoing.take(Some(Duration::ZERO))
        {
            self.group = Some(*group);
            return true;
        }
        false
    }

    /// Makes the group that was handed over durable.
    pub fn append(&mut self) -> Appended {
        let Some(group) = self.group.take() else { return Appended::Nothing };
        match group.append(&mut self.journal) {
            Attempt::Durable(tidings) => {
                self.tidings.push(tidings);
                Appended::Durable(self.journal.last())
            }
            Attempt::NoSpace(_, again) => {
                self.group = Some(*again);
                Appended::NoSpace
            }
            Attempt::Failed(why) => Appended::Failed(why),
        }
    }

    /// Tells what is durable: subscribers, then those who wait.
    pub fn tell(&mut self) {
        for tidings in self.tidings.drain(..) {
            tidings.tell(&self.feed);
        }
    }

    /// Everything of interest that was told, as [`Handle::subscribe`](crate::Handle::subscribe).
    ///
    /// # Errors
    /// [`Reset`] when the cursor is older than what is kept.
    pub fn subscribe(&self, after: Option<Cursor>, interest: Interest) -> Result<Subscription, Reset> {
        self.feed.subscribe(after, interest)
    }

    /// A door for reading what is durable.
    pub fn reader(&self) -> JournalReader {
        self.journal.reader()
    }

    /// The turns that were handed over and are not durable yet, if any group is under way.
    pub fn under_way(&self) -> Option<&[Turn]> {
        self.group.as_ref().map(|group| group.turns.as_slice())
    }

    /// The last durable turn.
    pub fn durable(&self) -> Seq {
        self.journal.last()
    }

    /// The last turn that is in a snapshot: the one that the opening began with, or that was made since.
    pub fn snapshotted(&self) -> Seq {
        self.snapshot
    }

    /// Makes a snapshot of all that is durable, as the running engine does beside its writer, and gives back the
    /// journal segments that both kept snapshots cover.
    ///
    /// # Errors
    /// The journal could not be read, or the snapshot not be written; the journal is whole.
    pub fn snapshot(&mut self) -> Result<Seq, OpenError> {
        let upto = self.journal.last();
        let restored = opening::restore(&self.journal.reader(), upto)?;
        self.journal.snapshots().write(upto, &hark_journal::encode_state(&restored.state))?;
        self.snapshot = upto;
        self.journal.trim(upto)?;
        Ok(upto)
    }
}
