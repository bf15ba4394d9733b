//! What a child process does for `hark plugin`: loads one library and looks at it, or runs one test of the contract. It
//! writes its verdict into a file and ends; its parent tells people.

use super::apart;
use crate::error::Error;
use clap::Subcommand;
use hark_plugin_host::{Host, Manifest};
use hark_plugin_sdk::testing::contract::{Subject, TESTS};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::path::{Path, PathBuf};
use std::time::Duration;

/// The one thing that can be asked; a word of its own, so that nobody types it by accident.
#[derive(Debug, Subcommand)]
pub(in super::super) enum Probe {
    /// Do what the JSON says
    Run {
        /// A wish
        wish: String,
        /// Where the verdict goes
        verdict: PathBuf,
    },
}

/// What is to be done in the child.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) enum Wish {
    /// Load it and tell what it says about itself.
    Look(PathBuf),
    /// Run it as a desk does, in a process of its own, and ask it.
    Serve {
        /// The library.
        file: PathBuf,
        /// Its configuration.
        settings: Value,
        /// How long one answer may take, in milliseconds.
        deadline_ms: u64,
    },
    /// Run one test of the contract.
    Test {
        /// The test's name.
        name: String,
        /// The library.
        file: PathBuf,
        /// Its configuration.
        settings: Value,
        /// Whether to ask for changes too.
        changes: bool,
        /// How long one answer may take, in milliseconds.
        deadline_ms: u64,
    },
}

/// What came out.
#[derive(Debug, Serialize, Deserialize)]
pub(super) enum Verdict {
    /// What the library says about itself.
    Looked(Box<Looked>),
    /// The test passed.
    Passed,
    /// The library cannot be loaded, or the test failed.
    Failed(String),
}

/// What a library says about itself.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Looked {
    pub(super) manifest: Manifest,
    pub(super) abi: String,
    pub(super) sha256: String,
}

pub(super) fn probe(probe: &Probe) -> Result<(), Error> {
    let Probe::Run { wish, verdict: file } = probe;
    let wish: Wish = serde_json::from_str(wish).map_err(|error| Error::told(error.to_string()))?;
    // What fails is told in the verdict, once.
    std::panic::set_hook(Box::new(|_| {}));
    let verdict = serde_json::to_string(&judge(&wish)).expect("a verdict is plain data");
    std::fs::write(file, verdict).map_err(Error::io("write", file))
}

fn judge(wish: &Wish) -> Verdict {
    match wish {
        Wish::Look(file) => look(file),
        Wish::Serve { file, settings, deadline_ms } => {
            apart::serves(file, settings, *deadline_ms).map_or_else(Verdict::Failed, |()| Verdict::Passed)
        }
        Wish::Test { name, file, settings, changes, deadline_ms } => {
            let Some(test) = TESTS.iter().find(|test| test.name == name) else {
                return Verdict::Failed(format!("there is no test {name}"));
            };
            let table = match Host::table(file) {
                Ok(table) => table,
                Err(fault) => return Verdict::Failed(fault.message),
            };
            let patience = Duration::from_millis(*deadline_ms);
            let subject = Subject { table, config: settings.clone(), changes: *changes, patience };
            test.run(&subject).map_or_else(Verdict::Failed, |()| Verdict::Passed)
        }
    }
}

fn look(file: &Path) -> Verdict {
    match Host::look(file) {
        Ok(look) => {
            let (manifest, abi, sha256) = (look.manifest, look.abi, look.sha256);
            Verdict::Looked(Box::new(Looked { manifest, abi, sha256 }))
        }
        Err(fault) => Verdict::Failed(fault.message),
    }
}
