//! One plugin without a desk: opened, asked and ended by whoever wants to try it. Everything is as in the desk (threads,
//! deadline, seats, restarts, the same child process), but for the circuit breaker, which would stop a trial that fails
//! on purpose.

use crate::failure::Failure;
use crate::host::{Host, scratch_folder};
use crate::manifest::Manifest;
use crate::options::{Fault, Options, PluginOptions};
use crate::plugin::Plugin;
use hark_runtime::{SystemError, SystemReport, Systems as _};
use std::path::PathBuf;
use std::sync::Arc;

/// A plugin that was opened by itself. Whoever is done with it calls [`Solo::end`].
pub struct Solo {
    host: Host,
    plugin: Arc<Plugin>,
    manifest: Manifest,
    folder: PathBuf,
}

impl Solo {
    /// Opens a plugin as its options say: in this process, or in a child that runs this very program with the word
    /// `plugin-host` (see [`Options::new`]). It blocks for as long as the plugin takes to start.
    ///
    /// # Errors
    /// Everything that is wrong with the plugin; for a child process also that there is no tokio runtime around.
    pub fn open(options: PluginOptions) -> Result<Self, Vec<Fault>> {
        Self::open_with(|cache| Options::new(vec![options], cache))
    }

    /// As [`Solo::open`], with another program for the child.
    ///
    /// # Errors
    /// Everything that is wrong with the plugin.
    pub fn open_by(program: impl Into<PathBuf>, options: PluginOptions) -> Result<Self, Vec<Fault>> {
        let program = program.into();
        Self::open_with(|cache| Options { program, ..Options::new(vec![options], cache) })
    }

    fn open_with(options: impl FnOnce(PathBuf) -> Options) -> Result<Self, Vec<Fault>> {
        let folder = scratch_folder();
        let loaded = Host::load(&options(folder.clone()));
        let only = loaded.map(|host| (host.first(), host));
        match only {
            Ok((Some(plugin), host)) => {
                let manifest = plugin.build().about.manifest.clone();
                Ok(Self { host, plugin, manifest, folder })
            }
            Ok((None, _)) => Err(Vec::new()),
            Err(faults) => {
                let _ = std::fs::remove_dir_all(&folder);
                Err(faults)
            }
        }
    }

    /// What the plugin says of itself.
    #[must_use]
    pub fn manifest(&self) -> &Manifest {
        &self.manifest
    }

    /// Asks for any operation, also one that the manifest does not name, with any bytes, and answers within the
    /// options' deadline.
    ///
    /// # Errors
    /// Why there is no answer.
    pub async fn ask(&self, operation: &str, request: Vec<u8>) -> Result<Vec<u8>, SystemError> {
        let given = self.plugin.try_out(operation.to_owned().into(), request).await;
        given.map_err(|Failure { error, .. }| error)
    }

    /// How it is: state, restarts, counters, what went wrong.
    #[must_use]
    pub fn report(&self) -> SystemReport {
        self.host.report().into_iter().next().unwrap_or_default()
    }

    /// Ends it: what is open is finished first, within [`limits::DRAIN`](crate::limits::DRAIN).
    pub async fn end(self) {
        self.host.drain().await;
    }
}

impl Drop for Solo {
    fn drop(&mut self) {
        // What cannot be removed does no harm.
        let _ = std::fs::remove_dir_all(&self.folder);
    }
}
