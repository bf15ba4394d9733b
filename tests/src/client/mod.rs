//! A small client of the API, as a program outside would write it: requests with a bearer token, problems, and the
//! event stream over its three transports. It knows no rule of the desk.

mod answer;
mod event;
mod poll;
mod sse;
mod stream;

pub use answer::Answer;
pub use event::Event;
pub use poll::Poll;
pub use sse::Sse;
pub use stream::{Closed, Socket, Stream, handshake};

use bytes::Bytes;
use http_body_util::{BodyExt as _, Full};
use hyper::{Method, Request};
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;
use serde_json::Value;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

/// How long a client that insists goes on trying while nobody answers.
const INSISTENCE: Duration = Duration::from_secs(60);
/// Between two tries.
const REST: Duration = Duration::from_millis(25);
/// How long one attempt of several may take. A request that is handed to a pooled connection at the very moment at which
/// that connection ends, because its server was killed, can be left behind in the client's own channel: nobody sends it and
/// nobody tells (tests/CRASH.md, "A request that nobody sends").
const ATTEMPT: Duration = Duration::from_secs(5);
/// Longest wait for one answer.
const ANSWER: Duration = Duration::from_secs(60);

/// Attempts that were given up, of all clients of this process.
static GIVEN_UP: AtomicU64 = AtomicU64::new(0);

/// How many attempts were given up because nothing was answered soon, of all clients of this process.
pub fn given_up() -> u64 {
    GIVEN_UP.load(Ordering::Relaxed)
}

/// No answer: the server is not there, or went away before it had answered.
#[derive(Debug)]
pub struct NoAnswer(pub String);

/// Somebody who asks: where, and in whose name.
#[derive(Debug, Clone)]
pub struct Api {
    http: Client<HttpConnector, Full<Bytes>>,
    base: String,
    bearer: Option<String>,
    faults: Arc<Mutex<Vec<String>>>,
}

impl Api {
    /// Nobody in particular, at an address such as `http://127.0.0.1:7070`.
    #[must_use]
    pub fn new(base: &str) -> Self {
        let http = Client::builder(TokioExecutor::new()).build_http();
        let base = base.trim_end_matches('/').to_owned();
        Self { http, base, bearer: None, faults: Arc::default() }
    }

    /// The same connections in the name of a token.
    #[must_use]
    pub fn with(&self, token: &str) -> Self {
        Self { bearer: Some(token.to_owned()), ..self.clone() }
    }

    /// The same connections in nobody's name.
    #[must_use]
    pub fn nobody(&self) -> Self {
        Self { bearer: None, ..self.clone() }
    }

    /// The address.
    #[must_use]
    pub fn base(&self) -> &str {
        &self.base
    }

    /// The token, if there is one.
    #[must_use]
    pub fn bearer(&self) -> Option<&str> {
        self.bearer.as_deref()
    }

    /// Answers with a status of 500 and more but 503 so far, over all that came of the same [`Api::new`].
    #[must_use]
    pub fn server_faults(&self) -> Vec<String> {
        self.faults.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Sends any bytes once.
    ///
    /// # Errors
    /// Nobody answered.
    pub async fn try_raw(
        &self,
        method: Method,
        path: &str,
        headers: &[(&str, &str)],
        body: impl Into<Bytes>,
    ) -> Result<Answer, NoAnswer> {
        let gone = |error: &dyn std::fmt::Display| NoAnswer(format!("{method} {path}: {error}"));
        let mut request = Request::builder().method(&method).uri(format!("{}{path}", self.base));
        if let Some(token) = &self.bearer {
            request = request.header("authorization", format!("Bearer {token}"));
        }
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let request = request.body(Full::new(body.into())).expect("stories write valid requests");
        let asked = async {
            let response = self.http.request(request).await.map_err(|error| gone(&error))?;
            let (parts, body) = response.into_parts();
            let body = body.collect().await.map_err(|error| gone(&error))?.to_bytes();
            Ok(Answer {
                request: format!("{method} {path}"),
                status: parts.status.as_u16(),
                headers: parts.headers,
                body,
            })
        };
        let answer = tokio::time::timeout(ANSWER, asked).await.map_err(|late| gone(&late))??;
        self.note(&answer);
        Ok(answer)
    }

    fn note(&self, answer: &Answer) {
        if answer.status >= 500 && answer.status != 503 {
            self.faults.lock().unwrap_or_else(PoisonError::into_inner).push(answer.to_string());
        }
    }

    /// Sends JSON, or nothing, once.
    ///
    /// # Errors
    /// Nobody answered.
    pub async fn try_send(
        &self,
        method: Method,
        path: &str,
        body: Option<&Value>,
    ) -> Result<Answer, NoAnswer> {
        self.try_with(method, path, &[], body).await
    }

    async fn try_with(
        &self,
        method: Method,
        path: &str,
        headers: &[(&str, &str)],
        body: Option<&Value>,
    ) -> Result<Answer, NoAnswer> {
        let mut all = headers.to_vec();
        let text = body.map(Value::to_string).unwrap_or_default();
        if body.is_some() {
            all.push(("content-type", "application/json"));
        }
        self.try_raw(method, path, &all, text).await
    }

    /// Sends with further headers.
    ///
    /// # Panics
    /// Nobody answered.
    pub async fn send(
        &self,
        method: Method,
        path: &str,
        headers: &[(&str, &str)],
        body: Option<&Value>,
    ) -> Answer {
        self.try_with(method, path, headers, body)
            .await
            .unwrap_or_else(|NoAnswer(why)| panic!("no answer: {why}"))
    }

    /// Sends again and again until there is an answer that is not "come again later". What is sent must be safe to
    /// repeat.
    ///
    /// # Panics
    /// There was none within a minute.
    pub async fn insist(
        &self,
        method: Method,
        path: &str,
        headers: &[(&str, &str)],
        body: Option<&Value>,
    ) -> Answer {
        let until = Instant::now() + INSISTENCE;
        loop {
            let last = match soon(self.try_with(method.clone(), path, headers, body)).await {
                Ok(answer) if answer.status != 503 => return answer,
                Ok(answer) => answer.to_string(),
                Err(NoAnswer(why)) => why,
            };
            assert!(Instant::now() < until, "no answer within {INSISTENCE:?}: {last}");
            tokio::time::sleep(REST).await;
        }
    }

    /// `GET`.
    pub async fn get(&self, path: &str) -> Answer {
        self.send(Method::GET, path, &[], None).await
    }

    /// `POST`.
    pub async fn post(&self, path: &str, body: &Value) -> Answer {
        self.send(Method::POST, path, &[], Some(body)).await
    }

    /// `POST` without a body.
    pub async fn press(&self, path: &str) -> Answer {
        self.send(Method::POST, path, &[], None).await
    }

    /// `PUT`.
    pub async fn put(&self, path: &str, body: &Value) -> Answer {
        self.send(Method::PUT, path, &[], Some(body)).await
    }

    /// `DELETE`.
    pub async fn delete(&self, path: &str) -> Answer {
        self.send(Method::DELETE, path, &[], None).await
    }

    /// All entries of a list, page by page.
    pub async fn all(&self, path: &str) -> Vec<Value> {
        let (mut entries, mut after) = (Vec::new(), String::new());
        let mark = if path.contains('?') { '&' } else { '?' };
        loop {
            let mut page = self.get(&format!("{path}{mark}limit=200{after}")).await.is(200);
            entries.append(page["data"].as_array_mut().expect("a list has data"));
            if page["has_more"] != true {
                return entries;
            }
            after = format!("&after={}", page["next"].as_str().expect("a list that goes on says where"));
        }
    }

    /// Logs a person in and gives their own way to the API.
    pub async fn log_in(&self, login: &str, password: &str) -> Self {
        let body = serde_json::json!({ "login": login, "password": password });
        let said = self.nobody().insist(Method::POST, "/v1/sessions", &[], Some(&body)).await.is(201);
        self.with(said["token"].as_str().expect("a log-in is answered with a token"))
    }
}

/// One attempt of several.
///
/// # Errors
/// Nobody answered, or not soon.
pub(crate) async fn soon(
    attempt: impl Future<Output = Result<Answer, NoAnswer>>,
) -> Result<Answer, NoAnswer> {
    let late = |_| {
        GIVEN_UP.fetch_add(1, Ordering::Relaxed);
        NoAnswer(format!("no answer within {ATTEMPT:?}"))
    };
    tokio::time::timeout(ATTEMPT, attempt).await.map_err(late)?
}
