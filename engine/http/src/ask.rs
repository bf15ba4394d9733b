//! One request as its endpoint sees it: caller, parameters, body, and the ways to the desk in the caller's name. It
//! holds no rule of the desk.

use crate::app::App;
use crate::auth::{Caller, Person};
use crate::problem::Problem;
use crate::rulebook::Author;
use crate::strict;
use axum::body::Body;
use axum::http::{HeaderMap, request};
use axum::http::{HeaderValue, Method, StatusCode, header};
use axum::response::Response;
use bytes::Bytes;
use hark_core::{Action, Actor, ChatId, IdempotencyKey, State};
use hark_runtime::{Done, Seen};
use serde::Serialize;
use serde::de::DeserializeOwned;
use sha2::{Digest, Sha256};
use std::net::IpAddr;
use std::str::FromStr;
use std::sync::Arc;

/// Longest idempotency key, in characters.
const KEY_LIMIT: usize = 255;
/// Entries of a list, unless asked otherwise.
const PAGE: usize = 50;
/// Most entries of a list.
const PAGE_LIMIT: usize = 200;

/// One request.
pub(crate) struct Ask {
    pub(crate) app: Arc<App>,
    pub(crate) parts: request::Parts,
    pub(crate) params: Vec<(String, String)>,
    pub(crate) body: Bytes,
    pub(crate) caller: Caller,
    pub(crate) address: IpAddr,
    /// Whether the request came over TLS, as far as can be known.
    pub(crate) secure: bool,
}

impl Ask {
    /// The person who asks. Routes for people are reached by nobody else.
    pub(crate) fn person(&self) -> Result<&Person, Problem> {
        match &self.caller {
            Caller::Person(person) => Ok(person),
            _ => Err(Problem::unauthorized()),
        }
    }

    /// The person who asks, as they are audited.
    pub(crate) fn author(&self) -> Result<Author, Problem> {
        let person = self.person()?;
        Ok(Author { id: person.id, name: person.name.clone() })
    }

    /// The chat of the customer who asks.
    pub(crate) fn guest(&self) -> Result<ChatId, Problem> {
        match self.caller {
            Caller::Guest(chat) => Ok(chat),
            _ => Err(Problem::unauthorized()),
        }
    }

    /// In whose name commands are sent.
    pub(crate) fn actor(&self) -> Result<Actor, Problem> {
        match &self.caller {
            Caller::Person(person) => Ok(Actor::Agent { id: person.id }),
            Caller::Guest(chat_id) => Ok(Actor::Customer { chat_id: *chat_id }),
            Caller::Nobody => Err(Problem::unauthorized()),
        }
    }

    /// The body.
    pub(crate) fn body<T: DeserializeOwned>(&self) -> Result<T, Problem> {
        strict::read(&self.body)
    }

    /// A parameter of the path.
    pub(crate) fn param(&self, name: &str) -> &str {
        let found = self.params.iter().find(|(known, _)| known == name);
        found.map(|(_, value)| value.as_str()).unwrap_or_default()
    }

    /// An id of the path; one that is no id names nothing.
    pub(crate) fn id<T: FromStr>(&self, name: &str) -> Result<T, Problem> {
        self.param(name).parse().map_err(|_| Problem::not_found())
    }

    /// A parameter of the query, the first of its name.
    pub(crate) fn query(&self, name: &str) -> Option<String> {
        query(self.parts.uri.query().unwrap_or_default(), name)
    }

    /// A parameter of the query that must have a form.
    pub(crate) fn query_as<T: FromStr>(&self, name: &'static str) -> Result<Option<T>, Problem> {
        let Some(text) = self.query(name) else { return Ok(None) };
        let wrong = |_| Problem::invalid("invalid_parameter", format!("{name} cannot be {text:?}"));
        text.parse().map(Some).map_err(wrong)
    }

    /// How many entries of a list are wanted.
    pub(crate) fn limit(&self) -> Result<usize, Problem> {
        Ok(self.query_as::<usize>("limit")?.unwrap_or(PAGE).clamp(1, PAGE_LIMIT))
    }

    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        header_text(&self.parts.headers, name)
    }

    /// The request's idempotency key, together with whose it is and what it asked for.
    pub(crate) fn idempotency_key(&self, whose: &str) -> Result<Option<IdempotencyKey>, Problem> {
        if self.parts.method != Method::POST {
            return Ok(None);
        }
        let Some(key) = self.header("idempotency-key") else { return Ok(None) };
        if key.is_empty() || key.chars().count() > KEY_LIMIT {
            let detail = format!("Idempotency-Key must have 1 to {KEY_LIMIT} characters");
            return Err(Problem::invalid("invalid_idempotency_key", detail));
        }
        Ok(Some(IdempotencyKey { key: format!("{whose}:{key}"), request: self.fingerprint() }))
    }

    /// A hash of method, path and body.
    fn fingerprint(&self) -> u64 {
        let mut hash = Sha256::new();
        hash.update(self.parts.method.as_str());
        hash.update(b" ");
        hash.update(self.parts.uri.path());
        hash.update(b"\n");
        hash.update(&self.body);
        let digest: [u8; 32] = hash.finalize().into();
        let mut first = [0_u8; 8];
        first.copy_from_slice(&digest[..8]);
        u64::from_be_bytes(first)
    }

    /// Sends a command in the caller's name.
    pub(crate) async fn submit(&self, action: Action) -> Result<Done, Problem> {
        let actor = self.actor()?;
        let whose = match &self.caller {
            Caller::Person(person) => person.id.to_string(),
            Caller::Guest(chat) => chat.to_string(),
            Caller::Nobody => String::new(),
        };
        let key = self.idempotency_key(&whose)?;
        Ok(self.app.handle.submit(actor, action, key).await?)
    }

    /// Looks at the state.
    pub(crate) async fn read<T: Send + 'static>(
        &self,
        look: impl FnOnce(&State) -> T + Send + 'static,
    ) -> Result<Seen<T>, Problem> {
        Ok(self.app.handle.read(look).await?)
    }

    /// The tag that `If-Match` names, without its quotes; missing is 428.
    pub(crate) fn if_match_text(&self) -> Result<String, Problem> {
        let missing = || {
            let detail = "send If-Match with the ETag of what you have read";
            Problem::new(StatusCode::PRECONDITION_REQUIRED, "if_match_required", detail)
        };
        let text = self.header("if-match").ok_or_else(missing)?;
        Ok(text.trim().trim_start_matches("W/").trim_matches('"').to_owned())
    }

    /// The version that `If-Match` names; missing is 428.
    pub(crate) fn if_match(&self) -> Result<u64, Problem> {
        let text = self.if_match_text()?;
        let version = text.trim_start_matches('v');
        let wrong = |_| Problem::new(StatusCode::PRECONDITION_FAILED, "stale_version", "not an ETag of this");
        version.parse().map_err(wrong)
    }
}

/// A header's value, when it is text.
pub(crate) fn header_text<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    headers.get(name)?.to_str().ok()
}

/// A parameter of a query string, decoded.
pub(crate) fn query(text: &str, name: &str) -> Option<String> {
    let pairs = text.split('&').map(|pair| pair.split_once('=').unwrap_or((pair, "")));
    let mut named = pairs.filter(|(key, _)| decode(key) == name);
    named.next().map(|(_, value)| decode(value))
}

fn decode(text: &str) -> String {
    let text = text.replace('+', " ");
    percent_encoding::percent_decode_str(&text).decode_utf8_lossy().into_owned()
}

/// A JSON answer.
pub(crate) fn json(status: StatusCode, body: &impl Serialize) -> Response {
    let text = serde_json::to_vec(body).expect("our own bodies are always JSON");
    let mut response = Response::new(Body::from(text));
    *response.status_mut() = status;
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
    response
}

/// A JSON answer with 200.
pub(crate) fn ok(body: &impl Serialize) -> Response {
    json(StatusCode::OK, body)
}

/// An answer without a body.
pub(crate) fn empty() -> Response {
    let mut response = Response::new(Body::empty());
    *response.status_mut() = StatusCode::NO_CONTENT;
    response
}

/// Adds the `ETag` of a version.
pub(crate) fn with_etag(mut response: Response, version: u64) -> Response {
    let tag = HeaderValue::from_str(&format!("\"v{version}\"")).expect("digits are a header's value");
    response.headers_mut().insert(header::ETAG, tag);
    response
}

/// A list as all lists are answered.
#[derive(Debug, Serialize, schemars::JsonSchema)]
pub(crate) struct List<T> {
    /// The entries.
    pub(crate) data: Vec<T>,
    /// What `after` must be to go on; none at the end.
    pub(crate) next: Option<String>,
    /// Whether there is more.
    pub(crate) has_more: bool,
}

impl<T: Serialize> List<T> {
    /// A list that is whole.
    pub(crate) fn whole(data: Vec<T>) -> Self {
        Self { data, next: None, has_more: false }
    }

    /// The first `limit` entries; `next` names where to go on after the last of them.
    pub(crate) fn page(mut data: Vec<T>, limit: usize, next: impl Fn(&T) -> String) -> Self {
        let has_more = data.len() > limit;
        data.truncate(limit);
        let next = data.last().filter(|_| has_more).map(next);
        Self { data, next, has_more }
    }

    /// The answer, with its `Link` to the rest.
    pub(crate) fn answer(&self, ask: &Ask) -> Response {
        let mut response = ok(self);
        if let Some(next) = &self.next {
            let path = ask.parts.uri.path();
            let link = format!("<{path}?after={next}>; rel=\"next\"");
            if let Ok(link) = HeaderValue::from_str(&link) {
                response.headers_mut().insert(header::LINK, link);
            }
        }
        response
    }
}
