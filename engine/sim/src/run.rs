//! Runs a scenario: one independent replication after the other.

use crate::books::Outcome;
use crate::results::Results;
use crate::scenario::Scenario;
use crate::world::World;
use hark_core::setup::Setup;
use hark_core::{Policy, Refusal, State, Turn};
use std::fmt;

/// How far a simulation is.
#[derive(Debug, Clone, Copy)]
pub struct Progress {
    /// Replications, those that are done.
    pub done: u32,
    /// Replications in all.
    pub of: u32,
    /// How far the present one is, from 0 to 1.
    pub part: f64,
}

/// Why a scenario cannot be run: the core does not take an agent of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// Login of the agent.
    pub agent: String,
    /// What the core says.
    pub why: Refusal,
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the agent '{}' cannot be made: {}", self.agent, self.why)
    }
}

impl std::error::Error for Fault {}

/// Runs one replication, and tells each turn with the desk after it: what a journal would hold. A scenario that is recorded
/// tells what became of each of its chats.
///
/// # Errors
/// As [`simulate`].
pub fn replay(
    scenario: &Scenario,
    setup: &Setup,
    rules: &mut dyn Policy,
    look: &mut dyn FnMut(f64),
    tap: &mut dyn FnMut(&Turn, &State),
) -> Result<(Results, Vec<Outcome>), Fault> {
    let run = World::new(scenario, setup, rules, 0)?.tell(tap).run(look);
    let outcomes = run.0.outcomes.clone();
    Ok((Results::of(scenario, &[run]), outcomes))
}

/// Runs all replications under one configuration and one policy. `progress` is told now and then how far it is.
///
/// # Errors
/// An agent cannot be made under this configuration.
pub fn simulate(
    scenario: &Scenario,
    setup: &Setup,
    rules: &mut dyn Policy,
    progress: &mut dyn FnMut(Progress),
) -> Result<Results, Fault> {
    let of = scenario.replications.max(1);
    let mut runs = Vec::with_capacity(of as usize);
    for done in 0..of {
        let world = World::new(scenario, setup, rules, done)?;
        runs.push(world.run(&mut |part| progress(Progress { done, of, part })));
    }
    progress(Progress { done: of, of, part: 0.0 });
    Ok(Results::of(scenario, &runs))
}
