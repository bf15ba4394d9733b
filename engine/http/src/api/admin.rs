//! What admins do: agents, machines' tokens, and how policies are.

use super::agents::view_of;
use crate::ask::{Ask, List, empty, json, ok};
use crate::auth::{machine_token, token_hash};
use crate::problem::Problem;
use crate::route::{Outcome, Route, Who, delete, get, patch, post};
use axum::http::StatusCode;
use hark_core::command::{OpenToken, SaveAgent};
use hark_core::state::{AgentProfile, Role, State, TokenKind};
use hark_core::view::AgentView;
use hark_core::{Action, AgentId, Refusal, Reply, Time, TokenId};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// How long a machine's token works, unless asked otherwise, in days.
const TOKEN_DAYS: u32 = 365;
/// Longest label of a token, in characters.
const LABEL_LIMIT: usize = 100;

pub(super) fn routes() -> Vec<Route> {
    vec![
        post("/v1/agents", Who::Admin, "A new agent", create_agent)
            .takes::<NewAgent>()
            .gives::<AgentView>()
            .created(),
        patch("/v1/agents/{id}", Who::Admin, "Change an agent", change_agent)
            .takes::<AgentChange>()
            .gives::<AgentView>(),
        get("/v1/api-tokens", Who::Admin, "Machines' tokens", list_tokens).gives::<List<TokenView>>(),
        post("/v1/api-tokens", Who::Admin, "A new token for a machine", create_token)
            .takes::<NewToken>()
            .gives::<TokenMade>()
            .created(),
        delete("/v1/api-tokens/{id}", Who::Admin, "End a machine's token", delete_token).empty(),
        get("/v1/policies", Who::Admin, "Decision points: calls, errors and the last error", policies)
            .gives::<serde_json::Value>(),
    ]
}

fn one() -> u8 {
    1
}

fn agent_role() -> Role {
    Role::Agent
}

/// An agent to make.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct NewAgent {
    /// Name to log in with.
    login: String,
    /// Name that customers see.
    name: String,
    /// Password; without one they cannot log in.
    #[serde(default)]
    password: Option<String>,
    /// What they may do.
    #[serde(default = "agent_role")]
    role: Role,
    /// Chats at a time.
    #[serde(default = "one")]
    capacity: u8,
    /// Names of the queues they serve.
    #[serde(default)]
    queues: Vec<String>,
    /// Skills with levels.
    #[serde(default)]
    skills: BTreeMap<String, u8>,
}

/// What changes about an agent; what is left out stays.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct AgentChange {
    /// Name that customers see.
    #[serde(default)]
    name: Option<String>,
    /// Password.
    #[serde(default)]
    password: Option<String>,
    /// What they may do.
    #[serde(default)]
    role: Option<Role>,
    /// Chats at a time.
    #[serde(default)]
    capacity: Option<u8>,
    /// Names of the queues they serve.
    #[serde(default)]
    queues: Option<Vec<String>>,
    /// Skills with levels.
    #[serde(default)]
    skills: Option<BTreeMap<String, u8>>,
    /// Whether they may not work any more.
    #[serde(default)]
    disabled: Option<bool>,
}

/// A token to make.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct NewToken {
    /// What people call it.
    label: String,
    /// Login of the agent for whom it speaks; oneself otherwise.
    #[serde(default)]
    login: Option<String>,
    /// Days that it works.
    #[serde(default)]
    days: Option<u32>,
}

/// A token that was made: its secret is shown this once.
#[derive(Serialize, JsonSchema)]
struct TokenMade {
    /// Its id.
    id: TokenId,
    /// It.
    token: String,
}

/// A machine's token in a list.
#[derive(Serialize, JsonSchema)]
struct TokenView {
    /// Its id.
    id: TokenId,
    /// What people call it.
    label: String,
    /// For whom it speaks.
    agent_id: AgentId,
    /// When it was made.
    made_at: Time,
    /// When it stops working.
    expires_at: Time,
}

async fn create_agent(ask: Ask) -> Outcome {
    let new: NewAgent = ask.body()?;
    let key = ask.idempotency_key(&ask.person()?.id.to_string())?.map(|key| key.key);
    let login = new.login.clone();
    // A repeat of the request that made the agent is no other agent's.
    let taken = move |state: &State| {
        let repeat = key.is_some_and(|key| state.answer(&key).is_some());
        state.agent_named(&login).is_some() && !repeat
    };
    if ask.read(taken).await?.value {
        return Err(Problem::from(Refusal::LoginTaken(new.login)).at("/login"));
    }
    let credential = match new.password {
        Some(password) => Some(ask.app.passwords.make(password).await?),
        None => None,
    };
    let NewAgent { login, name, role, capacity, queues, skills, .. } = new;
    let wish = SaveAgent { login, name, role, capacity, queues, skills, credential, disabled: false };
    let id = save_agent(&ask, wish).await?;
    Ok(json(StatusCode::CREATED, &view_of(&ask, id).await?))
}

async fn save_agent(ask: &Ask, wish: SaveAgent) -> Result<AgentId, Problem> {
    let done = ask.submit(Action::SaveAgent(Box::new(wish))).await?;
    ask.app.log_ins.clear();
    match done.reply {
        Reply::Agent(id) => Ok(id),
        _ => Err(Problem::internal()),
    }
}

async fn change_agent(ask: Ask) -> Outcome {
    let (id, change): (AgentId, AgentChange) = (ask.id("id")?, ask.body()?);
    let look = move |state: &State| {
        let profile = state.agent(id)?.profile.clone();
        let name = |id: &hark_core::QueueId| state.queue(*id).map(|queue| queue.name.clone());
        let queues = profile.queues.iter().filter_map(name).collect::<Vec<_>>();
        Some((profile, queues))
    };
    let (before, queues) = ask.read(look).await?.value.ok_or(Refusal::UnknownAgent)?;
    let credential = match change.password {
        Some(password) => Some(ask.app.passwords.make(password).await?),
        None => None,
    };
    let AgentProfile { login, name, role, capacity, skills, disabled, .. } = before;
    let wish = SaveAgent {
        login,
        name: change.name.unwrap_or(name),
        role: change.role.unwrap_or(role),
        capacity: change.capacity.unwrap_or(capacity),
        queues: change.queues.unwrap_or(queues),
        skills: change.skills.unwrap_or(skills),
        credential,
        disabled: change.disabled.unwrap_or(disabled),
    };
    save_agent(&ask, wish).await?;
    Ok(ok(&view_of(&ask, id).await?))
}

async fn list_tokens(ask: Ask) -> Outcome {
    let now = ask.app.handle.now();
    let look = move |state: &State| {
        let live = state.tokens().filter(|token| token.kind == TokenKind::Machine && token.expires_at > now);
        let view = |token: &hark_core::state::Token| TokenView {
            id: token.id,
            label: token.label.clone(),
            agent_id: token.agent,
            made_at: token.made_at,
            expires_at: token.expires_at,
        };
        live.map(view).collect::<Vec<_>>()
    };
    Ok(List::whole(ask.read(look).await?.value).answer(&ask))
}

async fn create_token(ask: Ask) -> Outcome {
    let (me, new): (AgentId, NewToken) = (ask.person()?.id, ask.body()?);
    if new.label.trim().is_empty() || new.label.chars().count() > LABEL_LIMIT {
        let detail = format!("a label has 1 to {LABEL_LIMIT} characters");
        return Err(Problem::invalid("invalid_value", detail).at("/label"));
    }
    let login = new.login;
    let whose = move |state: &State| match login {
        Some(login) => state.agent_named(&login).map(hark_core::state::Agent::id),
        None => Some(me),
    };
    let agent = ask.read(whose).await?.value.ok_or(Refusal::UnknownAgent)?;
    // With a key the token follows from it, so that a repeat is answered with the very same one.
    let token = match ask.idempotency_key(&me.to_string())? {
        Some(key) => ask.app.secrets.derived_machine_token(&format!("{} {}", key.key, key.request)),
        None => machine_token(),
    };
    let expires_at = ask.app.handle.now().plus_s(u64::from(new.days.unwrap_or(TOKEN_DAYS)) * 86_400);
    let (kind, hash, label) = (TokenKind::Machine, token_hash(&token), new.label);
    let done = ask.submit(Action::OpenToken(OpenToken { agent, kind, hash, label, expires_at })).await?;
    let Reply::Token(id) = done.reply else { return Err(Problem::internal()) };
    Ok(json(StatusCode::CREATED, &TokenMade { id, token }))
}

async fn delete_token(ask: Ask) -> Outcome {
    let id: TokenId = ask.id("id")?;
    let machine = move |state: &State| state.token(id).is_some_and(|token| token.kind == TokenKind::Machine);
    if !ask.read(machine).await?.value {
        return Err(Refusal::UnknownToken.into());
    }
    ask.submit(Action::CloseToken(id)).await?;
    ask.app.log_ins.forget(id);
    Ok(empty())
}

async fn policies(ask: Ask) -> Outcome {
    Ok(ok(&(ask.app.policies)()))
}
