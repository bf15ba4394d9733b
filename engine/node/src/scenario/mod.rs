//! Scenarios: what a TOML file says of who comes and who answers. Read as the configuration is, so that every mistake has
//! its line and all of them are told at once. engine/SIMULATE.md tells each key.

mod agents;
mod draws;
mod traffic;

use crate::config::read::{Section, document};
use crate::config::{Fault, Place};
use hark_core::Setup;
use hark_core::Time;
use hark_sim::Scenario;
use std::path::Path;

/// Milliseconds of an hour.
const HOUR_MS: f64 = 3_600_000.0;
/// Longest time that a key takes, in hours: ten years.
const MOST_H: f64 = 87_600.0;
/// Most by which recorded arrivals are multiplied.
const MOST_TIMES: f64 = 1000.0;

/// Names that a scenario may use: those of the configuration.
struct Known<'s> {
    queues: Vec<String>,
    setup: &'s Setup,
}

fn text_of(file: &Path) -> Result<(String, String), Vec<Fault>> {
    let name = file.display().to_string();
    match std::fs::read_to_string(file) {
        Ok(text) => Ok((name, text)),
        Err(error) => {
            Err(vec![Fault { place: Place::file(&name), what: format!("the file cannot be read: {error}") }])
        }
    }
}

/// Reads a scenario for a desk of this configuration.
///
/// # Errors
/// Everything that is wrong with it, in the order of its lines.
pub(crate) fn load(file: &Path, setup: &Setup) -> Result<Scenario, Vec<Fault>> {
    let (name, text) = text_of(file)?;
    match understand(&name, &text, setup) {
        (scenario, faults) if faults.is_empty() => Ok(scenario),
        (_, faults) => Err(faults),
    }
}

/// Reads in what a simulation is to differ from one like a record.
///
/// # Errors
/// As [`load`].
pub(crate) fn differs(file: &Path, setup: &Setup, alike: &Scenario) -> Result<Scenario, Vec<Fault>> {
    let (name, text) = text_of(file)?;
    match differences(&name, &text, setup, alike) {
        (scenario, faults) if faults.is_empty() => Ok(scenario),
        (_, faults) => Err(faults),
    }
}

fn understand(file: &str, text: &str, setup: &Setup) -> (Scenario, Vec<Fault>) {
    let known = Known { queues: setup.queues.keys().cloned().collect(), setup };
    document(file, text, |top| {
        let run = top.table("run", run);
        let traffic = traffic::traffic(top, &known);
        let queues = traffic::queues(top, &known);
        let agents = agents::agents(top, &known);
        if agents.is_empty() {
            top.fault_at("agents", "nobody answers: write at least one [[agents]]");
        }
        let scenario = Scenario { traffic, queues, agents, ..run };
        fits(top, &scenario, &known);
        scenario
    })
}

fn run(section: &mut Section<'_>) -> Scenario {
    let begins = begins(section);
    let length_ms = hours(section.real("hours", 24.0, 0.01..=MOST_H));
    Scenario { begins, length_ms, ..measured(section, Scenario::default()) }
}

/// What may be said of a run whose begin and length are given.
fn measured(section: &mut Section<'_>, default: Scenario) -> Scenario {
    Scenario {
        warm_up_ms: hours(section.real("warm_up_h", 0.0, 0.0..=MOST_H)),
        replications: section.whole("replications", default.replications, 1..=100_000),
        seed: section.whole("seed", default.seed, 0..=i64::MAX),
        confidence: section.real("confidence", default.confidence, 0.5..=0.9999),
        slices: section.whole("slices", default.slices, 1..=1000),
        moments_ms: section
            .reals("moments_h", 0.0..=MOST_H)
            .unwrap_or_default()
            .into_iter()
            .map(hours)
            .collect(),
        ..default
    }
}

/// What has the name of something recorded takes its place; everything else is there as well.
fn differences(file: &str, text: &str, setup: &Setup, alike: &Scenario) -> (Scenario, Vec<Fault>) {
    let known = Known { queues: setup.queues.keys().cloned().collect(), setup };
    document(file, text, |top| {
        let (arrivals, stay) = top.table("journal", |section| {
            (section.real("arrivals", 1.0, 0.0..=MOST_TIMES), section.flag("agents", true))
        });
        let mut scenario = top.table("run", |section| measured(section, alike.clone()));
        scenario.length_ms = alike.length_ms.saturating_sub(scenario.warm_up_ms);
        if scenario.length_ms == 0 {
            top.fault_at("run", "run.warm_up_h takes up all of the period: nothing would be measured");
        }
        scenario.traffic.iter_mut().for_each(|kind| kind.arrivals = kind.arrivals.times(arrivals));
        let traffic = traffic::traffic(top, &known);
        scenario.traffic.retain(|kind| arrivals > 0.0 && traffic.iter().all(|other| other.name != kind.name));
        scenario.traffic.extend(traffic);
        for (queue, wanted) in traffic::queues(top, &known) {
            let handling = scenario.queues.entry(queue).or_default();
            handling.handle = wanted.handle.or(handling.handle.take());
            handling.wrap_up = wanted.wrap_up.or(handling.wrap_up.take());
            if !wanted.transfers.is_empty() {
                handling.transfers = wanted.transfers;
            }
        }
        let agents = agents::agents(top, &known);
        scenario.agents.retain(|agent| stay && agents.iter().all(|other| other.name != agent.name));
        scenario.agents.extend(agents);
        fits(top, &scenario, &known);
        scenario
    })
}

fn begins(section: &mut Section<'_>) -> Time {
    let Some(text) = section.text_if_there("begins") else { return Scenario::BEGINS };
    crate::when::moment(&text).unwrap_or_else(|why| {
        section.fault_at("begins", format!("run.begins: {why}"));
        Scenario::BEGINS
    })
}

fn hours(hours: f64) -> u64 {
    (hours * HOUR_MS).round() as u64
}

/// What no single table can tell.
fn fits(top: &Section<'_>, scenario: &Scenario, known: &Known<'_>) {
    if scenario.traffic.is_empty() {
        top.fault_at("traffic", "nobody comes: write at least one [[traffic]]");
    }
    let mut needed: Vec<&str> = Vec::new();
    for kind in scenario.traffic.iter().filter(|kind| kind.handle.is_none()) {
        needed.push(kind.queue.as_deref().unwrap_or(&known.setup.default_queue));
    }
    let transfers = scenario.queues.values().flat_map(|handling| &handling.transfers);
    needed.extend(transfers.map(|(to, _)| to.as_str()));
    needed.sort_unstable();
    needed.dedup();
    for queue in needed.into_iter().filter(|queue| known.queues.iter().any(|known| known == queue)) {
        if scenario.queues.get(queue).is_none_or(|handling| handling.handle.is_none()) {
            top.fault_at(
                "queues",
                format!("queues.{queue}.handle is missing: how long does a chat of '{queue}' take?"),
            );
        }
    }
    let moments = scenario.moments_ms.iter().any(|at| *at > scenario.warm_up_ms + scenario.length_ms);
    if moments {
        top.fault_at("run", "run.moments_h has a moment after the end of the run");
    }
}

#[cfg(test)]
mod tests;
