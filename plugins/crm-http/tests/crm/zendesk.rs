//! Zendesk: records under their name, a search language in double quotes, numbers for ids, links to the next page.

use crate::Desk;
use crate::server::{Seen, Server, ok, status};
use hark_plugin_sdk::{Failure, Json, json};
use std::sync::{Arc, Mutex};

fn maria() -> Json {
    json!({
        "id": 35436, "url": "https://x.zendesk.com/api/v2/users/35436.json", "name": "Maria Lopez",
        "email": "maria@example.com", "phone": "+12025550143", "external_id": "88213", "locale": "en-US",
        "created_at": "2019-04-02T10:20:30Z", "role": "end-user", "notes": "Prefers chat."
    })
}

fn ticket(id: u32, state: &str) -> Json {
    json!({
        "id": id, "subject": "A broken kit", "status": state, "requester_id": 35436,
        "created_at": "2026-05-01T09:00:00Z", "updated_at": "2026-05-02T10:30:00Z"
    })
}

fn users(seen: &Seen) -> Json {
    let asked = [
        ("query", "email:\"maria@example.com\""),
        ("query", "phone:\"+1 202 555 0143\""),
        ("query", "name:\"Maria Lopez\""),
        ("query", "maria"),
        ("external_id", "88213"),
    ];
    let fits = asked.iter().any(|(name, value)| seen.query(name) == *value);
    json!({ "users": if fits { vec![maria()] } else { Vec::new() }, "next_page": null, "count": u32::from(fits) })
}

fn server() -> Server {
    let comments: Arc<Mutex<Vec<Json>>> = Arc::default();
    Server::start(move |seen: &Seen| {
        // "ana@example.com/token:zd-secret"
        if seen.headers["authorization"] != "Basic YW5hQGV4YW1wbGUuY29tL3Rva2VuOnpkLXNlY3JldA==" {
            return status(401, &json!({ "error": "Couldn't authenticate you" }));
        }
        let mut comments = comments.lock().expect("no panic");
        let host = &seen.headers["host"];
        match seen.line().replace("/api/v2", "").as_str() {
            "GET /users/search.json" => ok(&users(seen)),
            "GET /users/35436.json" => ok(&json!({ "user": maria() })),
            "GET /users/35437.json" => ok(&json!({ "user": { "id": 35437, "name": "Ana Novak" } })),
            "POST /users.json" if seen.body["user"]["email"] == "maria@example.com" => status(
                422,
                &json!({
                    "error": "RecordInvalid", "description": "Record validation errors",
                    "details": { "email": [{ "description": "Email: maria@example.com is already being used" }] }
                }),
            ),
            "POST /users.json" => status(201, &json!({ "user": { "id": 35437 } })),
            "GET /tickets/5512.json" => ok(&json!({ "ticket": ticket(5512, "hold") })),
            "GET /tickets/5514.json" => ok(&json!({ "ticket": ticket(5514, "new") })),
            "GET /users/35436/tickets/requested.json" if seen.query("page") == "2" => {
                ok(&json!({ "tickets": [ticket(5512, "hold")], "next_page": null }))
            }
            "GET /users/35436/tickets/requested.json" if seen.query("sort_order") == "desc" => ok(&json!({
                "tickets": [ticket(5513, "solved")],
                "next_page": format!("https://{host}/api/v2/users/35436/tickets/requested.json?page=2")
            })),
            "POST /tickets.json" => status(201, &json!({ "ticket": { "id": 5514 } })),
            "GET /search.json" => {
                let has =
                    !comments.is_empty() && seen.query("query") == "type:ticket requester:35436 \"int_01J\"";
                ok(
                    &json!({ "results": if has { vec![ticket(5512, "hold")] } else { Vec::new() }, "next_page": null }),
                )
            }
            "PUT /tickets/5512.json" => {
                comments.push(seen.body.clone());
                ok(&json!({ "ticket": ticket(5512, "hold"), "audit": { "id": 1 } }))
            }
            _ => status(404, &json!({ "error": "RecordNotFound", "description": "Not found" })),
        }
    })
}

fn desk() -> Desk {
    let server = server();
    let auth =
        json!({ "basic": { "user": "ana@example.com/token", "password": server.secret("zd-secret") } });
    Desk::preset("zendesk", server, &auth)
}

#[test]
fn customers_are_found_by_what_the_form_says() {
    let desk = desk();
    let found = desk.lookup(&json!({ "email": "maria@example.com", "limit": 5 }));
    assert_eq!((found.len(), found[0].by.as_str(), found[0].open_cases), (1, "email", 1));
    let maria = &found[0].customer;
    assert_eq!((maria.id.as_str(), maria.account.as_deref()), ("35436", Some("88213")));
    assert_eq!((maria.language.as_deref(), maria.since.as_deref()), (Some("en-US"), Some("2019-04-02")));
    for request in [
        json!({ "phone": "+1 202 555 0143" }),
        json!({ "account": "88213" }),
        json!({ "name": "Maria Lopez" }),
    ] {
        assert_eq!(desk.lookup(&request)[0].customer, *maria, "{request}");
    }
    let found = desk.lookup(&json!({ "case": "#5512" }));
    assert_eq!(found[0].customer, *maria);
    assert_eq!(found[0].case.as_ref().expect("the case").status, "pending");
    assert_eq!(desk.lookup(&json!({ "case": "1", "email": "\" role:admin \"" })), [], "quotes end nothing");
    assert_eq!(desk.search("maria")[0].customer, *maria);
    assert!(matches!(desk.get("1"), Err(Failure::NotFound(_))));
}

#[test]
fn what_is_made_is_read_back_and_a_double_is_told() {
    let desk = desk();
    let ana = desk.make(&json!({ "name": "Ana Novak", "email": "ana@example.org" })).expect("made");
    assert_eq!((ana.id.as_str(), ana.name.as_str()), ("35437", "Ana Novak"));
    let sent = desk.sent("POST /api/v2/users.json");
    assert_eq!(
        sent[0],
        json!({ "user": { "name": "Ana Novak", "email": "ana@example.org", "role": "end-user" } })
    );
    let failure = desk.make(&json!({ "name": "Maria", "email": "maria@example.com" })).expect_err("a double");
    let words = "the other system does not take this (422): RecordInvalid   Record validation errors";
    assert_eq!(failure, Failure::invalid(words));
    let request = json!({ "customer_id": "35436", "subject": "New" });
    let case: hark_plugin_sdk::crm::Case = desk.ask("crm.create_case/1", &request).expect("opened");
    assert_eq!((case.id.as_str(), case.status.as_str()), ("5514", "open"));
    assert_eq!(desk.sent("POST /api/v2/tickets.json")[0]["ticket"]["requester_id"], 35436);
}

#[test]
fn cases_are_listed_over_pages_and_a_log_is_stored_once_with_the_open_one() {
    let desk = desk();
    let cases = desk.cases("35436");
    let states: Vec<_> = cases.iter().map(|case| (case.id.as_str(), case.status.as_str())).collect();
    assert_eq!(states, [("5513", "closed"), ("5512", "pending")]);
    let stored = desk.attach_thrice("35436", "PUT /api/v2/tickets/5512.json");
    assert_eq!(stored.len(), 1);
    let comment = &stored[0]["ticket"]["comment"];
    assert_eq!(comment["public"], false);
    assert!(
        comment["body"].as_str().expect("a text").starts_with("Hark chat int_01J\nA broken kit\n"),
        "{comment}"
    );
}
