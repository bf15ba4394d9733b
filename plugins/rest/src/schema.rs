//! Pieces of JSON Schema that configurations of REST systems are made of.

use hark_plugin_sdk::{Json, json};

/// A table with these keys and no others.
#[must_use]
pub fn table(keys: &Json, required: &[&str]) -> Json {
    json!({ "type": "object", "additionalProperties": false, "properties": keys, "required": required })
}

/// A table of texts by names of the admin's own.
#[must_use]
pub fn texts() -> Json {
    json!({ "type": "object", "additionalProperties": { "type": "string" } })
}
