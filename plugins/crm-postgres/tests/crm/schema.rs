//! The tables: made once however many start at once, left alone when they are newer or somebody else's.

use crate::beside::Beside;
use crate::{Desk, new_schema, open, server};
use hark_plugin_sdk::crm::LookupAnswer;
use hark_plugin_sdk::{Failure, json};

fn refused(schema: &str) -> Failure {
    open(schema, false).err().expect("not opened")
}

#[test]
fn many_that_start_at_once_make_the_tables_once() {
    let schema = new_schema();
    let desks: Vec<_> = std::thread::scope(|scope| {
        let starts: Vec<_> = (0..6).map(|_| scope.spawn(|| open(&schema, true))).collect();
        starts.into_iter().map(|start| start.join().expect("no panic").expect("opened")).collect()
    });
    let told: usize = desks.iter().map(|desk| desk.logs().len()).sum();
    assert_eq!(told, 1, "one of them filled the empty database");
    let beside = Beside::connect(server());
    assert_eq!(beside.number(&format!("SELECT count(*) FROM {schema}.hark_migrations")), 1);
    let found = desks[5].call("crm.lookup/1", json!({ "account": "88213" })).expect("looked up");
    let found: LookupAnswer = serde_json::from_value(found).expect("matches");
    assert_eq!(found.matches.len(), 1);
}

#[test]
fn a_database_of_tomorrow_is_left_alone() {
    let desk = Desk::empty();
    let beside = Beside::connect(server());
    beside.run(&format!("INSERT INTO {}.hark_migrations (version) VALUES (99)", desk.path()));
    let failure = refused(&desk.path());
    let known = matches!(&failure, Failure::Invalid(text) if text.contains("99") && text.contains("up to 1"));
    assert!(known, "{failure}");
    assert!(desk.crm.call("crm.search/1", json!({ "text": "" })).is_ok(), "who runs goes on");
}

#[test]
fn tables_of_somebody_else_are_left_alone() {
    let schema = new_schema();
    let beside = Beside::connect(server());
    beside.run(&format!("CREATE SCHEMA {schema}; CREATE TABLE {schema}.theirs (x int)"));
    let failure = refused(&schema);
    assert!(matches!(&failure, Failure::Invalid(text) if text.contains(&schema)), "{failure}");
    let tables = format!(
        "SELECT count(*) FROM pg_class WHERE relnamespace = '{schema}'::regnamespace AND relkind = 'r'"
    );
    assert_eq!(beside.number(&tables), 1, "nothing of ours was added");
}

#[test]
fn a_schema_that_an_admin_made_is_taken_without_the_right_to_make_one() {
    let schema = new_schema();
    let beside = Beside::connect(server());
    let create = |rights: &str| {
        beside.run(rights);
        let url = server().url().replace("postgres://postgres@", &format!("postgres://{schema}@"));
        crate::create(&json!({ "url": url, "schema": schema, "timeout_ms": crate::PATIENT_MS }))
    };
    let failure = create(&format!("CREATE ROLE {schema} LOGIN")).err().expect("it may make nothing");
    assert!(matches!(&failure, Failure::Invalid(text) if text.contains("permission denied")), "{failure}");
    let crm = create(&format!("CREATE SCHEMA {schema} AUTHORIZATION {schema}")).expect("created");
    crm.call("crm.create/1", json!({ "customer": { "name": "Ada" } })).expect("stored");
}
