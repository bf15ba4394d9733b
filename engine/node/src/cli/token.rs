//! `hark token`: bearer tokens for machines, while no engine runs. A token is shown once; only its hash is kept.

use super::ConfigFile;
use super::store::with_store;
use crate::error::Error;
use crate::people::open_token;
use crate::say::say;
use clap::{Args, Subcommand};
use hark_core::id::NotAnId;
use hark_core::state::TokenKind;
use hark_core::{Action, Actor, TokenId};
use hark_runtime::Handle;

const DAY_S: u64 = 86_400;

/// What `hark token` can do.
#[derive(Debug, Subcommand)]
pub(super) enum TokenCommand {
    /// Make a token for a machine and print it, this once
    Add(Add),
    /// List machines' tokens, without their secrets
    List(ConfigFile),
    /// Let a token work no more
    Revoke {
        /// Its id, tok_…
        #[arg(value_parser = id)]
        id: TokenId,
        #[command(flatten)]
        file: ConfigFile,
    },
}

/// A new token.
#[derive(Debug, Args)]
pub(super) struct Add {
    /// For whom it speaks: somebody's login
    login: String,
    /// What people call it
    #[arg(long, default_value = "machine")]
    label: String,
    /// For how many days it works
    #[arg(long, default_value_t = 365, value_parser = clap::value_parser!(u64).range(1..=3650))]
    days: u64,
    #[command(flatten)]
    file: ConfigFile,
}

fn id(text: &str) -> Result<TokenId, String> {
    text.parse().map_err(|error: NotAnId| error.to_string())
}

/// Does what `hark token` says.
pub(super) fn token(command: TokenCommand) -> Result<(), Error> {
    match command {
        TokenCommand::Add(wish) => {
            let file = wish.file.config.clone();
            with_store(&file, async |handle, _| add(handle, wish).await)
        }
        TokenCommand::List(file) => with_store(&file.config, async |handle, _| list(handle).await),
        TokenCommand::Revoke { id, file } => with_store(&file.config, async |handle, _| {
            handle.submit(Actor::Engine, Action::CloseToken(id), None).await?;
            say(format!("{id} works no more"));
            Ok(())
        }),
    }
}

async fn add(handle: &Handle, wish: Add) -> Result<(), Error> {
    let login = wish.login.clone();
    let agent =
        handle.read(move |state| state.agent_named(&login).map(hark_core::state::Agent::id)).await?.value;
    let agent =
        agent.ok_or_else(|| Error::told(format!("there is no '{}'; see `hark user list`", wish.login)))?;
    let (secret, _) = open_token(handle, agent, TokenKind::Machine, &wish.label, wish.days * DAY_S).await?;
    say(secret);
    Ok(())
}

async fn list(handle: &Handle) -> Result<(), Error> {
    let lines = handle.read(|state| {
        let machines = state.tokens().filter(|token| token.kind == TokenKind::Machine);
        let line = |token: &hark_core::state::Token| {
            let login = state.agent(token.agent).map_or("", |agent| agent.profile.login.as_str());
            format!("{}  {login}  until {}  {}", token.id, token.expires_at, token.label)
        };
        machines.map(line).collect::<Vec<_>>()
    });
    for line in lines.await?.value {
        say(line);
    }
    Ok(())
}
