//! The one bounded inbox. The writer takes all that has gathered at once, so that its cost is one lock a batch.

use crate::error::Error;
use crate::handle::{Done, Sight};
use hark_core::{Action, Actor, IdempotencyKey, Policy};
use std::collections::VecDeque;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};
use tokio::sync::oneshot;

/// What the writer is asked for.
pub(crate) enum Request {
    /// A command.
    Command {
        by: Actor,
        action: Action,
        key: Option<IdempotencyKey>,
        reply: oneshot::Sender<Result<Done, Error>>,
    },
    /// A look at the state.
    Look(Box<dyn Sight>),
    /// Other rules from the next command on.
    SwapPolicy(Box<dyn Policy + Send>),
    /// The end: what came before is finished.
    Stop,
}

/// What there is to do.
pub(crate) struct Work {
    pub(crate) requests: VecDeque<Request>,
    /// Whether it takes no more.
    pub(crate) closed: bool,
}

struct Inner {
    requests: VecDeque<Request>,
    /// Whether there is room again behind the writer, who was not hungry.
    room_behind: bool,
    closed: Option<String>,
    /// Whether the writer sleeps: only then is a bell worth a system call.
    asleep: bool,
}

/// See the module.
#[derive(Clone)]
pub(crate) struct Inbox {
    shared: Arc<(Mutex<Inner>, Condvar)>,
    limit: usize,
}

impl Inbox {
    pub(crate) fn new(limit: usize) -> Self {
        let inner = Inner { requests: VecDeque::new(), room_behind: false, closed: None, asleep: false };
        Self { shared: Arc::new((Mutex::new(inner), Condvar::new())), limit }
    }

    fn lock(&self) -> MutexGuard<'_, Inner> {
        self.shared.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Lets go, and wakes the writer if it sleeps.
    fn wake(&self, mut inner: MutexGuard<'_, Inner>) {
        let asleep = std::mem::take(&mut inner.asleep);
        drop(inner);
        if asleep {
            self.shared.1.notify_one();
        }
    }

    /// Adds a request, unless there are as many as may be.
    pub(crate) fn push(&self, request: Request) -> Result<(), Error> {
        let mut inner = self.lock();
        if let Some(why) = &inner.closed {
            return Err(Error::Stopped(why.clone()));
        }
        if inner.requests.len() >= self.limit && !matches!(request, Request::Stop) {
            return Err(Error::Busy);
        }
        inner.requests.push_back(request);
        self.wake(inner);
        Ok(())
    }

    /// Tells the writer that what it decides finds room again.
    pub(crate) fn has_room_behind(&self) {
        let mut inner = self.lock();
        inner.room_behind = true;
        self.wake(inner);
    }

    /// Takes no more, and drops what waits: its senders learn that the engine has stopped.
    pub(crate) fn close(&self, why: &str) {
        let mut inner = self.lock();
        inner.closed.get_or_insert_with(|| why.to_owned());
        let dropped = std::mem::take(&mut inner.requests);
        self.wake(inner);
        // Their senders are woken one by one: not while others want the lock.
        drop(dropped);
    }

    pub(crate) fn closed(&self) -> Option<String> {
        self.lock().closed.clone()
    }

    pub(crate) fn depth(&self) -> usize {
        self.lock().requests.len()
    }

    /// Waits for something to do, at most `patience`; takes requests only where `hungry`.
    pub(crate) fn wait(&self, hungry: bool, patience: Option<Duration>) -> Work {
        let until = patience.map(|patience| Instant::now() + patience);
        let mut inner = self.lock();
        loop {
            let told = std::mem::take(&mut inner.room_behind);
            let ready = told || inner.closed.is_some() || (hungry && !inner.requests.is_empty());
            let left = until.map(|until| until.saturating_duration_since(Instant::now()));
            if ready || left.is_some_and(|left| left.is_zero()) {
                let requests = if hungry { std::mem::take(&mut inner.requests) } else { VecDeque::new() };
                return Work { requests, closed: inner.closed.is_some() };
            }
            let bell = &self.shared.1;
            inner.asleep = true;
            inner = match left {
                Some(left) => bell.wait_timeout(inner, left).unwrap_or_else(PoisonError::into_inner).0,
                None => bell.wait(inner).unwrap_or_else(PoisonError::into_inner),
            };
        }
    }
}
