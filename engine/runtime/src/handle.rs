//! The handle: the only way to the desk from inside the process.

use crate::clock::Clock;
use crate::cursor::Cursor;
use crate::error::Error;
use crate::explain::Past;
use crate::feed::{Feed, Interest, Reset, Subscription};
use crate::happened::Whisper;
use crate::history::History;
use crate::inbox::{Inbox, Request};
use hark_core::{Action, Actor, IdempotencyKey, Policy, Reply, State, Time};
use std::sync::Arc;
use std::sync::atomic::{AtomicU8, AtomicU64, Ordering};
use tokio::sync::oneshot;

/// A command that is durable.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Done {
    /// What its sender is told.
    pub reply: Reply,
    /// The end of the turn that it made, or of what was known when it changed nothing.
    pub cursor: Cursor,
}

/// Something seen in the state.
#[derive(Debug, Clone, PartialEq)]
pub struct Seen<T> {
    /// What was seen.
    pub value: T,
    /// Where a subscription goes on from it without a gap.
    pub cursor: Cursor,
    /// When it was seen.
    pub now: Time,
}

/// How the engine is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Health {
    /// Why it takes no commands, if it does not.
    pub stopped: Option<String>,
    /// How much room the disk has.
    pub room: Room,
    /// Requests that wait in the inbox.
    pub inbox: usize,
    /// Turns made durable since the start.
    pub turns: u64,
    /// Appends that made them durable: one sync each.
    pub appends: u64,
    /// Nanoseconds that the journal spent in appends so far, the one under way included.
    pub append_ns: u64,
}

/// How much room the disk has for the journal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Room {
    /// Enough.
    Enough,
    /// What is written still fits, but there is none for the next segment: no command is taken, everything can be read.
    Short,
    /// None at all: what was decided waits until there is some, and so does everybody who would see it.
    None,
}

/// What the committer counts.
#[derive(Debug, Default)]
pub(crate) struct Counts {
    pub(crate) turns: AtomicU64,
    pub(crate) appends: AtomicU64,
    append_ns: AtomicU64,
    /// [`Room`] as a number.
    room: AtomicU8,
    /// When the append under way began, in nanoseconds on the clock; 0 when there is none.
    append_began: AtomicU64,
}

impl Counts {
    pub(crate) fn set_room(&self, room: Room) {
        self.room.store(room as u8, Ordering::Relaxed);
    }

    pub(crate) fn room(&self) -> Room {
        match self.room.load(Ordering::Relaxed) {
            0 => Room::Enough,
            1 => Room::Short,
            _ => Room::None,
        }
    }

    pub(crate) fn append_begins(&self, clock: &Clock) {
        self.append_began.store(clock.nanos(), Ordering::Relaxed);
    }

    pub(crate) fn append_ends(&self, clock: &Clock, turns: usize) {
        let began = self.append_began.swap(0, Ordering::Relaxed);
        self.append_ns.fetch_add(clock.nanos().saturating_sub(began), Ordering::Relaxed);
        self.turns.fetch_add(turns as u64, Ordering::Relaxed);
        self.appends.fetch_add(1, Ordering::Relaxed);
    }

    fn append_ns(&self, clock: &Clock) -> u64 {
        let under_way = match self.append_began.load(Ordering::Relaxed) {
            0 => 0,
            began => clock.nanos().saturating_sub(began),
        };
        self.append_ns.load(Ordering::Relaxed) + under_way
    }
}

/// A look at the state that knows how to tell what it saw.
pub(crate) trait Sight: Send {
    /// Looks, and keeps what it saw.
    fn look(&mut self, state: &State, cursor: Cursor, now: Time);
    /// Tells it, once it is durable.
    fn tell(self: Box<Self>);
}

struct Looker<T, F> {
    look: Option<F>,
    seen: Option<Seen<T>>,
    reply: oneshot::Sender<Seen<T>>,
}

/// A look, and where what it sees is told.
pub(crate) fn look<T: Send + 'static>(
    look: impl FnOnce(&State) -> T + Send + 'static,
) -> (Box<dyn Sight>, oneshot::Receiver<Seen<T>>) {
    let (reply, answer) = oneshot::channel();
    (Box::new(Looker { look: Some(look), seen: None, reply }), answer)
}

impl<T: Send, F: FnOnce(&State) -> T + Send> Sight for Looker<T, F> {
    fn look(&mut self, state: &State, cursor: Cursor, now: Time) {
        self.seen = self.look.take().map(|look| Seen { value: look(state), cursor, now });
    }

    fn tell(self: Box<Self>) {
        if let Some(seen) = self.seen {
            // Whoever asked may have gone away; nobody else wants it.
            let _ = self.reply.send(seen);
        }
    }
}

/// The way to the desk. Cheap to clone.
#[derive(Clone)]
pub struct Handle {
    pub(crate) inbox: Inbox,
    pub(crate) feed: Feed,
    pub(crate) clock: Clock,
    pub(crate) counts: Arc<Counts>,
    pub(crate) history: History,
    pub(crate) past: Past,
}

impl Handle {
    /// Sends a command, and answers once it is durable.
    ///
    /// # Errors
    /// [`Error::Refused`], [`Error::Busy`] and [`Error::NoRoom`] changed nothing; see [`Error::Stopped`].
    pub async fn submit(
        &self,
        by: Actor,
        action: Action,
        key: Option<IdempotencyKey>,
    ) -> Result<Done, Error> {
        // A start on a full disk configures the desk, so that it can be read.
        if self.counts.room() != Room::Enough && !matches!(action, Action::Configure(_)) {
            return Err(Error::NoRoom);
        }
        let (reply, answer) = oneshot::channel();
        self.inbox.push(Request::Command { by, action, key, reply })?;
        answer.await.unwrap_or_else(|_| Err(self.stopped()))
    }

    /// Looks at the state, and answers once all that was seen is durable.
    ///
    /// # Errors
    /// [`Error::Busy`], [`Error::NoRoom`] or [`Error::Stopped`].
    pub async fn read<T: Send + 'static>(
        &self,
        with: impl FnOnce(&State) -> T + Send + 'static,
    ) -> Result<Seen<T>, Error> {
        if self.counts.room() == Room::None {
            return Err(Error::NoRoom);
        }
        let (sight, answer) = look(with);
        self.inbox.push(Request::Look(sight))?;
        answer.await.map_err(|_| self.stopped())
    }

    /// Everything of interest that happens, in order and without a gap, from just after `after`, or from now on.
    ///
    /// # Errors
    /// [`Reset`] when the cursor is older than what is kept.
    pub fn subscribe(&self, after: Option<Cursor>, interest: Interest) -> Result<Subscription, Reset> {
        self.feed.subscribe(after, interest)
    }

    /// Tells subscribers something that is not kept.
    pub fn whisper(&self, whisper: Whisper) {
        self.feed.whisper(whisper);
    }

    /// Lets other rules answer from the next command on.
    ///
    /// # Errors
    /// [`Error::Busy`] or [`Error::Stopped`].
    pub fn swap_policy(&self, policy: Box<dyn Policy + Send>) -> Result<(), Error> {
        self.inbox.push(Request::SwapPolicy(policy))
    }

    /// The engine's time.
    pub fn now(&self) -> Time {
        self.clock.now()
    }

    /// What is over: closed chats, their logs, and every event of every chat. It opens behind the desk, and follows it
    /// at a short distance.
    pub fn history(&self) -> History {
        self.history.clone()
    }

    /// How the engine is.
    pub fn health(&self) -> Health {
        Health {
            stopped: self.inbox.closed(),
            room: self.counts.room(),
            inbox: self.inbox.depth(),
            turns: self.counts.turns.load(Ordering::Relaxed),
            appends: self.counts.appends.load(Ordering::Relaxed),
            append_ns: self.counts.append_ns(&self.clock),
        }
    }

    fn stopped(&self) -> Error {
        Error::Stopped(self.inbox.closed().unwrap_or_else(|| "it has stopped".to_owned()))
    }
}
