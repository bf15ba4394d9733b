//! The one character that PostgreSQL keeps in no text, U+0000. It changes nothing else.

use hark_plugin_sdk::{Failure, Json};
use serde::{Serialize, de::DeserializeOwned};

/// Stands where a U+0000 stood: a chat's log is not refused for one odd character in it.
const SHOWN_NUL: &str = "\u{2400}";

/// The request with a visible sign for each U+0000.
pub(crate) fn storable<T: Serialize + DeserializeOwned>(request: T) -> Result<T, Failure> {
    let odd = |error| Failure::Internal(format!("the request cannot be read: {error}"));
    let mut json = serde_json::to_value(&request).map_err(odd)?;
    if !clean(&mut json) {
        return Ok(request);
    }
    serde_json::from_value(json).map_err(odd)
}

/// True when something was replaced.
fn clean(json: &mut Json) -> bool {
    match json {
        Json::String(text) => clean_text(text),
        Json::Array(items) => items.iter_mut().fold(false, |changed, item| clean(item) | changed),
        Json::Object(fields) => {
            let mut changed = fields.values_mut().fold(false, |changed, value| clean(value) | changed);
            if fields.keys().any(|name| name.contains('\0')) {
                let renamed = std::mem::take(fields).into_iter();
                *fields = renamed.map(|(name, value)| (name.replace('\0', SHOWN_NUL), value)).collect();
                changed = true;
            }
            changed
        }
        _ => false,
    }
}

fn clean_text(text: &mut String) -> bool {
    let odd = text.contains('\0');
    if odd {
        *text = text.replace('\0', SHOWN_NUL);
    }
    odd
}
