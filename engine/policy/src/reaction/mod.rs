//! Reactions: what scripts do after something happened (`hark.after`). They run in machines of their own, on whichever
//! thread calls them, never on the writer's; they reach the desk only through [`Outside`]. When, how often and from where
//! in the journal they are asked is decided elsewhere.

mod commands;
mod doors;
mod events;
mod outside;
mod strict;
mod tally;

pub use events::{event_named, event_names};
pub use outside::{Missed, Outside, Wish};
pub use tally::{ReactionEntry, Tally};

pub(crate) use doors::{Deed, Running, doors};
pub(crate) use events::{known, wire};

use crate::fault::Fault;
use crate::folder::Sources;
use crate::machine::{Failure, Machine};
use crate::options::Budget;
use hark_core::Time;
use mlua::{Lua, Value};
use serde_json::Value as Json;
use std::collections::BTreeSet;
use std::sync::{Arc, Mutex};

/// What a reaction to one event may cost: nobody waits for it, and a minute on the wall leaves room for plugins that
/// take their time.
pub const REACTION: Budget = Budget { cpu_ms: 250, wall_ms: 60_000, memory_bytes: 32 << 20 };

/// One event, for scripts.
#[derive(Debug, Clone, PartialEq)]
pub struct Told {
    /// Its name as `hark.after` takes it.
    pub name: &'static str,
    /// Its place in the journal: the same whenever it is told.
    pub place: String,
    /// When it happened.
    pub at: Time,
    /// All that it says.
    pub json: Json,
}

/// Why a reaction failed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Failed {
    /// What, and where in the script.
    pub fault: Fault,
    /// Whether something outside could not be had, rather than the script being at fault.
    pub outside: bool,
}

/// A script's reactions. Its machine is made on the first event, and made anew when it was stopped.
#[derive(Debug)]
pub struct Reaction {
    file: String,
    config: Json,
    sources: Arc<Mutex<Sources>>,
    names: BTreeSet<&'static str>,
    machine: Option<Machine>,
}

impl Reaction {
    pub(crate) fn new(
        file: &str,
        config: &Json,
        sources: &Arc<Mutex<Sources>>,
        names: BTreeSet<&'static str>,
    ) -> Self {
        Self {
            file: file.to_owned(),
            config: config.clone(),
            sources: Arc::clone(sources),
            names,
            machine: None,
        }
    }

    /// The script's file.
    pub fn file(&self) -> &str {
        &self.file
    }

    /// The events that it reacts to.
    pub fn names(&self) -> impl Iterator<Item = &'static str> {
        self.names.iter().copied()
    }

    /// Whether it reacts to events of that name.
    pub fn hears(&self, name: &str) -> bool {
        self.names.contains(name)
    }

    /// Lets the script react, and tells how many nanoseconds that took.
    ///
    /// # Errors
    /// It failed: the event is to be told again.
    pub fn react(&mut self, told: &Told, outside: &Arc<dyn Outside>) -> Result<u64, Failed> {
        if self.machine.as_ref().is_some_and(|machine| machine.hoards(REACTION)) {
            tracing::warn!(script = %self.file, "keeps memory between reactions: it is started anew");
            self.machine = None;
        }
        if self.machine.is_none() {
            let made = Machine::load(&self.file, &self.config, &self.sources);
            self.machine = Some(made.map_err(|faults| self.not_made(faults))?);
        }
        let machine = self.machine.as_mut().expect("it was just made");
        let deed = Deed {
            outside: Arc::clone(outside),
            file: self.file.clone(),
            place: told.place.clone(),
            count: 0,
            later: None,
        };
        let (result, later) = machine.react(told.name, told.at, &|lua| event(lua, told), deed, REACTION);
        result.map_err(|Failure { fault, broken }| {
            if broken {
                self.machine = None;
            }
            Failed { fault, outside: later.is_some() }
        })
    }

    fn not_made(&self, faults: Vec<Fault>) -> Failed {
        let none = || Fault::new(&self.file, 0, "could not be started");
        Failed { fault: faults.into_iter().next().unwrap_or_else(none), outside: false }
    }
}

/// The event as the script sees it.
fn event(lua: &Lua, told: &Told) -> mlua::Result<Value> {
    strict::event(lua, told.name, &told.json)
}
