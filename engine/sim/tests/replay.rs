//! A recorded day that is played again under the same configuration is the same day: who got which chat, and after how
//! many milliseconds.

use hark_core::setup::{QueueSetup, Setup};
use hark_core::{BuiltIn, State, Time, Turn};
use hark_sim::{
    Arrivals, Draw, Group, Handling, Kind, Rate, Recorded, Recorder, Scenario, Shift, WhatIf, replay,
};
use std::collections::BTreeMap;

const HOUR_MS: u64 = 3_600_000;

fn setup(priority: u8) -> Setup {
    let queue = QueueSetup { post_processing_s: 60, reject_allowed: true, ..QueueSetup::default() };
    let second = QueueSetup { priority, post_processing_s: 0, transfer_when_empty: true, ..queue.clone() };
    Setup {
        queues: BTreeMap::from([("billing".to_owned(), second), ("support".to_owned(), queue)]),
        ..Setup::default()
    }
}

/// A day with everything that people do: they leave, miss, reject, hand on, wrap up, begin and end their shifts.
fn day(seed: u64) -> Scenario {
    let rate = |per_hour| Arrivals::Poisson(Rate::Constant { per_hour });
    let kind = |queue: &str, per_hour| Kind {
        patience: Some(Draw::Exponential { mean_s: 200.0 }),
        ..Kind::new(queue, rate(per_hour))
    };
    let handling = Handling {
        handle: Some(Draw::LogNormal { mean_s: 240.0, cv: 0.8 }),
        wrap_up: Some(Draw::Exponential { mean_s: 30.0 }),
        transfers: vec![("billing".to_owned(), 0.15)],
    };
    let billing = Handling { transfers: Vec::new(), ..handling.clone() };
    // They begin one after the other, as people do; on every second day at the same moment, as programs do: then the first by
    // id gets a chat.
    let apart_ms = if seed.is_multiple_of(2) { 0 } else { 7000 };
    let agent = |number: u64| Group {
        answer: Draw::Exponential { mean_s: 6.0 },
        miss: 0.05,
        reject: 0.05,
        back: Draw::Exponential { mean_s: 90.0 },
        shifts: vec![Shift {
            from_ms: number / 3 * 3 * HOUR_MS + number * apart_ms,
            until_ms: (7 + number / 3 * 3) * HOUR_MS,
        }],
        ..Group::new(&format!("agent-{number}"), 1, &["support", "billing"])
    };
    Scenario {
        length_ms: 10 * HOUR_MS,
        seed,
        traffic: vec![kind("support", 60.0), kind("billing", 25.0)],
        queues: BTreeMap::from([("support".to_owned(), handling), ("billing".to_owned(), billing)]),
        agents: (0..6).map(agent).collect(),
        ..Scenario::default()
    }
}

fn record(seed: u64) -> Recorded {
    watch(&day(seed))
}

/// Plays a day and writes it down as it happens.
fn watch(scenario: &Scenario) -> Recorded {
    let mut recorder = Recorder::new(scenario.begins, &State::new());
    let mut before = None;
    let mut tap = |turn: &Turn, state: &State| {
        match &before {
            // Agents were made before anybody listened.
            None => recorder = Recorder::new(Time::from_millis(turn.at.millis()), state),
            Some(before) => recorder.before(turn.at, before),
        }
        recorder.note(turn, state);
        before = Some(state.clone());
    };
    replay(scenario, &setup(5), &mut BuiltIn, &mut |_| {}, &mut tap).expect("the day can be run");
    recorder.finish(setup(5))
}

#[test]
fn the_same_configuration_gives_the_same_day() {
    for seed in 1..=5 {
        let recorded = record(seed);
        let left = recorded.chats.iter().filter(|chat| chat.left_ms.is_some()).count();
        let missed = recorded.chats.iter().filter(|chat| chat.reactions.len() > 1).count();
        assert!(recorded.chats.len() > 500 && left > 20 && missed > 20, "seed {seed}: a day with everything");
        let same = WhatIf::ask(&recorded, &recorded.setup, &mut BuiltIn, &mut |_| {}).expect("it can be run");
        assert_eq!(same.changes, Vec::new(), "seed {seed}: nothing changes");
        assert_eq!(same.was, same.would_be, "seed {seed}");
        let scenario = recorded.scenario();
        let run = replay(&scenario, &recorded.setup, &mut BuiltIn, &mut |_| {}, &mut |_, _| {});
        let (_, outcomes) = run.expect("the day can be run");
        for (was, is) in recorded.chats.iter().zip(&outcomes) {
            let who = was.answered.as_ref().map(|(agent, _)| agent);
            assert_eq!(who, is.agent.as_ref(), "seed {seed}: who got {} at {}", was.id, was.at_ms);
            let after = was.answered.as_ref().map(|(_, after)| *after);
            assert_eq!(after, is.answered_ms, "seed {seed}: how long {} waited", was.id);
            if after.is_none() {
                assert_eq!(was.left_ms, is.left_ms, "seed {seed}: when the customer of {} left", was.id);
            }
        }
    }
}

/// The same day at a desk whose timers are late: it is done again as late as it was done.
#[test]
fn a_day_with_late_timers_is_the_same_day() {
    let recorded = record(3);
    let mut punctual = BTreeMap::new();
    let mut tap = |_: &Turn, state: &State| {
        let due = state.deadlines().map(|(due, _)| due.since(recorded.begins));
        punctual.extend(due.map(|due| (due, due + due % 40)));
    };
    replay(&recorded.scenario(), &recorded.setup, &mut BuiltIn, &mut |_| {}, &mut tap)
        .expect("it can be run");
    let later = watch(&Recorded { late: punctual, ..recorded.clone() }.scenario());
    assert!(later.late.len() > 20, "timers were late, {} times", later.late.len());
    let told = |recorded: &Recorded| {
        WhatIf::ask(recorded, &recorded.setup, &mut BuiltIn, &mut |_| {}).expect("it can be run")
    };
    let same = told(&later);
    assert_eq!((same.changes.len(), &same.was), (0, &same.would_be));
    let punctual = told(&Recorded { late: BTreeMap::new(), ..later });
    assert_ne!(punctual.was, punctual.would_be, "a desk that is never late does otherwise");
}

#[test]
fn another_configuration_changes_what_it_should() {
    let recorded = record(1);
    let scenario = recorded.scenario();
    let run = |setup: &Setup| {
        let run = replay(&scenario, setup, &mut BuiltIn, &mut |_| {}, &mut |_, _| {});
        run.expect("the day can be run").0
    };
    let (before, after) = (run(&recorded.setup), run(&setup(9)));
    let wait = |results: &hark_sim::Results| results.queues["billing"].wait_s.expect("somebody came").value;
    assert!(wait(&after) < wait(&before), "billing goes first now: {} {}", wait(&after), wait(&before));
}

#[test]
fn another_policy_is_told_chat_by_chat() {
    let recorded = record(2);
    let told = WhatIf::ask(&recorded, &setup(9), &mut BuiltIn, &mut |_| {}).expect("it can be run");
    let billing = recorded.chats.iter().filter(|chat| chat.queue == "billing").count() as u64;
    assert_eq!(told.other_answers, billing, "each of them has another priority");
    assert!(told.other_agent > 10 && told.was["all"].chats == told.would_be["all"].chats);
    assert!(told.would_be["billing"].service_level > told.was["billing"].service_level);
    let html = hark_sim::report::what_if_html("What if", &told);
    assert!(html.contains("would be") && !html.contains("<script") && !html.contains("http"));
    assert!(hark_sim::report::what_if(&told).contains("at least so long"));
}
