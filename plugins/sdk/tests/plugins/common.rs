//! Shared by the tests that load plugins: builds the examples, and opens a library the way the engine does. A
//! library that was opened stays open, as the ABI says.

use hark_plugin_sdk::abi::{HarkPluginTableV1, SYMBOL};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;

/// Opens a library and finds its table.
pub(crate) fn open(path: &Path) -> &'static HarkPluginTableV1 {
    // SAFETY: our own plugins, whose initialisers do nothing.
    let library = unsafe { libloading::Library::new(path) }.expect("the library loads");
    let library = Box::leak(Box::new(library));
    // SAFETY: the symbol is a constant table of this type, as the header says, and the library stays open.
    let table: libloading::Symbol<'static, *const HarkPluginTableV1> =
        unsafe { library.get(SYMBOL) }.expect("the symbol is there");
    // SAFETY: as above.
    unsafe { &**table }
}

/// Builds the SDK's examples once and says where their libraries are.
pub(crate) fn example(name: &str) -> PathBuf {
    static FOLDER: OnceLock<PathBuf> = OnceLock::new();
    let folder = FOLDER.get_or_init(|| {
        // This binary lies in <target>/<profile>/deps.
        let tests = std::env::current_exe().expect("a running test has a path");
        let target = tests.ancestors().nth(3).expect("deps lies in a profile's folder");
        let built = Command::new(env!("CARGO"))
            .args(["build", "--quiet", "--examples", "--manifest-path"])
            .arg(Path::new(env!("CARGO_MANIFEST_DIR")).join("Cargo.toml"))
            .arg("--target-dir")
            .arg(target)
            .status()
            .expect("cargo runs");
        assert!(built.success(), "the examples build");
        target.join("debug").join("examples")
    });
    folder.join(format!("lib{name}.so"))
}
