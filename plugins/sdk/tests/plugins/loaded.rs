//! Plugins made with the SDK, built as shared libraries and driven through the raw table: each promise of the ABI
//! that the SDK keeps for its user is broken on purpose here.

use crate::common::example;
use crate::opened::open;
use hark_plugin_sdk::abi::{self, HarkCall, HarkPluginTableV1};
use hark_plugin_sdk::testing::Driver;
use hark_plugin_sdk::{Failure, json};
use std::ptr;
use std::time::Duration;

fn slow() -> &'static HarkPluginTableV1 {
    open(&example("slow_crm"))
}

pub(crate) fn file_with_customers() -> std::path::PathBuf {
    let path = std::path::Path::new(env!("CARGO_TARGET_TMPDIR")).join("customers.csv");
    std::fs::write(&path, "ana@example.com, Ana Öztürk, 1001\nbo@example.org, Bo 陳, 1002\n")
        .expect("written");
    path
}

#[test]
fn the_first_plugin_of_the_book_finds_a_customer() {
    let table = open(&example("first_crm"));
    let manifest = Driver::manifest(table);
    assert_eq!(manifest["name"], "first-crm");
    assert_eq!(manifest["capabilities"], json!(["crm.lookup/1"]));
    assert_eq!(manifest["threading"], "any");

    let crm = Driver::create(table, &json!({ "file": file_with_customers() })).expect("created");
    assert!(crm.logs()[0].1.starts_with("2 customers from "), "{:?}", crm.logs());
    let answer = crm.call("crm.lookup/1", json!({ "email": "BO@example.org", "limit": 5, "later": 1 }));
    let answer = answer.expect("answered");
    assert_eq!(answer["matches"][0]["customer"]["name"], "Bo 陳");
    assert_eq!(answer["matches"].as_array().expect("a list").len(), 1);
    let nobody = crm.call("crm.lookup/1", json!({ "email": "x@example.org" })).expect("answered");
    assert_eq!(nobody, json!({ "matches": [] }));
}

#[test]
fn wrong_requests_are_told_apart() {
    let crm = Driver::create(open(&example("first_crm")), &json!({ "file": file_with_customers() }));
    let crm = crm.expect("created");
    let failure = crm.call("crm.lookup/1", json!({ "name": "Ana" })).expect_err("refused");
    assert_eq!(failure, Failure::invalid("this CRM knows customers by e-mail only"));
    for unknown in ["crm.get/1", "crm.lookup/2", "faq.search/1", ""] {
        let failure = crm.call(unknown, json!({ "id": "x" })).expect_err("unknown");
        assert!(matches!(failure, Failure::UnknownOperation(_)), "{unknown}: {failure}");
    }
    for payload in [&b""[..], b"{", b"[]", b"\xff\xfe", b"{\"email\":7}"] {
        let answer = crm.wait(crm.start("crm.lookup/1", payload));
        assert_eq!(answer.status, abi::STATUS_INVALID);
        assert_eq!(answer.content_type, "text/plain");
    }
}

#[test]
fn a_configuration_that_fails_says_why_and_leaves_nothing() {
    let first = open(&example("first_crm"));
    let failure = Driver::create(first, &json!({})).err().expect("refused");
    assert_eq!(failure, Failure::invalid("`file` is missing"));
    let failure = Driver::create(first, &json!(["file"])).err().expect("refused");
    assert_eq!(failure, Failure::invalid("the configuration is not a JSON object"));
    let failure = Driver::create(first, &json!({ "file": "/nowhere/at/all" })).err().expect("refused");
    assert!(matches!(failure, Failure::Unavailable(_)), "{failure}");

    let long = "ü".repeat(2 * abi::MIN_BUFFER);
    let failure = Driver::create(slow(), &json!({ "fail": long })).err().expect("refused");
    assert_eq!(failure.message().len(), abi::MIN_BUFFER, "cut to fit, between characters");
    let failure = Driver::create(slow(), &json!({ "fail": "panic" })).err().expect("refused");
    assert_eq!(failure, Failure::Internal("the plugin panicked: asked to panic".to_owned()));
}

#[test]
fn a_panic_is_an_answer_and_the_plugin_goes_on() {
    let crm = Driver::create(slow(), &json!({})).expect("created");
    let failure = crm.call("crm.get/1", json!({ "id": "panic" })).expect_err("panicked");
    assert_eq!(failure, Failure::Internal("the plugin panicked".to_owned()));
    let line = (abi::LOG_ERROR, "the plugin panicked: no customer panic".to_owned());
    assert!(crm.logs().contains(&line), "{:?}", crm.logs());
    let failure = crm.call("crm.get/1", json!({ "id": "cus_1" })).expect_err("nobody");
    assert_eq!(failure, Failure::not_found("there is no customer cus_1"));
}

#[test]
fn answers_come_from_another_thread_and_are_never_forgotten() {
    let crm = Driver::create(slow(), &json!({})).expect("created");
    assert_eq!(crm.call("crm.lookup/1", json!({})), Ok(json!({ "matches": [] })));
    let failure = crm.call("crm.lookup/1", json!({ "name": "forget" })).expect_err("dropped");
    assert_eq!(failure, Failure::Internal("the plugin gave no answer".to_owned()));

    let waits = crm.start("crm.lookup/1", br#"{"name":"cancel"}"#);
    assert_eq!(crm.answer(waits), None, "nobody has cancelled it");
    crm.cancel(waits + 1000);
    crm.cancel(waits);
    assert_eq!(crm.wait(waits).status, abi::STATUS_CANCELLED);

    let late = crm.start("crm.lookup/1", br#"{"name":"cancel"}"#);
    crm.give_up(late);
    assert_eq!(crm.wait(late).status, abi::STATUS_CANCELLED, "it asked its host, and was not told");
    assert_eq!(crm.surplus(), 0);
}

#[test]
fn drain_waits_for_open_calls_and_no_longer_than_told() {
    let crm = Driver::create(slow(), &json!({})).expect("created");
    let stuck = crm.start("crm.lookup/1", br#"{"name":"cancel"}"#);
    let behind: Vec<_> = (0..50).map(|_| crm.start("crm.lookup/1", b"{}")).collect();
    crm.drain(Duration::from_millis(1));
    assert_eq!(crm.answer(stuck), None, "drain came back although a call is open");
    crm.cancel(stuck);
    crm.drain(Duration::from_secs(10));
    for call in behind.iter().chain([&stuck]) {
        assert!(crm.answer(*call).is_some(), "drain came back before call {call} was answered");
    }
    crm.drain(Duration::ZERO);
}

#[test]
fn many_threads_ask_at_once_and_each_gets_its_own_answer() {
    let crm = Driver::create(slow(), &json!({})).expect("created");
    std::thread::scope(|scope| {
        for thread in 0..8 {
            let crm = &crm;
            scope.spawn(move || {
                for n in 0..200 {
                    let failure = crm.call("crm.get/1", json!({ "id": format!("{thread}-{n}") }));
                    let failure = failure.expect_err("nobody is there");
                    assert_eq!(failure.message(), format!("there is no customer {thread}-{n}"));
                    assert_eq!(crm.call("crm.lookup/1", json!({})), Ok(json!({ "matches": [] })));
                }
            });
        }
    });
    assert_eq!(crm.surplus(), 0);
}

#[test]
fn health_is_told_and_cut_to_fit() {
    let crm = Driver::create(slow(), &json!({})).expect("created");
    let (status, text) = crm.health();
    assert_eq!(status, abi::STATUS_UNAVAILABLE);
    assert_eq!(text, "è".repeat(abi::MIN_BUFFER / 2));
}

#[test]
fn null_pointers_are_survived() {
    let table = slow();
    let call = table.call.expect("there");
    // SAFETY: the SDK promises to check for null, beyond what the header asks.
    unsafe {
        call(ptr::null_mut(), ptr::null::<HarkCall>());
        table.cancel.expect("there")(ptr::null_mut(), 1);
        table.drain.expect("there")(ptr::null_mut(), 1);
        table.destroy.expect("there")(ptr::null_mut());
        assert_eq!(table.health.expect("there")(ptr::null_mut(), ptr::null_mut()), abi::STATUS_INVALID);
        let create = table.create.expect("there");
        let status = create(ptr::null(), abi::HarkBytes::EMPTY, ptr::null_mut(), ptr::null_mut());
        assert_eq!(status, abi::STATUS_INVALID);
    }
}
