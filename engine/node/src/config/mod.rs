//! The configuration: what `config.toml` may say, with its defaults. It is read from the document's tree, so that every
//! fault has its line and all of them are told at once. Nothing here opens what a path names.

mod desk;
mod fault;
mod parts;
pub(crate) mod read;

pub(crate) use fault::{Fault, Place};
pub(crate) use parts::{Format, Journal, Log, PluginEntry, Scripts, Server};

use desk::Names;
use hark_core::Setup;
use std::path::{Path, PathBuf};

/// The documented defaults, as they lie at the top of the repository and as `hark init` writes them.
pub(crate) const SHIPPED: &str = include_str!("../../../../config.toml");

/// Everything that can be configured. What is left out has the default that config.toml states.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Config {
    pub(crate) server: Server,
    pub(crate) http: hark_http::Limits,
    pub(crate) log: Log,
    pub(crate) journal: Journal,
    pub(crate) setup: Setup,
    pub(crate) scripts: Scripts,
    pub(crate) plugins: Vec<PluginEntry>,
    pub(crate) widgets: Vec<hark_http::Widget>,
    /// Where relative paths begin.
    pub(crate) base: PathBuf,
}

impl Config {
    /// The defaults, with relative paths below `base`.
    pub(crate) fn new(base: impl Into<PathBuf>) -> Self {
        Self {
            server: Server::default(),
            http: hark_http::Limits::default(),
            log: Log::default(),
            journal: Journal::default(),
            setup: desk::default_desk(),
            scripts: Scripts::default(),
            plugins: PluginEntry::shipped(),
            widgets: vec![parts::first_widget()],
            base: base.into(),
        }
    }

    /// Reads a file. Paths in it are relative to its folder.
    ///
    /// # Errors
    /// Everything that is wrong with it, in the order of its lines.
    pub(crate) fn load(file: &Path) -> Result<Self, Vec<Fault>> {
        match Self::read(file) {
            (Some(config), faults) if faults.is_empty() => Ok(config),
            (_, faults) => Err(faults),
        }
    }

    /// Reads a file as far as it can be understood: a key with a fault has its default. None when there is no file.
    pub(crate) fn read(file: &Path) -> (Option<Self>, Vec<Fault>) {
        let name = file.display().to_string();
        match std::fs::read_to_string(file) {
            Ok(text) => {
                let (config, faults) = Self::understand(&name, &text, file.parent().unwrap_or(Path::new("")));
                (Some(config), faults)
            }
            Err(error) => {
                let what = format!("the file cannot be read: {error}");
                (None, vec![Fault { place: Place::file(name), what }])
            }
        }
    }

    /// Reads a configuration's text. `file` is what faults call it.
    fn understand(file: &str, text: &str, base: &Path) -> (Self, Vec<Fault>) {
        read::document(file, text, |top| {
            let default = Self::new(base);
            let setup = desk::desk(top);
            let names = Names::of(&setup);
            Self {
                server: top.table("server", parts::server),
                http: top.table("http", parts::http),
                log: top.table("log", parts::log),
                journal: top.table("journal", parts::journal),
                scripts: top.table("scripts", parts::scripts),
                plugins: parts::plugins(top).unwrap_or(default.plugins),
                widgets: parts::widgets(top, &names).unwrap_or(default.widgets),
                setup,
                base: default.base,
            }
        })
    }

    /// Reads a configuration's text, for tests.
    #[cfg(test)]
    pub(crate) fn parse(file: &str, text: &str, base: &Path) -> Result<Self, Vec<Fault>> {
        let (config, faults) = Self::understand(file, text, base);
        if faults.is_empty() { Ok(config) } else { Err(faults) }
    }

    /// A path as configured, seen from the configuration's folder.
    pub(crate) fn below_base(&self, path: &Path) -> PathBuf {
        self.base.join(path)
    }

    /// The folder of everything that lasts. Under systemd a relative one lies in the state folder that it made.
    pub(crate) fn data_dir(&self) -> PathBuf {
        match std::env::var_os("STATE_DIRECTORY") {
            Some(state) => Path::new(&state).join(&self.server.data_dir),
            None => self.below_base(&self.server.data_dir),
        }
    }
}

#[cfg(test)]
mod tests;
