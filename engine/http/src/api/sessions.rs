//! Log-in, log-out, who am I, my desk and my status.

use crate::ask::{Ask, empty, json, ok};
use crate::auth::{Secrets, clear_cookie, set_cookie, token_hash};
use crate::presence::Somebody;
use crate::problem::Problem;
use crate::route::{Outcome, Route, Who, delete, get, post, put};
use axum::http::{StatusCode, header};
use hark_core::command::{OpenToken, SetStatus};
use hark_core::state::{Role, Status, TokenKind};
use hark_core::view::{DeskView, StatusView};
use hark_core::{Action, Actor, AgentId, Refusal};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Longest login that is looked for, in characters: the core lets none be longer.
const LOGIN_LIMIT: usize = 100;

pub(super) fn routes() -> Vec<Route> {
    vec![
        post("/v1/sessions", Who::Anyone, "Log in with a password", log_in)
            .takes::<LogIn>()
            .gives::<LoggedIn>()
            .created(),
        post("/v1/sessions/one-time", Who::Anyone, "Log in with the token of a one-time link", log_in_once)
            .takes::<OneTime>()
            .gives::<LoggedIn>()
            .created(),
        delete("/v1/sessions/current", Who::Agent, "Log out", log_out).empty(),
        get("/v1/me", Who::Agent, "Who am I", me).gives::<Me>(),
        get("/v1/me/desk", Who::Agent, "My desk, to begin with", desk).gives::<DeskView>(),
        put("/v1/me/status", Who::Agent, "Choose a status, or Stop New", set_own_status)
            .takes::<StatusWish>()
            .gives::<StatusView>(),
    ]
}

/// A log-in.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct LogIn {
    /// Name to log in with.
    login: String,
    /// Password.
    password: String,
}

/// The token of a one-time link.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct OneTime {
    /// It.
    token: String,
}

/// A person of the desk.
#[derive(Serialize, JsonSchema)]
struct Me {
    /// Their id.
    id: AgentId,
    /// Name to log in with.
    login: String,
    /// Name that customers see.
    name: String,
    /// What they may do.
    role: Role,
}

/// A log-in that succeeded.
#[derive(Serialize, JsonSchema)]
struct LoggedIn {
    /// Bearer token; the cookie holds the same one.
    token: String,
    /// Who they are.
    agent: Me,
}

/// A status that is wished for.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct StatusWish {
    /// The status; none leaves it.
    #[serde(default)]
    status: Option<Status>,
    /// Reason code.
    #[serde(default)]
    reason_code: Option<String>,
    /// No further chat is wanted while Busy.
    #[serde(default)]
    stop_new: Option<bool>,
}

async fn log_in(ask: Ask) -> Outcome {
    let LogIn { login, password } = ask.body()?;
    let login: String = login.chars().take(LOGIN_LIMIT + 1).collect();
    ask.app.rates.log_in(&login, ask.address)?;
    let name = login.clone();
    let known = ask.read(move |state| {
        let agent = state.agent_named(&name).filter(|agent| !agent.profile.disabled)?;
        Some((agent.id(), agent.profile.credential.clone()))
    });
    let known = known.await?.value;
    let hash = known.as_ref().and_then(|(_, credential)| credential.clone());
    let fits = ask.app.passwords.check(password, hash).await?;
    match known {
        Some((agent, _)) if fits => {
            ask.app.rates.logged_in(&login, ask.address);
            open(&ask, agent).await
        }
        _ => {
            // Quoted, for it may hold anything: a line of its own must not pass for one of ours.
            tracing::info!(?login, address = %ask.address, "a log-in failed");
            let detail = "login or password is wrong";
            Err(Problem::new(StatusCode::UNAUTHORIZED, "bad_credentials", detail))
        }
    }
}

async fn log_in_once(ask: Ask) -> Outcome {
    let OneTime { token } = ask.body()?;
    let (hash, now) = (token_hash(&token), ask.app.handle.now());
    let found = ask.read(move |state| {
        let token = state.token_by_hash(&hash, now)?;
        (token.kind == TokenKind::OneTime).then_some((token.id, token.agent))
    });
    let used_up =
        || Problem::new(StatusCode::UNAUTHORIZED, "bad_credentials", "this link does not work any more");
    let (id, agent) = found.await?.value.ok_or_else(used_up)?;
    // Of two who come with the same link, the engine lets one close it.
    match ask.app.handle.submit(Actor::Agent { id: agent }, Action::CloseToken(id), None).await {
        Err(hark_runtime::Error::Refused(Refusal::UnknownToken)) => Err(used_up()),
        Err(error) => Err(error.into()),
        Ok(_) => open(&ask, agent).await,
    }
}

async fn open(ask: &Ask, agent: AgentId) -> Outcome {
    let token = Secrets::log_in_token();
    let lasts_s = u64::from(ask.app.sessions_hours) * 3600;
    let wish = OpenToken {
        agent,
        kind: TokenKind::Session,
        hash: token_hash(&token),
        label: "log-in".into(),
        expires_at: ask.app.handle.now().plus_s(lasts_s),
    };
    ask.app.handle.submit(Actor::Agent { id: agent }, Action::OpenToken(wish), None).await?;
    ask.app.presence.seen(Somebody::Agent(agent));
    let look = move |state: &hark_core::State| {
        let profile = &state.agent(agent)?.profile;
        let (login, name) = (profile.login.clone(), profile.name.clone());
        Some(Me { id: agent, login, name, role: profile.role })
    };
    let agent = ask.read(look).await?.value.ok_or(Refusal::UnknownAgent)?;
    let cookie = set_cookie(&token, lasts_s, ask.secure);
    let mut response = json(StatusCode::CREATED, &LoggedIn { token, agent });
    response.headers_mut().insert(header::SET_COOKIE, cookie);
    Ok(response)
}

async fn log_out(ask: Ask) -> Outcome {
    let person = ask.person()?;
    ask.submit(Action::CloseToken(person.token)).await?;
    ask.app.log_ins.forget(person.token);
    ask.app.presence.left(Somebody::Agent(person.id));
    let mut response = empty();
    response.headers_mut().insert(header::SET_COOKIE, clear_cookie(ask.secure));
    Ok(response)
}

async fn me(ask: Ask) -> Outcome {
    let person = ask.person()?;
    let (login, name) = (person.login.clone(), person.name.clone());
    Ok(ok(&Me { id: person.id, login, name, role: person.role }))
}

async fn desk(ask: Ask) -> Outcome {
    let (id, now) = (ask.person()?.id, ask.app.handle.now());
    let seen = ask.read(move |state| DeskView::of(state, id, now)).await?;
    let mut desk = seen.value.ok_or(Refusal::UnknownAgent)?;
    desk.cursor = seen.cursor.to_string();
    Ok(ok(&desk))
}

async fn set_own_status(ask: Ask) -> Outcome {
    let id = ask.person()?.id;
    set_status(&ask, id).await
}

/// Chooses a status for somebody, as the body says.
pub(super) async fn set_status(ask: &Ask, agent: AgentId) -> Outcome {
    let wish: StatusWish = ask.body()?;
    if wish.status.is_none() && wish.stop_new.is_none() {
        return Err(Problem::invalid("missing_field", "status or stop_new is needed").at("/status"));
    }
    let action = SetStatus { agent, status: wish.status, reason: wish.reason_code, stop_new: wish.stop_new };
    ask.submit(Action::SetStatus(action)).await?;
    let status = ask.read(move |state| state.agent(agent).map(StatusView::of)).await?;
    Ok(ok(&status.value.ok_or(Refusal::UnknownAgent)?))
}
