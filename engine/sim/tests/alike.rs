//! Further days like a recorded one: a record is made by a scenario that is known, and what is estimated from it must be
//! what the scenario says, as far as a record of that length can tell.

use hark_core::setup::{QueueSetup, Setup};
use hark_core::{BuiltIn, State, Time, Turn};
use hark_sim::{
    Arrivals, Draw, Estimate, Group, Handling, Kind, Rate, Recorded, Recorder, Results, Scenario, Shift,
    replay, simulate,
};
use std::collections::BTreeMap;

const HOUR_MS: u64 = 3_600_000;
const DAYS: u64 = 8;
/// Replications on both sides.
const TIMES: u32 = 10;

const PATIENCE_S: f64 = 200.0;
const HANDLE_S: f64 = 240.0;
const WRAP_UP_S: f64 = 30.0;
const BACK_S: f64 = 90.0;
/// So short that hardly any answer comes after the offer is over: that would be a miss.
const ANSWER_S: f64 = 2.0;

fn setup() -> Setup {
    let queue = QueueSetup { post_processing_s: 60, reject_allowed: true, ..QueueSetup::default() };
    let second = QueueSetup { priority: 7, ..queue.clone() };
    Setup {
        queues: BTreeMap::from([("billing".to_owned(), second), ("support".to_owned(), queue)]),
        ..Setup::default()
    }
}

const MISS: f64 = 0.06;
const REJECT: f64 = 0.05;
const TRANSFERS: f64 = 0.15;

/// Ten hours of each day, busier at noon; who works begins before and ends after the customers.
fn days(seed: u64) -> Scenario {
    let kind = |queue: &str, per_hour: f64| {
        let steps = vec![(0, 0.0), (HOUR_MS, per_hour), (5 * HOUR_MS, per_hour * 1.5), (8 * HOUR_MS, 0.0)];
        Kind {
            patience: Some(Draw::Exponential { mean_s: PATIENCE_S }),
            ..Kind::new(queue, Arrivals::Poisson(Rate::Steps { steps, period_ms: 24 * HOUR_MS }))
        }
    };
    let billing = Handling {
        handle: Some(Draw::LogNormal { mean_s: HANDLE_S, cv: 0.8 }),
        wrap_up: Some(Draw::Exponential { mean_s: WRAP_UP_S }),
        transfers: Vec::new(),
    };
    let support = Handling { transfers: vec![("billing".to_owned(), TRANSFERS)], ..billing.clone() };
    Scenario {
        length_ms: DAYS * 24 * HOUR_MS,
        seed,
        replications: TIMES,
        traffic: vec![kind("support", 50.0), kind("billing", 20.0)],
        queues: BTreeMap::from([("support".to_owned(), support), ("billing".to_owned(), billing)]),
        agents: (0..7).map(agent).collect(),
        ..Scenario::default()
    }
}

fn agent(number: u64) -> Group {
    let shift = |day: u64| Shift {
        from_ms: day * 24 * HOUR_MS + HOUR_MS / 2 + number * 7000,
        until_ms: day * 24 * HOUR_MS + 9 * HOUR_MS + number * 60_000,
    };
    Group {
        answer: Draw::Exponential { mean_s: ANSWER_S },
        miss: MISS,
        reject: REJECT,
        back: Draw::Exponential { mean_s: BACK_S },
        shifts: (0..DAYS).map(shift).collect(),
        ..Group::new(&format!("agent-{number}"), 1, &["support", "billing"])
    }
}

fn record(scenario: &Scenario) -> Recorded {
    let mut recorder: Option<Recorder> = None;
    let mut tap = |turn: &Turn, state: &State| {
        // Queues and agents were made before anybody listened.
        let recorder = recorder.get_or_insert_with(|| Recorder::new(scenario.begins, state));
        recorder.note(turn, state);
    };
    replay(scenario, &setup(), &mut BuiltIn, &mut |_| {}, &mut tap).expect("the days can be run");
    let mut recorder = recorder.expect("something happened");
    recorder.idle_until(Time::from_millis(scenario.begins.millis() + scenario.length_ms));
    recorder.finish(setup())
}

/// `found` is within four standard errors of `truth`.
fn near(what: &str, found: f64, truth: f64, error: f64) {
    assert!((found - truth).abs() <= 4.0 * error, "{what}: {found}, was {truth}, with an error of {error}");
}

fn mean(draw: Option<&Draw>) -> f64 {
    draw.expect("it was observed").mean_s()
}

#[test]
fn what_is_estimated_is_what_made_the_record() {
    for seed in 1..=3 {
        let truth = days(seed);
        let recorded = record(&truth);
        let alike = recorded.alike(&setup());
        let count = |queue: &str| recorded.chats.iter().filter(|chat| chat.queue == queue).count() as f64;
        for kind in &alike.traffic {
            let left = recorded.chats.iter().filter(|c| c.queue == kind.name && c.left_ms.is_some()).count();
            assert!(left > 40, "seed {seed}: {left} of {} left", kind.name);
            let error = PATIENCE_S / (left as f64).sqrt();
            near(&format!("seed {seed}: patience"), mean(kind.patience.as_ref()), PATIENCE_S, error);
            let Arrivals::Poisson(rate) = &kind.arrivals else { panic!("they come by chance") };
            let hours = (0..DAYS * 24).map(|hour| rate.at(((2 * hour + 1) * HOUR_MS / 2) as f64));
            near("arrivals", hours.sum(), count(&kind.name), 1e-6);
            let noon =
                (0..DAYS).map(|day| rate.at(((day * 24 + 6) * HOUR_MS) as f64)).sum::<f64>() / DAYS as f64;
            let expected = if kind.name == "support" { 75.0 } else { 30.0 };
            near("noon", noon, expected, (expected / DAYS as f64).sqrt());
        }
        let served = recorded.chats.iter().flat_map(|chat| &chat.stretches).count() as f64;
        let (support, billing) = (&alike.queues["support"], &alike.queues["billing"]);
        for handling in [support, billing] {
            let some = served / 4.0;
            near("handle", mean(handling.handle.as_ref()), HANDLE_S, HANDLE_S * 0.8 / some.sqrt());
            // One wrap-up in seven was cut off by the queue's time.
            near("wrap-up", mean(handling.wrap_up.as_ref()), WRAP_UP_S, WRAP_UP_S * 1.2 / some.sqrt());
        }
        let handed_on = support.transfers.iter().map(|(_, chance)| chance).sum();
        near("transfers", handed_on, TRANSFERS, (TRANSFERS / (served / 2.0)).sqrt());
        assert_eq!((support.transfers.len(), billing.transfers.len()), (1, 0));
        assert_eq!(alike.agents.len(), truth.agents.len());
        for agent in &alike.agents {
            let was =
                truth.agents.iter().find(|was| was.name == agent.name).expect("they are the same people");
            let offers = (served / 7.0).sqrt();
            near("answer", agent.answer.mean_s(), ANSWER_S, ANSWER_S / offers);
            near("back", agent.back.mean_s(), BACK_S, BACK_S / (served * MISS).sqrt());
            near("missed", agent.miss, MISS, MISS.sqrt() / offers);
            near("rejected", agent.reject, REJECT, REJECT.sqrt() / offers);
            let apart = |(found, was): (&Shift, &Shift)| found.from_ms.abs_diff(was.from_ms);
            assert_eq!(agent.shifts.len(), was.shifts.len(), "seed {seed}: {}", agent.name);
            // Who came first on the first day was there when the record began.
            let days = agent.shifts.iter().zip(&was.shifts).skip(1).map(apart);
            assert_eq!(days.max(), Some(0), "{:?}", agent.shifts);
        }
    }
}

/// Figures of the known scenario and of the one estimated from one record of it. A record is one draw: what is estimated
/// from it is as far off as one replication is.
#[test]
fn days_alike_give_the_figures_of_the_days_that_were() {
    let truth = days(1);
    let run = |scenario: &Scenario| -> Results {
        simulate(scenario, &setup(), &mut BuiltIn, &mut |_| {}).expect("the days can be run")
    };
    let was = run(&truth);
    for seed in 11..=13 {
        let recorded = record(&days(seed));
        let alike = run(&Scenario { seed, replications: TIMES, ..recorded.alike(&setup()) });
        for queue in ["support", "billing"] {
            let (was, is) = (&was.queues[queue], &alike.queues[queue]);
            let pairs = [
                ("waited", was.waited, is.waited),
                ("wait", was.wait_s, is.wait_s),
                ("answer", was.answer_s, is.answer_s),
                ("service level", was.service_level, is.service_level),
                ("left", was.abandoned, is.abandoned),
                ("active", was.active, is.active),
            ];
            for (what, was, is) in pairs {
                within(&format!("seed {seed}: {what} of {queue}"), was, is);
            }
        }
        within(&format!("seed {seed}: occupancy"), was.occupancy, alike.occupancy);
        let sides = recorded.sides(0);
        assert_eq!(sides["all"].chats, recorded.chats.len() as u64);
        near("asked", alike.all.asked, sides["all"].chats as f64, (sides["all"].chats as f64 / 10.0).sqrt());
    }
}

fn within(what: &str, was: Option<Estimate>, is: Option<Estimate>) {
    let (was, is) = (was.expect("it was counted"), is.expect("it was counted"));
    // The half-width is t·s/√n: of one replication it would be √n times as wide.
    let one = was.half_width * f64::from(TIMES).sqrt();
    let far = one + is.half_width;
    assert!((was.value - is.value).abs() <= far, "{what}: {is:?}, was {was:?}, may be {far} off");
}

#[test]
fn who_never_worked_and_queues_that_are_gone_are_left_out() {
    let mut truth = days(4);
    truth.length_ms = 10 * HOUR_MS;
    truth
        .agents
        .push(Group { shifts: vec![Shift { from_ms: u64::MAX / 2, until_ms: u64::MAX / 2 }], ..agent(9) });
    let recorded = record(&truth);
    let mut fewer = setup();
    fewer.queues.remove("billing");
    let alike = recorded.alike(&fewer);
    assert!(alike.agents.iter().all(|agent| agent.name != "agent-9"), "{:?}", alike.agents);
    assert_eq!(alike.queues.keys().collect::<Vec<_>>(), ["support"]);
    assert!(alike.queues["support"].transfers.is_empty());
    assert_eq!(alike.without_handle_times(&fewer), None);
    assert!(simulate(&Scenario { replications: 2, ..alike }, &fewer, &mut BuiltIn, &mut |_| {}).is_ok());
    let mut unserved = Recorded { chats: recorded.chats.iter().take(1).cloned().collect(), ..recorded };
    unserved.chats[0].stretches.clear();
    let asked = unserved.chats[0].queue.clone();
    assert_eq!(unserved.alike(&setup()).without_handle_times(&setup()), Some(asked));
}
