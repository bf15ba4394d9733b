//! HubSpot: searches by POST that may be sent again, properties in a table, cursors, associations by number.

use crate::Desk;
use crate::server::{Seen, Server, ok, status};
use hark_plugin_sdk::{Failure, Json, json};
use std::sync::{Arc, Mutex};

fn maria() -> Json {
    json!({
        "id": "512",
        "properties": {
            "firstname": "Maria", "lastname": "Lopez", "email": "maria@example.com", "phone": "+1 202-555-0143",
            "company": "Lopez Ceramics", "hs_language": null, "createdate": "2019-10-30T03:30:17.883Z",
            "hs_object_id": "512", "lastmodifieddate": "2019-12-07T16:50:06.678Z"
        },
        "createdAt": "2019-10-30T03:30:17.883Z", "updatedAt": "2019-12-07T16:50:06.678Z", "archived": false
    })
}

fn ticket(id: &str, stage: &str) -> Json {
    json!({
        "id": id,
        "properties": {
            "subject": "A broken kit", "hs_pipeline_stage": stage, "createdate": "2026-05-01T09:00:00Z",
            "hs_lastmodifieddate": "2026-05-02T10:30:00Z"
        },
        "createdAt": "2026-05-01T09:00:00Z", "updatedAt": "2026-05-02T10:30:00Z", "archived": false
    })
}

fn missing() -> crate::server::Answer {
    status(
        404,
        &json!({ "status": "error", "message": "resource not found", "category": "OBJECT_NOT_FOUND" }),
    )
}

fn contacts(body: &Json) -> Json {
    let filters: Vec<(&str, &str, &str)> = body["filterGroups"]
        .as_array()
        .into_iter()
        .flatten()
        .map(|group| &group["filters"][0])
        .map(|filter| {
            ["propertyName", "operator", "value"].map(|key| filter[key].as_str().unwrap_or_default())
        })
        .map(|[name, operator, value]| (name, operator, value))
        .collect();
    let whole = body["limit"].is_number() && body["properties"].as_array().is_some_and(|all| all.len() == 7);
    let known = [
        ("email", "EQ", "maria@example.com"),
        ("hs_searchable_calculated_phone_number", "EQ", "12025550143"),
    ];
    let fits = filters.iter().any(|filter| known.contains(filter)) || body["query"] == "lopez";
    json!({ "total": 1, "results": if whole && fits { vec![maria()] } else { Vec::new() } })
}

/// The tickets of contact 512, one a page.
fn tickets(body: &Json) -> Json {
    let asked = &body["filterGroups"][0]["filters"][0];
    let sorted = body["sorts"] == json!([{ "propertyName": "createdate", "direction": "DESCENDING" }]);
    if *asked != json!({ "propertyName": "associations.contact", "operator": "EQ", "value": "512" })
        || !sorted
    {
        return json!({ "total": 0, "results": [] });
    }
    match body["after"].as_str() {
        None => {
            json!({ "total": 2, "results": [ticket("9002", "4")], "paging": { "next": { "after": "1" } } })
        }
        Some("1") => json!({ "total": 2, "results": [ticket("9001", "2")] }),
        Some(_) => json!({ "total": 2, "results": [] }),
    }
}

fn server() -> Server {
    let notes: Arc<Mutex<Vec<Json>>> = Arc::default();
    Server::start(move |seen: &Seen| {
        if seen.headers["authorization"] != "Bearer pat-na1-1" {
            return status(
                401,
                &json!({ "status": "error", "message": "Authentication credentials not found." }),
            );
        }
        let mut notes = notes.lock().expect("no panic");
        match seen.line().replace("/crm/v3/objects", "").as_str() {
            "POST /contacts/search" => ok(&contacts(&seen.body)),
            "POST /tickets/search" => ok(&tickets(&seen.body)),
            "POST /notes/search" => {
                let token = &seen.body["filterGroups"][0]["filters"][1];
                assert_eq!(token["operator"], "CONTAINS_TOKEN");
                let has = |note: &&Json| {
                    note["hs_note_body"]
                        .as_str()
                        .zip(token["value"].as_str())
                        .is_some_and(|(body, id)| body.contains(id))
                };
                let found: Vec<_> = notes.iter().filter(has).map(|_| json!({ "id": "77" })).collect();
                ok(&json!({ "total": found.len(), "results": found }))
            }
            "POST /notes" => {
                notes.push(seen.body["properties"].clone());
                status(201, &json!({ "id": "77", "properties": seen.body["properties"] }))
            }
            "POST /contacts" if seen.body["properties"]["email"] == "maria@example.com" => status(
                409,
                &json!({ "status": "error", "message": "Contact already exists. Existing ID: 512", "category": "CONFLICT" }),
            ),
            "POST /contacts" => status(201, &json!({ "id": "513", "properties": seen.body["properties"] })),
            "POST /tickets" => status(201, &json!({ "id": "9003" })),
            "GET /contacts/512" if seen.query("properties").starts_with("firstname,lastname") => ok(&maria()),
            "GET /contacts/513" => {
                ok(&json!({ "id": "513", "properties": { "firstname": "Ana", "lastname": "Novak" } }))
            }
            "GET /tickets/9001" if seen.query("associations") == "contacts" => {
                let mut found = ticket("9001", "1");
                found["associations"] =
                    json!({ "contacts": { "results": [{ "id": "512", "type": "ticket_to_contact" }] } });
                ok(&found)
            }
            "GET /tickets/9003" => ok(&ticket("9003", "1")),
            _ => missing(),
        }
    })
}

fn desk() -> Desk {
    let server = server();
    let auth = json!({ "bearer": { "token": server.secret("pat-na1-1") } });
    Desk::preset("hubspot", server, &auth)
}

#[test]
fn customers_are_found_by_what_the_form_says() {
    let desk = desk();
    let found = desk.lookup(&json!({ "email": "Maria@Example.com", "limit": 5 }));
    assert_eq!((found.len(), found[0].by.as_str(), found[0].open_cases), (1, "email", 1));
    let maria = &found[0].customer;
    assert_eq!((maria.id.as_str(), maria.name.as_str()), ("512", "Maria Lopez"));
    assert_eq!((maria.since.as_deref(), maria.language.as_deref()), (Some("2019-10-30"), None));
    assert_eq!(desk.lookup(&json!({ "phone": "+1 (202) 555-0143" }))[0].customer, *maria);
    assert_eq!(desk.lookup(&json!({ "account": "512" }))[0].customer, *maria);
    let found = desk.lookup(&json!({ "case": "#9001" }));
    assert_eq!((found[0].customer.clone(), found[0].by.as_str()), (maria.clone(), "case"));
    assert_eq!(found[0].case.as_ref().expect("the case").status, "open");
    assert_eq!(desk.lookup(&json!({ "case": "1", "account": "1", "email": "x@example.com" })), []);
    assert_eq!(desk.search("lopez")[0].customer, *maria);
    assert_eq!(desk.get("512").expect("read"), *maria);
    assert!(matches!(desk.get("999"), Err(Failure::NotFound(_))));
}

#[test]
fn what_is_made_is_read_back_and_a_conflict_is_told() {
    let desk = desk();
    let ana = desk.make(&json!({ "name": "Ana Novak", "email": "ana@example.org" })).expect("made");
    assert_eq!((ana.id.as_str(), ana.name.as_str()), ("513", "Ana Novak"));
    let failure = desk.make(&json!({ "name": "Maria", "email": "maria@example.com" })).expect_err("a double");
    assert!(matches!(&failure, Failure::Refused(text) if text.ends_with("Existing ID: 512")), "{failure}");
    let request = json!({ "customer_id": "512", "subject": "New" });
    let case: hark_plugin_sdk::crm::Case = desk.ask("crm.create_case/1", &request).expect("opened");
    assert_eq!((case.id.as_str(), case.customer_id.as_deref()), ("9003", Some("512")));
    let sent = &desk.sent("POST /crm/v3/objects/tickets")[0];
    assert_eq!(sent["properties"], json!({ "subject": "New", "hs_pipeline": "0", "hs_pipeline_stage": "1" }));
    assert_eq!(sent["associations"][0]["to"]["id"], "512");
    assert_eq!(sent["associations"][0]["types"][0]["associationTypeId"], 16);
}

#[test]
fn cases_are_listed_over_pages_and_a_log_is_stored_once_with_the_open_one() {
    let desk = desk();
    let cases = desk.cases("512");
    let states: Vec<_> = cases.iter().map(|case| (case.id.as_str(), case.status.as_str())).collect();
    assert_eq!(states, [("9002", "closed"), ("9001", "pending")]);
    let stored = desk.attach_thrice("512", "POST /crm/v3/objects/notes");
    assert_eq!(stored.len(), 1);
    let note = &stored[0];
    assert_eq!(note["properties"]["hs_timestamp"], "2026-01-02T03:14:05Z");
    let body = note["properties"]["hs_note_body"].as_str().expect("a text");
    assert!(body.starts_with("Hark chat int_01J<br>A broken kit<br>"), "{body}");
    assert!(body.ends_with("Maria: &lt;b&gt;hello&lt;/b&gt;<br>Dana: hi"), "nobody's HTML gets in: {body}");
    let ids: Vec<_> =
        note["associations"].as_array().expect("a list").iter().map(|to| &to["to"]["id"]).collect();
    assert_eq!(ids, ["9001", "512"]);
}
