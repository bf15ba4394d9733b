//! Agents and tokens, as the command line and the demonstration make them: by the core's own commands.

use crate::error::Error;
use hark_core::command::{OpenToken, SaveAgent};
use hark_core::state::{Role, TokenKind};
use hark_core::{Action, Actor, AgentId, Reply, TokenId};
use hark_runtime::Handle;

/// Makes or changes an agent.
///
/// # Errors
/// The core refuses it, or the engine has stopped.
pub(crate) async fn save(handle: &Handle, agent: SaveAgent) -> Result<AgentId, Error> {
    let done = handle.submit(Actor::Engine, Action::SaveAgent(Box::new(agent)), None).await?;
    match done.reply {
        Reply::Agent(id) => Ok(id),
        other => unreachable!("saving an agent is answered with the agent, not {other:?}"),
    }
}

/// Makes a token for an agent that works for `seconds`. The secret itself is never kept.
///
/// # Errors
/// The core refuses it, or the engine has stopped.
pub(crate) async fn open_token(
    handle: &Handle,
    agent: AgentId,
    kind: TokenKind,
    label: &str,
    seconds: u64,
) -> Result<(String, TokenId), Error> {
    let secret = match kind {
        TokenKind::OneTime => hark_http::one_time_token(),
        TokenKind::Session | TokenKind::Machine => hark_http::machine_token(),
    };
    let hash = hark_http::token_hash(&secret);
    let expires_at = handle.now().plus_s(seconds);
    let token = OpenToken { agent, kind, hash, label: label.to_owned(), expires_at };
    let done = handle.submit(Actor::Engine, Action::OpenToken(token), None).await?;
    match done.reply {
        Reply::Token(id) => Ok((secret, id)),
        other => unreachable!("opening a token is answered with the token, not {other:?}"),
    }
}

/// Whether somebody can log in and configure the desk.
///
/// # Errors
/// The engine has stopped.
pub(crate) async fn has_admin(handle: &Handle) -> Result<bool, Error> {
    let seen = handle.read(|state| {
        state
            .agents()
            .map(|agent| &agent.profile)
            .any(|profile| profile.role == Role::Admin && !profile.disabled && profile.credential.is_some())
    });
    Ok(seen.await?.value)
}

/// A role as it is written.
pub(crate) fn role_name(role: Role) -> &'static str {
    match role {
        Role::Agent => "agent",
        Role::Supervisor => "supervisor",
        Role::Admin => "admin",
    }
}
