//! What scripts cost a whole engine: loading fifty of them, the writer's pause when they are exchanged under traffic, and
//! messages made durable with all shipped policies beside none, in one run. `cargo bench -p hark-tests --bench policies`.
//! Each figure is printed with its bound; a bound that is missed ends the run with an error.
#![allow(clippy::print_stdout, reason = "a benchmark prints its figures")]

mod durable;
mod rules;
#[allow(dead_code, reason = "what only the binary needs of it is not measured")]
#[path = "../../../engine/node/src/serve/swap.rs"]
mod swap;
mod turns;

use hark_core::BuiltIn;
use rules::{Rules, fifty, shipped};
use std::process::ExitCode;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};
use swap::{Exchange, Exchangeable};
use turns::Turns;

/// Longest that loading and checking fifty scripts may take.
const RELOAD: Duration = Duration::from_millis(100);
/// Longest that the writer may pause for an exchange.
const PAUSE: Duration = Duration::from_millis(1);
/// Least part of the messages a second that is left with all policies.
const LEFT: f64 = 0.8;
/// Measurements in turn, of which the middle counts: neither a disk nor a shared machine is the same from second to
/// second.
const ROUNDS: usize = 7;
/// Exchanges under traffic.
const EXCHANGES: usize = 40;
/// Whole chats decided in one measurement.
const CHATS: u32 = 2000;

fn main() -> ExitCode {
    let kept = [reload(), pause(), throughput()];
    decided();
    if kept == [true; 3] { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

/// Tells a figure and its bound.
fn tell(what: &str, got: &str, bound: &str, kept: bool) -> bool {
    println!("{what:<58} {got:>20}  bound {bound:>7}: {}", if kept { "kept" } else { "MISSED" });
    kept
}

fn middle<T: PartialOrd + Copy>(mut all: Vec<T>) -> T {
    all.sort_by(|one, other| one.partial_cmp(other).expect("figures can be compared"));
    all[all.len() / 2]
}

fn reload() -> bool {
    let rules = fifty();
    let took = middle((0..ROUNDS).map(|_| rules.load().1).collect());
    tell("loading and checking 50 scripts", &format!("{took:.1?}"), &format!("{RELOAD:?}"), took <= RELOAD)
}

/// A thread loads scripts again and again while this one decides as the writer does.
fn pause() -> bool {
    let exchange = Exchange::default();
    let mut policy = Exchangeable::new(fifty().load().0, exchange.clone());
    let done = AtomicBool::new(false);
    let (mut usual, mut exchanging) = (Vec::new(), Vec::new());
    std::thread::scope(|scope| {
        scope.spawn(|| {
            let rules = fifty();
            (0..EXCHANGES).for_each(|_| exchange.put(rules.load().0));
            done.store(true, Ordering::Release);
        });
        let mut turns = Turns::new(&mut policy);
        while !done.load(Ordering::Acquire) {
            turns.chat(&mut policy, &mut |took, exchanged| {
                if exchanged { exchanging.push(took) } else { usual.push(took) }
            });
        }
    });
    let longest = exchanging.iter().max().copied().unwrap_or(Duration::MAX);
    println!(
        "({} turns, the longest without an exchange {:.1?}; {} exchanges, the middle one {:.1?})",
        usual.len(),
        usual.iter().max().copied().unwrap_or_default(),
        exchanging.len(),
        middle(exchanging)
    );
    tell(
        "longest turn with an exchange in it, CPU time",
        &format!("{longest:.1?}"),
        &format!("{PAUSE:?}"),
        longest <= PAUSE,
    )
}

/// Messages a second through journal and disk.
fn throughput() -> bool {
    let rules = shipped();
    let ratio = |in_flight| {
        let ratios = (0..ROUNDS).map(|_| {
            let none = durable::per_second(Box::new(BuiltIn), in_flight);
            let all = durable::per_second(rules.load().0, in_flight);
            println!(
                "({none:.0} messages a second without scripts, {all:.0} with all shipped, {in_flight} in flight)"
            );
            all / none
        });
        middle(ratios.collect())
    };
    let (ratio, most) = (ratio(durable::IN_FLIGHT), ratio(durable::MANY));
    println!("(with {} in flight, for information: {most:.2})", durable::MANY);
    let all = rules.count();
    tell(
        &format!("messages a second with {all} scripts, part of those with none"),
        &format!("{ratio:.2}"),
        &format!("{LEFT}"),
        ratio >= LEFT,
    )
}

/// The same without journal and disk, whole chats with an agent: what scripts cost the writer's own work. For
/// information: no bound is set.
fn decided() {
    let chats_a_second = |mut policy: Rules| {
        let mut turns = Turns::new(&mut *policy);
        let begun = Instant::now();
        (0..CHATS).for_each(|_| turns.chat(&mut *policy, &mut |_, _| {}));
        f64::from(CHATS) / begun.elapsed().as_secs_f64()
    };
    let rates = (0..ROUNDS).map(|_| (chats_a_second(Box::new(BuiltIn)), chats_a_second(shipped().load().0)));
    let (none, all): (Vec<f64>, Vec<f64>) = rates.unzip();
    let (none, all) = (middle(none), middle(all));
    println!(
        "whole chats a second decided in memory: {none:.0} without scripts, {all:.0} with all shipped: {:.2}",
        all / none
    );
}
