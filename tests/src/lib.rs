//! What the project's own tests share: where the repository and its real input lie. It starts nothing and asserts
//! nothing; that is the tests' part.

#![forbid(unsafe_code)]

use std::path::{Path, PathBuf};

/// The repository's root folder.
#[must_use]
pub fn repository() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("this crate lies in a folder of the repository")
}

/// A file of real input, by its path under `tests/data` (its README says what there is).
#[must_use]
pub fn data(path: &str) -> PathBuf {
    repository().join("tests/data").join(path)
}
