//! Too much at once, and failure after failure: the queue, the seats and the circuit breaker.

use crate::common::{DO, STATS, bad, load, plugin, until};
use hark_plugin_host::{PluginOptions, limits};
use hark_runtime::SystemErrorKind;
use serde_json::json;
use std::sync::Arc;
use std::time::Duration;

#[tokio::test]
async fn more_than_may_wait_are_told_that_it_is_busy() {
    let options = PluginOptions { max_in_flight: Some(2), queue: 3, ..plugin("crm", bad("silent")) };
    let desk = Arc::new(load(vec![PluginOptions { deadline_ms: 60_000, ..options }]));
    let asked: Vec<_> = (0..20)
        .map(|_| {
            let desk = Arc::clone(&desk);
            tokio::spawn(async move { desk.fails().await })
        })
        .collect();
    until("two have seats and three wait", || desk.report("crm").errors == 15).await;
    assert_eq!(desk.report("crm").last_error.as_deref(), Some("crm is busy: 3 wait already"));
    assert_eq!(desk.report("crm").state, "serving", "being busy is no failure");
    asked.iter().for_each(tokio::task::JoinHandle::abort);
    for one in asked {
        if let Ok(failure) = one.await {
            assert_eq!(failure.kind, SystemErrorKind::Unavailable);
        }
    }
    let stats = desk.ask(STATS, json!({})).await.expect("the seats are free again");
    assert_eq!(stats["calls"], 2, "those who waited never reached it");
}

#[tokio::test]
async fn one_that_is_stuck_is_not_given_more_than_it_has_seats() {
    let options = PluginOptions { max_in_flight: Some(1), ..plugin("crm", bad("stuck")) };
    let desk = load(vec![options]);
    assert_eq!(desk.fails().await.message, "crm did not answer within 200 ms");
    assert_eq!(desk.fails().await.message, "crm is busy: its turn did not come within 200 ms");
    assert_eq!(desk.report("crm").timeouts, 2);
}

#[tokio::test]
async fn after_failures_in_a_row_it_is_set_aside_and_tried_again() {
    let folder = tempfile::tempdir().expect("a folder");
    let switch = folder.path().join("cut");
    std::fs::write(&switch, "").expect("written");
    let desk = load(vec![plugin("crm", bad("moody"))]);
    let request = || json!(switch);
    for _ in 0..limits::FAILURES {
        let failure = desk.ask(DO, request()).await.expect_err("cut");
        assert_eq!(failure.message, "the line is cut");
    }
    assert_eq!(desk.report("crm").state, "open");
    let failure = desk.ask(DO, request()).await.expect_err("set aside");
    assert_eq!(failure.message, "crm is set aside for 1 s after failures: the line is cut");
    assert_eq!(failure.kind, SystemErrorKind::Unavailable);
    let again = desk.ask(DO, request()).await.expect_err("set aside");
    assert_eq!(
        again.message, failure.message,
        "the reason is the plugin's own, not that it was refused before"
    );

    std::fs::remove_file(&switch).expect("removed");
    let answer = loop {
        match desk.ask(DO, request()).await {
            Ok(answer) => break answer,
            Err(failure) => assert!(failure.message.starts_with("crm is set aside"), "{failure}"),
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    };
    assert_eq!(answer, json!({ "answer": "well" }));
    assert_eq!(desk.report("crm").state, "serving");
    let stats = desk.ask(STATS, json!({})).await.expect("answered");
    assert_eq!(stats["calls"], limits::FAILURES + 1, "nothing reached it while it was set aside");
}

#[tokio::test]
async fn a_request_that_is_too_large_is_not_handed_over() {
    let desk = load(vec![plugin("crm", bad("twice"))]);
    let failure = desk.ask(DO, json!("x".repeat(limits::REQUEST_BYTES))).await.expect_err("too large");
    assert_eq!(failure.kind, SystemErrorKind::Invalid);
    assert_eq!(desk.ask(STATS, json!({})).await, Ok(json!({ "calls": 0, "cancels": 0 })));
}

#[tokio::test]
async fn what_is_open_is_finished_before_the_end() {
    let options = PluginOptions { deadline_ms: 20_000, ..plugin("crm", bad("slow")) };
    let desk = Arc::new(load(vec![options]));
    let asker = Arc::clone(&desk);
    let asked = tokio::spawn(async move { asker.ask(DO, json!({})).await });
    until("it is asked", || desk.report("crm").calls == 1).await;
    // The one thread of this test runs the asker first, so the plugin has the question.
    desk.host.drain().await;
    assert_eq!(asked.await.expect("no panic"), Ok(json!({ "answer": "slow" })));
    desk.host.drain().await;
    assert_eq!(desk.report("crm").state, "stopped");
}
