//! Safe Rust for plugins: implement [`Plugin`] and a capability ([`crm::Crm`], [`faq::Faq`] or the general
//! [`Service`]), write one line with [`export!`], build a `cdylib`, and the engine can load it.
//!
//! It turns the C ABI of `hark-plugin-abi` into borrowed data, owned answers and ordinary errors, and keeps the
//! ABI's promises for the plugin: every call is answered once, panics never leave the library, and a handle that
//! outlives its host does nothing instead of crashing. It never starts threads and never does I/O.

#[cfg(panic = "abort")]
compile_error!(
    "hark-plugin-sdk needs panic = \"unwind\": a panic must become an answer, not the end of the engine"
);

mod call;
pub mod crm;
mod entry;
#[doc(hidden)]
pub mod export;
mod failure;
pub mod faq;
mod flight;
mod host;
mod manifest;
pub mod payloads;
mod plugin;
pub mod service;
pub mod testing;
mod until;

pub use call::{Call, Responder};
pub use failure::Failure;
pub use hark_plugin_abi as abi;
pub use host::{Host, Level};
pub use manifest::{Manifest, Threading};
pub use plugin::{Health, Plugin};
pub use serde_json::{Value as Json, json};
pub use service::Service;
pub use until::time_left;

/// The integrator's book: its Rust code is compiled and run as documentation tests.
#[cfg(doctest)]
#[doc = include_str!("../../README.md")]
struct Book;
