//! Builds the examples, for the tests that load them.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;

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
