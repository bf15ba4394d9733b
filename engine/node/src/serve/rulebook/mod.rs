//! The scripts as an admin changes them while the desk runs: tried on a stage of their own, kept as versions, written
//! into the journal, and only then exchanged between two commands. It never lets a text answer that did not pass.

mod shelf;
mod stage;
mod switches;
mod versions;
mod view;
mod watch;

use super::audit;
use super::scripts::{self, Loaded, Passed, Rules};
use crate::config::Config;
use crate::error::Error;
use hark_core::Time;
use hark_core::state::Deed;
use hark_http::rulebook::{
    Attempt, Author, Doing, Publication, Published, RecordedView, Rulebook, ScriptKind, ScriptRefusal,
    ScriptState, ScriptText, ScriptView, Trial, VersionView,
};
use hark_runtime::{Handle, Options};
use stage::Stage;
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use switches::Switches;
use tokio::sync::{Mutex as Turn, OwnedMutexGuard};
use versions::Versions;
use view::{Looking, kind_of};
pub(crate) use watch::watch;

/// Folder of versions and switches, in the data folder.
const FOLDER: &str = "scripts";

/// What is known of the scripts before the desk runs.
pub(crate) struct Kept {
    data: PathBuf,
    switches: Switches,
}

impl Kept {
    /// Reads what was kept in a data folder, less what is gone from the scripts' folder.
    ///
    /// # Errors
    /// It cannot be understood: why.
    pub(crate) fn read(data_dir: &Path, config: &Config) -> Result<Self, String> {
        let data = data_dir.join(FOLDER);
        let mut switches = Switches::read(&data)?;
        switches.forget_gone(config);
        Ok(Self { data, switches })
    }

    /// The configuration with exactly the scripts that are asked.
    pub(crate) fn apply(&self, config: &Config) -> Config {
        self.switches.apply(config)
    }
}

/// See the module. Cheap to clone.
#[derive(Clone)]
pub(crate) struct Book(Arc<Inner>);

struct Inner {
    data: PathBuf,
    handle: Handle,
    rules: Rules,
    /// The configuration as it was read last.
    config: Mutex<Config>,
    switches: Mutex<Switches>,
    /// One change at a time.
    changing: Arc<Turn<()>>,
}

impl Book {
    /// The book of a desk whose scripts are loaded.
    pub(crate) fn new(kept: Kept, config: &Config, rules: Rules, handle: Handle) -> Self {
        let (config, switches) = (Mutex::new(config.clone()), Mutex::new(kept.switches));
        Self(Arc::new(Inner { data: kept.data, handle, rules, config, switches, changing: Arc::default() }))
    }

    /// No other change is made while this is held.
    pub(crate) async fn turn(&self) -> OwnedMutexGuard<()> {
        Arc::clone(&self.0.changing).lock_owned().await
    }

    /// A configuration with exactly the scripts that are asked and are still there.
    pub(crate) fn apply(&self, config: &Config) -> Config {
        let mut switches = self.0.switches();
        switches.forget_gone(config);
        switches.apply(config)
    }

    /// Loads the scripts that are asked in a configuration, off the executor.
    ///
    /// # Errors
    /// They have faults, do not pass their own tests, or fail at a recorded question.
    pub(crate) async fn pass(&self, config: &Config) -> Result<Passed, Error> {
        let (asked, now) = (self.apply(config), self.0.handle.now());
        let journal = config.data_dir().join(Options::JOURNAL);
        let passing = tokio::task::spawn_blocking(move || scripts::pass(&asked, &journal, now)).await;
        let passed = passing.map_err(|_| Error::told("a defect was found while scripts were loaded"))?;
        passed.map_err(Error::Faults)
    }

    /// The scripts of another configuration answer from now on.
    pub(crate) fn adopt(&self, config: Config, passed: Passed) {
        *self.0.config.lock().unwrap_or_else(PoisonError::into_inner) = config;
        self.0.rules.put_passed(passed);
    }

    /// Runs work that reads and writes files, off the executor.
    async fn apart<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Inner) -> Result<T, ScriptRefusal> + Send + 'static,
    ) -> Result<T, ScriptRefusal> {
        let inner = Arc::clone(&self.0);
        let done = tokio::task::spawn_blocking(move || work(&inner)).await;
        done.map_err(|_| ScriptRefusal::Failed("a defect was met: the log says more".to_owned()))?
    }
}

/// Versions of the texts that can have a say in what is answered, by file: scripts, what they require, and their tests.
pub(crate) fn texts(config: &Config) -> BTreeMap<String, String> {
    let root = config.below_base(&config.scripts.root);
    let text = |name: String| {
        let version = shelf::version_of(&shelf::read(&root, &name).ok()?);
        Some((name, version))
    };
    names(config, &root).into_iter().filter_map(text).collect()
}

/// All scripts of the folder, and those of the configuration that lie elsewhere in it.
fn names(config: &Config, root: &Path) -> BTreeSet<String> {
    shelf::names(root).into_iter().chain(config.scripts.files.iter().cloned()).collect()
}

impl Rulebook for Book {
    fn list(&self) -> Doing<'_, Vec<ScriptView>> {
        Box::pin(self.apart(|inner| Ok(inner.look(view::all))))
    }

    fn read(&self, name: String) -> Doing<'_, ScriptText> {
        Box::pin(self.apart(move |inner| {
            let text = shelf::read(&inner.root(), &name)?;
            let script = inner.look(|looking| looking.one(&name, &text))?;
            Ok(ScriptText { script, text })
        }))
    }

    fn attempt(&self, name: String, text: Option<String>, wish: Attempt) -> Doing<'_, Trial> {
        Box::pin(self.apart(move |inner| inner.attempt(&name, text, wish)))
    }

    fn publish(&self, wish: Publication) -> Doing<'_, Published> {
        Box::pin(async move {
            let _turn = self.turn().await;
            self.apart(move |inner| inner.publish(&wish)).await
        })
    }

    fn switch(&self, name: String, on: bool, by: Author) -> Doing<'_, ScriptView> {
        Box::pin(async move {
            let _turn = self.turn().await;
            self.apart(move |inner| inner.switch(&name, on, &by)).await
        })
    }

    fn versions(&self, name: String) -> Doing<'_, Vec<VersionView>> {
        Box::pin(self.apart(move |inner| {
            let text = shelf::read(&inner.root(), &name)?;
            Ok(Versions::open(&inner.data, &name)?.view(&shelf::version_of(&text)))
        }))
    }

    fn version(&self, name: String, number: u64) -> Doing<'_, String> {
        Box::pin(self.apart(move |inner| {
            shelf::read(&inner.root(), &name)?;
            Versions::open(&inner.data, &name)?.text(number)
        }))
    }
}

impl Inner {
    fn config(&self) -> Config {
        self.config.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn switches(&self) -> MutexGuard<'_, Switches> {
        self.switches.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn root(&self) -> PathBuf {
        let config = self.config();
        config.below_base(&config.scripts.root)
    }

    fn look<T>(&self, look: impl FnOnce(&Looking<'_>) -> T) -> T {
        let (config, switches) = (self.config(), self.switches().clone());
        let numbers = self.rules.numbers(self.handle.now());
        look(&Looking { config: &config, data: &self.data, switches: &switches, numbers: &numbers })
    }

    fn view(&self, name: &str) -> Result<ScriptView, ScriptRefusal> {
        let text = shelf::read(&self.root(), name)?;
        self.look(|looking| looking.one(name, &text))
    }

    fn attempt(&self, name: &str, text: Option<String>, wish: Attempt) -> Result<Trial, ScriptRefusal> {
        let text = match text {
            Some(text) => checked(name, text)?,
            None => shelf::read(&self.root(), name)?,
        };
        let stage = Stage::set(&self.with_draft(name, &self.switches()), name, &text)?;
        let faults = stage.load().err().unwrap_or_default();
        let tests = (wish == Attempt::Test).then(|| stage.test());
        let ask = wish == Attempt::DryRun && faults.is_empty();
        let recorded = if ask { self.ask_recorded(&stage) } else { None };
        Ok(stage.told(faults, tests, recorded))
    }

    fn ask_recorded(&self, stage: &Stage) -> Option<RecordedView> {
        let journal = self.config().data_dir().join(Options::JOURNAL);
        stage.ask_recorded(&journal, self.handle.now())
    }

    /// The scripts that are asked, and a draft besides: it is to be loaded, whether it is asked or not.
    fn with_draft(&self, name: &str, switches: &Switches) -> Config {
        let mut config = switches.apply(&self.config());
        let asked = config.scripts.files.iter().any(|file| file == name);
        if !asked && kind_of(name) == ScriptKind::Policy {
            config.scripts.files.push(name.to_owned());
        }
        config
    }

    /// A change passes when all scripts load, all tests pass, and no recorded question is failed at; then these scripts
    /// may answer.
    fn pass(&self, name: &str, text: &str, switches: &Switches) -> Result<(Trial, Loaded), ScriptRefusal> {
        let stage = Stage::set(&self.with_draft(name, switches), name, text)?;
        let refuse = |faults| ScriptRefusal::Faulty(Box::new(stage.told(faults, None, None)));
        let loaded = stage.load().map_err(refuse)?;
        let trial = stage.told(Vec::new(), Some(stage.test()), None);
        if !trial.ok {
            return Err(ScriptRefusal::TestsFail(Box::new(trial)));
        }
        let trial = stage.told(Vec::new(), trial.tests, self.ask_recorded(&stage));
        if !trial.ok {
            return Err(ScriptRefusal::RecordedFail(Box::new(trial)));
        }
        let asked = switches.apply(&self.config()).scripts.files;
        if asked == stage.config().scripts.files {
            return Ok((trial, loaded));
        }
        let loaded = stage.only(asked).map_err(refuse)?;
        Ok((trial, loaded))
    }

    fn publish(&self, wish: &Publication) -> Result<Published, ScriptRefusal> {
        let Publication { name, text, .. } = wish;
        let text = checked(name, text.clone())?;
        let root = self.root();
        let old = match shelf::read(&root, name) {
            Err(ScriptRefusal::NotFound) => None,
            old => Some(old?),
        };
        check_seen(wish, old.as_deref())?;
        let mut switches = self.switches().clone();
        if old.is_none() && kind_of(name) == ScriptKind::Policy {
            switches.set(name, true, &self.config());
        }
        let mut texts = texts(&self.config());
        texts.insert(name.clone(), shelf::version_of(&text));
        let (trial, loaded) = self.pass(name, &text, &switches)?;
        let mut versions = Versions::open(&self.data, name)?;
        if let Some(old) = &old {
            let at = shelf::written_at(&root, name).map_or(self.handle.now(), Time::from_millis);
            versions.keep(old, at, None, "found in the scripts' folder")?;
        }
        let before = old.as_deref().map(shelf::version_of);
        let ready = shelf::lay(&root, name, &text)?;
        let deed = Deed {
            what: what_is_done(wish, old.is_none()).to_owned(),
            subject: name.clone(),
            before: before.clone(),
            after: Some(trial.version.clone()),
            note: in_words(wish, &trial),
        };
        let note = deed.note.clone();
        if let Err(error) = self.record(&wish.by, deed) {
            ready.drop_it();
            return Err(error);
        }
        ready.put()?;
        versions.keep(&text, self.handle.now(), Some(&wish.by.name), &note)?;
        self.put(switches, loaded, texts)?;
        Ok(Published { script: self.view(name)?, before, trial })
    }

    /// Setting aside must work when tests fail; letting a script answer needs all of them.
    fn switch(&self, name: &str, on: bool, by: &Author) -> Result<ScriptView, ScriptRefusal> {
        let now = self.view(name)?;
        if now.kind == ScriptKind::Test {
            return Err(ScriptRefusal::BadName("a test is not asked anything".to_owned()));
        }
        let done = match now.state {
            ScriptState::On => on,
            ScriptState::Off | ScriptState::NotAsked => !on,
            ScriptState::SetAside => false,
        };
        if done {
            return Ok(now);
        }
        let mut switches = self.switches().clone();
        switches.set(name, on, &self.config());
        let texts = texts(&self.config());
        let text = shelf::read(&self.root(), name)?;
        let loaded = if on {
            self.pass(name, &text, &switches)?.1
        } else {
            let stage = Stage::set(&switches.apply(&self.config()), name, &text)?;
            stage.load().map_err(|faults| ScriptRefusal::Faulty(Box::new(stage.told(faults, None, None))))?
        };
        let (what, version) = (if on { "script.enabled" } else { "script.disabled" }, now.version.clone());
        self.record(
            by,
            Deed {
                what: what.to_owned(),
                subject: name.to_owned(),
                before: Some(version.clone()),
                after: Some(version),
                note: String::new(),
            },
        )?;
        self.put(switches, loaded, texts)?;
        self.view(name)
    }

    /// Scripts that passed answer from the next command on. `texts` was read before they were.
    fn put(
        &self,
        switches: Switches,
        loaded: Loaded,
        texts: BTreeMap<String, String>,
    ) -> Result<(), ScriptRefusal> {
        if switches != *self.switches() {
            switches.keep(&self.data)?;
        }
        *self.switches() = switches;
        self.rules.put(loaded, texts);
        Ok(())
    }

    /// Writes into the journal who does what; nothing is done that is not there. Called off the executor only.
    fn record(&self, by: &Author, deed: Deed) -> Result<(), ScriptRefusal> {
        audit::record(&self.handle, by, deed).map_err(ScriptRefusal::Failed)
    }
}

/// A text that may be tried under a name.
fn checked(name: &str, text: String) -> Result<String, ScriptRefusal> {
    shelf::check_name(name)?;
    if text.len() as u64 > shelf::LARGEST {
        return Err(ScriptRefusal::TooLarge(shelf::LARGEST));
    }
    Ok(text)
}

/// Whether the author has seen what they are about to replace.
fn check_seen(wish: &Publication, old: Option<&str>) -> Result<(), ScriptRefusal> {
    match (&wish.seen, old) {
        (None, Some(_)) => Err(ScriptRefusal::Exists),
        (Some(_), None) => Err(ScriptRefusal::NotFound),
        (Some(seen), Some(old)) if *seen != shelf::version_of(old) => {
            Err(ScriptRefusal::Stale(shelf::version_of(old)))
        }
        (Some(_), Some(old)) if old == wish.text => Err(ScriptRefusal::Unchanged),
        _ => Ok(()),
    }
}

fn what_is_done(wish: &Publication, new: bool) -> &'static str {
    match wish.back_to {
        Some(_) => "script.rolled_back",
        None if new => "script.created",
        None => "script.published",
    }
}

/// What a published text had to pass.
fn in_words(wish: &Publication, trial: &Trial) -> String {
    let tests = trial.tests.iter().flatten().count();
    let passed = if tests == 1 { "1 test passed".to_owned() } else { format!("{tests} tests passed") };
    let back = wish.back_to.map(|number| format!("back to version {number}"));
    let recorded = trial.recorded.as_ref().map(|recorded| recorded.says.clone());
    let parts = back.into_iter().chain([passed]).chain(recorded);
    parts.collect::<Vec<_>>().join("; ")
}
