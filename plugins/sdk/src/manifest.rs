//! What a plugin says about itself before it is used. It never checks the words; the host does.

use crate::Json;
use serde::{Deserialize, Serialize};

/// Whether several calls may run at once.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Threading {
    /// On several threads at once.
    Any,
    /// One after the other; only `cancel` may overlap.
    Serialized,
}

/// The manifest, with defaults that suit a plugin that waits for disk or network.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Manifest {
    /// What the plugin is called: lower case, digits, `-`.
    pub name: String,
    /// The plugin's own version.
    pub version: String,
    /// Operations that it does; left empty, [`export!`](crate::export!) fills in all of its capabilities.
    pub capabilities: Vec<String>,
    /// Whether calls may run at the same time; `any` unless said otherwise.
    pub threading: Threading,
    /// Whether a call may wait for disk or network; `true` unless said otherwise.
    pub blocking: bool,
    /// How many calls may be unanswered at a time, 1 or more; 16 unless said otherwise.
    pub max_in_flight: u32,
    /// JSON Schema of the configuration; an object of any shape unless said otherwise.
    pub config_schema: Json,
}

impl Manifest {
    /// A manifest with the defaults; `env!("CARGO_PKG_VERSION")` is the usual version.
    pub fn new(name: impl Into<String>, version: impl Into<String>) -> Self {
        Self {
            name: name.into(),
            version: version.into(),
            capabilities: Vec::new(),
            threading: Threading::Any,
            blocking: true,
            max_in_flight: 16,
            config_schema: crate::json!({ "type": "object" }),
        }
    }

    /// Names the operations that are really done, such as [`crm::LOOKUP`](crate::crm::LOOKUP).
    #[must_use]
    pub fn capabilities<'a>(mut self, operations: impl IntoIterator<Item = &'a str>) -> Self {
        self.capabilities = operations.into_iter().map(str::to_owned).collect();
        self
    }

    /// Asks the host to hand over one call after the other.
    #[must_use]
    pub fn serialized(mut self) -> Self {
        self.threading = Threading::Serialized;
        self
    }

    /// Says whether a call may wait for disk or network (`false`: it returns within a millisecond).
    #[must_use]
    pub fn blocking(mut self, blocking: bool) -> Self {
        self.blocking = blocking;
        self
    }

    /// Sets how many calls may be unanswered at a time, 1 or more.
    #[must_use]
    pub fn max_in_flight(mut self, calls: u32) -> Self {
        self.max_in_flight = calls;
        self
    }

    /// Sets the JSON Schema of the configuration.
    #[must_use]
    pub fn config_schema(mut self, schema: Json) -> Self {
        self.config_schema = schema;
        self
    }
}
