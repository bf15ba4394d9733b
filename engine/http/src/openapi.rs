//! The OpenAPI 3.1 document, made from the route table and the types themselves. It is never written by hand.

use crate::api;
use crate::problem::ProblemBody;
use crate::route::{Route, Who};
use axum::http::{Method, StatusCode};
use schemars::SchemaGenerator;
use schemars::generate::SchemaSettings;
use serde_json::{Map, Value, json};
use std::sync::LazyLock;

/// The OpenAPI 3.1 document of the API. Needs no running service.
#[must_use]
pub fn openapi() -> Value {
    document().clone()
}

/// The document, made once.
pub(crate) fn document() -> &'static Value {
    static DOCUMENT: LazyLock<Value> = LazyLock::new(make);
    &DOCUMENT
}

fn make() -> Value {
    let mut generator = SchemaSettings::draft2020_12()
        .with(|settings| settings.definitions_path = "/components/schemas".into())
        .into_generator();
    let problem = generator.subschema_for::<ProblemBody>();
    let mut paths = Map::new();
    for route in api::table() {
        let operation = operation(&route, &mut generator);
        let path = paths.entry(route.path).or_insert_with(|| json!({}));
        path[route.method.as_str().to_ascii_lowercase()] = operation;
    }
    json!({
        "openapi": "3.1.0",
        "info": {
            "title": "Hark",
            "version": env!("CARGO_PKG_VERSION"),
            "license": { "name": "MIT OR Apache-2.0", "identifier": "MIT OR Apache-2.0" },
        },
        "paths": paths,
        "components": {
            "schemas": generator.take_definitions(true),
            "responses": { "Problem": {
                "description": "What is wrong (RFC 9457)",
                "content": { "application/problem+json": { "schema": problem } },
            } },
            "securitySchemes": {
                "person": { "type": "http", "scheme": "bearer", "description": "A log-in's or machine's token" },
                "cookie": { "type": "apiKey", "in": "cookie", "name": "hark",
                    "description": "A log-in; `__Host-hark` over TLS. Writes need Origin and `X-Hark-CSRF: 1`" },
                "guest": { "type": "http", "scheme": "bearer", "description": "The token of a chat's customer" },
            },
        },
    })
}

fn operation(route: &Route, generator: &mut SchemaGenerator) -> Value {
    let mut operation = json!({
        "operationId": operation_id(route),
        "summary": route.does,
        "security": security(route.who),
        "x-role": role(route.who),
        "parameters": parameters(route),
        "responses": responses(route, generator),
    });
    if let Some(takes) = route.takes {
        let schema = takes(generator);
        operation["requestBody"] =
            json!({ "required": true, "content": { "application/json": { "schema": schema } } });
    }
    operation
}

/// `get_v1_chats_id`: unique, because method and path are.
fn operation_id(route: &Route) -> String {
    let words = route.path.split(['/', '{', '}', '-', '.']).filter(|word| !word.is_empty());
    let words: Vec<&str> = words.collect();
    format!("{}_{}", route.method.as_str().to_ascii_lowercase(), words.join("_"))
}

fn security(who: Who) -> Value {
    match who {
        Who::Anyone => json!([{}]),
        Who::Guest => json!([{ "guest": [] }]),
        Who::GuestOrAgent => json!([{ "guest": [] }, { "person": [] }, { "cookie": [] }]),
        Who::Agent | Who::Supervisor | Who::Admin => json!([{ "person": [] }, { "cookie": [] }]),
    }
}

/// The least role that a person needs.
fn role(who: Who) -> &'static str {
    match who {
        Who::Anyone => "anyone",
        Who::Guest => "guest",
        Who::GuestOrAgent => "guest_or_agent",
        Who::Agent => "agent",
        Who::Supervisor => "supervisor",
        Who::Admin => "admin",
    }
}

fn parameters(route: &Route) -> Vec<Value> {
    let names = route.path.split('/').filter_map(|part| part.strip_prefix('{')?.strip_suffix('}'));
    let text = json!({ "type": "string" });
    let of_path = names.map(|name| json!({ "name": name, "in": "path", "required": true, "schema": text }));
    let of_query = route
        .query
        .iter()
        .map(|(name, what)| json!({ "name": name, "in": "query", "description": what, "schema": text }));
    let key = json!({
        "name": "Idempotency-Key", "in": "header", "schema": { "type": "string", "maxLength": 255 },
        "description": "A repeat with the same key and body is answered as the first was",
    });
    let key = (route.method == Method::POST && route.who != Who::Anyone).then_some(key);
    of_path.chain(of_query).chain(key).collect()
}

fn responses(route: &Route, generator: &mut SchemaGenerator) -> Value {
    let mut success = json!({ "description": route.does });
    if let Some(gives) = route.gives {
        success["content"] = json!({ route.content: { "schema": gives(generator) } });
    } else if !matches!(route.status, StatusCode::NO_CONTENT | StatusCode::SWITCHING_PROTOCOLS) {
        success["content"] = json!({ route.content: { "schema": { "type": "string" } } });
    }
    let problem = json!({ "$ref": "#/components/responses/Problem" });
    json!({ route.status.as_str(): success, "default": problem })
}
