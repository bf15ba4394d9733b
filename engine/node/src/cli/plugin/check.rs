//! `hark plugin check`: tries whether a plugin keeps the contract of `hark_plugin.h`, and reports as a test run does. Each
//! test has a child process of its own, so a crash is a line of the report and hides nothing else.

use super::apart;
use super::child::{self, Outcome};
use super::probe::{Looked, Verdict, Wish};
use crate::config::Config;
use crate::error::Error;
use crate::say::say;
use crate::serve;
use clap::Args;
use hark_plugin_sdk::testing::contract::TESTS;
use serde_json::Value;
use std::path::{Path, PathBuf};
use std::time::Instant;
use tempfile::TempDir;

/// What is to be checked.
#[derive(Debug, Args)]
pub(in super::super) struct Check {
    /// The library; with --config the name of a configured plugin, which brings its settings
    plugin: String,
    /// What the plugin's create() gets, as JSON
    #[arg(long, value_name = "JSON", default_value = "{}")]
    settings: String,
    /// Take file and settings from this configuration
    #[arg(long, short, value_name = "FILE", conflicts_with = "settings")]
    config: Option<PathBuf>,
    /// Ask operations too that change something in the system behind the plugin, and those that Hark does not know
    #[arg(long)]
    changes: bool,
    /// How long one answer may take
    #[arg(long, value_name = "MS", default_value_t = 2000, value_parser = clap::value_parser!(u64).range(1..=600_000))]
    deadline_ms: u64,
    /// Only tests whose name contains this
    #[arg(long, value_name = "TEXT", default_value = "")]
    only: String,
}

/// What is tried.
struct Candidate {
    file: PathBuf,
    /// What its create() gets.
    settings: Value,
    /// The data folder of a configuration on which no desk ever ran: it goes with the check.
    _data: Option<TempDir>,
}

pub(super) fn check(wish: &Check) -> Result<(), Error> {
    let Candidate { file, settings, _data } = candidate(wish)?;
    let looked = match look(&file)? {
        Ok(looked) => looked,
        Err(why) => {
            say(format!("test it_loads ... FAILED\n\n{}", indented(&why)));
            return Err(Error::told(format!("{} is no plugin that Hark can load", file.display())));
        }
    };
    let manifest = &looked.manifest;
    if let Err(wrong) = manifest.check_config(&settings) {
        let what = "its schema does not take the settings";
        return Err(Error::told(format!("{what} (--settings JSON): {}", wrong.join("; "))));
    }
    let names = TESTS.iter().map(|test| test.name).chain([apart::NAME]);
    let tests: Vec<_> = names.filter(|name| name.contains(&wish.only)).collect();
    let (count, name, version) = (tests.len(), &manifest.name, &manifest.version);
    let plural = if count == 1 { "" } else { "s" };
    say(format!("running {count} test{plural} of {name} {version}, ABI {}, {}", looked.abi, file.display()));
    run(&tests, wish, &file, &settings)
}

fn run(tests: &[&str], wish: &Check, file: &Path, settings: &Value) -> Result<(), Error> {
    let began = Instant::now();
    let mut failures = Vec::new();
    for name in tests {
        let failed = why_not(child::run(&probe(name, wish, file, settings))?);
        say(format!("test {name} ... {}", if failed.is_some() { "FAILED" } else { "ok" }));
        failures.extend(failed.map(|why| format!("---- {name}\n{}\n", indented(&why))));
    }
    let (passed, failed) = (tests.len() - failures.len(), failures.len());
    if failed > 0 {
        say(format!("\nfailures:\n\n{}", failures.join("\n")));
    }
    let word = if failed == 0 { "ok" } else { "FAILED" };
    let seconds = began.elapsed().as_secs_f64();
    say(format!("\ntest result: {word}. {passed} passed; {failed} failed; finished in {seconds:.2}s"));
    match failed {
        0 => Ok(()),
        1 => Err(Error::told("1 test of the plugin failed")),
        failed => Err(Error::told(format!("{failed} tests of the plugin failed"))),
    }
}

fn probe(name: &str, wish: &Check, file: &Path, settings: &Value) -> Wish {
    let (file, settings, deadline_ms) = (file.to_owned(), settings.clone(), wish.deadline_ms);
    if name == apart::NAME {
        return Wish::Serve { file, settings, deadline_ms };
    }
    Wish::Test { name: name.to_owned(), file, settings, changes: wish.changes, deadline_ms }
}

fn candidate(wish: &Check) -> Result<Candidate, Error> {
    let Some(file) = &wish.config else {
        let settings = serde_json::from_str(&wish.settings)
            .map_err(|error| Error::told(format!("--settings is not JSON: {error}")))?;
        return Ok(Candidate { file: PathBuf::from(&wish.plugin), settings, _data: None });
    };
    let mut config = Config::load(file).map_err(Error::Faults)?;
    let data = if config.data_dir().is_dir() { None } else { Some(data_folder()?) };
    if let Some(data) = &data {
        config.server.data_dir = data.path().to_path_buf();
    }
    let (options, faults) = serve::plugin_options(&config);
    let found = options.plugins.into_iter().find(|plugin| plugin.name == wish.plugin);
    match found {
        Some(plugin) => Ok(Candidate { file: plugin.path, settings: plugin.config, _data: data }),
        None if faults.is_empty() => {
            Err(Error::told(format!("{} names no plugin {}", file.display(), wish.plugin)))
        }
        None => Err(Error::Faults(faults)),
    }
}

/// A desk makes its data folder when it starts; a check makes one that goes, and leaves the desk's place alone.
fn data_folder() -> Result<TempDir, Error> {
    TempDir::with_prefix("hark-check-").map_err(Error::io("make", std::env::temp_dir()))
}

/// What a library says about itself, or why it cannot be loaded.
pub(super) fn look(file: &Path) -> Result<Result<Looked, String>, Error> {
    Ok(match child::run(&Wish::Look(file.to_owned()))? {
        Outcome::Verdict(Verdict::Looked(looked)) => Ok(*looked),
        other => Err(why_not(other).unwrap_or_else(|| "it cannot be looked at".to_owned())),
    })
}

fn why_not(outcome: Outcome) -> Option<String> {
    match outcome {
        Outcome::Verdict(Verdict::Failed(why)) => Some(why),
        Outcome::Verdict(_) => None,
        Outcome::Died { how, printed } if printed.is_empty() => Some(how),
        Outcome::Died { how, printed } => Some(format!("{how}; it had printed:\n{printed}")),
    }
}

fn indented(text: &str) -> String {
    text.lines().map(|line| format!("    {line}")).collect::<Vec<_>>().join("\n")
}
