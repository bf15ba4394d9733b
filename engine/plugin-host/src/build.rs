//! One build of a plugin at work: what was loaded from one file, where in its life it is, and who is inside it. A plugin
//! has one that answers; those that were replaced are on their way out.

use crate::about::About;
use crate::apart::Guard;
use crate::breaker::{Breaker, Circuit};
use crate::failure::Failure;
use crate::gate::{Gate, Pass};
use crate::keeper::Keeper;
use crate::ledger::Ledger;
use crate::limits;
use crate::options::PluginOptions;
use crate::start::{Started, Starter};
use crate::transport::{Ending, Transport};
use std::sync::atomic::{AtomicBool, AtomicU32};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::sync::Semaphore;

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
    /// It takes nothing new, and finishes what it has, if it has anything.
    Leaving(Leave),
}

/// Why a build leaves.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Leave {
    /// Another took its place.
    Replaced,
    /// An admin took the plugin out.
    Unloaded,
    /// The host stops.
    Stopped,
}

impl Leave {
    /// As states and refusals call it.
    pub(crate) fn word(self) -> &'static str {
        match self {
            Self::Replaced => "replaced",
            Self::Unloaded => "unloaded",
            Self::Stopped => "stopped",
        }
    }
}

/// Why an operation does not get in.
pub(crate) enum Shut {
    For(Failure),
    /// The build is on its way out.
    Out,
}

/// See the module.
pub(crate) struct Build {
    pub(crate) about: About,
    pub(crate) ledger: Arc<Ledger>,
    pub(crate) deadline_ms: u32,
    /// Operations that may wait for a seat.
    pub(crate) queue: u32,
    pub(crate) waiting: AtomicU32,
    /// Whether its last answer came at once.
    pub(crate) quick: AtomicBool,
    pub(crate) seats: Arc<Semaphore>,
    pub(crate) breaker: Breaker,
    inside: Gate,
    stage: Mutex<Stage>,
}

impl Build {
    /// Starts a build. One that says "later" is tried again with growing pauses, on a thread of its own.
    ///
    /// # Errors
    /// Why it can never start as it is configured.
    pub(crate) fn start(options: &PluginOptions, starter: Starter) -> Result<Arc<Self>, String> {
        match starter.start() {
            Err(not) if not.later => {
                let why = not.why.as_str();
                tracing::warn!(plugin = options.name, why, "the plugin cannot start now, and is tried again");
                Self::kept(options, starter, Stage::Starting { why: not.why }, None)
            }
            started => {
                let Started { transport, guard } = started.map_err(|not| not.why)?;
                Self::kept(options, starter, Stage::Serving(transport), guard)
            }
        }
    }

    /// Starts a build that must serve at once.
    ///
    /// # Errors
    /// Why it does not.
    pub(crate) fn start_now(options: &PluginOptions, starter: Starter) -> Result<Arc<Self>, String> {
        let Started { transport, guard } = starter.start().map_err(|not| not.why)?;
        Self::kept(options, starter, Stage::Serving(transport), guard)
    }

    /// Waits until it says how it is, for at most [`limits::START`].
    ///
    /// # Errors
    /// What is wrong with it.
    pub(crate) fn is_well(&self) -> Result<(), String> {
        match self.ledger.health.first(limits::START) {
            Some(word) => word.map_err(|ailment| format!("it says that it is not well: {ailment}")),
            None => Err(format!("it did not say how it is within {} s", limits::START.as_secs())),
        }
    }

    /// A build with a thread of its own that keeps it, if there is anything to keep.
    fn kept(
        options: &PluginOptions,
        starter: Starter,
        stage: Stage,
        guard: Option<Guard>,
    ) -> Result<Arc<Self>, String> {
        let to_keep = guard.is_some() || matches!(stage, Stage::Starting { .. });
        let build = Arc::new(Self {
            about: starter.about.clone(),
            ledger: Arc::clone(&starter.ledger),
            deadline_ms: options.deadline_ms,
            queue: options.queue,
            waiting: AtomicU32::new(0),
            quick: AtomicBool::new(false),
            seats: Arc::new(Semaphore::new(starter.seats as usize)),
            breaker: Breaker::new(),
            inside: Gate::default(),
            stage: Mutex::new(stage),
        });
        if to_keep {
            let keeper = Keeper::new(&build, starter);
            std::thread::Builder::new()
                .name(format!("keep-{}", options.name))
                .spawn(move || keeper.run(guard))
                .map_err(|error| format!("there is no thread to keep it on: {error}"))?;
        }
        Ok(build)
    }

    pub(crate) fn stage(&self) -> MutexGuard<'_, Stage> {
        self.stage.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn plugin(&self) -> &str {
        &self.ledger.plugin
    }

    pub(crate) fn provides(&self, operation: &str) -> bool {
        self.about.manifest.capabilities.iter().any(|own| own == operation)
    }

    /// Lets an operation in: as long as it is inside, the build does not end.
    pub(crate) fn enter(&self) -> Result<(Pass<'_>, Arc<dyn Transport>), Shut> {
        let name = self.plugin();
        let kept_back = |why: String| Err(Shut::For(Failure::kept_back(why)));
        match &*self.stage() {
            Stage::Serving(transport) => {
                self.inside.enter().map(|pass| (pass, Arc::clone(transport))).ok_or(Shut::Out)
            }
            Stage::Starting { why } | Stage::Refused { why } => {
                kept_back(format!("{name} has not started: {why}"))
            }
            Stage::Restarting { why } => kept_back(format!("{name} is being started again: it {why}")),
            Stage::Leaving(_) => Err(Shut::Out),
        }
    }

    /// Nothing new is taken. The instance to end, if there is one that nobody ends yet.
    pub(crate) fn close(&self, why: Leave) -> Option<Arc<dyn Transport>> {
        let mut stage = self.stage();
        if matches!(*stage, Stage::Leaving(_)) {
            return None;
        }
        let before = std::mem::replace(&mut *stage, Stage::Leaving(why));
        self.seats.close();
        match before {
            Stage::Serving(transport) => Some(transport),
            _ => None,
        }
    }

    /// Ends a closed build's instance: what is inside gets `patience` to be answered, and the instance's own end
    /// `within`. It belongs on a thread that may be left behind, because the plugin's `drain` or `destroy` may hang.
    pub(crate) fn end(&self, transport: &dyn Transport, patience: Duration, within: Duration) -> Ending {
        self.inside.close(patience);
        transport.end(within)
    }

    /// The child process that it runs in.
    pub(crate) fn pid(&self) -> Option<u32> {
        match &*self.stage() {
            Stage::Serving(transport) => transport.pid(),
            _ => None,
        }
    }

    /// Why it takes nothing any more.
    pub(crate) fn leaves(&self) -> Option<Leave> {
        match &*self.stage() {
            Stage::Leaving(why) => Some(*why),
            _ => None,
        }
    }

    /// A word for how it is, and what is wrong now.
    pub(crate) fn state(&self) -> (&'static str, Option<String>) {
        match &*self.stage() {
            Stage::Starting { why } => return ("starting", Some(why.clone())),
            Stage::Restarting { why } => return ("restarting", Some(format!("it {why}"))),
            Stage::Refused { why } => return ("refused", Some(why.clone())),
            Stage::Leaving(why) => return (why.word(), None),
            Stage::Serving(_) => {}
        }
        let ailment = self.ledger.health.ailment();
        match self.breaker.circuit() {
            Circuit::Open => ("open", None),
            Circuit::Trying => ("half_open", None),
            Circuit::Failing => ("failing", None),
            Circuit::Closed if ailment.is_some() => ("failing", ailment),
            Circuit::Closed => ("serving", None),
        }
    }
}
