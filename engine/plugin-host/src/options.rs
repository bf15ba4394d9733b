//! How the host is set up. Values only.

use crate::limits;
use serde::Deserialize;
use serde_json::Value;
use std::fmt;
use std::path::PathBuf;

/// What is loaded, and where the host may write.
#[derive(Debug, Clone)]
pub struct Options {
    /// The plugins; of several that provide an operation the first is asked.
    pub plugins: Vec<PluginOptions>,
    /// Folder for the copies that are loaded. Made when it is not there; old copies in it are removed. It belongs to
    /// one host.
    pub cache_dir: PathBuf,
    /// The program that runs a plugin in a child process when it is started with the word `plugin-host`: one that calls
    /// [`child`](crate::child) then.
    pub program: PathBuf,
}

impl Options {
    /// Plugins, with this very program for children.
    #[must_use]
    pub fn new(plugins: Vec<PluginOptions>, cache_dir: impl Into<PathBuf>) -> Self {
        Self { plugins, cache_dir: cache_dir.into(), program: OWN_PROGRAM.into() }
    }
}

/// The running program's own file, also when another was put in its place meanwhile.
const OWN_PROGRAM: &str = "/proc/self/exe";

/// One plugin.
#[derive(Debug, Clone)]
pub struct PluginOptions {
    /// What the desk, the log and the metrics call it.
    pub name: String,
    /// The library's file.
    pub path: PathBuf,
    /// Where it runs.
    pub isolation: Isolation,
    /// What its `create` gets.
    pub config: Value,
    /// Milliseconds for one operation with its waiting, 1 to [`limits::MAX_DEADLINE_MS`].
    pub deadline_ms: u32,
    /// Operations that it is given at once, at most [`limits::MAX_IN_FLIGHT`]; none: what its manifest says.
    pub max_in_flight: Option<u32>,
    /// Memory that a child process may write to, in MiB: [`limits::MIN_MEMORY_MIB`] to [`limits::MAX_MEMORY_MIB`]. It
    /// bounds nothing in the engine's own process.
    pub memory_mib: u32,
    /// Operations that may wait for their turn, at most [`limits::MAX_QUEUE`]; more are told that it is busy.
    pub queue: u32,
}

impl PluginOptions {
    /// A plugin with an empty configuration and the usual limits.
    pub fn new(name: impl Into<String>, path: impl Into<PathBuf>) -> Self {
        Self {
            name: name.into(),
            path: path.into(),
            isolation: Isolation::InProcess,
            config: Value::Object(serde_json::Map::new()),
            deadline_ms: limits::DEADLINE_MS,
            max_in_flight: None,
            memory_mib: limits::MEMORY_MIB,
            queue: limits::QUEUE,
        }
    }
}

/// Where a plugin runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Isolation {
    /// In the engine's own process.
    InProcess,
    /// In a child process: what goes wrong there stays there.
    Process,
}

impl Isolation {
    /// As the configuration and the desk call it.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::InProcess => "in_process",
            Self::Process => "process",
        }
    }
}

/// Why a plugin cannot be used, for an admin.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// The plugin's configured name.
    pub plugin: String,
    /// What is wrong and what can be done.
    pub message: String,
}

impl Fault {
    pub(crate) fn new(plugin: &str, message: impl Into<String>) -> Self {
        Self { plugin: plugin.to_owned(), message: message.into() }
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "plugin {}: {}", self.plugin, self.message)
    }
}

impl std::error::Error for Fault {}
