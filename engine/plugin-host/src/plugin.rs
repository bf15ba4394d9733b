//! One plugin behind its walls: a queue, seats, a deadline and a circuit breaker. Whoever asks gets an answer or a
//! reason in time, whatever the plugin does.

use crate::about::About;
use crate::apart::{self, Guard};
use crate::breaker::{Admitted, Breaker, Change, Circuit};
use crate::counters::Counters;
use crate::failure::{Blame, Failure, Given};
use crate::keeper::Keeper;
use crate::ledger::Ledger;
use crate::limits;
use crate::manifest::Manifest;
use crate::options::{Isolation, PluginOptions};
use crate::start::{Started, Starter};
use crate::transport::{Ending, Order, Seat, Transport};
use hark_runtime::SystemReport;
use std::borrow::Cow;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};
use tokio::sync::Semaphore;
use tokio::sync::oneshot::{self, error::TryRecvError};
use tokio::time::timeout_at;

/// Where in its life it is.
pub(crate) enum Stage {
    /// It cannot start now, and is tried again.
    Starting {
        why: String,
    },
    Serving(Arc<dyn Transport>),
    /// Its child process died, and is started again.
    Restarting {
        why: String,
    },
    /// It will not start with this configuration.
    Refused {
        why: String,
    },
    Ended,
}

/// See the module.
pub(crate) struct Plugin {
    name: String,
    path: String,
    about: About,
    deadline_ms: u32,
    queue: u32,
    waiting: AtomicU32,
    /// Whether its last answer came at once.
    quick: AtomicBool,
    seats: Arc<Semaphore>,
    breaker: Breaker,
    isolation: Isolation,
    pub(crate) ledger: Arc<Ledger>,
    stage: Mutex<Stage>,
}

impl Plugin {
    /// Starts a plugin. One that says "later" is tried again with growing pauses, on a thread of its own.
    ///
    /// # Errors
    /// Why it can never start as it is configured.
    pub(crate) fn start(options: &PluginOptions, starter: Starter) -> Result<Arc<Self>, String> {
        let (stage, guard) = match starter.start() {
            Ok(Started { transport, guard }) => (Stage::Serving(transport), guard),
            Err(not) if not.later => (Stage::Starting { why: not.why }, None),
            Err(not) => return Err(not.why),
        };
        let about = starter.about.clone();
        let plugin = Arc::new(Self {
            name: options.name.clone(),
            path: options.path.display().to_string(),
            deadline_ms: options.deadline_ms,
            queue: options.queue,
            waiting: AtomicU32::new(0),
            quick: AtomicBool::new(false),
            isolation: options.isolation,
            seats: Arc::new(Semaphore::new(starter.seats as usize)),
            breaker: Breaker::new(),
            ledger: Arc::clone(&starter.ledger),
            stage: Mutex::new(stage),
            about,
        });
        plugin.keep(starter, guard)?;
        Ok(plugin)
    }

    /// Has a thread of its own keep it, if there is anything to keep.
    fn keep(self: &Arc<Self>, starter: Starter, guard: Option<Guard>) -> Result<(), String> {
        match &*self.stage() {
            Stage::Starting { why } => {
                tracing::warn!(plugin = self.name, why, "the plugin cannot start now, and is tried again");
            }
            _ if guard.is_none() => return Ok(()),
            _ => {}
        }
        let keeper = Keeper::new(self, starter);
        std::thread::Builder::new()
            .name(format!("keep-{}", self.name))
            .spawn(move || keeper.run(guard))
            .map(drop)
            .map_err(|error| format!("there is no thread to keep it on: {error}"))
    }

    pub(crate) fn stage(&self) -> MutexGuard<'_, Stage> {
        self.stage.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn name(&self) -> &str {
        &self.name
    }

    pub(crate) fn manifest(&self) -> &Manifest {
        &self.about.manifest
    }

    pub(crate) fn provides(&self, operation: &str) -> bool {
        self.about.manifest.capabilities.iter().any(|own| own == operation)
    }

    /// Asks the plugin, and answers within its deadline.
    pub(crate) async fn ask(&self, operation: Cow<'static, str>, request: Vec<u8>) -> Given {
        self.answer(operation, request, true).await
    }

    /// As [`Plugin::ask`], past the circuit breaker: for whoever tries a plugin on purpose.
    pub(crate) async fn try_out(&self, operation: Cow<'static, str>, request: Vec<u8>) -> Given {
        self.answer(operation, request, false).await
    }

    async fn answer(&self, operation: Cow<'static, str>, request: Vec<u8>, guarded: bool) -> Given {
        let began = Instant::now();
        let counters = &self.ledger.counters;
        Counters::count(&counters.calls);
        let given = self.attempt(operation, request, began, guarded).await;
        match &given {
            Ok(_) => {
                let took = began.elapsed();
                counters.answered(took);
                self.quick.store(took < limits::QUICK, Ordering::Relaxed);
            }
            Err(failure) => {
                if failure.blame == Blame::Silence {
                    Counters::count(&counters.timeouts);
                }
                let own = matches!(failure.blame, Blame::Plugin | Blame::Silence);
                counters.failed(&failure.error.message, own);
            }
        }
        given
    }

    async fn attempt(
        &self,
        operation: Cow<'static, str>,
        request: Vec<u8>,
        began: Instant,
        guarded: bool,
    ) -> Given {
        if request.len() > limits::REQUEST_BYTES {
            let (has, most) = (request.len(), limits::REQUEST_BYTES);
            return Err(Failure::invalid(format!("the request has {has} bytes, allowed are {most}")));
        }
        let transport = self.transport()?;
        let mut trial = guarded.then(|| self.admit(began)).transpose()?;
        let until = began + Duration::from_millis(self.deadline_ms.into());
        let given = match self.sit_down(until).await {
            Ok(seat) => self.carry_out(transport, operation, request, until, seat).await,
            Err(failure) => Err(failure),
        };
        if let Some(trial) = &mut trial {
            trial.verdict(&given);
        }
        given
    }

    fn transport(&self) -> Result<Arc<dyn Transport>, Failure> {
        let name = &self.name;
        match &*self.stage() {
            Stage::Serving(transport) => Ok(Arc::clone(transport)),
            Stage::Starting { why } | Stage::Refused { why } => {
                Err(Failure::kept_back(format!("{name} has not started: {why}")))
            }
            Stage::Restarting { why } => {
                Err(Failure::kept_back(format!("{name} is being started again: it {why}")))
            }
            Stage::Ended => Err(Failure::kept_back(format!("{name} has been stopped"))),
        }
    }

    fn admit(&self, now: Instant) -> Result<Trial<'_>, Failure> {
        let admitted = self.breaker.admit(now).map_err(|wait| {
            let last = self.ledger.counters.last_fault().unwrap_or_default();
            let (name, wait) = (&self.name, wait.as_secs_f32().ceil());
            Failure::kept_back(format!("{name} is set aside for {wait} s after failures: {last}"))
        })?;
        Ok(Trial { plugin: self, admitted, open: true })
    }

    /// Waits for a seat in the bounded queue.
    async fn sit_down(&self, until: Instant) -> Result<Seat, Failure> {
        if let Ok(seat) = Arc::clone(&self.seats).try_acquire_owned() {
            return Ok(Arc::new(seat));
        }
        let _place = Place::take(&self.waiting, self.queue).ok_or_else(|| {
            Failure::kept_back(format!("{} is busy: {} wait already", self.name, self.queue))
        })?;
        match timeout_at(until.into(), Arc::clone(&self.seats).acquire_owned()).await {
            Ok(Ok(seat)) => Ok(Arc::new(seat)),
            Ok(Err(_)) => Err(Failure::kept_back(format!("{} has been stopped", self.name))),
            Err(_) => Err(Failure::crowded_out(&self.name, self.deadline_ms)),
        }
    }

    async fn carry_out(
        &self,
        transport: Arc<dyn Transport>,
        operation: Cow<'static, str>,
        request: Vec<u8>,
        until: Instant,
        seat: Seat,
    ) -> Given {
        let (id, mut answer) = self.ledger.slots.open();
        let _wait = Wait { ledger: &self.ledger, transport: &*transport, id, _seat: Arc::clone(&seat) };
        transport.start(Order { id, operation, request, until, seat: Some(seat) });
        if transport.is_quick()
            && self.quick.load(Ordering::Relaxed)
            && let Some(given) = look_for(&mut answer)
        {
            return given;
        }
        match timeout_at(until.into(), answer).await {
            Ok(Ok(given)) => given,
            Ok(Err(_)) => Err(Failure::kept_back(format!("{} is being stopped", self.name))),
            Err(_) => Err(Failure::silent(&self.name, self.deadline_ms)),
        }
    }

    /// Ends the plugin: nothing new is taken, what is open is finished. Returns within about `within`, unless the
    /// plugin's own `drain` or `destroy` hangs; so it belongs on a thread that may be left behind.
    pub(crate) fn end(&self, within: Duration) -> Ending {
        let stage = std::mem::replace(&mut *self.stage(), Stage::Ended);
        self.seats.close();
        match stage {
            Stage::Serving(transport) => transport.end(within),
            _ => Ending::Destroyed,
        }
    }

    pub(crate) fn report(&self) -> SystemReport {
        let counters = &self.ledger.counters;
        let read = |counter: &std::sync::atomic::AtomicU64| counter.load(Ordering::Relaxed);
        let (state, trouble) = self.state();
        let pid = self.pid();
        SystemReport {
            name: self.name.clone(),
            path: self.path.clone(),
            sha256: self.about.sha256.clone(),
            version: self.about.manifest.version.clone(),
            abi: self.about.abi(),
            isolation: self.isolation.word().to_owned(),
            pid,
            memory_kib: pid.and_then(apart::resident_kib),
            state: state.to_owned(),
            restarts: read(&counters.restarts),
            last_death: counters.last_death(),
            operations: self.about.manifest.capabilities.clone(),
            calls: read(&counters.calls),
            errors: read(&counters.errors),
            timeouts: read(&counters.timeouts),
            dropped: read(&counters.dropped),
            last_error: trouble.or_else(|| counters.last_error()),
            median_us: counters.percentile_us(50),
            p95_us: counters.percentile_us(95),
        }
    }

    fn pid(&self) -> Option<u32> {
        match &*self.stage() {
            Stage::Serving(transport) => transport.pid(),
            _ => None,
        }
    }

    /// A word for how it is, and what is wrong now.
    fn state(&self) -> (&'static str, Option<String>) {
        match &*self.stage() {
            Stage::Starting { why } => return ("starting", Some(why.clone())),
            Stage::Restarting { why } => return ("restarting", Some(format!("it {why}"))),
            Stage::Refused { why } => return ("refused", Some(why.clone())),
            Stage::Ended => return ("stopped", None),
            Stage::Serving(_) => {}
        }
        let ailment = self.ledger.counters.ailment();
        match self.breaker.circuit() {
            Circuit::Open => ("open", None),
            Circuit::Trying => ("half_open", None),
            Circuit::Failing => ("failing", None),
            Circuit::Closed if ailment.is_some() => ("failing", ailment),
            Circuit::Closed => ("serving", None),
        }
    }

    fn tell(&self, change: Change, why: &str) {
        let plugin = self.name.as_str();
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
    plugin: &'a Plugin,
    admitted: Admitted,
    open: bool,
}

impl Trial<'_> {
    fn verdict(&mut self, given: &Given) {
        self.open = false;
        let (breaker, now) = (&self.plugin.breaker, Instant::now());
        let change = match given.as_ref().err().map(|failure| failure.blame) {
            None | Some(Blame::Nobody) => breaker.well(self.admitted),
            Some(Blame::Plugin | Blame::Silence) => breaker.failed(self.admitted, now),
            Some(Blame::Host) => {
                breaker.undecided(self.admitted, now);
                Change::None
            }
        };
        let why = given.as_ref().err().map(|failure| failure.error.message.as_str());
        self.plugin.tell(change, why.unwrap_or_default());
    }
}

impl Drop for Trial<'_> {
    fn drop(&mut self) {
        if self.open {
            self.plugin.breaker.undecided(self.admitted, Instant::now());
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
