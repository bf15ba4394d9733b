//! The host of plugins: loads shared libraries that speak `hark_plugin.h`, and lets the engine ask them without ever
//! waiting longer than it said it would. The only room that names libloading.
//!
//! It walls every plugin in: a bounded queue, bounded concurrency, threads of its own, a deadline for each operation and
//! a circuit breaker. It decides nothing about a chat, and it never unloads a library.

mod about;
mod apart;
mod backoff;
mod border;
mod breaker;
mod build;
mod change;
mod child;
mod counters;
mod cut;
mod failure;
mod frames;
mod gate;
mod health;
mod host;
mod in_process;
mod instance;
mod jobs;
mod keeper;
mod ledger;
mod library;
pub mod limits;
mod lines;
mod listener;
mod look;
mod manifest;
mod operation;
mod options;
mod plugin;
mod pool;
mod schema;
mod slots;
mod solo;
mod start;
mod store;
mod transport;

pub use change::{Changing, Refusal, Successor};
pub use child::run as child;
pub use host::Host;
pub use look::Look;
pub use manifest::{Manifest, Threading};
pub use options::{Fault, Isolation, Options, PluginOptions};
pub use solo::Solo;
