//! Keeps a build of a plugin running, on a thread of its own: starts one that could not start at first, and starts another
//! child process when one has died, with growing pauses. It ends with its build.

use crate::apart::Guard;
use crate::backoff::Backoff;
use crate::build::{Build, Stage};
use crate::counters::Counters;
use crate::instance::NotCreated;
use crate::limits;
use crate::start::{Started, Starter};
use std::sync::{Arc, Weak};
use std::time::Duration;

/// See the module.
pub(crate) struct Keeper {
    build: Weak<Build>,
    starter: Starter,
}

/// Whether there is anything left to keep.
#[derive(PartialEq, Eq)]
enum Next {
    Again,
    Over,
}

impl Keeper {
    pub(crate) fn new(build: &Arc<Build>, starter: Starter) -> Self {
        Self { build: Arc::downgrade(build), starter }
    }

    /// Keeps it; `guard` is of the child that runs, if one does.
    pub(crate) fn run(self, mut guard: Option<Guard>) {
        let (mut pause, mut backoff) = (limits::FIRST_RESTART, Backoff::new());
        loop {
            let lived = match guard.take() {
                Some(guard) => match self.mourn(guard) {
                    Some(lived) => lived,
                    None => return,
                },
                None => Duration::ZERO,
            };
            let rest = match self.look(|stage| matches!(stage, Stage::Restarting { .. })) {
                Some(true) => backoff.pause(lived),
                Some(false) => pause,
                None => return,
            };
            if !self.rest(rest) {
                return;
            }
            pause = (pause * 2).min(limits::LAST_RESTART);
            match self.start_again() {
                Ok(started) => guard = started,
                Err(Next::Again) => {}
                Err(Next::Over) => return,
            }
            if guard.is_none() && self.look(|stage| matches!(stage, Stage::Serving(_))) == Some(true) {
                return;
            }
        }
    }

    /// None: there is nobody to keep it for.
    fn look<T>(&self, look: impl FnOnce(&Stage) -> T) -> Option<T> {
        let build = self.build.upgrade()?;
        let stage = build.stage();
        let over = matches!(*stage, Stage::Leaving(_) | Stage::Refused { .. });
        (!over).then(|| look(&stage))
    }

    /// Waits for the child's end; how long it lived.
    fn mourn(&self, guard: Guard) -> Option<Duration> {
        let death = guard.wait();
        let build = self.build.upgrade()?;
        let mut stage = build.stage();
        if !matches!(*stage, Stage::Serving(_)) {
            return None;
        }
        let (name, why) = (build.plugin(), death.why.as_str());
        tracing::error!(plugin = name, why, "the plugin's process has died, and is started again");
        build.ledger.counters.died(why);
        *stage = Stage::Restarting { why: death.why };
        Some(death.lived)
    }

    /// False: it was stopped meanwhile.
    fn rest(&self, pause: Duration) -> bool {
        std::thread::sleep(pause);
        self.look(|_| ()).is_some()
    }

    fn start_again(&self) -> Result<Option<Guard>, Next> {
        let started = self.starter.start();
        let Some(build) = self.build.upgrade() else { return Err(give_up(started)) };
        let mut stage = build.stage();
        let restarting = match *stage {
            Stage::Starting { .. } => false,
            Stage::Restarting { .. } => true,
            _ => {
                drop(stage);
                return Err(give_up(started));
            }
        };
        let name = build.plugin();
        match started {
            Ok(Started { transport, guard }) => {
                tracing::info!(plugin = name, "the plugin has started");
                if restarting {
                    Counters::count(&build.ledger.counters.restarts);
                }
                *stage = Stage::Serving(transport);
                Ok(guard)
            }
            Err(not) if not.later && restarting => {
                *stage = Stage::Restarting { why: not.why };
                Err(Next::Again)
            }
            Err(not) if not.later => {
                *stage = Stage::Starting { why: not.why };
                Err(Next::Again)
            }
            Err(not) => {
                tracing::error!(plugin = name, why = not.why, "the plugin will not start");
                *stage = Stage::Refused { why: not.why };
                Err(Next::Over)
            }
        }
    }
}

/// The build left while it started.
fn give_up(started: Result<Started, NotCreated>) -> Next {
    if let Ok(Started { transport, guard }) = started {
        std::thread::scope(|scope| {
            // A child has ended when it was waited for.
            let buried = guard.map(|guard| scope.spawn(|| guard.wait()));
            transport.end(limits::DRAIN);
            drop(buried);
        });
    }
    Next::Over
}
