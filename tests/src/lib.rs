//! What the project's own tests share: where the repository and its real input lie, a small client of the API, and the
//! real binary as a child process. It judges nothing about the desk; that is the stories' part.

#![forbid(unsafe_code)]

pub mod client;
mod dialogues;
mod patience;
mod people;
mod seed;
mod server;

pub use dialogues::{Dialogue, Line, dialogues, naughty_strings};
pub use patience::{PATIENCE, within};
pub use people::{AgentClient, GuestClient};
pub use seed::Seed;
pub use server::{Demo, Person, Server, binary, free_port, quote};

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
