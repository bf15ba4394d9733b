//! The Rust mirror of `include/hark_plugin.h`, the C ABI between Hark and its plugins: the same structs,
//! constants and rules, proved equal by a test that asks a C compiler.
//!
//! It never adds meaning: what a field or function promises is said once, in the header. It never allocates,
//! and holds no safe wrapper; those are `hark-plugin-sdk` for plugins and `hark-plugin-host` for the engine.
#![no_std]

mod constants;
mod structs;

pub use constants::{
    ABI_MAJOR, ABI_MINOR, CONTENT_JSON, CONTENT_TEXT, LOG_DEBUG, LOG_ERROR, LOG_INFO, LOG_TRACE, LOG_WARN,
    MIN_BUFFER, STATUS_CANCELLED, STATUS_INTERNAL, STATUS_INVALID, STATUS_NOT_FOUND, STATUS_OK,
    STATUS_REFUSED, STATUS_UNAVAILABLE, STATUS_UNKNOWN_OPERATION, SYMBOL, TABLE_SIZE_0, status_name,
};
pub use structs::{HarkBuffer, HarkBytes, HarkCall, HarkHost, HarkPluginTableV1, covers};
