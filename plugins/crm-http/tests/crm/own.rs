//! A CRM of an admin's own, by templates alone; and what is said of configurations that cannot work.

use crate::server::{Seen, Server, ok, status};
use crate::{Desk, create};
use hark_plugin_sdk::crm::{AttachLogAnswer, Case};
use hark_plugin_sdk::{Failure, Json, json};
use std::sync::{Arc, Mutex};

fn config(server: &Server) -> Json {
    json!({
        "server": server.config(&json!({ "api_key": { "header": "x-key", "key": server.secret("key-1") } })),
        "values": { "tenant": "t 1" },
        "customer": {
            "id": "{/no}", "name": "{/first} {/last}", "email": "{/mail}",
            "vip": { "value": "{/tier}", "map": { "gold": "true" }, "otherwise": "false" },
            "fields": { "plan": "{/plan/name}", "tier": "{/tier}" }
        },
        "case": {
            "id": "{/id}", "number": "{/id}", "subject": "{/about}", "customer_id": "{/owner}",
            "status": { "value": "{/state}", "map": { "done": "closed" } }, "opened_at": "{/at|time}",
            "updated_at": "{/at|time}"
        },
        "lookup": [
            { "by": "field.loyalty", "score": 99, "request": { "path": "/{values.tenant}/people", "query": { "loyalty": "{field.loyalty}" }, "list": "/all" } },
            { "by": "email", "customer": "/person", "request": { "path": "/mail/{email}", "list": "/all" } }
        ],
        "get": { "path": "/people/{id}" },
        "cases": { "path": "/people/{customer_id}/matters", "list": "" },
        "get_case": { "path": "/matters/{id}" },
        "create_case": { "request": { "method": "POST", "path": "/matters", "body": { "about": "{subject}" } }, "id": "{/id}" },
        "attach": { "longest": 100, "store": {
            "method": "PUT", "path": "/matters/{case_id}/logs/{chat_id}", "body": { "log": "{note}", "codes": "{codes}" }
        } }
    })
}

fn person(number: u32) -> Json {
    json!({ "no": number, "first": "Ada", "last": format!("L{number}"), "mail": "ada@example.com", "tier": "gold", "plan": { "name": "Home" } })
}

fn desk() -> Desk {
    let matters: Arc<Mutex<Vec<Json>>> = Arc::default();
    let server = Server::start(move |seen: &Seen| {
        let mut matters = matters.lock().expect("no panic");
        match seen.line().as_str() {
            "GET /t%201/people" if seen.query("loyalty") == "GOLD 77" => ok(&json!({ "all": [person(1)] })),
            "GET /t%201/people" => ok(&json!({ "all": [] })),
            "GET /mail/ada%40example.com" => {
                ok(&json!({ "all": [{ "person": person(1) }, { "person": person(2) }, {}] }))
            }
            "GET /people/1/matters" => ok(&Json::Array(matters.clone())),
            "POST /matters" => {
                matters.push(json!({ "id": 1, "about": seen.body["about"], "state": "new", "owner": 1, "at": "1767323045000" }));
                ok(&json!({ "id": 1 }))
            }
            "GET /matters/1" => ok(&matters[0]),
            "GET /matters/2" => ok(&json!({ "id": 2, "about": "theirs", "owner": 2 })),
            line if line.starts_with("PUT /matters/1/logs/") => ok(&json!({})),
            _ => status(404, &json!({})),
        }
    });
    let config = config(&server);
    Desk::open(server, config)
}

#[test]
fn own_fields_find_and_a_name_tells_apart() {
    let desk = desk();
    let found = desk.lookup(&json!({ "fields": { "loyalty": "GOLD 77" }, "email": "ada@example.com" }));
    assert_eq!((found.len(), found[0].by.as_str(), found[0].score), (1, "loyalty", 99));
    let ada = &found[0].customer;
    assert!(ada.vip);
    assert_eq!(ada.fields["plan"], "Home");
    let both =
        desk.lookup(&json!({ "fields": { "loyalty": "x" }, "email": "ada@example.com", "name": "ada l2" }));
    let ids: Vec<_> = both.iter().map(|found| found.customer.id.as_str()).collect();
    assert_eq!(ids, ["2", "1"]);
}

#[test]
fn a_log_opens_a_case_when_there_is_none() {
    let desk = desk();
    let case = desk.attach("1", "int_1").expect("attached");
    assert_eq!(
        (case.subject.as_str(), case.opened_at.as_str()),
        ("A broken kit", "2026-01-02T03:04:05.000Z")
    );
    assert_eq!(case.notes.len(), 1);
    assert_eq!(desk.attach("1", "int_2").expect("attached").id, case.id, "that case is open now");
    let sent = desk.sent("PUT /matters/1/logs/int_1");
    assert_eq!(sent[0]["codes"], "delivery");
    let note = sent[0]["log"].as_str().expect("a text");
    assert!(note.chars().count() == 100 && note.ends_with('…'), "{note}");
}

#[test]
fn a_chosen_case_must_be_the_customers() {
    let desk = desk();
    let with = |case: &str| {
        let log = json!({
            "customer_id": "1", "case_id": case, "chat_id": format!("int_{case}"), "title": "T", "text": "x",
            "started_at": "2026-01-02T03:04:05Z", "ended_at": "2026-01-02T03:14:05Z"
        });
        desk.ask::<AttachLogAnswer>("crm.attach_log/1", &log)
    };
    let _: Case =
        desk.ask("crm.create_case/1", &json!({ "customer_id": "1", "subject": "x" })).expect("opened");
    assert_eq!(with("1").expect("attached").case.id, "1");
    assert!(matches!(with("2"), Err(Failure::Refused(_))));
    assert!(matches!(with("3"), Err(Failure::NotFound(_))));
}

#[test]
fn what_is_not_configured_says_so() {
    let failure = desk().make(&json!({ "name": "Ana" })).expect_err("no way to make one");
    assert!(matches!(&failure, Failure::UnknownOperation(text) if text.contains("`create`")), "{failure}");
}

#[test]
fn what_cannot_work_is_told_with_its_key() {
    let server = Server::start(|_| ok(&json!({})));
    let with = |pointer: &str, value: Json| {
        let mut config = config(&server);
        let (table, key) = pointer.rsplit_once('/').expect("a pointer");
        config.pointer_mut(table).expect("there")[key] = value;
        create(&config).err().unwrap_or_else(|| panic!("{pointer} is taken"))
    };
    let cases = [
        (with("/customer/id", json!("{/no|sql}")), "`customer.id` has a filter `sql`"),
        (with("/customer/name", json!("{no}")), "`customer.name` names {no}"),
        (with("/get/path", json!("/people/{customer_id}")), "`get.path` names {customer_id}"),
        (with("/values", json!({})), "`lookup[0].request.path` names {values.tenant}"),
        (with("/lookup/1/by", json!("mail")), "`lookup[1].by` is email, phone,"),
        (with("/get_case", json!(null)), "`create_case` needs `get_case`"),
        (with("/case", json!(null)), "`case` is missing"),
        (
            with("/server/base_url", json!("http://crm.example.com")),
            "`server.base_url` does not begin with https",
        ),
        (
            with("/server/auth", json!({ "api_key": { "header": "x", "key": { "env": "HARK_NO_SUCH" } } })),
            "HARK_NO_SUCH",
        ),
        (with("/preset", json!("sugar")), "`preset` is one of salesforce, hubspot, zendesk, dynamics"),
        (create(&json!({ "preset": "salesforce", "server": {} })).err().expect("no address"), "base_url"),
    ];
    for (failure, names) in cases {
        let text = failure.message();
        assert!(matches!(failure, Failure::Invalid(_)) && text.contains(names), "{names}: {failure}");
    }
}
