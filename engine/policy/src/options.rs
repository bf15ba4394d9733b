//! What a set of scripts is made of and what it may cost. Nothing here reads a file.

use serde_json::Value;
use std::path::PathBuf;

/// What [`crate::Scripts::load`] is given.
#[derive(Debug, Clone)]
pub struct Options {
    /// Folder of the scripts; nothing outside of it is ever loaded.
    pub root: PathBuf,
    /// The scripts, in the order in which they are asked.
    pub scripts: Vec<ScriptOptions>,
    /// What one decision may cost.
    pub budget: Budget,
    /// When a failing script is set aside.
    pub set_aside: SetAside,
}

impl Options {
    /// Options with the default budget, for scripts without configuration.
    pub fn new(root: impl Into<PathBuf>, scripts: &[&str]) -> Self {
        let scripts = scripts.iter().map(ScriptOptions::new).collect();
        Self { root: root.into(), scripts, budget: Budget::default(), set_aside: SetAside::default() }
    }
}

/// One script.
#[derive(Debug, Clone)]
pub struct ScriptOptions {
    /// Its file, relative to the root.
    pub path: PathBuf,
    /// What the script reads as `hark.config`: an object, or null for an empty one.
    pub config: Value,
}

impl ScriptOptions {
    /// A script without configuration.
    pub fn new(path: impl Into<PathBuf>) -> Self {
        Self { path: path.into(), config: Value::Null }
    }
}

/// What one decision may cost.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Budget {
    /// CPU time of the deciding thread, in milliseconds, at least 1.
    pub cpu_ms: u32,
    /// Time on the wall, in milliseconds: generous, since a busy machine takes it from healthy scripts too.
    pub wall_ms: u32,
    /// Memory taken during the decision, in bytes.
    pub memory_bytes: usize,
}

impl Default for Budget {
    fn default() -> Self {
        Self { cpu_ms: 5, wall_ms: 100, memory_bytes: 8 << 20 }
    }
}

/// When a failing script is set aside.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SetAside {
    /// After this many failures; 0 means never.
    pub failures: u32,
    /// Within this many seconds of the commands' time.
    pub window_s: u32,
}

impl Default for SetAside {
    fn default() -> Self {
        Self { failures: 20, window_s: 60 }
    }
}
