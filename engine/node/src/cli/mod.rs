//! The command line: what may be typed, and which module does it. It never does anything itself.

mod check;
mod explain;
mod init;
mod journal;
mod period;
mod plugin;
mod replay;
mod script;
mod simulate;
mod store;
mod token;
mod top;
mod user;

use crate::demo;
use crate::error::Error;
use crate::say::{complain, say};
use crate::serve;
use clap::{Args, CommandFactory as _, Parser, Subcommand};
use clap_complete::Shell;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::ExitCode;

/// A command did not do what it was told. Wrong usage is 2, which clap itself returns.
const FAULT: u8 = 1;

/// Hark, a contact-centre engine for chat.
#[derive(Debug, Parser)]
#[command(name = "hark", version, disable_help_subcommand = true, arg_required_else_help = true)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Try everything: a desk with people, customers and articles in a folder that goes when it stops
    Demo(Demo),
    /// Write a configuration with its script and sample articles into a folder
    Init {
        /// The folder; made when it is not there
        dir: PathBuf,
    },
    /// Run the desk
    Serve(ConfigFile),
    /// Tell every fault of the configuration, its scripts and its plugins at once; start nothing
    Check(ConfigFile),
    /// Scripts: begin one, look for faults, run their tests, read about a decision point
    #[command(subcommand)]
    Script(script::ScriptCommand),
    /// Plugins: begin one, try whether it keeps its promises, list those configured, print schemas
    #[command(subcommand)]
    Plugin(plugin::PluginCommand),
    /// Agents, supervisors and admins, while no engine runs
    #[command(subcommand)]
    User(user::UserCommand),
    /// Bearer tokens for machines, while no engine runs
    #[command(subcommand)]
    Token(token::TokenCommand),
    /// Watch a running desk in the terminal: queues, agents, scripts, reactions and plugins, anew every second
    Top(top::Top),
    /// The journal, from outside: check it, read it, mend it
    #[command(subcommand)]
    Journal(journal::JournalCommand),
    /// Why a chat went to which agent and when, from the journal alone. Safe beside a running desk
    Explain(explain::Explain),
    /// Try a staffing plan, a policy or a configuration: simulated traffic through the real desk, with intervals
    Simulate(simulate::Simulate),
    /// What would have changed under another configuration or other scripts, from a journal's period. Safe beside a running desk
    Replay(replay::Replay),
    /// Print the description of the API (OpenAPI 3.1, JSON)
    Openapi,
    /// Print completions for a shell
    Completions {
        /// The shell
        shell: Shell,
    },
    /// Print the version
    Version,
    /// Runs one plugin for the desk that starts it
    #[command(hide = true)]
    PluginHost {
        /// The plugin's name, for whoever lists processes
        name: Option<String>,
    },
}

/// How the demonstration is wanted.
#[derive(Debug, Args)]
struct Demo {
    /// Print one JSON object on the first line instead of words
    #[arg(long)]
    json: bool,
    /// Where to listen; 127.0.0.1:7070 or a free port when left out
    #[arg(long, value_name = "ADDRESS")]
    listen: Option<SocketAddr>,
    /// Folder for everything, kept at the end; what is in it is gone on with
    #[arg(long, value_name = "DIR")]
    dir: Option<PathBuf>,
    /// Keep the temporary folder at the end
    #[arg(long)]
    keep: bool,
    /// Simulated customers, with agents for them, so that the desk moves
    #[arg(long, value_name = "N", default_value_t = 0,
        value_parser = clap::value_parser!(u16).range(..=i64::from(demo::MOST_TRAFFIC)))]
    traffic: u16,
}

/// Which configuration.
#[derive(Debug, Args)]
struct ConfigFile {
    /// The configuration file
    #[arg(long, short, value_name = "FILE", default_value = "config.toml")]
    config: PathBuf,
}

/// Does what the command line says.
pub(crate) fn main() -> ExitCode {
    match run(Cli::parse().command) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            complain(error);
            ExitCode::from(FAULT)
        }
    }
}

fn run(command: Command) -> Result<(), Error> {
    match command {
        Command::Demo(Demo { json, listen, dir, keep, traffic }) => {
            demo::demo(&demo::Options { json, listen, dir, keep, traffic })
        }
        Command::Init { dir } => init::init(&dir),
        Command::Serve(file) => serve::serve(&file.config),
        Command::Check(file) => check::check(&file.config),
        Command::Script(command) => script::script(&command),
        Command::Plugin(command) => plugin::plugin(&command),
        Command::User(command) => user::user(command),
        Command::Token(command) => token::token(command),
        Command::Top(wish) => top::top(&wish),
        Command::Journal(command) => journal::journal(command),
        Command::Explain(wish) => explain::explanation(&wish),
        Command::Simulate(wish) => simulate::simulate(&wish),
        Command::Replay(wish) => replay::replay(&wish),
        Command::Openapi => {
            say(hark_http::openapi());
            Ok(())
        }
        Command::Completions { shell } => {
            say(completions(shell));
            Ok(())
        }
        Command::PluginHost { .. } => {
            // It comes back only when no desk is at the other end.
            let _ = hark_plugin_host::child();
            Err(Error::told("only Hark itself starts this, for a plugin with isolation = \"process\""))
        }
        Command::Version => {
            say(format!("hark {}", env!("CARGO_PKG_VERSION")));
            Ok(())
        }
    }
}

fn completions(shell: Shell) -> String {
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut Cli::command(), "hark", &mut script);
    String::from_utf8_lossy(&script).into_owned()
}
