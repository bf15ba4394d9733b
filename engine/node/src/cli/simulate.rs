//! `hark simulate`: a scenario, or further days like a recorded one, through the real core, configuration and scripts, under
//! virtual time. It changes no data folder and starts nothing.

use super::period;
use crate::config::Config;
use crate::error::Error;
use crate::progress::Bar;
use crate::say::say;
use crate::when::moment;
use crate::{scenario, serve};
use clap::Args;
use hark_core::{Policy, Setup, Time};
use hark_sim::{Results, Scenario, report};
use std::path::{Path, PathBuf};

/// The configuration when none is named.
const CONFIG: &str = "config.toml";
/// Parts of a replication that the progress tells apart.
const PARTS: u64 = 1000;
/// What one decision of a script may take on the wall here, in milliseconds: how busy this machine is must not change what
/// is found.
const WALL_MS: u32 = 10_000;

/// How it is wanted.
#[derive(Debug, Args)]
pub(super) struct Simulate {
    /// The scenario, a TOML file; with --journal it is what differs from the record, and may be left out
    #[arg(required_unless_present = "journal")]
    scenario: Option<PathBuf>,
    /// Take the traffic from the journal in this data folder
    #[arg(long, value_name = "DIR")]
    journal: Option<PathBuf>,
    /// From this moment of the journal on, such as 2026-11-23 or 2026-11-23T08:00:00Z; its beginning when left out
    #[arg(long, value_name = "TIME", value_parser = moment, requires = "journal")]
    from: Option<Time>,
    /// Until this moment of the journal; its end when left out
    #[arg(long, value_name = "TIME", value_parser = moment, requires = "journal")]
    until: Option<Time>,
    /// The configuration file; config.toml when left out, with --journal the recorded queues and the built-in answers
    #[arg(long, short, value_name = "FILE")]
    config: Option<PathBuf>,
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
    let results = match &wish.journal {
        Some(journal) => alike(wish, journal)?,
        None => {
            let config = desk(wish.config.as_deref().unwrap_or(Path::new(CONFIG)), wish.scripts.as_deref())?;
            let file = wish.scenario.as_deref().expect("the command line has it without a journal");
            let scenario = scenario::load(file, &config.setup).map_err(Error::Faults)?;
            scripted(&config, &as_wished(scenario, wish))?
        }
    };
    if let Some(file) = &wish.report {
        let source = wish.scenario.as_ref().or(wish.journal.as_ref());
        let title = source.and_then(|path| path.file_stem()).unwrap_or_default().to_string_lossy();
        std::fs::write(file, report::html(&title, &results)).map_err(Error::io("write", file))?;
    }
    if wish.json {
        say(serde_json::to_string_pretty(&results).map_err(|error| Error::told(error.to_string()))?);
    } else {
        say(report::table(&results));
    }
    Ok(())
}

/// Further days like the recorded one.
fn alike(wish: &Simulate, journal: &Path) -> Result<Results, Error> {
    let recorded = period::read(journal, wish.from, wish.until)?;
    let config = match (&wish.config, &wish.scripts) {
        (None, None) => None,
        (file, scripts) => Some(desk(file.as_deref().unwrap_or(Path::new(CONFIG)), scripts.as_deref())?),
    };
    let setup = config.as_ref().map_or(&recorded.setup, |config| &config.setup);
    let alike = recorded.alike(setup);
    let scenario = match &wish.scenario {
        Some(file) => scenario::differs(file, setup, &alike).map_err(Error::Faults)?,
        None => alike,
    };
    if let Some(queue) = scenario.without_handle_times(setup) {
        return Err(Error::told(format!(
            "nobody was served in this period, so how long chats take is not known: write queues.{queue}.handle into a \
             scenario, or choose another period with --from and --until"
        )));
    }
    let scenario = as_wished(scenario, wish);
    let mut results = match &config {
        Some(config) => scripted(config, &scenario)?,
        None => run(setup, &scenario, &mut hark_core::BuiltIn)?,
    };
    results.recorded = recorded.sides(scenario.warm_up_ms);
    Ok(results)
}

fn as_wished(scenario: Scenario, wish: &Simulate) -> Scenario {
    Scenario {
        replications: wish.replications.unwrap_or(scenario.replications),
        seed: wish.seed.unwrap_or(scenario.seed),
        ..scenario
    }
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

fn scripted(config: &Config, scenario: &Scenario) -> Result<Results, Error> {
    let mut rules = serve::load_scripts(config).map_err(Error::Faults)?;
    let found = run(&config.setup, scenario, &mut *rules.policy);
    tell_failures(&rules);
    found
}

fn run(setup: &Setup, scenario: &Scenario, policy: &mut dyn Policy) -> Result<Results, Error> {
    let mut bar = Bar::new("simulating");
    let found = hark_sim::simulate(scenario, setup, policy, &mut |progress| {
        let done = u64::from(progress.done) * PARTS + (progress.part * PARTS as f64) as u64;
        bar.tell(done, u64::from(progress.of) * PARTS);
    });
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
