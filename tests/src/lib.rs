//! What the project's own tests share: where the repository and its real input lie. It starts nothing and asserts
//! nothing; that is the tests' part.

#![forbid(unsafe_code)]

use std::env;
use std::path::PathBuf;

/// The repository's root folder.
#[must_use]
pub fn repository() -> PathBuf {
    // Cargo says at run time where the crate lies. What it said at build time may be another checkout's that shares the
    // target folder.
    let package = env::var_os("CARGO_MANIFEST_DIR").unwrap_or_else(|| env!("CARGO_MANIFEST_DIR").into());
    PathBuf::from(package).parent().expect("this crate lies in a folder of the repository").to_path_buf()
}

/// A file of real input, by its path under `tests/data` (its README says what there is).
#[must_use]
pub fn data(path: &str) -> PathBuf {
    repository().join("tests/data").join(path)
}
