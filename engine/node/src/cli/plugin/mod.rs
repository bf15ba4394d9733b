//! `hark plugin`: what an integrator does before a desk runs a plugin. No code of a plugin runs in the command's own
//! process: a child loads it, and what happens to the child is told.

mod apart;
mod check;
mod child;
mod list;
mod new;
mod probe;
mod schema;

use super::ConfigFile;
use crate::error::Error;
use clap::Subcommand;

/// What is wanted of plugins.
#[derive(Debug, Subcommand)]
pub(super) enum PluginCommand {
    /// Write a plugin that builds and keeps the contract, to begin with
    New(new::New),
    /// Load a plugin in a process of its own and try whether it keeps the contract
    Check(check::Check),
    /// List the configured plugins: file, ABI, what they provide, and what is wrong with them
    List(ConfigFile),
    /// Print JSON Schemas: of what is asked and answered, or of a plugin's configuration
    Schema(schema::Schema),
    /// What the others do in a child process
    #[command(hide = true, subcommand)]
    Probe(probe::Probe),
}

pub(super) fn plugin(command: &PluginCommand) -> Result<(), Error> {
    match command {
        PluginCommand::New(wish) => new::new(wish),
        PluginCommand::Check(wish) => check::check(wish),
        PluginCommand::List(file) => list::list(&file.config),
        PluginCommand::Schema(wish) => schema::schema(wish),
        PluginCommand::Probe(probe) => probe::probe(probe),
    }
}
