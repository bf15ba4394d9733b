//! What happens to servers: gone, back, busy, in the way of one another, silent. Each is an answer with a reason and in
//! time, and when the reason is gone the work goes on.

use crate::beside::Beside;
use crate::server::Server;
use crate::{Desk, PATIENT_MS, create, new_schema, open, server};
use hark_plugin_sdk::crm::{CasesAnswer, Customer};
use hark_plugin_sdk::testing::Driver;
use hark_plugin_sdk::{Failure, Json, abi, json};
use std::net::TcpListener;
use std::time::{Duration, Instant};

fn unavailable(crm: &Driver, operation: &str, request: Json) -> String {
    match crm.call(operation, request) {
        Err(Failure::Unavailable(text)) => text,
        other => panic!("not unavailable: {other:?}"),
    }
}

#[test]
fn a_server_that_restarts_is_told_and_found_again() {
    let mut server = Server::start(None);
    let config = json!({ "url": server.url(), "sample": true, "timeout_ms": PATIENT_MS });
    let crm = create(&config).expect("created");
    let maria = json!({ "account": "88213" });
    let found = crm.call("crm.lookup/1", &maria).expect("found");

    server.stop();
    server.run(false);
    assert_eq!(crm.call("crm.lookup/1", &maria), Ok(found.clone()), "what was kept open is opened anew");

    server.stop();
    let text = unavailable(&crm, "crm.lookup/1", maria.clone());
    assert!(text.contains("cannot be reached") || text.contains("gone"), "{text}");
    assert_eq!(crm.health().0, abi::STATUS_UNAVAILABLE);
    let failure = create(&config).err().expect("no server");
    assert!(matches!(failure, Failure::Unavailable(_)), "{failure}");

    server.run(false);
    assert_eq!(crm.health(), (abi::STATUS_OK, String::new()), "noticed without being asked for work");
    assert_eq!(crm.call("crm.lookup/1", &maria), Ok(found));
}

#[test]
fn a_lock_of_somebody_else_is_not_waited_for_beyond_the_time() {
    let schema = new_schema();
    let config = json!({ "url": server().url(), "schema": schema, "sample": true, "timeout_ms": 300 });
    let crm = create(&config).expect("created");
    let beside = Beside::connect(server());
    beside.run(&format!("BEGIN; LOCK TABLE {schema}.customers"));
    let start = Instant::now();
    let text = unavailable(&crm, "crm.search/1", json!({ "text": "maria" }));
    assert!(text.contains("in time") || text.contains("too long"), "{text}");
    assert!(start.elapsed() < Duration::from_secs(5), "{:?}", start.elapsed());
    beside.run("ROLLBACK");
    let waiting = format!(
        "SELECT count(*) FROM pg_locks WHERE NOT granted AND relation = '{schema}.customers'::regclass"
    );
    let end = Instant::now() + Duration::from_secs(10);
    while beside.number(&waiting) > 0 {
        assert!(Instant::now() < end, "the server still works on what nobody waits for");
    }
    let end = Instant::now() + Duration::from_secs(10);
    while crm.call("crm.search/1", json!({ "text": "maria" })).is_err() {
        assert!(Instant::now() < end, "it does not go on");
    }
}

#[test]
fn a_server_that_is_silent_is_given_up() {
    let silent = TcpListener::bind("127.0.0.1:0").expect("a port");
    let port = silent.local_addr().expect("a port").port();
    let url = format!("postgres://hark@127.0.0.1:{port}/hark");
    let start = Instant::now();
    let failure = create(&json!({ "url": url, "connect_timeout_ms": 200 })).err().expect("silence");
    assert!(matches!(&failure, Failure::Unavailable(text) if text.contains("in time")), "{failure}");
    assert!(start.elapsed() < Duration::from_secs(5), "{:?}", start.elapsed());
}

#[test]
fn no_more_connections_are_made_than_allowed() {
    let url = server().url() + "?application_name=few";
    let config = json!({
        "url": url, "schema": new_schema(), "sample": true, "connections": 2, "timeout_ms": PATIENT_MS
    });
    let crm = create(&config).expect("created");
    let beside = Beside::connect(server());
    std::thread::scope(|scope| {
        for _ in 0..8 {
            scope.spawn(|| {
                for _ in 0..20 {
                    crm.call("crm.search/1", json!({ "text": "maria" })).expect("its turn came");
                }
            });
        }
        for _ in 0..20 {
            let open = beside.number("SELECT count(*) FROM pg_stat_activity WHERE application_name = 'few'");
            assert!(open <= 2, "{open} connections");
        }
    });
}

#[test]
fn two_engines_attach_the_same_chats_once() {
    let desk = Desk::empty();
    let ada = desk.customer(&json!({ "name": "Ada" })).id;
    let other = open(&desk.path(), false).expect("the second engine");
    std::thread::scope(|scope| {
        for crm in [&desk.crm, &other, &desk.crm, &other] {
            let ada = &ada;
            scope.spawn(move || {
                for n in 0..15 {
                    let log = json!({
                        "customer_id": ada, "chat_id": format!("int_{n}"), "title": "T", "text": "x",
                        "started_at": "2026-01-02T03:04:05Z", "ended_at": "2026-01-02T03:14:05Z"
                    });
                    crm.call("crm.attach_log/1", log).expect("attached");
                }
            });
        }
    });
    let cases = desk.ask::<CasesAnswer>("crm.cases/1", json!({ "customer_id": ada })).expect("listed").cases;
    assert_eq!(cases.len(), 1);
    assert_eq!(cases[0].notes.len(), 15);
}

#[test]
fn the_same_chat_of_two_customers_goes_to_the_first() {
    let desk = Desk::empty();
    let ids: Vec<String> = ["Ada", "Bo"].map(|name| desk.customer(&json!({ "name": name })).id).into();
    let cases: Vec<Json> = std::thread::scope(|scope| {
        let desk = &desk;
        let attach = |id: &String| {
            let log = json!({
                "customer_id": id, "chat_id": "int_same", "title": "T", "text": "x",
                "started_at": "2026-01-02T03:04:05Z", "ended_at": "2026-01-02T03:14:05Z"
            });
            scope.spawn(move || desk.crm.call("crm.attach_log/1", log).expect("attached"))
        };
        let both: Vec<_> = ids.iter().map(attach).collect();
        both.into_iter().map(|one| one.join().expect("no panic")["case"]["id"].clone()).collect()
    });
    assert_eq!(cases[0], cases[1]);
}

#[test]
fn the_one_character_that_the_server_keeps_not_is_shown() {
    let desk = Desk::empty();
    let made = desk.customer(&json!({ "name": "a\0b", "fields": { "k\0": "v\0" } }));
    let read: Customer = desk.ask("crm.get/1", json!({ "id": made.id })).expect("read");
    assert_eq!(
        (read.name.as_str(), read.fields.get("k\u{2400}").map(String::as_str)),
        ("a\u{2400}b", Some("v\u{2400}"))
    );
    assert_eq!(desk.lookup(json!({ "name": "a\0b" })).len(), 1);
    let failure = desk.crm.call("crm.get/1", json!({ "id": "\0" })).expect_err("nobody");
    assert!(matches!(failure, Failure::NotFound(_)), "{failure}");
}

#[test]
fn a_word_or_key_of_any_length_is_stored_and_found() {
    let desk = Desk::empty();
    let long = "x".repeat(20_000);
    let made = desk.customer(&json!({
        "name": long, "email": long, "account": long, "company": long, "fields": { "f": long }
    }));
    for request in [json!({ "email": long }), json!({ "account": long }), json!({ "fields": { "f": long } })]
    {
        assert_eq!(crate::ids(&desk.lookup(request)), [&made.id]);
    }
    assert_eq!(crate::ids(&desk.search("xxxx")), [&made.id]);
}
