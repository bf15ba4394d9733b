//! What goes wrong: tried again where that is harmless, told in words where it is not, and never waited for too long.

use crate::server::{Answer, Server, ok, status};
use crate::{ask, client};
use hark_plugin_sdk::{Failure, json};
use std::net::TcpListener;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

/// A server whose first answers have these statuses.
fn first(statuses: &'static [u16]) -> Server {
    let asked = AtomicUsize::new(0);
    Server::start(move |_| match statuses.get(asked.fetch_add(1, Ordering::SeqCst)) {
        Some(number) => status(*number, &json!({ "message": "a moment" })),
        None => ok(&json!({ "done": true })),
    })
}

#[test]
fn what_may_pass_is_asked_again_if_it_may_be_sent_again() {
    for number in [429, 502, 503, 504] {
        let statuses: &'static [u16] = Box::leak(Box::new([number, number]));
        let server = first(statuses);
        let client = client(&server, &json!({})).expect("a client");
        assert_eq!(ask(&client, &json!({ "path": "/" })), Ok(json!({ "done": true })), "{number}");
        assert_eq!(server.lines().len(), 3);
    }
    let marked = first(&[503]);
    let client = client(&marked, &json!({})).expect("a client");
    let request = json!({ "path": "/", "method": "POST", "idempotent": true });
    assert_eq!(ask(&client, &request), Ok(json!({ "done": true })));
}

#[test]
fn what_must_not_be_sent_again_is_not() {
    for method in ["POST", "PATCH"] {
        let server = first(&[503]);
        let client = client(&server, &json!({ "error": "{/message}" })).expect("a client");
        let failure = ask(&client, &json!({ "path": "/", "method": method })).expect_err("once");
        assert_eq!(failure, Failure::unavailable("the other system is out of order (503): a moment"));
        assert_eq!(server.lines().len(), 1);
    }
    let server = first(&[500]);
    let client = client(&server, &json!({})).expect("a client");
    ask(&client, &json!({ "path": "/" })).expect_err("500 does not pass by waiting");
    let server = first(&[503, 503, 503, 503]);
    let twice = crate::client(&server, &json!({ "retries": 1 })).expect("a client");
    ask(&twice, &json!({ "path": "/" })).expect_err("one further try");
    assert_eq!(server.lines().len(), 2);
}

#[test]
fn a_wish_for_rest_is_kept_by_everybody() {
    let server = Server::start(|_| Answer {
        headers: vec![("retry-after", "30".to_owned())],
        ..status(429, &json!({}))
    });
    let client = client(&server, &json!({})).expect("a client");
    let start = Instant::now();
    let failure = ask(&client, &json!({ "path": "/" })).expect_err("30 s are too long");
    assert!(matches!(&failure, Failure::Unavailable(text) if text.contains("asked too often")), "{failure}");
    let failure = ask(&client, &json!({ "path": "/" })).expect_err("not asked at all");
    assert!(matches!(&failure, Failure::Unavailable(text) if text.contains("again in 30 s")), "{failure}");
    assert_eq!(server.lines().len(), 1);
    assert!(start.elapsed() < Duration::from_secs(5));
}

#[test]
fn a_short_wish_for_rest_is_waited_for() {
    let asked = AtomicUsize::new(0);
    let server = Server::start(move |_| match asked.fetch_add(1, Ordering::SeqCst) {
        0 => Answer { headers: vec![("retry-after", "1".to_owned())], ..status(429, &json!({})) },
        _ => ok(&json!({ "done": true })),
    });
    let client = client(&server, &json!({})).expect("a client");
    let start = Instant::now();
    assert_eq!(ask(&client, &json!({ "path": "/" })), Ok(json!({ "done": true })));
    assert!(start.elapsed() >= Duration::from_secs(1), "{:?}", start.elapsed());
}

#[test]
fn our_own_rate_holds() {
    let server = Server::start(|_| ok(&json!({})));
    let client =
        client(&server, &json!({ "requests_per_second": 5.0, "timeout_ms": 500 })).expect("a client");
    let start = Instant::now();
    let answers: Vec<_> = (0..8).map(|_| ask(&client, &json!({ "path": "/" }))).collect();
    let answered = answers.iter().filter(|answer| answer.is_ok()).count();
    assert!(
        answered as f64 <= 6.0 + start.elapsed().as_secs_f64() * 5.0,
        "{answered} in {:?}",
        start.elapsed()
    );
    assert!(start.elapsed() >= Duration::from_millis(150), "{:?}", start.elapsed());
}

#[test]
fn a_no_is_told_in_its_kind_with_the_systems_own_words() {
    let cases = [
        (404, Failure::not_found("the other system knows no such thing: Why.")),
        (403, Failure::refused("the other system does not permit this: Why.")),
        (409, Failure::refused("the other system has a conflict with this: Why.")),
        (400, Failure::invalid("the other system does not take this (400): Why.")),
        (422, Failure::invalid("the other system does not take this (422): Why.")),
        (401, Failure::unavailable("the other system refuses Hark's log-in: Why.")),
        (302, Failure::unavailable("the other system has moved: `server.base_url` is not right: Why.")),
        (500, Failure::unavailable("the other system is out of order (500): Why.")),
    ];
    for (number, expected) in cases {
        let server = Server::start(move |_| status(number, &json!([{ "message": "Why." }])));
        let client = client(&server, &json!({ "error": "{/0/message}" })).expect("a client");
        assert_eq!(ask(&client, &json!({ "path": "/" })), Err(expected));
    }
}

#[test]
fn answers_that_are_none_are_unavailable() {
    let html = |_: &_| Answer { status: 200, headers: Vec::new(), body: "<html>".to_owned() };
    let large =
        |_: &_| Answer { status: 200, headers: Vec::new(), body: format!("\"{}\"", "x".repeat(5 << 20)) };
    for (server, words) in [(Server::start(html), "not JSON"), (Server::start(large), "length limit")] {
        let client = client(&server, &json!({ "retries": 0 })).expect("a client");
        let failure = ask(&client, &json!({ "path": "/" })).expect_err("no answer");
        assert!(matches!(&failure, Failure::Unavailable(text) if text.contains(words)), "{failure}");
    }
    let empty = Server::start(|_| Answer { status: 204, headers: Vec::new(), body: String::new() });
    let client = client(&empty, &json!({})).expect("a client");
    assert_eq!(ask(&client, &json!({ "path": "/", "method": "PUT" })), Ok(json!(null)));
}

#[test]
fn who_is_not_vouched_for_is_not_asked() {
    let (server, other) = (Server::start(|_| ok(&json!({}))), Server::start(|_| ok(&json!({}))));
    for wrong in [
        json!({ "ca_file": other.root, "retries": 0 }),
        json!({ "base_url": server.url.replace("localhost", "127.0.0.1"), "retries": 0 }),
    ] {
        let client = client(&server, &wrong).expect("a client");
        let failure = ask(&client, &json!({ "path": "/" })).expect_err("not trusted");
        assert!(matches!(&failure, Failure::Unavailable(text) if text.contains("certificate")), "{failure}");
    }
    assert_eq!(server.seen().len(), 0);
}

#[test]
fn silence_and_absence_end_in_time() {
    let silent = TcpListener::bind("127.0.0.1:0").expect("a port");
    let port = silent.local_addr().expect("a port").port();
    let server = Server::start(|_| ok(&json!({})));
    let config = json!({ "base_url": format!("https://localhost:{port}"), "timeout_ms": 200 });
    let start = Instant::now();
    let failure =
        ask(&client(&server, &config).expect("a client"), &json!({ "path": "/" })).expect_err("silence");
    assert!(matches!(&failure, Failure::Unavailable(text) if text.contains("in time")), "{failure}");
    drop(silent);
    let failure =
        ask(&client(&server, &config).expect("a client"), &json!({ "path": "/" })).expect_err("nobody");
    assert!(
        matches!(&failure, Failure::Unavailable(text) if text.contains("cannot be reached")),
        "{failure}"
    );
    assert!(start.elapsed() < Duration::from_secs(5), "{:?}", start.elapsed());
}
