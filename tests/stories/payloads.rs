//! One vocabulary, three doors: what the core keeps of a CRM's answers and what the plugin kit writes is the same JSON,
//! field by field and both ways. It starts nothing.

#![forbid(unsafe_code)]

use hark_core::record::{Case, CaseNote, Customer, Match};
use hark_core::state::{AttachLog, Lookup};
use hark_core::{ChatId, Time};
use hark_plugin_sdk::crm;
use serde_json::{Value, json};

/// Reads JSON as `T` and writes it again.
macro_rules! through {
    ($type:ty, $value:expr) => {
        serde_json::to_value(
            serde_json::from_value::<$type>($value.clone())
                .unwrap_or_else(|error| panic!("{} does not read {}: {error}", stringify!($type), $value)),
        )
        .expect("our own types are always JSON")
    };
}

fn full_customer() -> Value {
    json!({
        "id": "cus_88213", "name": "María José López", "email": "mj@example.org", "phone": "+34 555 010 214",
        "account": "88214", "company": "López", "language": "es", "vip": true, "since": "2021-09-17",
        "notes": "Escribe en español.\n\"quoted\"", "fields": { "plan": "Home", "région": "Île" }, "version": 7,
    })
}

fn full_note() -> Value {
    json!({ "at": "2026-11-22T15:04:05Z", "author": "Dana R.", "text": "Photos received.\u{0}\u{1F600}" })
}

fn full_case() -> Value {
    json!({
        "id": "cas_1", "number": "CS-5512", "customer_id": "cus_88213", "subject": "Broken glaze kit", "status": "open",
        "opened_at": "2026-11-20T09:00:00Z", "updated_at": "2026-11-22T15:04:05Z", "notes": [full_note()],
    })
}

fn full_match() -> Value {
    json!({ "customer": full_customer(), "case": full_case(), "open_cases": 2, "score": 100, "by": "case" })
}

/// A record as the plugin writes it is read by the core and comes out as it was; and the other way round.
macro_rules! same_both_ways {
    ($ours:ty, $theirs:ty, $value:expr) => {{
        let value: Value = $value;
        assert_eq!(through!($ours, value), value, "{} changed it", stringify!($ours));
        assert_eq!(through!($theirs, value), value, "{} changed it", stringify!($theirs));
    }};
}

#[test]
fn records_with_every_field_are_the_same() {
    same_both_ways!(Customer, crm::Customer, full_customer());
    same_both_ways!(CaseNote, crm::CaseNote, full_note());
    same_both_ways!(Case, crm::Case, full_case());
    same_both_ways!(Match, crm::Match, full_match());
}

#[test]
fn records_with_the_least_are_filled_with_the_same() {
    let customer = json!({ "id": "1", "name": "" });
    let case = json!({ "id": "1", "number": "", "subject": "", "status": "open", "opened_at": "", "updated_at": "" });
    let found = json!({ "customer": customer, "score": 0, "by": "name" });
    assert_eq!(through!(Customer, customer), through!(crm::Customer, customer));
    assert_eq!(through!(Case, case), through!(crm::Case, case));
    assert_eq!(through!(Match, found), through!(crm::Match, found));
}

#[test]
fn a_field_that_one_side_lacks_is_noticed() {
    let mut wider = full_customer();
    wider["loyalty"] = json!("gold");
    assert_ne!(
        through!(Customer, wider),
        wider,
        "an unknown field is dropped, so the comparison above can fail"
    );
    assert_ne!(through!(crm::Customer, wider), wider);
}

#[test]
fn what_the_core_asks_is_what_the_kit_reads() {
    let full = Lookup {
        email: Some("mj@example.org".into()),
        phone: Some("+34 555 010 214".into()),
        account: Some("88214".into()),
        case: Some("CS-5512".into()),
        name: Some("María".into()),
        limit: 20,
    };
    let asked = serde_json::to_value(&full).expect("a question is JSON");
    let read: crm::LookupRequest = serde_json::from_value(asked.clone()).expect("the kit reads it");
    assert_eq!(serde_json::to_value(&read).expect("JSON"), asked, "nothing is lost on the way to the plugin");
    let back: Lookup = serde_json::from_value(asked).expect("the core reads it too");
    assert_eq!(back, full);

    let empty = serde_json::to_value(Lookup::default()).expect("a question is JSON");
    let read: crm::LookupRequest = serde_json::from_value(empty).expect("the kit reads what is null as none");
    assert_eq!(read, crm::LookupRequest::default());
}

#[test]
fn a_log_to_attach_is_what_the_kit_reads_but_for_the_text() {
    for case_id in [Some("cas_1".to_owned()), None] {
        let ours = AttachLog {
            customer_id: "cus_88213".into(),
            case_id: case_id.clone(),
            chat_id: ChatId::from(0x0193_5678_9ABC_7DEF_8123_4567_89AB_CDEF),
            title: "Broken glaze kit".into(),
            codes: vec!["OK".into(), "REF".into()],
            started_at: Time::from_millis(1_763_823_845_123),
            ended_at: Time::from_millis(1_763_824_845_456),
        };
        let mut asked = serde_json::to_value(&ours).expect("a question is JSON");
        asked["text"] = json!("[15:04] customer: hello");
        let read: crm::AttachLogRequest = serde_json::from_value(asked.clone()).expect("the kit reads it");
        let mut back = serde_json::to_value(&read).expect("JSON");
        assert_eq!(back["started_at"], "2025-11-22T15:04:05.123Z");
        assert_eq!(back["chat_id"], json!(ours.chat_id.to_string()));
        if case_id.is_none() {
            back["case_id"] = Value::Null;
        }
        assert_eq!(back, asked, "nothing is lost on the way to the plugin");
        let fields = back.as_object_mut().expect("it is an object");
        fields.remove("text");
        assert_eq!(serde_json::from_value::<AttachLog>(back).expect("the core reads it too"), ours);
    }
}

#[test]
fn answers_of_the_kit_are_read_by_the_core() {
    let found: crm::Match = serde_json::from_value(full_match()).expect("it is a match");
    let answer = serde_json::to_value(crm::LookupAnswer { matches: vec![found] }).expect("JSON");
    let matches: Vec<Match> = serde_json::from_value(answer["matches"].clone()).expect("the core reads them");
    assert_eq!(serde_json::to_value(&matches).expect("JSON"), json!([full_match()]));

    let case: crm::Case = serde_json::from_value(full_case()).expect("it is a case");
    let answer = serde_json::to_value(crm::AttachLogAnswer { case }).expect("JSON");
    let case: Case = serde_json::from_value(answer["case"].clone()).expect("the core reads it");
    assert_eq!(serde_json::to_value(&case).expect("JSON"), full_case());
}
