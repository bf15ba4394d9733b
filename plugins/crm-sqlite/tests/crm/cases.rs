//! Cases, and chats' logs in them: stored once however often they come, in the right case, whole.

use crate::{Desk, naughty};
use hark_plugin_sdk::crm::{AttachLogAnswer, Case, CasesAnswer};
use hark_plugin_sdk::{Failure, Json, json};
use std::collections::BTreeSet;

fn log(customer: &str, chat: &str) -> Json {
    json!({
        "customer_id": customer, "chat_id": chat, "title": "A broken kit", "text": "Maria: hello\nDana: hi",
        "codes": ["delivery", "refund"], "started_at": "2026-01-02T03:04:05Z", "ended_at": "2026-01-02T03:14:05Z"
    })
}

fn attach(desk: &Desk, request: Json) -> Case {
    desk.ask::<AttachLogAnswer>("crm.attach_log/1", request).expect("attached").case
}

fn cases(desk: &Desk, customer: &str) -> Vec<Case> {
    desk.ask::<CasesAnswer>("crm.cases/1", json!({ "customer_id": customer, "limit": 100 }))
        .expect("listed")
        .cases
}

#[test]
fn a_log_goes_to_the_newest_open_case_and_says_everything() {
    let desk = Desk::sample();
    let case = attach(&desk, log("cus_88213", "int_1"));
    assert_eq!(case.number, "CS-5512");
    let note = case.notes.last().expect("a note");
    assert_eq!(note.at, "2026-01-02T03:14:05Z");
    assert_eq!(
        note.text,
        "A broken kit\n2026-01-02T03:04:05Z - 2026-01-02T03:14:05Z\nCodes: delivery, refund\n\nMaria: hello\nDana: hi"
    );
    assert!(case.updated_at > case.opened_at);
    assert_eq!(cases(&desk.reopen(), "cus_88213")[0], case);
}

#[test]
fn without_an_open_case_one_is_opened_with_the_title() {
    let desk = Desk::empty();
    let ada = desk.customer(&json!({ "name": "Ada" })).id;
    let first = attach(&desk, log(&ada, "int_1"));
    assert_eq!((first.subject.as_str(), first.status.as_str()), ("A broken kit", "open"));
    assert!(first.id.starts_with("cas_"));
    let second = attach(&desk, log(&ada, "int_2"));
    assert_eq!(second.id, first.id, "that case is open now");
    assert_eq!(second.notes.len(), 2);

    let bo = desk.customer(&json!({ "name": "Bo" })).id;
    let mut untitled = log(&bo, "int_3");
    untitled["title"] = json!("");
    assert_eq!(attach(&desk, untitled).subject, "Chat int_3");
}

#[test]
fn the_same_chat_is_stored_once() {
    let desk = Desk::empty();
    let ada = desk.customer(&json!({ "name": "Ada" })).id;
    let first = attach(&desk, log(&ada, "int_1"));
    let mut again = log(&ada, "int_1");
    again["text"] = json!("something else");
    assert_eq!(attach(&desk, again), first);
    let desk = desk.reopen();
    assert_eq!(attach(&desk, log(&ada, "int_1")), first);
    assert_eq!(cases(&desk, &ada), [first]);
}

#[test]
fn many_at_once_store_each_chat_once() {
    let desk = Desk::empty();
    let ada = desk.customer(&json!({ "name": "Ada" })).id;
    std::thread::scope(|scope| {
        for thread in 0..8 {
            let (desk, ada) = (&desk, &ada);
            scope.spawn(move || {
                for n in 0..10 {
                    let case = attach(desk, log(ada, &format!("int_{n}")));
                    assert!(!case.notes.is_empty());
                    let text = format!("Made {thread} {n}");
                    desk.customer(&json!({ "name": text }));
                    assert_eq!(desk.lookup(json!({ "name": text })).len(), 1, "what was answered is there");
                }
            });
        }
    });
    let all = cases(&desk, &ada);
    assert_eq!(all.len(), 1, "the first log opened a case, the others found it");
    assert_eq!(all[0].notes.len(), 10);
    assert_eq!(desk.crm.surplus(), 0);
}

#[test]
fn a_chosen_case_is_taken_if_it_is_the_customers() {
    let desk = Desk::sample();
    let with_case = |case: &str| {
        let mut request = log("cus_88213", &format!("int_{case}"));
        request["case_id"] = json!(case);
        desk.ask::<AttachLogAnswer>("crm.attach_log/1", request).map(|answer| answer.case)
    };
    assert_eq!(with_case("cas_5301").expect("closed, but chosen").number, "CS-5301");
    assert!(matches!(with_case("cas_5507"), Err(Failure::Refused(_))), "it is somebody else's");
    assert!(matches!(with_case("cas_0"), Err(Failure::NotFound(_))));
    let failure = desk.crm.call("crm.attach_log/1", log("cus_0", "int_x")).expect_err("nobody");
    assert!(matches!(failure, Failure::NotFound(_)), "{failure}");
    let failure = desk.crm.call("crm.attach_log/1", log("cus_88213", " ")).expect_err("no chat");
    assert!(matches!(failure, Failure::Invalid(_)), "{failure}");
}

#[test]
fn naughty_logs_are_kept_byte_for_byte() {
    let desk = Desk::empty();
    let ada = desk.customer(&json!({ "name": "Ada" })).id;
    for (n, text) in naughty().into_iter().enumerate() {
        let mut request = log(&ada, &format!("int_{n}"));
        request["text"] = json!(text);
        request["title"] = json!(text);
        let note = attach(&desk, request).notes.pop().expect("a note").text;
        assert!(note.starts_with(&text) && note.ends_with(&text), "{text:?}");
    }
}

#[test]
fn an_answer_stays_small_however_long_the_logs_are() {
    let desk = Desk::empty();
    let ada = desk.customer(&json!({ "name": "Ada" })).id;
    for n in 0..40 {
        let mut request = log(&ada, &format!("int_{n}"));
        request["text"] = json!(format!("{n} {}", "\u{1}".repeat(10_000)));
        let case = attach(&desk, request);
        let newest = case.notes.last().expect("the newest note is there");
        assert!(newest.text.contains(&format!("\n\n{n} ")), "{n}");
    }
    let answer = desk.crm.call("crm.cases/1", json!({ "customer_id": ada })).expect("listed");
    assert!(answer.to_string().len() < 1024 * 1024);
}

#[test]
fn numbers_are_new_and_newest_comes_first() {
    let desk = Desk::sample();
    let open = |n: u32| -> Case {
        let request = json!({ "customer_id": "cus_50771", "subject": format!("Subject {n}") });
        desk.ask("crm.create_case/1", request).expect("opened")
    };
    let opened: Vec<_> = (0..5).map(open).collect();
    assert_eq!(opened[0].number, "CS-5516", "after the sample's last");
    let numbers: BTreeSet<_> = opened.iter().map(|case| &case.number).collect();
    assert_eq!(numbers.len(), opened.len());
    let listed = cases(&desk, "cus_50771");
    assert_eq!(listed.iter().rev().cloned().collect::<Vec<_>>(), opened);
    let found = desk.lookup(json!({ "case": opened[2].number }));
    assert_eq!(found[0].case.as_ref(), Some(&opened[2]));
    assert_eq!(found[0].open_cases, 5);
}
