//! Salesforce: SOQL in a query parameter, arrays of errors, links to the next page, tokens without an end.

use crate::Desk;
use crate::server::{Answer, Seen, Server, ok, status};
use hark_plugin_sdk::{Failure, Json, json};
use std::sync::{Arc, Mutex};

const DATA: &str = "/services/data/v63.0";

fn maria() -> Json {
    json!({
        "attributes": { "type": "Contact", "url": "/services/data/v63.0/sobjects/Contact/003A" },
        "Id": "003A", "Name": "Maria O'Hara", "Email": "maria@example.com", "Phone": "(202) 555-0143",
        "Account": { "attributes": { "type": "Account" }, "Name": "Lopez Ceramics", "AccountNumber": "88213" },
        "CreatedDate": "2019-04-02T10:20:30.000+0000", "LastModifiedDate": "2026-05-02T10:30:00.000+0000",
        "Description": null
    })
}

fn case(number: &str, closed: bool) -> Json {
    json!({
        "attributes": { "type": "Case" }, "Id": format!("500{number}"), "CaseNumber": number,
        "Subject": "A broken kit", "IsClosed": closed, "CreatedDate": "2026-05-01T09:00:00.000+0000",
        "LastModifiedDate": "2026-05-02T10:30:00.000+0000", "ContactId": "003A"
    })
}

fn records(records: &[Json]) -> Answer {
    ok(&json!({ "totalSize": records.len(), "done": true, "records": records }))
}

fn query(soql: &str, tasks: &[Json]) -> Answer {
    let has = |part: &str| soql.contains(part);
    let from_contact = has(
        "SELECT Id, Name, Email, Phone, Account.Name, Account.AccountNumber, CreatedDate, LastModifiedDate, Description FROM Contact",
    );
    let finds_maria = [
        "WHERE Email = 'maria@example.com' LIMIT 5",
        "WHERE Id = '003A'",
        "WHERE Name = 'Maria O\\'Hara' LIMIT 5",
    ];
    if from_contact && finds_maria.iter().any(|part| has(part)) {
        records(&[maria()])
    } else if from_contact && has("WHERE Id = '003B'") {
        records(&[json!({ "Id": "003B", "Name": "Ana Maria Novak" })])
    } else if has("FROM Case WHERE CaseNumber = '00005512'") {
        records(&[case("00005512", false)])
    } else if has("FROM Case WHERE Id = '500") {
        let number = soql.split('\'').nth(1).unwrap_or_default().trim_start_matches("500");
        records(&[case(number, false)])
    } else if has("FROM Case WHERE ContactId = '003A' ORDER BY CreatedDate DESC") {
        ok(&json!({
            "totalSize": 2, "done": false, "records": [case("00005513", true)],
            "nextRecordsUrl": format!("{DATA}/query/01gD-2000")
        }))
    } else if has("FROM Task WHERE WhoId = '003A' AND Subject = 'Hark chat int_01J'") {
        records(tasks)
    } else if has("FROM ") && !has("MALFORMED") {
        records(&[])
    } else {
        status(400, &json!([{ "message": "unexpected token: MALFORMED", "errorCode": "MALFORMED_QUERY" }]))
    }
}

fn server() -> Server {
    let tasks: Arc<Mutex<Vec<Json>>> = Arc::default();
    Server::start(move |seen: &Seen| {
        if seen.line() == "POST /services/oauth2/token" {
            return ok(&json!({
                "access_token": "00D!AQ", "instance_url": "https://x", "token_type": "Bearer", "issued_at": "1"
            }));
        }
        if seen.headers["authorization"] != "Bearer 00D!AQ" {
            return status(
                401,
                &json!([{ "message": "Session expired or invalid", "errorCode": "INVALID_SESSION_ID" }]),
            );
        }
        let mut tasks = tasks.lock().expect("no panic");
        let contacts = seen.query("sobject") == "Contact"
            && seen.query("Contact.fields") == "Id,Name,Email,Phone,LastModifiedDate";
        match (seen.method.as_str(), seen.path.strip_prefix(DATA).unwrap_or_default()) {
            ("GET", "/query") => query(seen.query("q"), &tasks),
            ("GET", "/query/01gD-2000") => records(&[case("00005512", false)]),
            ("GET", "/parameterizedSearch/") if contacts => match (seen.query("q"), seen.query("in")) {
                ("maria hara", "") | ("2025550143", "PHONE") => ok(&json!({ "searchRecords": [maria()] })),
                _ => ok(&json!({ "searchRecords": [] })),
            },
            ("POST", "/sobjects/Contact") => {
                status(201, &json!({ "id": "003B", "success": true, "errors": [] }))
            }
            ("POST", "/sobjects/Case") => {
                status(201, &json!({ "id": "50000005514", "success": true, "errors": [] }))
            }
            ("POST", "/sobjects/Task") => {
                tasks.push(json!({ "Id": "00T1", "WhatId": seen.body["WhatId"] }));
                status(201, &json!({ "id": "00T1", "success": true, "errors": [] }))
            }
            _ => status(
                404,
                &json!([{ "message": "The requested resource does not exist", "errorCode": "NOT_FOUND" }]),
            ),
        }
    })
}

fn desk() -> Desk {
    let server = server();
    let auth = json!({ "oauth2": {
        "token_url": format!("{}/services/oauth2/token", server.url), "client_id": "3MVG9",
        "client_secret": server.secret("sf-secret")
    } });
    Desk::preset("salesforce", server, &auth)
}

#[test]
fn customers_are_found_by_what_the_form_says() {
    let desk = desk();
    let found = desk.lookup(&json!({ "email": "maria@example.com", "limit": 5 }));
    assert_eq!((found.len(), found[0].by.as_str(), found[0].open_cases), (1, "email", 1));
    let maria = &found[0].customer;
    assert_eq!((maria.id.as_str(), maria.name.as_str()), ("003A", "Maria O'Hara"));
    assert_eq!(maria.company.as_deref(), Some("Lopez Ceramics"));
    assert_eq!(maria.account.as_deref(), Some("88213"));
    assert_eq!(maria.since.as_deref(), Some("2019-04-02"));
    assert_eq!(maria.notes, None);
    for request in [
        json!({ "phone": "(202) 555-0143" }),
        json!({ "name": "Maria O'Hara", "limit": 5 }),
        json!({ "email": "nobody@example.com", "name": "Maria O'Hara", "limit": 5 }),
    ] {
        assert_eq!(desk.lookup(&request)[0].customer, *maria, "{request}");
    }
    assert_eq!(desk.lookup(&json!({ "email": "' OR Name != '" })), [], "quotes end nothing");
    assert_eq!(desk.search("maria hara")[0].customer, *maria);
    assert_eq!(desk.search("nobody"), []);
    assert_eq!(desk.get("003A").expect("read"), *maria);
    assert!(matches!(desk.get("003X"), Err(Failure::NotFound(_))));
}

#[test]
fn a_case_number_brings_case_and_customer() {
    let found = desk().lookup(&json!({ "case": "00005512" }));
    assert_eq!(found[0].customer.id, "003A");
    let case = found[0].case.as_ref().expect("the case");
    assert_eq!((case.number.as_str(), case.status.as_str()), ("00005512", "open"));
    assert_eq!(case.opened_at, "2026-05-01T09:00:00.000+00:00");
}

#[test]
fn what_is_made_is_read_back() {
    let desk = desk();
    let ana = desk.make(&json!({ "name": "Ana Maria Novak", "email": "ana@example.org" })).expect("made");
    assert_eq!((ana.id.as_str(), ana.name.as_str()), ("003B", "Ana Maria Novak"));
    let sent = desk.sent("POST /services/data/v63.0/sobjects/Contact");
    assert_eq!(sent, [json!({ "FirstName": "Ana Maria", "LastName": "Novak", "Email": "ana@example.org" })]);
    let request = json!({ "customer_id": "003A", "subject": "Say \"hi\"" });
    let case: hark_plugin_sdk::crm::Case = desk.ask("crm.create_case/1", &request).expect("opened");
    assert_eq!((case.id.as_str(), case.number.as_str()), ("50000005514", "00005514"));
    let sent = desk.sent("POST /services/data/v63.0/sobjects/Case");
    assert_eq!(sent, [json!({ "ContactId": "003A", "Subject": "Say \"hi\"", "Origin": "Chat" })]);
}

#[test]
fn cases_are_listed_over_pages_and_a_log_is_stored_once_with_the_open_one() {
    let desk = desk();
    let cases = desk.cases("003A");
    let numbers: Vec<_> = cases.iter().map(|case| (case.number.as_str(), case.status.as_str())).collect();
    assert_eq!(numbers, [("00005513", "closed"), ("00005512", "open")]);
    let stored = desk.attach_thrice("003A", "POST /services/data/v63.0/sobjects/Task");
    assert_eq!(stored.len(), 1);
    let task = &stored[0];
    assert_eq!((&task["Subject"], &task["WhatId"]), (&json!("Hark chat int_01J"), &json!("50000005512")));
    assert_eq!((&task["ActivityDate"], &task["Status"]), (&json!("2026-01-02"), &json!("Completed")));
    assert!(task["Description"].as_str().expect("a text").ends_with("Maria: <b>hello</b>\nDana: hi"));
}

#[test]
fn a_no_is_told_in_salesforces_words() {
    let failure = desk().get("MALFORMED").expect_err("no query");
    let words = "the other system does not take this (400): unexpected token: MALFORMED";
    assert_eq!(failure, Failure::invalid(words));
}
