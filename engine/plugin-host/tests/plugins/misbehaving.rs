//! Plugins that break the law: each is told from the others, counted, and harms nobody else.

use crate::common::{DO, Loaded, STATS, bad, bad_with, both, load, plugin, until};
use hark_runtime::SystemErrorKind;
use serde_json::json;
use std::time::{Duration, Instant};

/// A desk with this plugin alone, in its own process and in a child.
fn lone(name: &str) -> [Loaded; 2] {
    both(&plugin("crm", bad(name)))
}

#[tokio::test]
async fn one_that_never_answers_is_cut_at_its_deadline_and_told_so() {
    for desk in lone("silent") {
        let began = Instant::now();
        let failure = desk.fails().await;
        assert!(began.elapsed() >= Duration::from_millis(200));
        assert_eq!(
            (failure.kind, failure.message.as_str()),
            (SystemErrorKind::Unavailable, "crm did not answer within 200 ms")
        );
        let report = desk.report("crm");
        assert_eq!((report.calls, report.errors, report.timeouts, report.dropped), (1, 1, 1, 0));
        assert_eq!(report.last_error, Some(failure.message));
        assert_eq!(report.state, "failing");
        loop {
            let stats = desk.ask(STATS, json!({})).await.expect("others are answered");
            if stats == json!({ "calls": 1, "cancels": 1 }) {
                break;
            }
        }
        assert_eq!(desk.report("crm").state, "serving");
    }
}

#[tokio::test]
async fn a_second_answer_is_dropped_and_counted() {
    for desk in lone("twice") {
        for asked in 1..=20 {
            assert_eq!(desk.ask(DO, json!({})).await, Ok(json!({ "answer": 1 })));
            until("the second one", || desk.report("crm").dropped == asked).await;
        }
        assert_eq!(desk.report("crm").errors, 0);
    }
}

#[tokio::test]
async fn an_answer_from_another_thread_after_the_cancel_is_dropped_and_counted() {
    for desk in lone("late") {
        for asked in 1..=3 {
            assert_eq!(desk.fails().await.kind, SystemErrorKind::Unavailable);
            until("the late answer", || desk.report("crm").dropped == asked).await;
        }
        assert!(desk.ask(STATS, json!({})).await.is_ok(), "a late answer is nobody else's");
        assert_eq!(desk.report("crm").timeouts, 3);
    }
}

#[tokio::test]
async fn an_asker_who_goes_away_is_no_failure_of_the_plugin() {
    for desk in lone("late") {
        for gone in 1..=10 {
            let given_up = tokio::time::timeout(Duration::from_millis(10), desk.ask(DO, json!({}))).await;
            assert!(given_up.is_err(), "the plugin keeps silent");
            until("the late answer", || desk.report("crm").dropped == gone).await;
        }
        assert_eq!(desk.report("crm").state, "serving");
    }
}

#[tokio::test]
async fn what_is_not_json_is_no_answer() {
    for desk in lone("garbage") {
        for part in ["not JSON", "not JSON", "not UTF-8", "not JSON"] {
            let failure = desk.fails().await;
            assert_eq!(failure.kind, SystemErrorKind::Unavailable);
            assert!(failure.message.contains(part), "{}", failure.message);
        }
        assert_eq!(desk.report("crm").errors, 4);
    }
}

#[tokio::test]
async fn strange_statuses_lengths_and_pointers_are_survived() {
    for desk in lone("strange") {
        let failure = desk.fails().await;
        assert_eq!(failure.message, "crm answered internal and gave no reason");
        assert!(desk.ask(STATS, json!({})).await.is_ok());
    }
}

#[tokio::test]
async fn answers_to_what_was_not_asked_are_dropped_and_counted() {
    for desk in lone("foreign") {
        assert_eq!(desk.ask(DO, json!({})).await, Ok(json!({ "answer": "own" })));
        assert_eq!(desk.report("crm").dropped, 4);
    }
}

#[tokio::test]
async fn a_huge_answer_is_refused_without_being_copied() {
    for desk in lone("huge") {
        let failure = desk.fails().await;
        assert_eq!(failure.message, "crm answered with 2097152 bytes, allowed are 1048576");
        assert!(desk.ask(STATS, json!({})).await.is_ok());
    }
}

#[tokio::test]
async fn one_that_asked_for_one_at_a_time_gets_that() {
    let mut options = plugin("crm", bad("overlap"));
    options.deadline_ms = 20_000;
    let desk = std::sync::Arc::new(load(vec![options]));
    let asked: Vec<_> = (0..40)
        .map(|_| {
            let desk = std::sync::Arc::clone(&desk);
            tokio::spawn(async move { desk.ask(DO, json!({})).await })
        })
        .collect();
    for answer in asked {
        assert_eq!(answer.await.expect("no panic"), Ok(json!({ "answer": "alone" })));
    }
}

#[tokio::test]
async fn one_that_writes_too_much_to_the_log_is_answered_all_the_same() {
    for desk in lone("chatty") {
        for _ in 0..3 {
            assert_eq!(desk.ask(DO, json!({})).await, Ok(json!({})));
        }
    }
}

/// Whether it says that it blocks or not: it gets none of the engine's threads, here the only one.
#[tokio::test]
async fn one_that_never_comes_back_stops_neither_the_others_nor_the_end() {
    for blocking in ["-DBLOCKING=\"true\"", "-DBLOCKING=\"false\""] {
        let other = bad_with("twice", &["-DOPERATION=\"test.other/1\""]);
        let desk = load(vec![plugin("crm", bad_with("stuck", &[blocking])), plugin("other", other)]);
        for _ in 0..4 {
            let (failure, answer) = tokio::join!(desk.fails(), desk.ask("test.other/1", json!({})));
            assert_eq!(failure.kind, SystemErrorKind::Unavailable);
            assert_eq!(answer, Ok(json!({ "answer": 1 })));
        }
        assert_eq!(desk.report("other").errors, 0);
        let began = Instant::now();
        assert_eq!(desk.fails().await.message.split(' ').next(), Some("crm"));
        desk.host.drain().await;
        assert!(began.elapsed() < Duration::from_secs(8), "the end is bounded: {:?}", began.elapsed());
        assert_eq!(desk.report("crm").state, "stopped");
        assert_eq!(desk.fails().await.message, "crm has been stopped");
    }
}
