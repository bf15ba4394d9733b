//! The log: lines for people or JSON for machines, on standard error. What is said there never has customers' words.

use crate::config::{Format, Log};
use std::io::{IsTerminal as _, stderr};
use tracing_subscriber::filter::Targets;
use tracing_subscriber::fmt;
use tracing_subscriber::layer::SubscriberExt as _;
use tracing_subscriber::util::SubscriberInitExt as _;

/// Starts the log of this process. The second time it does nothing.
pub(crate) fn start(log: &Log) {
    let wanted: Targets = log.level.parse().expect("the configuration was checked");
    let registry = tracing_subscriber::registry().with(wanted);
    // A log that is already there stays.
    let _ = match log.format {
        Format::Text => {
            registry.with(fmt::layer().with_writer(stderr).with_ansi(stderr().is_terminal())).try_init()
        }
        Format::Json => registry.with(fmt::layer().json().with_writer(stderr)).try_init(),
    };
}
