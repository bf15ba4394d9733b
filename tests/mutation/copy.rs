//! A copy of the sources, in the target folder, in which bugs may be put. Its build shares the target folder, so that
//! only what a bug touches is built anew.

use crate::table::{Mutant, root};
use std::fs;
use std::path::{Path, PathBuf};

/// What a build of the simulator needs.
const NEEDED: [&str; 6] = ["Cargo.toml", "Cargo.lock", "engine", "plugins", "tests", "scripts"];
/// What is large and not needed.
const LEFT_OUT: [&str; 3] = ["node_modules", "target", "shots"];

/// See the module.
pub(crate) struct Copied {
    pub(crate) root: PathBuf,
    pub(crate) target: PathBuf,
}

impl Copied {
    /// Makes the copy, or makes it equal to the sources again.
    pub(crate) fn new() -> Self {
        let target =
            std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| root().join("target"), PathBuf::from);
        let copy = target.join("mutants");
        fs::create_dir_all(&copy).expect("the target folder can be written");
        for name in NEEDED {
            equal(&root().join(name), &copy.join(name));
        }
        tell_apart(&copy.join("Cargo.toml"));
        Self { root: copy, target }
    }

    /// Puts a bug in.
    pub(crate) fn break_with(&self, mutant: &Mutant) {
        let path = self.root.join(&mutant.file);
        let text = fs::read_to_string(&path).expect("the copy is whole");
        fs::write(path, mutant.put_into(&text)).expect("the copy can be written");
    }

    /// Takes it out again.
    pub(crate) fn mend(&self, mutant: &Mutant) {
        equal(&root().join(&mutant.file), &self.root.join(&mutant.file));
    }
}

/// Gives the copy's crates a version of their own: cargo would take them for the sources' in the same target folder.
fn tell_apart(manifest: &Path) {
    let text = fs::read_to_string(manifest).expect("the copy is whole");
    let own = text.lines().find(|line| line.starts_with("version = ")).expect("the workspace has a version");
    let told = text.replacen(own, "version = \"99.0.0\"", 1);
    assert!(told != text, "the workspace has a version");
    fs::write(manifest, told).expect("the copy can be written");
}

/// Makes `to` equal to `from`; what is equal is not touched, so that it is not built again.
fn equal(from: &Path, to: &Path) {
    if from.is_dir() {
        fs::create_dir_all(to).expect("the target folder can be written");
        for entry in fs::read_dir(from).expect("the sources can be read") {
            let name = entry.expect("the sources can be read").file_name();
            if !LEFT_OUT.iter().any(|left_out| name == *left_out) {
                equal(&from.join(&name), &to.join(&name));
            }
        }
    } else if let Ok(bytes) = fs::read(from)
        && fs::read(to).ok().as_ref() != Some(&bytes)
    {
        fs::write(to, bytes).expect("the target folder can be written");
    }
}
