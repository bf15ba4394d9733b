//! One operation on its way through a build: past the circuit breaker, to a seat, to the plugin, and to an answer or a
//! reason in time, whatever the plugin does.

use crate::breaker::{Admitted, Change};
use crate::build::{Build, Shut};
use crate::failure::{Blame, Failure, Given};
use crate::ledger::Ledger;
use crate::limits;
use crate::transport::{Order, Seat, Transport};
use std::borrow::Cow;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Instant;
use tokio::sync::oneshot::{self, error::TryRecvError};
use tokio::time::timeout_at;

/// What is asked, and until when.
pub(crate) struct Operation {
    pub(crate) name: Cow<'static, str>,
    pub(crate) request: Vec<u8>,
    pub(crate) began: Instant,
    pub(crate) until: Instant,
    /// Whether the circuit breaker has a say.
    pub(crate) guarded: bool,
}

impl Build {
    /// Answers an operation, or gives it back as it is: the build is on its way out and has not begun it.
    pub(crate) async fn take(&self, operation: Operation) -> Result<Given, Operation> {
        let (_inside, transport) = match self.enter() {
            Ok(entered) => entered,
            Err(Shut::For(failure)) => return Ok(Err(failure)),
            Err(Shut::Out) => return Err(operation),
        };
        let mut trial = match operation.guarded.then(|| self.admit(operation.began)).transpose() {
            Ok(trial) => trial,
            Err(failure) => return Ok(Err(failure)),
        };
        let given = match self.sit_down(operation.until).await {
            Ok(seat) => self.carry_out(transport, operation, seat).await,
            Err(Shut::For(failure)) => Err(failure),
            Err(Shut::Out) => return Err(operation),
        };
        if let Some(trial) = &mut trial {
            trial.verdict(&given);
        }
        Ok(given)
    }

    fn admit(&self, now: Instant) -> Result<Trial<'_>, Failure> {
        let admitted = self.breaker.admit(now).map_err(|wait| {
            let last = self.ledger.counters.last_fault().unwrap_or_default();
            let (name, wait) = (self.plugin(), wait.as_secs_f32().ceil());
            Failure::kept_back(format!("{name} is set aside for {wait} s after failures: {last}"))
        })?;
        Ok(Trial { build: self, admitted, open: true })
    }

    /// Waits for a seat in the bounded queue.
    async fn sit_down(&self, until: Instant) -> Result<Seat, Shut> {
        if let Ok(seat) = Arc::clone(&self.seats).try_acquire_owned() {
            return Ok(Arc::new(seat));
        }
        let _place = Place::take(&self.waiting, self.queue).ok_or_else(|| {
            let (name, queue) = (self.plugin(), self.queue);
            Shut::For(Failure::kept_back(format!("{name} is busy: {queue} wait already")))
        })?;
        match timeout_at(until.into(), Arc::clone(&self.seats).acquire_owned()).await {
            Ok(Ok(seat)) => Ok(Arc::new(seat)),
            Ok(Err(_)) => Err(Shut::Out),
            Err(_) => Err(Shut::For(Failure::crowded_out(self.plugin(), self.deadline_ms))),
        }
    }

    async fn carry_out(&self, transport: Arc<dyn Transport>, operation: Operation, seat: Seat) -> Given {
        let Operation { name: operation, request, began, until, .. } = operation;
        let (id, mut answer) = self.ledger.slots.open();
        let _wait = Wait { ledger: &self.ledger, transport: &*transport, id, _seat: Arc::clone(&seat) };
        transport.start(Order { id, operation, request, until, seat: Some(seat) });
        let at_once = transport.is_quick() && self.quick.load(Ordering::Relaxed);
        let given = match at_once.then(|| look_for(&mut answer)).flatten() {
            Some(given) => given,
            None => match timeout_at(until.into(), answer).await {
                Ok(Ok(given)) => given,
                Ok(Err(_)) => Err(Failure::kept_back(format!("{} is being stopped", self.plugin()))),
                Err(_) => Err(Failure::silent(self.plugin(), self.deadline_ms)),
            },
        };
        if given.is_ok() {
            self.quick.store(began.elapsed() < limits::QUICK, Ordering::Relaxed);
        }
        given
    }

    fn tell(&self, change: Change, why: &str) {
        let plugin = self.plugin();
        match change {
            Change::None => {}
            Change::Closed => tracing::info!(plugin, "the plugin answers again"),
            Change::Opened(rest) => {
                tracing::warn!(
                    plugin,
                    rest_s = rest.as_secs(),
                    why,
                    "the plugin is set aside after failures"
                );
            }
        }
    }
}

/// Looks for an answer for a moment: one that comes from another core at once is had without a change of task.
fn look_for(answer: &mut oneshot::Receiver<Given>) -> Option<Given> {
    let end = Instant::now() + limits::ATTENTION;
    loop {
        match answer.try_recv() {
            Ok(given) => return Some(given),
            Err(TryRecvError::Closed) => return None,
            Err(TryRecvError::Empty) if Instant::now() >= end => return None,
            Err(TryRecvError::Empty) => std::hint::spin_loop(),
        }
    }
}

/// What the breaker is owed for an operation that it let through.
struct Trial<'a> {
    build: &'a Build,
    admitted: Admitted,
    open: bool,
}

impl Trial<'_> {
    fn verdict(&mut self, given: &Given) {
        self.open = false;
        let (breaker, now) = (&self.build.breaker, Instant::now());
        let change = match given.as_ref().err().map(|failure| failure.blame) {
            None | Some(Blame::Nobody) => breaker.well(self.admitted),
            Some(Blame::Plugin | Blame::Silence) => breaker.failed(self.admitted, now),
            Some(Blame::Host) => {
                breaker.undecided(self.admitted, now);
                Change::None
            }
        };
        let why = given.as_ref().err().map(|failure| failure.error.message.as_str());
        self.build.tell(change, why.unwrap_or_default());
    }
}

impl Drop for Trial<'_> {
    fn drop(&mut self) {
        if self.open {
            self.build.breaker.undecided(self.admitted, Instant::now());
        }
    }
}

/// A place in the queue.
struct Place<'a>(&'a AtomicU32);

impl<'a> Place<'a> {
    fn take(waiting: &'a AtomicU32, most: u32) -> Option<Self> {
        let room = |now: u32| (now < most).then_some(now + 1);
        // A closure: a place that was never taken must not be given back.
        waiting.fetch_update(Ordering::Relaxed, Ordering::Relaxed, room).is_ok().then(|| Self(waiting))
    }
}

impl Drop for Place<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

/// Somebody waits for an answer. Dropped while it is open (the deadline passed, or the asker went away) it tells the
/// plugin that nobody does.
struct Wait<'a> {
    ledger: &'a Ledger,
    transport: &'a dyn Transport,
    id: u64,
    _seat: Seat,
}

impl Drop for Wait<'_> {
    fn drop(&mut self) {
        if self.ledger.slots.close(self.id) {
            self.transport.cancel(self.id);
        }
    }
}
