//! Builds libraries, loads hosts, and asks.

use hark_plugin_host::{Host, Isolation, Options, PluginOptions};
use hark_runtime::{SystemError, SystemReport, Systems};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::time::{Duration, Instant};
use tempfile::TempDir;

/// The operation that misbehaving plugins misbehave in.
pub(crate) const DO: &str = "test.do/1";
/// The operation that all of them answer well.
pub(crate) const STATS: &str = "test.stats/1";
/// How long [`until`] waits for what must come.
const PATIENCE: Duration = Duration::from_secs(30);

pub(crate) fn repository() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).ancestors().nth(2).expect("the room lies in engine").to_owned()
}

/// A library made of one C file, built once.
pub(crate) fn c_library(source: &Path, flags: &[&str]) -> PathBuf {
    static BUILT: Mutex<BTreeMap<String, PathBuf>> = Mutex::new(BTreeMap::new());
    let stem = source.file_stem().expect("a file").to_string_lossy();
    let key = format!("{stem}{}", flags.concat().replace(|c: char| !c.is_alphanumeric(), "_"));
    let mut built = BUILT.lock().unwrap_or_else(PoisonError::into_inner);
    built.entry(key.clone()).or_insert_with(|| compile(source, flags, &key)).clone()
}

fn compile(source: &Path, flags: &[&str], key: &str) -> PathBuf {
    let library = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("lib{key}.so"));
    let done = Command::new("cc")
        .args([
            "-std=c11",
            "-O1",
            "-Wall",
            "-Wextra",
            "-Wno-unused-function",
            "-Werror",
            "-shared",
            "-fPIC",
            "-pthread",
            "-I",
        ])
        .arg(repository().join("plugins/abi/include"))
        .args(flags)
        .arg("-o")
        .arg(&library)
        .arg(source)
        .status()
        .expect("the tests need `cc`");
    assert!(done.success(), "{} builds without a warning", source.display());
    library
}

/// One of the plugins in tests/bad.
pub(crate) fn bad(name: &str) -> PathBuf {
    bad_with(name, &[])
}

pub(crate) fn bad_with(name: &str, flags: &[&str]) -> PathBuf {
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/bad").join(format!("{name}.c"));
    c_library(&source, flags)
}

/// The library of a bundled plugin, built once into the folder that this test was built in.
pub(crate) fn bundled(name: &str) -> PathBuf {
    static FOLDER: OnceLock<PathBuf> = OnceLock::new();
    let folder = FOLDER.get_or_init(|| {
        // This binary lies in <target>/<profile>/deps.
        let tests = std::env::current_exe().expect("a running test has a path");
        let folder = tests.ancestors().nth(2).expect("deps lies in a profile's folder").to_owned();
        let mut cargo = Command::new(env!("CARGO"));
        // The whole workspace, because its parts alone would be built with other features, and so all over again.
        cargo.args(["build", "--quiet", "--workspace", "--manifest-path"]);
        cargo.arg(repository().join("Cargo.toml"));
        cargo.arg("--target-dir").arg(folder.parent().expect("a profile lies in the target folder"));
        if folder.ends_with("release") {
            cargo.arg("--release");
        }
        // What the outer cargo says of this test is not for the inner one: build scripts that look at it would run anew,
        // and all that depends on them would be built anew, here and by whoever builds next.
        let own = |name: &str| name.starts_with("CARGO_PKG_") || name.starts_with("CARGO_MANIFEST_");
        std::env::vars().map(|(name, _)| name).filter(|name| own(name)).for_each(|name| {
            cargo.env_remove(name);
        });
        assert!(cargo.status().expect("cargo runs").success(), "the bundled plugins build");
        folder
    });
    folder.join(format!("lib{name}.so"))
}

/// A host with a folder of its own.
pub(crate) struct Loaded {
    pub(crate) host: Arc<Host>,
    folder: TempDir,
}

/// Plugins, with the program that runs them in child processes.
pub(crate) fn options(plugins: Vec<PluginOptions>, folder: &Path) -> Options {
    let program = env!("CARGO_BIN_EXE_hark-plugin-host").into();
    Options { program, ..Options::new(plugins, folder.join("cache")) }
}

/// The same plugin loaded in either way.
pub(crate) fn both(plugin: &PluginOptions) -> [Loaded; 2] {
    [Isolation::InProcess, Isolation::Process]
        .map(|isolation| load(vec![PluginOptions { isolation, ..plugin.clone() }]))
}

/// Loads plugins that can be loaded.
pub(crate) fn load(plugins: Vec<PluginOptions>) -> Loaded {
    let folder = tempfile::tempdir().expect("a folder");
    let host = Host::load(&options(plugins, folder.path()))
        .unwrap_or_else(|faults| panic!("not loaded: {faults:?}"));
    Loaded { host: Arc::new(host), folder }
}

/// Why plugins cannot be loaded, each as it is told.
pub(crate) fn faults(plugins: Vec<PluginOptions>) -> Vec<String> {
    let folder = tempfile::tempdir().expect("a folder");
    Host::load(&options(plugins, folder.path()))
        .err()
        .expect("it cannot be loaded")
        .iter()
        .map(ToString::to_string)
        .collect()
}

pub(crate) fn plugin(name: &str, path: PathBuf) -> PluginOptions {
    PluginOptions { deadline_ms: 200, ..PluginOptions::new(name, path) }
}

impl Loaded {
    /// Where the host writes.
    pub(crate) fn folder(&self) -> &Path {
        self.folder.path()
    }

    pub(crate) async fn ask(&self, operation: &'static str, request: Value) -> Result<Value, SystemError> {
        let answer = self.host.ask(operation, request.to_string().into_bytes()).await?;
        Ok(serde_json::from_slice(&answer).expect("the host lets only JSON through"))
    }

    /// Asks for what is answered badly, and returns why.
    pub(crate) async fn fails(&self) -> SystemError {
        self.ask(DO, json!({})).await.expect_err("it misbehaves")
    }

    pub(crate) fn report(&self, name: &str) -> SystemReport {
        let all = self.host.report();
        all.into_iter().find(|report| report.name == name).expect("it was loaded")
    }
}

/// Waits for what must come soon.
pub(crate) async fn until(what: &str, mut holds: impl FnMut() -> bool) {
    let end = Instant::now() + PATIENCE;
    while !holds() {
        assert!(Instant::now() < end, "not within {PATIENCE:?}: {what}");
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}
