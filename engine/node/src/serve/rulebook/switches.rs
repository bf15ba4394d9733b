//! Which scripts an admin set aside, and which were added to those of the configuration. One small file beside the data,
//! so that a restart keeps it.

use super::shelf;
use crate::config::Config;
use hark_http::rulebook::ScriptRefusal;
use serde::{Deserialize, Serialize};
use std::path::Path;

/// Its file, below the scripts' folder of the data.
const FILE: &str = "switches.json";

/// See the module.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Switches {
    /// Asked before the configured ones, in this order.
    #[serde(default)]
    pub(super) added: Vec<String>,
    /// Not asked.
    #[serde(default)]
    pub(super) off: Vec<String>,
}

impl Switches {
    /// What was kept last; nothing when there is no file.
    ///
    /// # Errors
    /// The file cannot be understood.
    pub(super) fn read(folder: &Path) -> Result<Self, String> {
        let path = folder.join(FILE);
        let text = match std::fs::read_to_string(&path) {
            Ok(text) => text,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(Self::default()),
            Err(error) => return Err(format!("{}: {error}", path.display())),
        };
        serde_json::from_str(&text).map_err(|error| format!("{}: {error}", path.display()))
    }

    /// Keeps it.
    ///
    /// # Errors
    /// The system does not let us.
    pub(super) fn keep(&self, folder: &Path) -> Result<(), ScriptRefusal> {
        let text = serde_json::to_string_pretty(self).expect("lists of texts are always JSON");
        shelf::lay_at(folder.join(FILE), &text)?.put()
    }

    /// Forgets what was added and is gone: that must not keep a desk from starting.
    pub(super) fn forget_gone(&mut self, config: &Config) {
        let root = config.below_base(&config.scripts.root);
        self.added.retain(|name| {
            let there = root.join(name).is_file();
            if !there {
                tracing::warn!(script = %name, "was added on the admin's page and is gone: it is not asked");
            }
            there
        });
    }

    /// The scripts in the order in which they are asked.
    pub(super) fn asked(&self, config: &Config) -> Vec<String> {
        let configured = config.scripts.files.iter().filter(|name| !self.added.contains(name));
        self.added.iter().chain(configured).filter(|name| !self.off.contains(name)).cloned().collect()
    }

    /// The configuration with exactly the scripts that are asked.
    pub(super) fn apply(&self, config: &Config) -> Config {
        let mut applied = config.clone();
        applied.scripts.files = self.asked(config);
        applied
    }

    /// Lets a script answer, or not.
    pub(super) fn set(&mut self, name: &str, on: bool, config: &Config) {
        self.off.retain(|off| off != name);
        let known = self.added.iter().chain(&config.scripts.files).any(|known| known == name);
        match (on, known) {
            (true, false) => self.added.insert(0, name.to_owned()),
            (false, true) => self.off.push(name.to_owned()),
            _ => {}
        }
    }
}
