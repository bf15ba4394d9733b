//! An event as JSON without what opens doors: password hashes, hashes of tokens, idempotency keys. Nothing else is taken
//! out: the journal is what it is.

use hark_core::Event;
use serde_json::{Value, json};

/// What stands where something was taken out.
const HIDDEN: &str = "(hidden)";

/// The fields of an event.
pub(super) fn fields(event: &Event) -> Value {
    let value = serde_json::to_value(event).expect("our own events are always JSON");
    let mut fields = match value {
        Value::Object(variant) => variant.into_iter().next().map_or(Value::Null, |(_, fields)| fields),
        other => other,
    };
    let secret = match event {
        Event::AgentSaved { .. } => fields.pointer_mut("/profile/credential"),
        Event::TokenOpened { .. } => fields.pointer_mut("/token/hash"),
        Event::AnswerRemembered { .. } => fields.pointer_mut("/key"),
        _ => None,
    };
    if let Some(secret) = secret.filter(|secret| !secret.is_null()) {
        *secret = json!(HIDDEN);
    }
    fields
}
