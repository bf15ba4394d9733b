//! What a wrong configuration is told.

use super::check;
use serde_json::{Value, json};

fn schema() -> Value {
    json!({
        "type": "object",
        "required": ["path"],
        "additionalProperties": false,
        "properties": {
            "path": { "type": "string", "minLength": 1 },
            "poll_ms": { "type": "integer", "minimum": 100, "maximum": 60000 },
            "mode": { "enum": ["fast", "safe"] },
            "hosts": { "type": "array", "maxItems": 2, "items": { "$ref": "#/$defs/host" } },
            "retry": { "anyOf": [{ "type": "boolean" }, { "type": "integer", "minimum": 1 }] },
            "labels": { "type": "object", "additionalProperties": { "type": "string" } },
        },
        "$defs": { "host": { "type": "object", "required": ["name"], "properties": { "port": { "type": "integer" } } } },
    })
}

#[test]
fn what_fits_is_well() {
    for good in [
        json!({ "path": "x" }),
        json!({ "path": "x", "poll_ms": 100, "mode": "safe", "retry": true, "labels": { "a": "b" } }),
        json!({ "path": "x", "poll_ms": 1000.0, "hosts": [{ "name": "a", "port": 1, "more": 1 }], "retry": 3 }),
    ] {
        assert_eq!(check(&schema(), &good), Vec::<String>::new(), "{good}");
    }
}

#[test]
fn each_fault_is_told_with_its_place() {
    for (bad, told) in [
        (json!([]), "the configuration must be a table, but is a list"),
        (json!({}), "`path` is missing"),
        (json!({ "path": "" }), "`path` has 0 characters, at least 1 are needed"),
        (json!({ "path": 7 }), "`path` must be a text, but is 7"),
        (json!({ "path": "x", "pol_ms": 7 }), "`pol_ms` is not known; did you mean `poll_ms`?"),
        (json!({ "path": "x", "zebra": 7 }), "`zebra` is not known"),
        (json!({ "path": "x", "poll_ms": 7 }), "`poll_ms` must be at least 100, but is 7"),
        (json!({ "path": "x", "poll_ms": 1e9 }), "`poll_ms` must be at most 60000, but is 1000000000.0"),
        (json!({ "path": "x", "poll_ms": 100.5 }), "`poll_ms` must be a whole number, but is 100.5"),
        (json!({ "path": "x", "mode": "slow" }), "`mode` must be one of \"fast\", \"safe\", but is a text"),
        (
            json!({ "path": "x", "hosts": [{ "name": "a", "port": "b" }] }),
            "`hosts[0].port` must be a whole number, but is a text",
        ),
        (json!({ "path": "x", "hosts": [{}] }), "`hosts[0].name` is missing"),
        (json!({ "path": "x", "retry": 0 }), "`retry` must be true or false, but is 0"),
        (json!({ "path": "x", "labels": { "a": 1 } }), "`labels.a` must be a text, but is 1"),
    ] {
        assert_eq!(check(&schema(), &bad), [told], "{bad}");
    }
}

#[test]
fn several_faults_are_told_at_once() {
    assert_eq!(check(&schema(), &json!({ "poll_ms": 1, "hosts": [{}, {}, {}] })).len(), 6);
}

#[test]
fn a_schema_that_refers_to_itself_ends() {
    let round = json!({ "$ref": "#" });
    assert_eq!(check(&round, &json!(1)).len(), 1);
}

#[test]
fn secrets_are_not_repeated() {
    let wrong = check(
        &json!({ "properties": { "password": { "type": "integer" } } }),
        &json!({ "password": "hunter2" }),
    );
    assert!(!wrong[0].contains("hunter2"), "{wrong:?}");
}
