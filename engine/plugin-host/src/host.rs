//! All plugins of the engine: loads them, sends each question to the first that can answer it, and ends them.

use crate::build::Build;
use crate::counters::Counters;
use crate::failure::Failure;
use crate::jobs;
use crate::ledger::Ledger;
use crate::library::Library;
use crate::limits;
use crate::manifest::Manifest;
use crate::options::{Fault, Options, PluginOptions};
use crate::plugin::Plugin;
use crate::start::{self, Source, Starter};
use crate::store;
use crate::transport::Ending;
use hark_core::ChatId;
use hark_runtime::{Answer, Handle, SystemError, SystemErrorKind, SystemReport, Systems};
use std::collections::BTreeSet;
use std::future::Future;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;
use tokio::time::timeout;

/// Beyond [`limits::DRAIN`], for the plugins' own `drain` and `destroy`.
const LAST_MOMENT: Duration = Duration::from_secs(1);

/// The running plugins. Whoever loads it calls [`Host::drain`] at the end; dropped without it, the instances are left
/// as they are until the process ends.
pub struct Host {
    pub(crate) plugins: Vec<Arc<Plugin>>,
    pub(crate) cache_dir: PathBuf,
    pub(crate) program: PathBuf,
    /// Held by whoever changes a plugin.
    pub(crate) turn: Mutex<()>,
}

impl Host {
    /// Loads and starts every plugin. It blocks for as long as they take, at most some [`limits::START`] each. A plugin
    /// that can start only later, by its own word, is no fault: it is tried again and its state says so.
    ///
    /// # Errors
    /// Everything that is wrong with any of them, at once. Nothing runs then.
    pub fn load(options: &Options) -> Result<Self, Vec<Fault>> {
        let (sources, mut faults) = open_all(options, &options.cache_dir);
        let mut plugins = Vec::new();
        if faults.is_empty() {
            for (options, (source, ledger)) in options.plugins.iter().zip(sources.into_iter().flatten()) {
                match Starter::new(options, source, ledger).and_then(|it| Build::start(options, it)) {
                    Ok(build) => plugins.push(Plugin::new(options, build)),
                    Err(why) => faults.push(Fault::new(&options.name, why)),
                }
            }
        }
        if faults.is_empty() {
            let (cache_dir, program) = (options.cache_dir.clone(), options.program.clone());
            return Ok(Self { plugins, cache_dir, program, turn: Mutex::default() });
        }
        for plugin in plugins {
            plugin.end(limits::DRAIN);
        }
        Err(faults)
    }

    /// Everything that is wrong with the plugins, found without starting one: files, tables, manifests, configurations.
    #[must_use]
    pub fn check(options: &Options) -> Vec<Fault> {
        with_scratch(|folder| open_all(options, folder).1)
    }

    /// Reads the manifest of a library without starting it.
    ///
    /// # Errors
    /// Why it is no plugin that this host can load.
    pub fn inspect(library: &Path) -> Result<Manifest, Fault> {
        let name = library.file_stem().unwrap_or_default().to_string_lossy();
        let opened = with_scratch(|folder| {
            let copy = store::copy(library, folder)?;
            start::bounded("loading it", move || Library::open(&copy))?
        });
        opened.map(|library| library.about.manifest).map_err(|why| Fault::new(&name, why))
    }

    /// Carries out the engine's jobs until the engine stops: those in flight first, then those that are asked for.
    /// `transcript` renders a chat for `crm.attach_log/1`.
    ///
    /// # Panics
    /// Outside of a tokio runtime.
    pub fn serve_jobs<F, R>(self: &Arc<Self>, handle: Handle, transcript: F) -> JoinHandle<()>
    where
        F: Fn(ChatId) -> R + Send + Sync + 'static,
        R: Future<Output = Option<String>> + Send + 'static,
    {
        jobs::serve(Arc::clone(self), handle, transcript)
    }

    /// Ends every plugin: what is open is finished, within [`limits::DRAIN`]. A plugin that hangs is left behind, and
    /// its name is in the log. Questions that come later are told so.
    pub async fn drain(&self) {
        let endings: Vec<_> = self.plugins.iter().map(end_apart).collect();
        for (plugin, ended) in self.plugins.iter().zip(endings) {
            let name = plugin.name();
            match timeout(limits::DRAIN + LAST_MOMENT, ended).await {
                Ok(Ok(Ending::Destroyed)) => tracing::debug!(plugin = name, "the plugin has ended"),
                _ => tracing::warn!(plugin = name, "the plugin does not end, and is left behind"),
            }
        }
    }

    /// The first plugin.
    pub(crate) fn first(&self) -> Option<Arc<Plugin>> {
        self.plugins.first().cloned()
    }

    /// The plugin that provides an operation: the first, or the next while the first is unloaded.
    pub(crate) fn provider(&self, operation: &str) -> Option<&Plugin> {
        let able = || self.plugins.iter().filter(|plugin| plugin.build().provides(operation));
        able().find(|plugin| !plugin.is_unloaded()).or_else(|| able().next()).map(|plugin| &**plugin)
    }
}

impl Systems for Host {
    fn ask(&self, operation: &'static str, request: Vec<u8>) -> Answer<'_> {
        Box::pin(async move {
            let plugin = self.provider(operation).ok_or_else(|| SystemError {
                kind: SystemErrorKind::UnknownOperation,
                message: format!("no plugin provides {operation}"),
            })?;
            plugin.ask(operation.into(), request).await.map_err(|Failure { error, .. }| error)
        })
    }

    fn has(&self, operation: &str) -> bool {
        self.provider(operation).is_some()
    }

    fn report(&self) -> Vec<SystemReport> {
        self.plugins.iter().map(|plugin| plugin.report()).collect()
    }
}

/// Ends a plugin on a thread that is left behind if the plugin never comes back.
fn end_apart(plugin: &Arc<Plugin>) -> oneshot::Receiver<Ending> {
    let (done, ended) = oneshot::channel();
    let plugin = Arc::clone(plugin);
    let body = move || {
        let _ = done.send(plugin.end(limits::DRAIN));
    };
    // Without a thread the sender is gone, and that reads as left behind.
    let _ = std::thread::Builder::new().name("plugin-end".to_owned()).spawn(body);
    ended
}

/// A plugin that could be opened, with the ledger that it writes to.
type Opened = Option<(Source, Arc<Ledger>)>;

/// Opens and checks every library: in the order of the options, none where there is a fault.
fn open_all(options: &Options, folder: &Path) -> (Vec<Opened>, Vec<Fault>) {
    let (mut faults, mut names, mut sources) = (Vec::new(), BTreeSet::new(), Vec::new());
    for plugin in &options.plugins {
        if !names.insert(plugin.name.as_str()) {
            faults.push(Fault::new(&plugin.name, "another plugin has the same name"));
        }
        let ledger = Ledger::new(&plugin.name, Arc::new(Counters::default()));
        let opened = open(plugin, folder, &options.program, &ledger);
        sources.push(match opened {
            Ok(source) => Some((source, ledger)),
            Err(wrong) => {
                faults.extend(wrong.into_iter().map(|why| Fault::new(&plugin.name, why)));
                None
            }
        });
    }
    let opened = sources.iter().flatten();
    let copies: Vec<_> = opened.map(|(source, _)| store::place(folder, &source.about().sha256)).collect();
    store::prune(folder, &copies);
    (sources, faults)
}

/// Copies a plugin's library, opens the copy, and checks what it says of itself and what it is to be given.
///
/// # Errors
/// Everything that is wrong.
pub(crate) fn open(
    plugin: &PluginOptions,
    folder: &Path,
    program: &Path,
    ledger: &Arc<Ledger>,
) -> Result<Source, Vec<String>> {
    let mut wrong = start::faults_of(plugin);
    let opened =
        store::copy(&plugin.path, folder).and_then(|copy| Source::open(plugin, copy, program, ledger));
    match opened {
        Ok(source) => {
            wrong.extend(config_faults(&source, plugin));
            if wrong.is_empty() { Ok(source) } else { Err(wrong) }
        }
        Err(why) => {
            wrong.push(why);
            Err(wrong)
        }
    }
}

fn config_faults(source: &Source, plugin: &PluginOptions) -> Vec<String> {
    let wrong = source.about().manifest.check_config(&plugin.config).err().unwrap_or_default();
    wrong.into_iter().map(|what| format!("in its configuration {what}")).collect()
}

/// A folder of its own for what is only looked at. The files go at once: what was loaded stays in memory.
pub(crate) fn with_scratch<T>(look: impl FnOnce(&Path) -> T) -> T {
    let folder = scratch_folder();
    let seen = look(&folder);
    let _ = std::fs::remove_dir_all(&folder);
    seen
}

/// A folder that nobody else uses; it is not made yet.
pub(crate) fn scratch_folder() -> PathBuf {
    use std::sync::atomic::{AtomicU64, Ordering};
    static NUMBER: AtomicU64 = AtomicU64::new(0);
    let number = NUMBER.fetch_add(1, Ordering::Relaxed);
    std::env::temp_dir().join(format!("hark-look-{}-{number}", std::process::id()))
}
