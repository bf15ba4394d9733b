//! Plugins changed while the desk runs, one change at a time. A new build is opened, checked, started and asked for its
//! health beside the one that serves; only then may it take its place, between two operations. It asks nobody's leave:
//! who may change a plugin is known elsewhere.

use crate::build::{Build, Leave};
use crate::counters::Counters;
use crate::host::{self, Host};
use crate::ledger::Ledger;
use crate::look::Look;
use crate::plugin::Plugin;
use crate::start::Starter;
use crate::store;
use std::fmt;
use std::path::PathBuf;
use std::sync::{Arc, MutexGuard, TryLockError};

/// Why a plugin is not changed. What was there is as it was.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Refusal {
    /// No plugin of this name is configured.
    Unknown,
    /// It is unloaded: there is nothing to reload or unload.
    Unloaded,
    /// It is loaded already.
    Loaded,
    /// The build in its file cannot serve: everything that is wrong with it.
    Unfit(Vec<String>),
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unknown => f.write_str("no plugin of this name is configured"),
            Self::Unloaded => f.write_str("the plugin is unloaded"),
            Self::Loaded => f.write_str("the plugin is loaded"),
            Self::Unfit(wrong) => f.write_str(&wrong.join("; ")),
        }
    }
}

impl std::error::Error for Refusal {}

/// The right to change plugins: one at a time has it.
pub struct Changing<'a> {
    host: &'a Host,
    _turn: MutexGuard<'a, ()>,
}

impl Host {
    /// The right to change plugins. None: somebody else has it now.
    pub fn changing(&self) -> Option<Changing<'_>> {
        let turn = match self.turn.try_lock() {
            Ok(turn) => turn,
            Err(TryLockError::Poisoned(turn)) => turn.into_inner(),
            Err(TryLockError::WouldBlock) => return None,
        };
        Some(Changing { host: self, _turn: turn })
    }
}

impl Changing<'_> {
    /// Starts the build that lies in a plugin's file now, beside the one that serves. It must serve at once and say that
    /// it is well. It blocks for as long as that takes, at most some [`limits::START`](crate::limits::START); with
    /// `isolation = "process"` there must be a tokio runtime around.
    ///
    /// # Errors
    /// Why it may not take the place of the one that serves.
    pub fn reload(&self, name: &str) -> Result<Successor<'_>, Refusal> {
        let plugin = self.named(name)?;
        if plugin.is_unloaded() {
            return Err(Refusal::Unloaded);
        }
        let build = Build::start_now(&plugin.options, self.starter(plugin)?).map_err(unfit)?;
        if let Err(why) = build.is_well() {
            plugin.retire(&build, Leave::Stopped);
            return Err(unfit(why));
        }
        Ok(self.successor(plugin, build))
    }

    /// Starts the build that lies in an unloaded plugin's file now. As when the desk starts, one that can start only
    /// later, by its own word, is tried again. It blocks as [`Changing::reload`] does.
    ///
    /// # Errors
    /// Why it can never start.
    pub fn load(&self, name: &str) -> Result<Successor<'_>, Refusal> {
        let plugin = self.named(name)?;
        if !plugin.is_unloaded() {
            return Err(Refusal::Loaded);
        }
        let build = Build::start(&plugin.options, self.starter(plugin)?).map_err(unfit)?;
        Ok(self.successor(plugin, build))
    }

    /// Takes a plugin out: it is given nothing new, and ends when what it has begun is over, or its time.
    ///
    /// # Errors
    /// There is nothing to unload.
    pub fn unload(&self, name: &str) -> Result<(), Refusal> {
        let plugin = self.named(name)?;
        if plugin.is_unloaded() {
            return Err(Refusal::Unloaded);
        }
        plugin.unload();
        tracing::info!(plugin = name, "the plugin is unloaded");
        Ok(())
    }

    /// Whether a plugin is unloaded.
    ///
    /// # Errors
    /// There is none of this name.
    pub fn is_unloaded(&self, name: &str) -> Result<bool, Refusal> {
        Ok(self.named(name)?.is_unloaded())
    }

    fn named(&self, name: &str) -> Result<&Arc<Plugin>, Refusal> {
        self.host.plugins.iter().find(|plugin| plugin.name() == name).ok_or(Refusal::Unknown)
    }

    fn starter(&self, plugin: &Plugin) -> Result<Starter, Refusal> {
        let (options, host) = (&plugin.options, self.host);
        let ledger = Ledger::new(plugin.name(), Arc::clone(&plugin.counters));
        let source = host::open(options, &host.cache_dir, &host.program, &ledger).map_err(Refusal::Unfit)?;
        Starter::new(options, source, ledger).map_err(unfit)
    }

    fn successor<'a>(&'a self, plugin: &'a Arc<Plugin>, build: Arc<Build>) -> Successor<'a> {
        Successor { host: self.host, plugin, build, in_place: false }
    }
}

fn unfit(why: String) -> Refusal {
    Refusal::Unfit(vec![why])
}

/// A build that may take its plugin's place. Dropped without, it ends and nothing has changed.
#[must_use = "nothing has changed before it takes over"]
pub struct Successor<'a> {
    host: &'a Host,
    plugin: &'a Arc<Plugin>,
    build: Arc<Build>,
    in_place: bool,
}

impl Successor<'_> {
    /// What it says of itself.
    #[must_use]
    pub fn look(&self) -> Look {
        let about = self.build.about.clone();
        Look { abi: about.abi(), manifest: about.manifest, sha256: about.sha256 }
    }

    /// New operations go to it from now on. The former build, if one served, finishes what it has begun and ends.
    pub fn take_over(mut self) {
        self.in_place = true;
        if !self.plugin.is_unloaded() {
            Counters::count(&self.plugin.counters.reloads);
        }
        self.plugin.replace(Arc::clone(&self.build));
        let (plugin, about) = (self.plugin.name(), &self.build.about);
        tracing::info!(
            plugin,
            version = about.manifest.version,
            sha256 = about.sha256,
            "another build answers"
        );
        self.forget_copies();
    }

    /// Removes the copies of builds that answer no more. A child process has opened its own.
    fn forget_copies(&self) {
        let folder = &self.host.cache_dir;
        let sha256 = |plugin: &Arc<Plugin>| plugin.build().about.sha256.clone();
        let copies: Vec<PathBuf> =
            self.host.plugins.iter().map(|plugin| store::place(folder, &sha256(plugin))).collect();
        store::prune(folder, &copies);
    }
}

impl Drop for Successor<'_> {
    fn drop(&mut self) {
        if !self.in_place {
            self.plugin.retire(&self.build, Leave::Stopped);
        }
    }
}
