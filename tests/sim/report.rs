//! What the simulator tells: figures, or a failure with all that is needed to see it again.

use crate::counts::Counts;
use crate::run::{Failure, again};
use crate::shrink::shrink;
use crate::step::Step;
use crate::wanted::Wanted;
use std::collections::BTreeMap;
use std::time::{Duration, Instant};

/// Steps of a failure that are printed: the last ones, where there was no time to make it shorter.
const MOST_TOLD: usize = 200;

/// Everything, at the end.
pub(crate) fn whole(counts: &Counts, wanted: &Wanted, took: Duration) {
    let seconds = took.as_secs_f64();
    let Counts { chats, turns, steps, groups, starts, offers, answers, .. } = counts;
    println!("{chats} chats in {seconds:.1} s: {:.0} a second", *chats as f64 / seconds);
    if wanted.is_late(took) && *chats < wanted.chats {
        let minutes = took.as_secs_f64() / 60.0;
        println!("NOT ALL: {chats} of {} chats, as many as {minutes:.1} minutes had room for", wanted.chats);
    }
    println!(
        "{steps} steps, {answers} answers, {turns} turns in {groups} groups, {offers} offers, {starts} starts"
    );
    table("faults and hazards", &counts.faults);
    let more = [
        ("append found no room", counts.no_room),
        ("append failed, engine stopped", counts.failed),
        ("durable and never told", counts.unheard),
    ];
    table("of which reached the journal", &BTreeMap::from(more));
    table("what became of things", &counts.ends);
    table("refusals", &counts.refusals);
}

fn table(title: &str, rows: &BTreeMap<&'static str, u64>) {
    println!("{title}:");
    rows.iter().for_each(|(name, count)| println!("  {count:>10}  {name}"));
}

/// A line for each run of a soak.
pub(crate) fn soaked(seed: u64, counts: &Counts, took: Duration) {
    let faults: u64 = counts.faults.values().sum();
    let (chats, seconds) = (counts.chats, took.as_secs());
    println!("seed {seed}: {chats} chats, {faults} faults, {} starts in {seconds} s", counts.starts);
}

/// A failure: what broke, the shortest list of steps that breaks it, and how to do it again.
pub(crate) fn failure(seed: u64, wanted: &Wanted, before: u64, failure: &Failure) {
    let Failure { broken, steps, chats } = failure;
    println!("FAILED after {} chats: {}", before + chats, broken.why);
    println!("  at {}, in step {} of the run with seed {seed}", broken.place, steps.len());
    println!("again: cargo test -p hark-tests --test sim -- --seed {seed} --run-chats {}", wanted.run_chats);
    if wanted.patience.is_zero() {
        return;
    }
    match again(seed, steps, broken.is_seen_late()) {
        Some(found) if found.place == broken.place => {}
        other => println!("the same steps gave another end: {other:?}"),
    }
    let until = Instant::now() + wanted.patience;
    let careful = broken.is_seen_late();
    let breaks =
        |steps: &[Step]| again(seed, steps, careful).is_some_and(|found| found.place == broken.place);
    let short = shrink(steps, breaks, || Instant::now() < until);
    println!("{} steps are enough:", short.len());
    let untold = short.len().saturating_sub(MOST_TOLD);
    if untold > 0 {
        println!("  … {untold} steps; --shrink-s N takes more time to make it shorter");
    }
    short.iter().skip(untold).for_each(|step| println!("  {}", told(step)));
}

fn told(step: &Step) -> String {
    let late = if step.late { ", timers late" } else { "" };
    format!("+{} ms{late}: {:?}", step.after_ms, step.act)
}
