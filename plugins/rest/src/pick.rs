//! What is taken out of an answer: texts made of JSON pointers, `{/FirstName} {/LastName}`, and words for words.

use crate::template::Template;
use hark_plugin_sdk::{Failure, Json, json};
use serde::Deserialize;
use std::collections::BTreeMap;

/// A [`Pick`] as it is configured.
#[derive(Clone, Debug, Deserialize)]
#[serde(untagged)]
pub enum PickConfig {
    /// Pointers in braces, with text around them.
    Text(String),
    /// The same, and what its values mean.
    Words(WordsConfig),
}

/// Words of the other system's, and what they are here.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WordsConfig {
    value: String,
    #[serde(default)]
    map: BTreeMap<String, String>,
    otherwise: Option<String>,
}

/// Takes one text out of a record.
#[derive(Clone, Debug)]
pub struct Pick {
    template: Template,
    words: Option<(BTreeMap<String, String>, Option<String>)>,
}

impl PickConfig {
    /// JSON Schema of a pick.
    #[must_use]
    pub fn schema(what: &str) -> Json {
        json!({
            "description": format!("{what}: a text with JSON pointers in braces, or a table with `value`, `map`, `otherwise`"),
            "anyOf": [
                { "type": "string" },
                {
                    "type": "object", "additionalProperties": false, "required": ["value"],
                    "properties": {
                        "value": { "type": "string", "minLength": 1 },
                        "map": { "type": "object", "additionalProperties": { "type": "string" } },
                        "otherwise": { "type": "string" }
                    }
                }
            ]
        })
    }
}

impl Pick {
    /// Reads a pick. `key` is the configuration's, for messages.
    ///
    /// # Errors
    /// [`Failure::Invalid`] with the key.
    pub fn compile(config: &PickConfig, key: &str) -> Result<Self, Failure> {
        let (text, words) = match config {
            PickConfig::Text(text) => (text, None),
            PickConfig::Words(words) => (&words.value, Some((words.map.clone(), words.otherwise.clone()))),
        };
        let template = Template::parse(text, &|name| name.is_empty() || name.starts_with('/'))
            .map_err(|what| Failure::invalid(format!("`{key}` {what}")))?;
        Ok(Self { template, words })
    }

    /// The text, without outer blanks; nothing when there is none.
    #[must_use]
    pub fn of(&self, record: &Json) -> Option<String> {
        let text = self.template.fill_blank(&|pointer| record.pointer(pointer).and_then(text));
        let text = text.trim();
        let text = match &self.words {
            None => text.to_owned(),
            Some((map, otherwise)) => {
                let meant = map.get(text).or(otherwise.as_ref());
                meant.cloned().unwrap_or_else(|| text.to_owned())
            }
        };
        (!text.is_empty()).then_some(text)
    }
}

fn text(json: &Json) -> Option<String> {
    match json {
        Json::String(text) => Some(text.clone()),
        Json::Number(number) => Some(number.to_string()),
        Json::Bool(value) => Some(value.to_string()),
        _ => None,
    }
}
