//! Dynamics 365: OData filters and expansion, bindings, preferences, absolute links to the next page.

use crate::Desk;
use crate::server::{Seen, Server, ok, status};
use hark_plugin_sdk::{Failure, Json, json};
use std::sync::{Arc, Mutex};

const MARIA: &str = "f76e4e7c-ea61-e511-80fd-3863bb342b00";
const ANA: &str = "a0000000-0000-0000-0000-000000000001";
const CASE: &str = "c0000000-0000-0000-0000-000000005512";
const OTHER: &str = "c0000000-0000-0000-0000-000000005513";

fn maria() -> Json {
    json!({
        "@odata.etag": "W/\"1\"", "contactid": MARIA, "fullname": "Maria O'Hara", "emailaddress1": "maria@example.com",
        "telephone1": "202-555-0143", "externaluseridentifier": "88213",
        "parentcustomerid_account": { "name": "Lopez Ceramics" },
        "createdon": "2019-04-02T10:20:30Z", "description": null
    })
}

fn incident(id: &str, number: &str, state: u8) -> Json {
    json!({
        "@odata.etag": "W/\"2\"", "incidentid": id, "ticketnumber": number, "title": "A broken kit", "statecode": state,
        "createdon": "2026-05-01T09:00:00Z", "modifiedon": "2026-05-02T10:30:00Z", "_customerid_value": MARIA
    })
}

fn contacts(filter: &str) -> Json {
    let known = [
        "emailaddress1 eq 'maria@example.com'",
        "telephone1 eq '202-555-0143' or mobilephone eq '202-555-0143'",
        "externaluseridentifier eq '88213'",
        "fullname eq 'Maria O''Hara'",
        "contains(fullname,'o''hara') or contains(emailaddress1,'o''hara') or contains(telephone1,'o''hara')",
    ];
    json!({ "@odata.context": "x", "value": if known.contains(&filter) { vec![maria()] } else { Vec::new() } })
}

fn incidents(seen: &Seen) -> Json {
    let (filter, host) = (seen.query("$filter"), &seen.headers["host"]);
    let expands = seen.query("$expand");
    if filter == "ticketnumber eq 'CAS-01'"
        && expands.starts_with("customerid_contact($select=contactid,")
        && expands.ends_with(";$expand=parentcustomerid_account($select=name))")
    {
        let mut found = incident(CASE, "CAS-01", 0);
        found["customerid_contact"] = maria();
        json!({ "value": [found] })
    } else if seen.query("$skiptoken") == "2" {
        json!({ "value": [incident(CASE, "CAS-01", 0)] })
    } else if filter == format!("_customerid_value eq {MARIA}") && seen.query("$orderby") == "createdon desc"
    {
        json!({
            "value": [incident(OTHER, "CAS-02", 1)],
            "@odata.nextLink": format!("https://{host}/api/data/v9.2/incidents?$skiptoken=2")
        })
    } else {
        json!({ "value": [] })
    }
}

fn server() -> Server {
    let notes: Arc<Mutex<Vec<Json>>> = Arc::default();
    Server::start(move |seen: &Seen| {
        if seen.line() == "POST /tenant/oauth2/v2.0/token" {
            return ok(
                &json!({ "token_type": "Bearer", "expires_in": 3599, "ext_expires_in": 3599, "access_token": "eyJ0" }),
            );
        }
        if seen.headers["authorization"] != "Bearer eyJ0" || seen.headers["odata-version"] != "4.0" {
            return status(
                401,
                &json!({ "error": { "code": "0x80072560", "message": "The user is not a member." } }),
            );
        }
        let mut notes = notes.lock().expect("no panic");
        let told = seen.headers.get("prefer").is_some_and(|prefer| prefer == "return=representation");
        match seen.line().replace("/api/data/v9.2", "").as_str() {
            "GET /contacts" if seen.query("$expand") == "parentcustomerid_account($select=name)" => {
                ok(&contacts(seen.query("$filter")))
            }
            "GET /incidents" => ok(&incidents(seen)),
            line if line == format!("GET /contacts({MARIA})") => ok(&maria()),
            line if line == format!("GET /contacts({ANA})") => {
                ok(&json!({ "contactid": ANA, "fullname": "Ana Novak" }))
            }
            line if line == format!("GET /incidents({CASE})") => ok(&incident(CASE, "CAS-01", 0)),
            "POST /contacts" if told => status(201, &json!({ "contactid": ANA })),
            "POST /incidents" if told => status(201, &json!({ "incidentid": CASE })),
            "GET /annotations" => {
                let found =
                    notes.iter().filter(|_| seen.query("$filter") == "subject eq 'Hark chat int_01J'");
                let found: Vec<_> = found.map(|_| json!({ "_objectid_value": CASE })).collect();
                ok(&json!({ "value": found }))
            }
            "POST /annotations" => {
                notes.push(seen.body.clone());
                crate::server::Answer { status: 204, headers: Vec::new(), body: String::new() }
            }
            _ => status(404, &json!({ "error": { "code": "0x80040217", "message": "Does Not Exist" } })),
        }
    })
}

fn desk() -> Desk {
    let server = server();
    let auth = json!({ "oauth2": {
        "token_url": format!("{}/tenant/oauth2/v2.0/token", server.url), "client_id": "app",
        "client_secret": server.secret("dyn-secret"), "scope": "https://org.crm.dynamics.com/.default"
    } });
    Desk::preset("dynamics", server, &auth)
}

#[test]
fn customers_are_found_by_what_the_form_says() {
    let desk = desk();
    let found = desk.lookup(&json!({ "email": "maria@example.com", "limit": 5 }));
    assert_eq!((found.len(), found[0].by.as_str(), found[0].open_cases), (1, "email", 1));
    let maria = &found[0].customer;
    assert_eq!((maria.id.as_str(), maria.name.as_str()), (MARIA, "Maria O'Hara"));
    assert_eq!(maria.company.as_deref(), Some("Lopez Ceramics"));
    for request in [
        json!({ "phone": "202-555-0143" }),
        json!({ "account": "88213" }),
        json!({ "name": "Maria O'Hara" }),
        json!({ "case": "CAS-01" }),
    ] {
        assert_eq!(desk.lookup(&request)[0].customer, *maria, "{request}");
    }
    assert_eq!(desk.lookup(&json!({ "case": "CAS-01" }))[0].case.as_ref().expect("the case").id, CASE);
    assert_eq!(desk.lookup(&json!({ "email": "' or '1' eq '1" })), [], "quotes end nothing");
    assert_eq!(desk.search("o'hara")[0].customer, *maria);
    let failure = desk.get("b0000000-0000-0000-0000-000000000000").expect_err("nobody");
    assert!(matches!(failure, Failure::NotFound(_)), "{failure}");
}

#[test]
fn what_is_made_is_read_back() {
    let desk = desk();
    let ana = desk.make(&json!({ "name": "Ana Novak", "email": "ana@example.org" })).expect("made");
    assert_eq!((ana.id.as_str(), ana.name.as_str()), (ANA, "Ana Novak"));
    let request = json!({ "customer_id": MARIA, "subject": "New" });
    let case: hark_plugin_sdk::crm::Case = desk.ask("crm.create_case/1", &request).expect("opened");
    assert_eq!(case.number, "CAS-01");
    let bound = json!({ "title": "New", "customerid_contact@odata.bind": format!("/contacts({MARIA})") });
    assert_eq!(desk.sent("POST /api/data/v9.2/incidents"), [bound]);
}

#[test]
fn cases_are_listed_over_pages_and_a_log_is_stored_once_with_the_open_one() {
    let desk = desk();
    let cases = desk.cases(MARIA);
    let states: Vec<_> = cases.iter().map(|case| (case.number.as_str(), case.status.as_str())).collect();
    assert_eq!(states, [("CAS-02", "closed"), ("CAS-01", "open")]);
    let stored = desk.attach_thrice(MARIA, "POST /api/data/v9.2/annotations");
    assert_eq!(stored.len(), 1);
    assert_eq!(stored[0]["objectid_incident@odata.bind"], format!("/incidents({CASE})"));
    assert_eq!(stored[0]["subject"], "Hark chat int_01J");
}
