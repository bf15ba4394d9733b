//! Asks a desk for what is shown. It speaks plain HTTP, and keeps its connection.

use super::sight::{List, Plugin, Policies, Script, Sight};
use crate::error::Error;
use http_body_util::{BodyExt as _, Limited};
use hyper::{Request, StatusCode, Uri};
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use std::fmt::Display;
use std::time::Duration;

/// Longest that one answer may take.
const PATIENCE: Duration = Duration::from_secs(5);
/// Largest answer that is read, in bytes: a wallboard of ten thousand agents has a few million.
const LARGEST: usize = 64 << 20;

/// A desk, and in whose name it is asked.
pub(super) struct Desk {
    http: Client<HttpConnector, String>,
    base: String,
    token: String,
}

/// Why a request was not granted.
#[derive(Deserialize)]
struct Problem {
    #[serde(default)]
    detail: String,
}

#[derive(Deserialize)]
struct Version {
    version: String,
}

impl Desk {
    /// The desk at an address such as `http://127.0.0.1:7070`.
    ///
    /// # Errors
    /// It is no such address.
    pub(super) fn at(url: &str, token: String) -> Result<Self, Error> {
        let base = url.trim_end_matches('/').to_owned();
        let uri: Uri = base.parse().map_err(|_| no_address(url))?;
        if uri.scheme_str() != Some("http") || uri.host().is_none() {
            return Err(no_address(url));
        }
        Ok(Self { http: Client::builder(TokioExecutor::new()).build_http(), base, token })
    }

    /// Everything that is shown.
    ///
    /// # Errors
    /// It does not answer, or not to this token.
    pub(super) async fn look(&self) -> Result<Sight, Error> {
        let Version { version } = self.get("/v1/version").await?;
        let (ready, why) = self.ask("/readyz").await?;
        let not_ready = (ready != StatusCode::OK).then(|| detail(&why));
        let board = self.get("/v1/metrics/realtime").await?;
        let scripts: List<Script> = self.get("/v1/scripts").await?;
        let plugins: List<Plugin> = self.get("/v1/plugins").await?;
        // Reactions are shown to admins only.
        let policies: Option<Policies> = match self.ask("/v1/policies").await? {
            (StatusCode::FORBIDDEN, _) => None,
            answer => Some(self.understood("/v1/policies", answer)?),
        };
        Ok(Sight::of(self.base.clone(), version, not_ready, board, scripts.data, plugins.data, policies))
    }

    async fn get<T: DeserializeOwned>(&self, path: &str) -> Result<T, Error> {
        self.understood(path, self.ask(path).await?)
    }

    fn understood<T: DeserializeOwned>(
        &self,
        path: &str,
        (status, body): (StatusCode, Vec<u8>),
    ) -> Result<T, Error> {
        let told = |why: &dyn Display| Error::told(format!("{}{path}: {why}", self.base));
        match status {
            StatusCode::OK => serde_json::from_slice(&body).map_err(|error| told(&error)),
            StatusCode::UNAUTHORIZED => Err(told(&"the desk does not know this token")),
            StatusCode::FORBIDDEN => {
                Err(told(&"the token is nobody's who may look: a supervisor's or an admin's is needed"))
            }
            _ => Err(told(&format!("{status} {}", detail(&body)))),
        }
    }

    async fn ask(&self, path: &str) -> Result<(StatusCode, Vec<u8>), Error> {
        let gone =
            |why: &dyn Display| Error::told(format!("the desk at {} does not answer: {why}", self.base));
        let request = Request::get(format!("{}{path}", self.base))
            .header("authorization", format!("Bearer {}", self.token))
            .body(String::new())
            .map_err(|_| Error::told("the token is no text that can be sent"))?;
        let answered = async {
            let answer = self.http.request(request).await.map_err(|error| gone(&root(&error)))?;
            let (parts, body) = answer.into_parts();
            let body = Limited::new(body, LARGEST).collect().await.map_err(|error| gone(&error))?;
            Ok((parts.status, body.to_bytes().to_vec()))
        };
        tokio::time::timeout(PATIENCE, answered).await.map_err(|_| gone(&"it takes too long"))?
    }
}

fn no_address(url: &str) -> Error {
    Error::told(format!(
        "'{url}' is no address like http://127.0.0.1:7070; a desk behind a proxy with TLS is looked at from its own machine"
    ))
}

/// What lies behind an error, down to the system's own words.
fn root(error: &dyn std::error::Error) -> String {
    let mut deepest = error;
    while let Some(source) = deepest.source() {
        deepest = source;
    }
    deepest.to_string()
}

fn detail(body: &[u8]) -> String {
    serde_json::from_slice::<Problem>(body).map(|problem| problem.detail).unwrap_or_default()
}
