//! `hark simulate`: a scenario through the real core, configuration and scripts, under virtual time. It touches no data
//! folder and starts nothing.

use crate::config::Config;
use crate::error::Error;
use crate::progress::Bar;
use crate::say::say;
use crate::{scenario, serve};
use clap::Args;
use hark_sim::{Results, Scenario, report};
use std::path::{Path, PathBuf};

/// Parts of a replication that the progress tells apart.
const PARTS: u64 = 1000;
/// What one decision of a script may take on the wall here, in milliseconds: how busy this machine is must not change what
/// is found.
const WALL_MS: u32 = 10_000;

/// How it is wanted.
#[derive(Debug, Args)]
pub(super) struct Simulate {
    /// The scenario, a TOML file
    scenario: PathBuf,
    /// The configuration file
    #[arg(long, short, value_name = "FILE", default_value = "config.toml")]
    config: PathBuf,
    /// Folder of the scripts, in place of the configured one
    #[arg(long, value_name = "DIR")]
    scripts: Option<PathBuf>,
    /// Independent replications, in place of the scenario's
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=100_000))]
    replications: Option<u32>,
    /// Seed of everything random, in place of the scenario's
    #[arg(long, value_name = "N")]
    seed: Option<u64>,
    /// Print one JSON object instead of tables
    #[arg(long)]
    json: bool,
    /// Write a report with charts, one HTML file
    #[arg(long, value_name = "FILE")]
    report: Option<PathBuf>,
}

pub(super) fn simulate(wish: &Simulate) -> Result<(), Error> {
    let config = desk(&wish.config, wish.scripts.as_deref())?;
    let mut scenario = scenario::load(&wish.scenario, &config.setup).map_err(Error::Faults)?;
    scenario.replications = wish.replications.unwrap_or(scenario.replications);
    scenario.seed = wish.seed.unwrap_or(scenario.seed);
    let results = run(&config, &scenario)?;
    if let Some(file) = &wish.report {
        let title = wish.scenario.file_stem().unwrap_or_default().to_string_lossy();
        std::fs::write(file, report::html(&title, &results)).map_err(Error::io("write", file))?;
    }
    if wish.json {
        say(serde_json::to_string_pretty(&results).map_err(|error| Error::told(error.to_string()))?);
    } else {
        say(report::table(&results));
    }
    Ok(())
}

/// The configuration, with scripts from elsewhere when that is wanted.
pub(super) fn desk(file: &Path, scripts: Option<&Path>) -> Result<Config, Error> {
    let mut config = Config::load(file).map_err(Error::Faults)?;
    if let Some(scripts) = scripts {
        config.scripts.root = std::path::absolute(scripts).map_err(Error::io("find", scripts))?;
    }
    config.scripts.budget.wall_ms = WALL_MS;
    Ok(config)
}

fn run(config: &Config, scenario: &Scenario) -> Result<Results, Error> {
    let mut rules = serve::load_scripts(config).map_err(Error::Faults)?;
    let mut bar = Bar::new("simulating");
    let found = hark_sim::simulate(scenario, &config.setup, &mut *rules.policy, &mut |progress| {
        let done = u64::from(progress.done) * PARTS + (progress.part * PARTS as f64) as u64;
        bar.tell(done, u64::from(progress.of) * PARTS);
    });
    drop(bar);
    tell_failures(&rules);
    found.map_err(|fault| Error::told(fault.to_string()))
}

/// Scripts that failed were answered for by their defaults: the figures are then those of the defaults.
pub(super) fn tell_failures(rules: &serve::Loaded) {
    for entry in rules.stats().entries().iter().filter(|entry| entry.errors > 0) {
        let why = entry.last_error.as_ref().map(|(fault, _)| fault.message.as_str()).unwrap_or_default();
        crate::say::complain(format!(
            "hark: {} failed {} of {} times at {}, and its default answered: {why}",
            entry.script, entry.errors, entry.calls, entry.point
        ));
    }
}
