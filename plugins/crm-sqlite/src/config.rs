//! The plugin's configuration and its schema. It never looks at the file that it names.

use hark_plugin_sdk::{Failure, Json, json};
use serde::Deserialize;
use std::path::PathBuf;

/// what a plugin's `config` may say.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Config {
    /// The database file; made when it is not there. Its folder must exist.
    pub(crate) path: PathBuf,
    /// Whether an empty database is filled with sample customers.
    #[serde(default)]
    pub(crate) sample: bool,
}

impl Config {
    /// JSON Schema of the above, for the host's check before `create`.
    pub(crate) fn schema() -> Json {
        json!({
            "type": "object",
            "additionalProperties": false,
            "required": ["path"],
            "properties": {
                "path": {
                    "type": "string",
                    "minLength": 1,
                    "description": "the database file; made when it is not there, its folder must exist"
                },
                "sample": {
                    "type": "boolean",
                    "default": false,
                    "description": "fill an empty database with sample customers and cases"
                }
            }
        })
    }

    /// Reads a configuration.
    pub(crate) fn read(config: Json) -> Result<Self, Failure> {
        let config: Self = serde_json::from_value(config)
            .map_err(|error| Failure::invalid(format!("crm-sqlite's configuration: {error}")))?;
        if config.path.as_os_str().is_empty() {
            return Err(Failure::invalid("crm-sqlite's configuration: `path` is empty"));
        }
        Ok(config)
    }
}
