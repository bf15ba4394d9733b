//! The table of mutants: a file of the sources, a text that is there exactly once, and what stands there instead.

use serde::Deserialize;
use std::fs;
use std::path::{Path, PathBuf};

/// A deliberate bug.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Mutant {
    /// What it is called: the bug in a few words.
    pub(crate) name: String,
    /// The file, from the repository's root.
    pub(crate) file: String,
    /// The text that is right.
    pub(crate) old: String,
    /// The text that is wrong.
    pub(crate) new: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Table {
    mutant: Vec<Mutant>,
}

/// The repository.
pub(crate) fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("the tests lie in the repository").to_owned()
}

/// All mutants, in the order of the table.
pub(crate) fn read() -> Vec<Mutant> {
    let path = root().join("tests/mutation/table.toml");
    let text = fs::read_to_string(&path).expect("the table can be read");
    let table: Table = toml::from_str(&text).unwrap_or_else(|error| panic!("table.toml: {error}"));
    table.mutant
}

impl Mutant {
    /// What is wrong with it, if it no longer fits the sources.
    pub(crate) fn misfit(&self) -> Option<String> {
        let text = fs::read_to_string(root().join(&self.file)).unwrap_or_default();
        let times = text.matches(&self.old).count();
        let same = self.old == self.new;
        (times != 1 || same).then(|| format!("{}: its text is {times} times in {}", self.name, self.file))
    }

    /// The file's text with the bug in it.
    pub(crate) fn put_into(&self, text: &str) -> String {
        text.replacen(&self.old, &self.new, 1)
    }
}
