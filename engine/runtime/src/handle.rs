//! The handle: the only way to the desk from inside the process.

use crate::clock::Clock;
use crate::cursor::Cursor;
use crate::error::Error;
use crate::feed::{Feed, Interest, Reset, Subscription};
use crate::happened::Whisper;
use crate::inbox::{Inbox, Request};
use hark_core::{Action, Actor, IdempotencyKey, Policy, Reply, State, Time};
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
    /// Requests that wait in the inbox.
    pub inbox: usize,
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
}

impl Handle {
    /// Sends a command, and answers once it is durable.
    ///
    /// # Errors
    /// [`Error::Refused`] and [`Error::Busy`] changed nothing; see [`Error::Stopped`].
    pub async fn submit(
        &self,
        by: Actor,
        action: Action,
        key: Option<IdempotencyKey>,
    ) -> Result<Done, Error> {
        let (reply, answer) = oneshot::channel();
        self.inbox.push(Request::Command { by, action, key, reply })?;
        answer.await.unwrap_or_else(|_| Err(self.stopped()))
    }

    /// Looks at the state, and answers once all that was seen is durable.
    ///
    /// # Errors
    /// [`Error::Busy`] or [`Error::Stopped`].
    pub async fn read<T: Send + 'static>(
        &self,
        look: impl FnOnce(&State) -> T + Send + 'static,
    ) -> Result<Seen<T>, Error> {
        let (reply, answer) = oneshot::channel();
        self.inbox.push(Request::Look(Box::new(Looker { look: Some(look), seen: None, reply })))?;
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

    /// How the engine is.
    pub fn health(&self) -> Health {
        Health { stopped: self.inbox.closed(), inbox: self.inbox.depth() }
    }

    fn stopped(&self) -> Error {
        Error::Stopped(self.inbox.closed().unwrap_or_else(|| "it has stopped".to_owned()))
    }
}
