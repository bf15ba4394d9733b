//! Customers changed in the ready systems and in one of an admin's own: what is sent is what is another than before, in
//! each system's documented shape; what somebody else changed is not written over; what cannot be changed is told.

use crate::server::{Answer, Seen, Server, ok, status};
use crate::{Desk, create};
use hark_plugin_sdk::crm::Customer;
use hark_plugin_sdk::{Failure, Json, json};
use std::sync::{Arc, Mutex};

/// One system with one customer: how it shows the record, and what a change does to it.
struct System {
    preset: &'static str,
    id: &'static str,
    /// The change's method and path.
    line: &'static str,
    record: Json,
    /// A record as an answer to a look at it.
    shown: fn(&Json) -> Json,
    /// Takes a change, and answers as the system does.
    changed: fn(&mut Json, &Seen) -> Answer,
}

fn lay(record: &mut Json, body: &Json) {
    for (name, value) in body.as_object().expect("a table") {
        record[name] = value.clone();
    }
}

/// The record's number goes up in what the system says of its version.
fn touch(record: &mut Json, key: &str) {
    let number: u32 = record["times"].as_u64().unwrap_or_default() as u32 + 1;
    record["times"] = json!(number);
    record[key] = json!(format!("2026-05-02T10:30:{number:02}Z"));
}

fn nothing() -> Answer {
    Answer { status: 204, headers: Vec::new(), body: String::new() }
}

fn salesforce() -> System {
    System {
        preset: "salesforce",
        id: "003A",
        line: "PATCH /services/data/v63.0/sobjects/Contact/003A",
        record: json!({
            "Id": "003A", "Name": "Maria Lopez", "Email": "maria@example.com", "Phone": "(202) 555-0143",
            "Account": { "Name": "Lopez Ceramics", "AccountNumber": "88213" }, "Description": "Prefers chat.",
            "CreatedDate": "2019-04-02T10:20:30.000+0000", "LastModifiedDate": "2026-05-02T10:30:00Z"
        }),
        shown: |record| json!({ "totalSize": 1, "done": true, "records": [record] }),
        changed: |record, seen| {
            lay(record, &seen.body);
            if let (Some(first), Some(last)) =
                (seen.body["FirstName"].as_str(), seen.body["LastName"].as_str())
            {
                record["Name"] = json!(format!("{first} {last}"));
            }
            touch(record, "LastModifiedDate");
            nothing()
        },
    }
}

fn hubspot() -> System {
    System {
        preset: "hubspot",
        id: "512",
        line: "PATCH /crm/v3/objects/contacts/512",
        record: json!({
            "id": "512", "updatedAt": "2026-05-02T10:30:00.000Z", "archived": false,
            "properties": {
                "firstname": "Maria", "lastname": "Lopez", "email": "maria@example.com", "phone": "(202) 555-0143",
                "company": "Lopez Ceramics", "hs_language": null
            }
        }),
        shown: Clone::clone,
        changed: |record, seen| {
            lay(&mut record["properties"], &seen.body["properties"]);
            touch(record, "updatedAt");
            ok(
                &json!({ "id": "512", "properties": seen.body["properties"], "updatedAt": record["updatedAt"] }),
            )
        },
    }
}

fn zendesk() -> System {
    System {
        preset: "zendesk",
        id: "35436",
        line: "PUT /api/v2/users/35436.json",
        record: json!({
            "id": 35436, "name": "Maria Lopez", "email": "maria@example.com", "phone": "(202) 555-0143",
            "external_id": "88213", "locale": "en-US", "notes": "Prefers chat.", "updated_at": "2026-05-02T10:30:00Z"
        }),
        shown: |record| json!({ "user": record }),
        changed: |record, seen| {
            lay(record, &seen.body["user"]);
            touch(record, "updated_at");
            ok(&json!({ "user": record }))
        },
    }
}

const CONTACT: &str = "f76e4e7c-ea61-e511-80fd-3863bb342b00";

fn dynamics() -> System {
    System {
        preset: "dynamics",
        id: CONTACT,
        line: "PATCH /api/data/v9.2/contacts(f76e4e7c-ea61-e511-80fd-3863bb342b00)",
        record: json!({
            "@odata.etag": "W/\"502183\"", "contactid": CONTACT, "fullname": "Maria Lopez",
            "emailaddress1": "maria@example.com", "telephone1": "(202) 555-0143", "externaluseridentifier": "88213",
            "parentcustomerid_account": { "name": "Lopez Ceramics" }, "description": "Prefers chat."
        }),
        shown: Clone::clone,
        changed: |record, seen| {
            if seen.headers.get("if-match").map(String::as_str) != record["@odata.etag"].as_str() {
                let text =
                    "The version of the existing record doesn't match the RowVersion property provided.";
                return status(412, &json!({ "error": { "code": "0x80060882", "message": text } }));
            }
            lay(record, &seen.body);
            if let (Some(first), Some(last)) =
                (seen.body["firstname"].as_str(), seen.body["lastname"].as_str())
            {
                record["fullname"] = json!(format!("{first} {last}"));
            }
            touch(record, "@odata.etag");
            nothing()
        },
    }
}

fn own() -> System {
    System {
        preset: "",
        id: "7",
        line: "PUT /people/7",
        record: json!({
            "no": 7, "name": "Maria Lopez", "mail": "maria@example.com", "phone": "(202) 555-0143", "firm": "Lopez Ceramics",
            "rev": 41, "plan": "Home"
        }),
        shown: Clone::clone,
        changed: |record, seen| {
            let rev = record["rev"].as_u64().expect("a number");
            *record = seen.body.clone();
            record["rev"] = json!(rev + 1);
            record["no"] = json!(7);
            ok(&json!({}))
        },
    }
}

/// The configuration of an admin whose system replaces records, and counts their versions.
fn own_config(server: &Server) -> Json {
    json!({
        "server": server.config(&Json::Null),
        "customer": {
            "id": "{/no}", "name": "{/name}", "email": "{/mail}", "phone": "{/phone}", "company": "{/firm}",
            "version": "{/rev}", "fields": { "plan": "{/plan}" }
        },
        "get": { "path": "/people/{id}" },
        "update": { "whole": true, "cleared": "-", "request": {
            "method": "PUT", "path": "/people/{id}", "headers": { "x-rev": "{version}" }, "body": {
                "name": "{name}", "mail": "{email}", "phone": "{phone}", "firm": "{company}", "plan": "{field.plan}"
            }
        } }
    })
}

/// A desk with that system behind it, and the record that it has there.
fn desk(system: &System) -> (Desk, Arc<Mutex<Json>>) {
    let record = Arc::new(Mutex::new(system.record.clone()));
    let (kept, line, shown, changed) = (Arc::clone(&record), system.line, system.shown, system.changed);
    let (_, path) = line.split_once(' ').expect("a method and a path");
    let server = Server::start(move |seen: &Seen| {
        let mut record = kept.lock().expect("no panic");
        if seen.line() == line {
            changed(&mut record, seen)
        } else if seen.method == "GET" && (seen.path == path || seen.query("q").contains("WHERE Id = '003A'"))
        {
            ok(&shown(&record))
        } else {
            status(404, &json!({}))
        }
    });
    let config = match system.preset {
        "" => own_config(&server),
        preset => {
            let auth = json!({ "bearer": { "token": server.secret("t") } });
            json!({ "preset": preset, "server": server.config(&auth) })
        }
    };
    (Desk::open(server, config), record)
}

impl Desk {
    fn update(&self, customer: &Customer) -> Result<Customer, Failure> {
        self.ask("crm.update/1", &json!({ "customer": customer }))
    }
}

#[test]
fn what_is_another_than_before_is_sent_and_read_back() {
    let systems = [
        (
            salesforce(),
            json!({ "Phone": "+1 202 555 0199" }),
            json!({ "FirstName": "Maria", "LastName": "Novak" }),
        ),
        (
            hubspot(),
            json!({ "properties": { "phone": "+1 202 555 0199" } }),
            json!({ "properties": { "firstname": "Maria", "lastname": "Novak" } }),
        ),
        (
            zendesk(),
            json!({ "user": { "phone": "+1 202 555 0199" } }),
            json!({ "user": { "name": "Maria Novak" } }),
        ),
        (
            dynamics(),
            json!({ "telephone1": "+1 202 555 0199" }),
            json!({ "firstname": "Maria", "lastname": "Novak" }),
        ),
    ];
    for (system, phone, name) in systems {
        let (desk, _) = desk(&system);
        let first = desk.get(system.id).expect("read");
        let wanted = Customer { phone: Some(" +1 202 555 0199".to_owned()), ..first.clone() };
        let second = desk.update(&wanted).expect("updated");
        assert_eq!(second.phone.as_deref(), Some("+1 202 555 0199"), "{}", system.preset);
        assert_ne!(second.version, first.version, "{}", system.preset);
        assert_eq!(desk.get(system.id).expect("read"), second, "{}", system.preset);
        let third = desk.update(&Customer { name: "Maria Novak".to_owned(), ..second }).expect("updated");
        assert_eq!(third.name, "Maria Novak", "{}", system.preset);
        assert_eq!(desk.update(&third).expect("nothing to do"), third);
        assert_eq!(desk.sent(system.line), [phone, name], "{}: and no third time", system.preset);
    }
}

#[test]
fn a_value_that_is_no_more_is_said_as_the_system_takes_it() {
    let systems = [
        (salesforce(), json!({ "Phone": null })),
        (hubspot(), json!({ "properties": { "phone": "" } })),
        (zendesk(), json!({ "user": { "phone": null } })),
        (dynamics(), json!({ "telephone1": null })),
    ];
    for (system, sent) in systems {
        let (desk, _) = desk(&system);
        let first = desk.get(system.id).expect("read");
        let changed = desk.update(&Customer { phone: None, ..first }).expect("updated");
        assert_eq!(changed.phone, None, "{}", system.preset);
        assert_eq!(desk.sent(system.line), [sent], "{}", system.preset);
    }
}

#[test]
fn what_somebody_else_changed_is_not_written_over() {
    for system in [salesforce(), hubspot(), zendesk(), dynamics(), own()] {
        let (desk, _) = desk(&system);
        let first = desk.get(system.id).expect("read");
        let theirs =
            desk.update(&Customer { phone: Some("1".to_owned()), ..first.clone() }).expect("updated");
        let sent = desk.sent(system.line).len();
        let failure = desk.update(&Customer { name: "Augusta".to_owned(), ..first }).expect_err("stale");
        let told = failure.message().starts_with("somebody else has changed this customer");
        assert!(told && matches!(failure, Failure::Refused(_)), "{}: {failure}", system.preset);
        assert_eq!(desk.get(system.id).expect("read"), theirs, "{}", system.preset);
        assert_eq!(desk.sent(system.line).len(), sent, "{}: nothing was sent", system.preset);
    }
}

#[test]
fn who_changes_it_between_look_and_change_is_noticed_where_the_system_can() {
    let system = dynamics();
    let System { changed, .. } = system;
    // The record is another whenever the change arrives.
    let record = Mutex::new(system.record.clone());
    let server = Server::start(move |seen: &Seen| {
        let mut record = record.lock().expect("no panic");
        if seen.method == "PATCH" {
            record["@odata.etag"] = json!("W/\"502184\"");
            return changed(&mut record, seen);
        }
        ok(&record)
    });
    let config = json!({ "preset": "dynamics", "server": server.config(&Json::Null) });
    let desk = Desk::open(server, config);
    let first = desk.get(CONTACT).expect("read");
    let failure = desk.update(&Customer { name: "Augusta".to_owned(), ..first }).expect_err("too late");
    let words = "the other system has a conflict with this: The version of the existing record doesn't match";
    assert!(matches!(&failure, Failure::Refused(text) if text.starts_with(words)), "{failure}");
    assert_eq!(desk.sent(system.line).len(), 1, "and it is not tried again");
}

#[test]
fn what_the_system_does_not_let_us_change_is_told_before_anything_is_sent() {
    let company = |customer: &mut Customer| customer.company = Some("Other".to_owned());
    let email = |customer: &mut Customer| customer.email = Some("other@example.com".to_owned());
    let vip = |customer: &mut Customer| customer.vip = true;
    let field = |customer: &mut Customer| {
        customer.fields.insert("shoe".to_owned(), "44".to_owned());
        customer.name = "Both".to_owned();
    };
    type Edit = fn(&mut Customer);
    let cases: [(System, Edit, &str); 6] = [
        (salesforce(), company, "company"),
        (zendesk(), email, "email"),
        (zendesk(), company, "company"),
        (dynamics(), company, "company"),
        (hubspot(), vip, "vip"),
        (own(), field, "field.shoe"),
    ];
    for (system, edit, name) in cases {
        let (desk, record) = desk(&system);
        let mut customer = desk.get(system.id).expect("read");
        edit(&mut customer);
        let failure = desk.update(&customer).expect_err("not to be changed");
        let words = format!("the CRM does not let Hark change this: {name}");
        assert_eq!(failure, Failure::invalid(words), "{}", system.preset);
        assert_eq!(*record.lock().expect("no panic"), system.record, "{}", system.preset);
    }
}

#[test]
fn a_system_that_replaces_records_is_sent_all_of_them() {
    let system = own();
    let (desk, _) = desk(&system);
    let first = desk.get("7").expect("read");
    assert_eq!(
        (first.version, first.fields["plan"].as_str()),
        (41, "Home"),
        "a number is the version itself"
    );
    let mut wanted = Customer { email: None, ..first };
    wanted.fields.insert("plan".to_owned(), "Office".to_owned());
    let changed = desk.update(&wanted).expect("updated");
    assert_eq!((changed.version, changed.fields["plan"].as_str()), (42, "Office"));
    let all = json!({
        "name": "Maria Lopez", "mail": "-", "phone": "(202) 555-0143", "firm": "Lopez Ceramics", "plan": "Office"
    });
    assert_eq!(desk.sent("PUT /people/7"), [all]);
    let put = desk.server.seen().into_iter().find(|seen| seen.method == "PUT").expect("it was sent");
    assert_eq!(put.headers["x-rev"], "41");
}

#[test]
fn who_is_not_there_and_what_is_wrong_is_told() {
    let (desk, _) = desk(&own());
    let customer =
        |id: &str, name: &str| Customer { id: id.to_owned(), name: name.to_owned(), ..Customer::default() };
    assert!(matches!(desk.update(&customer("8", "Ana")), Err(Failure::NotFound(_))));
    let failure = desk.update(&customer("7", " ")).expect_err("nameless");
    assert!(matches!(&failure, Failure::Invalid(text) if text.contains("needs a name")), "{failure}");

    let mut config = own_config(&desk.server);
    config["get"] = Json::Null;
    let failure = create(&config).err().expect("it cannot work");
    assert!(failure.message().contains("`update` needs `get`"), "{failure}");
    let mut config = own_config(&desk.server);
    config["update"] = Json::Null;
    let desk = desk.with(config);
    let failure = desk.update(&customer("7", "Ana")).expect_err("no way to change one");
    assert!(matches!(&failure, Failure::UnknownOperation(text) if text.contains("`update`")), "{failure}");
}
