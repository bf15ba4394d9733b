//! A copy of the scripts' folder with one text changed: what is tried there touches nothing that answers.

use super::shelf;
use crate::config::Config;
use crate::recorded::{Difference, Rehearsal};
use crate::serve::scripts::{self, Loaded};
use hark_core::Time;
use hark_http::rulebook::{ChangeView, RecordedView, ScriptFault, ScriptRefusal, TestView, Trial};
use hark_policy::testing;
use std::fs;
use std::path::Path;
use std::time::Instant;
use tempfile::TempDir;

/// A copy of the folder, gone when it is dropped.
pub(super) struct Stage {
    folder: TempDir,
    config: Config,
    version: String,
    began: Instant,
}

impl Stage {
    /// Copies the scripts that a configuration names, with a text in the place of one of them.
    ///
    /// # Errors
    /// The system does not let us.
    pub(super) fn set(config: &Config, name: &str, text: &str) -> Result<Self, ScriptRefusal> {
        let began = Instant::now();
        let root = config.below_base(&config.scripts.root);
        let folder = tempfile::Builder::new().prefix("hark-stage-").tempdir();
        let folder = folder.map_err(|error| shelf::failed("make", Path::new("a folder"), &error))?;
        let copy = |name: &str, text: &str| {
            let place = folder.path().join(name);
            let made = fs::create_dir_all(place.parent().unwrap_or(Path::new(".")));
            let written = made.and_then(|()| fs::write(&place, text));
            written.map_err(|error| shelf::failed("write", &place, &error))
        };
        for other in shelf::names(&root).iter().filter(|other| *other != name) {
            match shelf::read(&root, other) {
                Ok(text) => copy(other, &text)?,
                // What cannot be loaded is told as a fault by whoever names it.
                Err(ScriptRefusal::NotFound | ScriptRefusal::TooLarge(_)) => {}
                Err(error) => return Err(error),
            }
        }
        copy(name, text)?;
        let mut config = config.clone();
        config.scripts.root = folder.path().to_path_buf();
        Ok(Self { folder, config, version: shelf::version_of(text), began })
    }

    /// The configuration that loads from here.
    pub(super) fn config(&self) -> &Config {
        &self.config
    }

    /// Loads all scripts.
    ///
    /// # Errors
    /// Their faults.
    pub(super) fn load(&self) -> Result<Loaded, Vec<ScriptFault>> {
        scripts::load_as_told(&self.config).map_err(|faults| faults.into_iter().map(fault).collect())
    }

    /// Loads these scripts and no others.
    ///
    /// # Errors
    /// Their faults.
    pub(super) fn only(&self, files: Vec<String>) -> Result<Loaded, Vec<ScriptFault>> {
        let mut config = self.config.clone();
        config.scripts.files = files;
        scripts::load_as_told(&config).map_err(|faults| faults.into_iter().map(fault).collect())
    }

    /// Runs all tests of the scripts.
    pub(super) fn test(&self) -> Vec<TestView> {
        let report = testing::run(self.folder.path(), None);
        let view = |case: testing::Case| TestView { name: case.name, failure: case.failure };
        report.cases.into_iter().map(view).collect()
    }

    /// Asks the recorded questions of a journal; none when they are not to be asked, or cannot be.
    pub(super) fn ask_recorded(&self, journal: &Path, now: Time) -> Option<RecordedView> {
        scripts::ask_recorded(&self.config, journal, now).ok()?.map(recorded)
    }

    /// What came of it.
    pub(super) fn told(
        &self,
        faults: Vec<ScriptFault>,
        tests: Option<Vec<TestView>>,
        recorded: Option<RecordedView>,
    ) -> Trial {
        let pass = tests.iter().flatten().all(|test| test.failure.is_none());
        let answers = recorded.as_ref().is_none_or(|recorded| recorded.failures.is_empty());
        Trial {
            ok: faults.is_empty() && pass && answers,
            version: self.version.clone(),
            faults,
            tests,
            recorded,
            took_ms: u64::try_from(self.began.elapsed().as_millis()).unwrap_or(u64::MAX),
        }
    }
}

fn fault(fault: hark_policy::Fault) -> ScriptFault {
    let hark_policy::Fault { file, line, column, message } = fault;
    ScriptFault { file, line, column, message }
}

fn recorded(told: Rehearsal) -> RecordedView {
    let says = told.summary();
    let Rehearsal { asked, same, different, differences, failures, .. } = told;
    let change = |Difference { at, chat_id, point, was, now, .. }| ChangeView {
        at,
        chat_id,
        point: point.to_owned(),
        was,
        would_be: now,
    };
    let changes = differences.into_iter().map(change).collect();
    RecordedView { asked, same, different, failures, changes, says }
}
