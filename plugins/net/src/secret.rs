//! Passwords, tokens and keys: where they are, and how they are kept from being shown. It never writes one anywhere.

use hark_plugin_sdk::{Failure, Json, json};
use serde::Deserialize;
use std::fmt;
use std::path::{Path, PathBuf};

/// The longest secret, in bytes: a larger file is another file.
const MAX_BYTES: u64 = 64 * 1024;
/// What stands in a message where a secret stood.
const HIDDEN: &str = "[hidden]";
/// Shorter secrets are not looked for in messages: they would be found in ordinary words.
const LEAST_TO_SCRUB: usize = 4;

/// Where a secret is.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SecretSource {
    /// In an environment variable.
    Env(String),
    /// In a file; outer white space is not part of it.
    File(PathBuf),
}

impl SecretSource {
    /// JSON Schema of a secret in a configuration.
    #[must_use]
    pub fn schema(what: &str) -> Json {
        json!({
            "type": "object",
            "additionalProperties": false,
            "minProperties": 1,
            "maxProperties": 1,
            "properties": {
                "env": { "type": "string", "minLength": 1, "description": "name of an environment variable" },
                "file": { "type": "string", "minLength": 1, "description": "path of a file" }
            },
            "description": format!("{what}: {{ env = \"NAME\" }} or {{ file = \"PATH\" }}")
        })
    }

    /// Reads the secret. `key` is the configuration's, for messages.
    ///
    /// # Errors
    /// [`Failure::Invalid`] when the variable or file is not there, is empty, or is no text.
    pub fn read(&self, key: &str) -> Result<Secret, Failure> {
        let (text, place) = match self {
            Self::Env(name) => {
                let text = std::env::var(name).map_err(|_| {
                    Failure::invalid(format!("`{key}`: the environment has no variable {name}"))
                })?;
                (text, format!("the variable {name}"))
            }
            Self::File(path) => (from_file(path, key)?, path.display().to_string()),
        };
        match text.trim() {
            "" => Err(Failure::invalid(format!("`{key}`: {place} is empty"))),
            text => Ok(Secret(text.to_owned())),
        }
    }
}

fn from_file(path: &Path, key: &str) -> Result<String, Failure> {
    let shown = path.display();
    let size = std::fs::metadata(path).map_or(0, |file| file.len());
    if size > MAX_BYTES {
        return Err(Failure::invalid(format!("`{key}`: {shown} has {size} bytes and is no secret")));
    }
    std::fs::read_to_string(path)
        .map_err(|error| Failure::invalid(format!("`{key}`: {shown} cannot be read: {}", error.kind())))
}

/// A text that is used and never shown.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(String);

impl Secret {
    /// Keeps a text from being shown.
    #[must_use]
    pub fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// The text, for the one place that needs it.
    #[must_use]
    pub fn reveal(&self) -> &str {
        &self.0
    }

    /// A message of somebody else's without this secret in it.
    #[must_use]
    pub fn scrub(&self, message: &str) -> String {
        if self.0.len() < LEAST_TO_SCRUB {
            return message.to_owned();
        }
        message.replace(&self.0, HIDDEN)
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(HIDDEN)
    }
}
