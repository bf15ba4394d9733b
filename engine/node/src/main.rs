//! The binary. It names the modules and hands over to the command line; nothing is decided here.
#![forbid(unsafe_code)]

mod cli;
mod config;
mod demo;
mod error;
mod people;
mod progress;
mod recorded;
mod say;
mod scenario;
mod serve;
mod shipped;
mod when;

use std::process::ExitCode;

fn main() -> ExitCode {
    cli::main()
}
