//! Pick-a-customer: words in any order, beginnings, other scripts, and nothing that a person types breaks it.

use crate::{Desk, ids, naughty};
use hark_plugin_sdk::json;

#[test]
fn words_in_any_order_and_their_beginnings_find_people() {
    let desk = Desk::sample();
    for text in
        ["maria lopez", "lopez maria", "LOPEZ cer", "maria.lopez@example.com", "88213", "CS-5512", "555-0143"]
    {
        assert_eq!(ids(&desk.search(text)).first(), Some(&"cus_88213"), "{text}");
    }
    let lopez = desk.search("lópez");
    assert_eq!(lopez.len(), 2, "accents do not matter: {:?}", ids(&lopez));
    assert!(lopez.windows(2).all(|pair| pair[0].score >= pair[1].score));
    assert_eq!(desk.search("lopez zzz").len(), 2, "nobody has both words, so one is enough");
    assert_eq!(desk.search("qqqqq"), []);
    assert_eq!(desk.search("%"), []);
}

#[test]
fn other_scripts_are_found_by_their_parts() {
    let desk = Desk::sample();
    let cases = [
        ("小明", "cus_50494"),
        ("さくら", "cus_50516"),
        ("김", "cus_50538"),
        ("смирн", "cus_50338"),
        ("Παπαδ", "cus_50361"),
        ("शर्मा", "cus_50449"),
        ("حداد", "cus_50405"),
        ("odegard", "cus_50233"),
        ("szucs", "cus_50291"),
    ];
    for (text, id) in cases {
        assert!(ids(&desk.search(text)).contains(&id), "{text}: {:?}", ids(&desk.search(text)));
    }
}

#[test]
fn what_changes_is_found_by_its_new_words_only() {
    let desk = Desk::empty();
    let mut ada = desk.customer(&json!({ "name": "Ada Byron" }));
    ada.name = "Ada Lovelace".to_owned();
    desk.ask::<hark_plugin_sdk::crm::Customer>("crm.update/1", json!({ "customer": ada })).expect("updated");
    assert_eq!(ids(&desk.search("lovel")), [&ada.id]);
    assert_eq!(desk.search("byron"), []);
    assert_eq!(ids(&desk.reopen().search("lovel")), [&ada.id]);
}

#[test]
fn a_blank_text_gives_those_who_changed_last_and_limits_hold() {
    let desk = Desk::sample();
    let newest = desk.customer(&json!({ "name": "Newest" }));
    assert_eq!(desk.search("  ")[0].customer.id, newest.id);
    let count = |limit: u32| {
        let answer =
            desk.crm.call("crm.search/1", json!({ "text": "example", "limit": limit })).expect("searched");
        answer["matches"].as_array().expect("a list").len()
    };
    assert_eq!((count(3), count(0)), (3, 20));
    assert!(count(u32::MAX) > 60);
}

#[test]
fn query_language_is_only_text() {
    let desk = Desk::sample();
    for text in
        naughty().iter().map(String::as_str).chain(["\"", "a\" OR \"b", "name:maria", "NEAR(a b)", "*", "^a"])
    {
        let answer = desk.crm.call("crm.search/1", json!({ "text": text, "limit": 5 }));
        assert!(answer.is_ok(), "{text:?}: {answer:?}");
        let all = json!({ "email": text, "phone": text, "account": text, "case": text, "name": text,
            "fields": { text: text } });
        let answer = desk.crm.call("crm.lookup/1", all);
        assert!(answer.is_ok(), "{text:?}: {answer:?}");
    }
}
