//! Loads the configured scripts, and tells how they do. What they answer is the policy room's.

use super::reactions::Reactor;
use super::swap::Exchange;
use crate::config::{Config, Fault, Place};
use crate::error::Error;
use crate::recorded::{self, Rehearsal, Wanted};
use hark_core::{BuiltIn, Policy, Time};
use hark_policy::reaction::{Reaction, ReactionEntry};
use hark_policy::{Entry, Lately, Options, ScriptOptions, Scripts, StatsHandle, testing};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::path::Path;
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};
use std::time::Duration;

/// How far back recorded questions are asked before scripts are exchanged.
const HOUR_MS: u64 = 3_600_000;

/// Loads and checks all scripts. Without any, the built-in answers are the policy.
///
/// # Errors
/// Every fault of every script, with file and line.
pub(crate) fn load(config: &Config) -> Result<Loaded, Vec<Fault>> {
    let root = config.below_base(&config.scripts.root);
    let fault = |fault: hark_policy::Fault| Fault {
        place: Place::file(root.join(&fault.file).display()).at(fault.line, fault.column),
        what: fault.message,
    };
    load_as_told(config).map_err(|faults| faults.into_iter().map(fault).collect())
}

/// As [`load`], with the faults as the policy room tells them: their files are relative to the scripts' folder.
///
/// # Errors
/// Every fault of every script.
pub(crate) fn load_as_told(config: &Config) -> Result<Loaded, Vec<hark_policy::Fault>> {
    if config.scripts.files.is_empty() {
        return Ok(Loaded {
            policy: Box::new(BuiltIn),
            stats: StatsHandle::default(),
            reactions: Vec::new(),
        });
    }
    let root = config.below_base(&config.scripts.root);
    let script = |file: &String| ScriptOptions {
        path: file.into(),
        config: config.scripts.config.get(file).cloned().unwrap_or_default(),
    };
    let options = Options {
        root,
        scripts: config.scripts.files.iter().map(script).collect(),
        budget: config.scripts.budget,
        set_aside: config.scripts.set_aside,
    };
    let mut scripts = Scripts::load(options)?;
    let stats = scripts.stats();
    let reactions = scripts.take_reactions();
    Ok(Loaded { policy: Box::new(scripts), stats, reactions })
}

/// Scripts that may answer in a desk that runs.
pub(crate) struct Passed {
    loaded: Loaded,
    texts: BTreeMap<String, String>,
}

/// Loads what is to answer in a running desk: it has no faults, passes its own tests, and fails at no recorded question of
/// the journal's last hour.
///
/// # Errors
/// The first of these that it does not pass.
pub(crate) fn pass(config: &Config, journal: &Path, now: Time) -> Result<Passed, Vec<Fault>> {
    // Read before the scripts are: a text that changes in between is news to whoever looks for changes.
    let texts = super::rulebook::texts(config);
    let loaded = load(config)?;
    pass_tests(config)?;
    pass_recorded(config, journal, now)?;
    Ok(Passed { loaded, texts })
}

/// Runs the scripts' own tests: what a running desk is to answer with must have passed them.
///
/// # Errors
/// Every test that failed, and why.
fn pass_tests(config: &Config) -> Result<(), Vec<Fault>> {
    let root = config.below_base(&config.scripts.root);
    let report = testing::run(&root, None);
    let fault = |case: &testing::Case| {
        let why = case.failure.as_ref()?;
        Some(Fault { place: Place::file(root.display()), what: format!("test {} fails: {why}", case.name) })
    };
    let faults: Vec<Fault> = report.cases.iter().filter_map(fault).collect();
    if faults.is_empty() { Ok(()) } else { Err(faults) }
}

/// Asks other scripts the recorded questions of the last hour. What they answer may differ: that is why they were changed.
/// But they must answer.
///
/// # Errors
/// Every failure of a script, with file and line.
fn pass_recorded(config: &Config, journal: &Path, now: Time) -> Result<(), Vec<Fault>> {
    match ask_recorded(config, journal, now)? {
        Some(told) if told.failed > 0 => {
            let root = config.below_base(&config.scripts.root);
            let place = || Place::file(root.display());
            let fault = |why| Fault { place: place(), what: format!("a recorded question fails: {why}") };
            Err(told.failures.into_iter().map(fault).collect())
        }
        Some(told) => {
            tracing::info!("{}", told.summary());
            Ok(())
        }
        None => Ok(()),
    }
}

/// What the recorded questions of the last hour are answered; none when they are not to be asked, or cannot be.
///
/// # Errors
/// The scripts cannot be loaded.
pub(crate) fn ask_recorded(
    config: &Config,
    journal: &Path,
    now: Time,
) -> Result<Option<Rehearsal>, Vec<Fault>> {
    if config.scripts.recorded_ms == 0 || config.scripts.files.is_empty() {
        return Ok(None);
    }
    // Scripts of their own: what is asked here counts nowhere.
    let mut rules = load(config)?;
    let hour_ago = Time::from_millis(now.millis().saturating_sub(HOUR_MS));
    let within = Some(Duration::from_millis(config.scripts.recorded_ms));
    let wanted = Wanted { from: Some(hour_ago), until: None, within };
    let told = recorded::rehearse(journal, &mut *rules.policy, wanted);
    // A journal that cannot be read is told elsewhere, and no reason to keep other rules.
    Ok(told.inspect_err(|error| tracing::warn!(%error, "the recorded questions are not asked")).ok())
}

/// Scripts without a fault.
pub(crate) struct Loaded {
    /// What answers.
    pub(crate) policy: Box<dyn Policy + Send>,
    stats: StatsHandle,
    reactions: Vec<Reaction>,
}

impl Loaded {
    /// What the scripts do after events, once.
    pub(crate) fn take_reactions(&mut self) -> Vec<Reaction> {
        std::mem::take(&mut self.reactions)
    }

    /// Their numbers, readable while they answer.
    pub(crate) fn stats(&self) -> StatsHandle {
        self.stats.clone()
    }
}

/// The rules in force: exchanged on a reload, reported to people.
#[derive(Clone)]
pub(crate) struct Rules {
    exchange: Exchange,
    answering: Arc<Mutex<Answering>>,
    reactor: Arc<OnceLock<Arc<Reactor>>>,
}

/// What answers at the moment.
struct Answering {
    version: String,
    stats: StatsHandle,
    /// Versions of the scripts' texts, by file.
    texts: BTreeMap<String, String>,
}

impl Rules {
    /// The rules that the desk begins with.
    pub(crate) fn new(first: &Loaded, texts: BTreeMap<String, String>, exchange: Exchange) -> Self {
        let (version, stats) = (first.policy.version().to_owned(), first.stats.clone());
        let answering = Arc::new(Mutex::new(Answering { version, stats, texts }));
        Self { exchange, answering, reactor: Arc::default() }
    }

    /// The scripts' reactions are run by this from now on, those of the first scripts included.
    ///
    /// # Errors
    /// See [`Reactor::put`].
    pub(crate) fn react_with(&self, reactor: &Arc<Reactor>, first: Vec<Reaction>) -> Result<(), Error> {
        // Set once, when the desk opens.
        let _ = self.reactor.set(Arc::clone(reactor));
        reactor.put(first)
    }

    /// As [`Rules::put`], for what passed.
    pub(crate) fn put_passed(&self, passed: Passed) {
        self.put(passed.loaded, passed.texts);
    }

    /// Versions of the texts that were loaded last, by file.
    pub(crate) fn texts(&self) -> BTreeMap<String, String> {
        self.answering().texts.clone()
    }

    /// The scripts answer from the next command on, and react from the next event on. Those whose text is the same go on with their numbers.
    pub(crate) fn put(&self, mut loaded: Loaded, texts: BTreeMap<String, String>) {
        if let Some(reactor) = self.reactor.get()
            && let Err(error) = reactor.put(loaded.take_reactions())
        {
            tracing::error!(%error, "not all reactions run");
        }
        let mut answering = self.answering();
        loaded.stats.inherit(&answering.stats, |script| texts.get(script) == answering.texts.get(script));
        let (version, stats) = (loaded.policy.version().to_owned(), loaded.stats);
        *answering = Answering { version, stats, texts };
        self.exchange.put(loaded.policy);
    }

    /// The numbers of each script at each decision point, seen from `now`.
    pub(crate) fn numbers(&self, now: Time) -> Vec<(Entry, Lately)> {
        let stats = self.answering().stats.clone();
        stats.entries().into_iter().zip(stats.lately(now)).collect()
    }

    fn answering(&self) -> MutexGuard<'_, Answering> {
        self.answering.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// How the scripts do, by script and decision point.
    pub(crate) fn report(&self) -> Value {
        let answering = self.answering();
        let points: Vec<_> = answering.stats.entries().iter().map(entry).collect();
        let reactions = self.reactor.get().map(|reactor| reactor.tally().entries()).unwrap_or_default();
        let reactions: Vec<_> = reactions.iter().map(reaction).collect();
        json!({ "version": answering.version, "points": points, "reactions": reactions })
    }
}

fn last_error(last: Option<&(hark_policy::Fault, Time)>) -> Value {
    let told = |(fault, at): &(hark_policy::Fault, Time)| json!({ "at": at, "file": fault.file, "line": fault.line, "message": fault.message });
    last.map(told).unwrap_or_default()
}

fn reaction(entry: &ReactionEntry) -> Value {
    json!({
        "script": entry.script,
        "event": entry.event,
        "events": entry.events,
        "calls": entry.calls,
        "errors": entry.errors,
        "retries": entry.retries,
        "passed_over": entry.passed_over,
        "total_us": entry.total_us,
        "p95_us": entry.p95_us,
        "lag_ms": entry.lag_ms,
        "last_error": last_error(entry.last_error.as_ref()),
    })
}

fn entry(entry: &Entry) -> Value {
    json!({
        "script": entry.script,
        "point": entry.point,
        "calls": entry.calls,
        "answers": entry.answers,
        "errors": entry.errors,
        "defaults": entry.defaults,
        "set_aside": entry.set_aside,
        "total_us": entry.total_us,
        "p95_us": entry.p95_us,
        "last_error": last_error(entry.last_error.as_ref()),
    })
}
