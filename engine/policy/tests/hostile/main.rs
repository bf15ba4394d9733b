//! Scripts that mean harm, or might as well. Each is stopped or fails within twice its budget of CPU time and a bound of
//! memory; the next decision is right, and no other script has felt it. The table that is printed with `--nocapture` is
//! the one in `scripts/SAFETY.md`.
#![allow(clippy::print_stdout, reason = "the table is read by people")]

#[path = "../support/mod.rs"]
mod support;

mod cost;
mod scripts;
mod suffer;

use cost::Cost;
use hark_policy::{Scripts, defaults};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use suffer::{load, suffer};
use support::Folder;

/// What the slowest command of a chat may take: twice the default budget of 5 ms, that of the one decision in it that misbehaves. The rest of
/// the command is the core's, and counts as well.
const CPU: Duration = Duration::from_millis(2 * 5);
/// A shared machine makes CPU time dearer for a while, and never cheaper: the best of so many tries counts.
const TRIES: usize = 10;
/// What a decision may add to the process at its peak: its own 8 MiB, the machine that is made anew, and the pages that
/// the allocator keeps.
const MEMORY: usize = 32 << 20;

/// Costs are the process's: one test at a time.
fn alone() -> MutexGuard<'static, ()> {
    static ALONE: Mutex<()> = Mutex::new(());
    ALONE.lock().unwrap_or_else(PoisonError::into_inner)
}

fn tell(what: &str, outcome: &str, cost: Cost) {
    let outcome = outcome.lines().next().unwrap_or_default();
    // An address is another one in each run.
    let outcome = outcome.split_once("0x").map_or(outcome, |(before, _)| before.trim_end_matches([':', ' ']));
    let outcome: String = outcome.chars().take(60).collect();
    println!("| {what} | {outcome} | {:.1} | {:.1} |", cost.cpu.as_secs_f64() * 1e3, cost.mebibytes());
}

fn assert_bounds(what: &str, cost: Cost, cpu: Duration) {
    assert!(cost.cpu <= cpu, "{what}: {:?} of CPU time", cost.cpu);
    assert!(cost.peak <= MEMORY, "{what}: {} bytes more", cost.peak);
}

/// Lets a script harm until its cost is within the bound, a few times at most.
fn harm(what: &str, point: &str, body: &str, cpu: Duration) {
    let mut tries = (0..TRIES).map(|_| suffer(what, point, &mut load(point, body)));
    let (told, cost) = tries
        .find(|(_, cost)| cost.cpu <= cpu)
        .unwrap_or_else(|| suffer(what, point, &mut load(point, body)));
    assert!(told.starts_with("harm.lua:"), "{what}: {told}");
    tell(what, told.split_once(' ').map_or("", |(_, rest)| rest), cost);
    assert_bounds(what, cost, cpu);
}

#[test]
fn every_hostile_script_is_stopped_and_the_next_decision_is_right() {
    let _alone = alone();
    println!("| script | what came of it | CPU ms | MiB |\n| --- | --- | ---: | ---: |");
    for (what, body) in scripts::STOPPED.iter().chain(&scripts::ERRORS).chain(&scripts::SLICED) {
        harm(what, "reject_permission", body, CPU);
    }
    for (what, point, body) in scripts::ANSWERS {
        harm(what, point, body, CPU);
    }
}

#[test]
fn what_looks_hostile_and_is_not_is_answered() {
    let _alone = alone();
    for (what, body) in scripts::HARMLESS {
        let mut scripts = load("reject_permission", body);
        let mut desk = support::Desk::new(&mut scripts);
        desk.available();
        let seen = suffer::chat(&mut desk, "Mallory");
        assert!(seen.permission.allowed, "{what}: {:?}", seen.permission);
        assert_ne!(seen.permission, defaults::reject_permission());
        tell(what, "answered", seen.cost);
        assert_bounds(what, seen.cost, CPU);
    }
}

#[test]
fn what_is_not_a_scripts_cannot_be_reached() {
    let _alone = alone();
    for body in scripts::REACHING {
        // A name that scripts do not have is refused before anything runs; the rest fails in its decision.
        let text = suffer::text("reject_permission", body);
        let folder = Folder::new(&[("harm.lua", &text), ("calm.lua", suffer::calm("reject_permission"))]);
        let told = match Scripts::load(folder.options(&["harm.lua", "calm.lua"])) {
            Ok(mut scripts) => suffer(body, "reject_permission", &mut scripts).0,
            Err(faults) => support::told(&faults),
        };
        assert!(told.starts_with("harm.lua:3:"), "{body}: {told}");
        assert!(!told.contains("stopped"), "{body}: {told}");
    }
}

#[test]
fn what_would_run_when_a_block_is_left_is_no_luau() {
    for body in ["local x <close> = setmetatable({}, { __close = error })", "local x <const> = 1"] {
        let told = support::faults_of(body);
        assert!(told.starts_with("policy.lua:1:"), "{told}");
    }
}
