//! Who asks: people by cookie or bearer token, machines by bearer token, customers by the token of their chat. It
//! tells who somebody is; what they may do the route table and the core say.

mod cookie;
mod log_ins;
mod passwords;
mod secrets;

pub(crate) use cookie::{clear_cookie, set_cookie};
pub(crate) use log_ins::LogIns;
pub(crate) use passwords::Passwords;
pub use passwords::hash_password;
pub(crate) use secrets::Secrets;
pub use secrets::{machine_token, one_time_token, token_hash};

use crate::app::App;
use crate::ask::header_text;
use crate::problem::Problem;
use crate::route::Who;
use axum::http::{HeaderMap, Method, Uri, header, request};
use hark_core::state::{Role, TokenKind};
use hark_core::{AgentId, ChatId, Time, TokenId};

/// A person, or a machine that speaks for one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Person {
    pub(crate) id: AgentId,
    pub(crate) login: String,
    pub(crate) name: String,
    pub(crate) role: Role,
    /// The log-in or token that says so.
    pub(crate) token: TokenId,
    pub(crate) kind: TokenKind,
    pub(crate) expires_at: Time,
}

/// Who asks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Caller {
    /// Nobody known.
    Nobody,
    /// The customer of a chat.
    Guest(ChatId),
    /// An agent, supervisor or admin.
    Person(Person),
}

/// What a request came with.
enum Credential {
    None,
    Bearer(String),
    Cookie(String),
}

fn credential(headers: &HeaderMap) -> Credential {
    let bearer = header_text(headers, header::AUTHORIZATION.as_str()).and_then(|value| {
        let (scheme, token) = value.split_once(' ')?;
        scheme.eq_ignore_ascii_case("bearer").then(|| token.trim().to_owned())
    });
    match (bearer, cookie::token(headers)) {
        (Some(token), _) => Credential::Bearer(token),
        (None, Some(token)) => Credential::Cookie(token),
        (None, None) => Credential::None,
    }
}

/// Finds out who asks. A token that does not work is as good as none.
///
/// # Errors
/// A write by cookie that did not come from our own pages, or an engine that cannot be asked.
pub(crate) async fn authenticate(app: &App, parts: &request::Parts) -> Result<Caller, Problem> {
    match credential(&parts.headers) {
        Credential::None => Ok(Caller::Nobody),
        Credential::Bearer(token) => caller(app, &token).await,
        Credential::Cookie(token) => {
            let caller = person(app, &token).await?;
            if caller != Caller::Nobody && is_write(&parts.method) {
                check_own_page(&parts.headers, &parts.uri)?;
            }
            Ok(caller)
        }
    }
}

/// Whom a token speaks for.
pub(crate) async fn caller(app: &App, token: &str) -> Result<Caller, Problem> {
    if token.starts_with(Secrets::GUEST) {
        return Ok(app.secrets.guest(token).map_or(Caller::Nobody, Caller::Guest));
    }
    person(app, token).await
}

async fn person(app: &App, token: &str) -> Result<Caller, Problem> {
    let person = app.log_ins.find(app, token_hash(token)).await?;
    Ok(person.map_or(Caller::Nobody, Caller::Person))
}

fn is_write(method: &Method) -> bool {
    !matches!(*method, Method::GET | Method::HEAD | Method::OPTIONS)
}

/// A write by cookie must come from our own pages: their origin, and a header that no form of another site can send.
fn check_own_page(headers: &HeaderMap, uri: &Uri) -> Result<(), Problem> {
    let same = is_same_origin(headers, uri) == Some(true);
    let marked = header_text(headers, "x-hark-csrf") == Some("1");
    if same && marked {
        return Ok(());
    }
    let detail = "a write by cookie needs our own Origin and the header X-Hark-CSRF: 1";
    Err(Problem::new(axum::http::StatusCode::FORBIDDEN, "csrf", detail))
}

/// Whether the request's Origin is the one that it was sent to; none when it names no Origin.
pub(crate) fn is_same_origin(headers: &HeaderMap, uri: &Uri) -> Option<bool> {
    let origin = headers.get(header::ORIGIN)?;
    let host = header_text(headers, header::HOST.as_str())
        .or_else(|| uri.authority().map(axum::http::uri::Authority::as_str));
    let authority = origin
        .to_str()
        .ok()
        .and_then(|origin| origin.strip_prefix("https://").or_else(|| origin.strip_prefix("http://")));
    Some(authority.is_some() && authority == host)
}

/// Whether a caller may use a route at all.
pub(crate) fn admit(who: Who, caller: &Caller) -> Result<(), Problem> {
    let needed = match (who, caller) {
        (Who::Anyone, _) | (Who::Guest | Who::GuestOrAgent, Caller::Guest(_)) => return Ok(()),
        (_, Caller::Nobody) => return Err(Problem::unauthorized()),
        // What is not a customer's does not exist for one.
        (_, Caller::Guest(_)) => return Err(Problem::not_found()),
        (Who::Guest, Caller::Person(_)) => return Err(Problem::forbidden("this is for a chat's customer")),
        (Who::GuestOrAgent | Who::Agent, Caller::Person(_)) => Role::Agent,
        (Who::Supervisor, Caller::Person(_)) => Role::Supervisor,
        (Who::Admin, Caller::Person(_)) => Role::Admin,
    };
    match caller {
        Caller::Person(person) if person.role >= needed => Ok(()),
        _ if needed == Role::Admin => Err(Problem::forbidden("this is for admins")),
        _ => Err(Problem::forbidden("this is for supervisors and admins")),
    }
}

#[cfg(test)]
mod tests {
    use super::is_same_origin;
    use axum::http::{HeaderMap, HeaderValue, Uri};

    fn same(host: &'static str, origin: Option<&'static str>) -> Option<bool> {
        let mut headers = HeaderMap::new();
        headers.insert("host", HeaderValue::from_static(host));
        if let Some(origin) = origin {
            headers.insert("origin", HeaderValue::from_static(origin));
        }
        is_same_origin(&headers, &Uri::from_static("/v1/me"))
    }

    #[test]
    fn an_origin_is_ours_or_it_is_not() {
        assert_eq!(same("desk.example:8080", Some("http://desk.example:8080")), Some(true));
        assert_eq!(same("desk.example", Some("https://desk.example")), Some(true));
        assert_eq!(same("desk.example", None), None);
        for other in
            ["http://evil", "null", "http://desk.example.evil", "http://desk.example:81", "desk.example"]
        {
            assert_eq!(same("desk.example", Some(other)), Some(false), "{other}");
        }
    }
}
