//! How many chats a minute are simulated on one core: `cargo bench -p hark-sim`. The traffic is a plain M/M/N desk; with
//! a script that answers each question the cost of its answers is in the second figure.
#![allow(clippy::print_stdout, reason = "a benchmark prints its figures")]

use hark_core::setup::{QueueSetup, Setup};
use hark_core::{BuiltIn, Policy};
use hark_sim::{Arrivals, Draw, Group, Handling, Kind, Rate, Scenario, simulate};
use std::collections::BTreeMap;
use std::time::Instant;

fn setup() -> Setup {
    let queue = QueueSetup { post_processing_s: 0, service_level_s: 20, ..QueueSetup::default() };
    Setup { queues: BTreeMap::from([("support".to_owned(), queue)]), ..Setup::default() }
}

fn scenario(agents: u32) -> Scenario {
    let rate = Rate::Constant { per_hour: f64::from(agents) * 12.0 * 0.9 };
    let handle = Some(Draw::Exponential { mean_s: 300.0 });
    let handling = Handling { handle, ..Handling::default() };
    Scenario {
        length_ms: (1_000_000.0 / 12.0 / 0.9 / f64::from(agents) / 4.0 * 3_600_000.0) as u64,
        replications: 4,
        traffic: vec![Kind::new("support", Arrivals::Poisson(rate))],
        queues: BTreeMap::from([("support".to_owned(), handling)]),
        agents: vec![Group::new("agent", agents, &["support"])],
        ..Scenario::default()
    }
}

fn measure(what: &str, agents: u32, rules: &mut dyn Policy) {
    let scenario = scenario(agents);
    let begin = Instant::now();
    let results = simulate(&scenario, &setup(), rules, &mut |_| {}).expect("the scenario can be run");
    let minutes = begin.elapsed().as_secs_f64() / 60.0;
    println!(
        "{what:<24} {agents:>6} agents {:>9} chats {:>12.0} chats/minute",
        results.chats,
        results.chats as f64 / minutes
    );
}

fn main() {
    println!("sim: whole chats (request, offer, accept, end, log, close) through the real core, one core");
    measure("built-in answers", 10, &mut BuiltIn);
    measure("built-in answers", 100, &mut BuiltIn);
    measure("built-in answers", 1000, &mut BuiltIn);
    let root = concat!(env!("CARGO_MANIFEST_DIR"), "/../../scripts");
    let options = hark_policy::Options::new(root, &["default.lua"]);
    let mut scripts = hark_policy::Scripts::load(options).expect("the shipped script is sound");
    measure("the shipped script", 100, &mut scripts);
}
