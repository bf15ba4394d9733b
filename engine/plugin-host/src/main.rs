//! The child's end of the line as a program of its own, for tests and benchmarks that have no `hark` at hand.
#![forbid(unsafe_code)]

use std::process::ExitCode;

fn main() -> ExitCode {
    hark_plugin_host::child()
}
