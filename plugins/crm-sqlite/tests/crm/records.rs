//! Customers made, read and changed: kept byte for byte, over a restart, and never by two people at once unseen.

use crate::{Desk, naughty};
use hark_plugin_sdk::crm::{CasesAnswer, Customer};
use hark_plugin_sdk::{Failure, Json, json};

#[test]
fn a_customer_comes_back_as_it_was_written() {
    let desk = Desk::empty();
    let written = json!({
        "name": "Ada Lovelace", "email": "Ada@Example.com", "phone": "+44 20 7946 0001", "account": "A-1",
        "company": "Engines", "language": "en", "vip": true, "since": "2015-12-10", "notes": "line\nline",
        "fields": { "b": "2", "a": "1" }
    });
    let made = desk.customer(&written);
    assert!(made.id.starts_with("cus_"));
    assert_eq!(made.version, 1);
    let read: Json = desk.ask("crm.get/1", json!({ "id": made.id })).expect("read");
    let mut expected = written;
    expected["id"] = json!(made.id);
    expected["version"] = json!(1);
    assert_eq!(read, expected);
    let bare = desk.customer(&json!({ "name": "Bare" }));
    let read: Json = desk.ask("crm.get/1", json!({ "id": bare.id })).expect("read");
    assert_eq!(read, json!({ "id": bare.id, "name": "Bare", "vip": false, "version": 1 }));
}

#[test]
fn naughty_strings_are_kept_byte_for_byte() {
    let desk = Desk::empty();
    let written: Vec<(String, Customer)> = naughty()
        .into_iter()
        .map(|text| {
            let made = desk.customer(&json!({
                "name": format!("x{text}"), "email": text, "phone": text, "account": text, "company": text,
                "language": text, "notes": text, "fields": { &text: &text }
            }));
            (text, made)
        })
        .collect();
    let desk = desk.reopen();
    for (text, made) in &written {
        let read: Customer = desk.ask("crm.get/1", json!({ "id": made.id })).expect("read");
        assert_eq!(&read, made);
        assert_eq!(read.name.strip_prefix('x'), Some(text.as_str()));
        for kept in [&read.email, &read.phone, &read.account, &read.company, &read.language, &read.notes] {
            assert_eq!(kept.as_ref(), Some(text));
        }
        assert_eq!(read.fields.get(text), Some(text));
    }
}

#[test]
fn a_stale_change_is_refused_and_changes_nothing() {
    let desk = Desk::empty();
    let first = desk.customer(&json!({ "name": "Ada", "email": "ada@example.com" }));
    let mut theirs = first.clone();
    theirs.phone = Some("+44 20 7946 0001".to_owned());
    let theirs: Customer = desk.ask("crm.update/1", json!({ "customer": theirs })).expect("updated");
    assert_eq!(theirs.version, 2);
    let mut ours = first.clone();
    ours.name = "Augusta".to_owned();
    let failure = desk.ask::<Customer>("crm.update/1", json!({ "customer": ours })).expect_err("stale");
    assert!(matches!(failure, Failure::Refused(_)), "{failure}");
    let stored: Customer = desk.ask("crm.get/1", json!({ "id": first.id })).expect("read");
    assert_eq!(stored, theirs);
    assert_eq!(desk.lookup(json!({ "phone": "020 7946 0001" })).len(), 1, "the new number leads here");
}

#[test]
fn who_is_not_there_is_not_found() {
    let desk = Desk::empty();
    let nobody = json!({ "customer": { "id": "cus_0", "name": "x", "version": 1 } });
    let requests = [
        ("crm.get/1", json!({ "id": "cus_0" })),
        ("crm.get/1", json!({ "id": "" })),
        ("crm.update/1", nobody),
        ("crm.cases/1", json!({ "customer_id": "cus_0", "limit": 1 })),
        ("crm.create_case/1", json!({ "customer_id": "cus_0", "subject": "x" })),
    ];
    for (operation, request) in requests {
        let failure = desk.crm.call(operation, &request).expect_err("nobody");
        assert!(matches!(failure, Failure::NotFound(_)), "{operation} {request}: {failure}");
    }
}

#[test]
fn bad_input_is_invalid_and_says_what() {
    let desk = Desk::empty();
    let ada = desk.customer(&json!({ "name": "Ada" }));
    let too_many: Json =
        (0..300).map(|n| (n.to_string(), json!("x"))).collect::<serde_json::Map<_, _>>().into();
    let requests = [
        ("crm.create/1", json!({ "customer": { "name": " " } }), "needs a name"),
        ("crm.create/1", json!({ "customer": { "name": "x".repeat(20_001) } }), "`name` is longer"),
        (
            "crm.create/1",
            json!({ "customer": { "name": "x", "fields": { "f": "x".repeat(20_001) } } }),
            "`f`",
        ),
        ("crm.create/1", json!({ "customer": { "name": "x", "fields": too_many } }), "fields"),
        ("crm.create/1", json!({ "customer": { "name": "x", "since": "last year" } }), "`since`"),
        ("crm.create/1", json!({ "customer": { "name": "x", "since": "2021-13-01" } }), "`since`"),
        ("crm.create/1", json!({ "customer": { "name": 7 } }), "string"),
        ("crm.create/1", json!({}), "customer"),
        ("crm.update/1", json!({ "customer": { "id": ada.id, "name": "", "version": 1 } }), "needs a name"),
        ("crm.create_case/1", json!({ "customer_id": ada.id, "subject": "\t" }), "subject"),
        ("crm.create_case/1", json!({ "customer_id": ada.id, "subject": "x".repeat(1001) }), "subject"),
        ("crm.search/1", json!({ "text": "x", "limit": -1 }), "`-1`"),
    ];
    for (operation, request, names) in requests {
        let failure = desk.crm.call(operation, &request).expect_err("wrong");
        let text = failure.message();
        assert!(matches!(failure, Failure::Invalid(_)) && text.contains(names), "{operation}: {failure}");
    }
    let stored: Customer = desk.ask("crm.get/1", json!({ "id": ada.id })).expect("read");
    assert_eq!(stored, ada);
}

#[test]
fn the_sample_is_complete_and_comes_once() {
    let desk = Desk::sample();
    let everybody = desk.search("");
    assert!(everybody.len() >= 60, "{}", everybody.len());
    for found in &everybody {
        let customer = &found.customer;
        let email = customer.email.as_deref().unwrap_or_default();
        assert!(email.ends_with("@example.com") || email.ends_with("@example.org"), "{}", customer.name);
    }
    let maria: CasesAnswer = desk.ask("crm.cases/1", json!({ "customer_id": "cus_88213" })).expect("listed");
    let numbers: Vec<_> =
        maria.cases.iter().map(|case| (case.number.as_str(), case.status.as_str())).collect();
    assert_eq!(numbers, [("CS-5512", "open"), ("CS-5498", "open"), ("CS-5301", "closed")]);

    let before = everybody.len();
    let again = crate::open(&desk.path(), true).expect("opened beside the first");
    let count = again.call("crm.search/1", json!({ "text": "", "limit": 100 })).expect("searched");
    assert_eq!(count["matches"].as_array().expect("a list").len(), before);
}
