//! The binary. It names the modules and hands over to the command line; nothing is decided here.
#![forbid(unsafe_code)]

mod cli;
mod config;
mod demo;
mod error;
mod people;
mod progress;
mod say;
mod scenario;
mod serve;
mod shipped;
mod when;

use std::process::ExitCode;

/// Chats are many small pieces of memory that one thread makes and another gives back: what the system's allocator is
/// slowest at.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    cli::main()
}
