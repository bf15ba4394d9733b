//! HTTP itself: one request, one answer, with TLS by rustls and connections that are kept. It sends nothing again, and
//! sends nothing to anybody but the configured addresses.

use crate::request::Ready;
use hark_plugin_net::{Secret, tls};
use hark_plugin_sdk::{Failure, Json};
use http_body_util::{BodyExt as _, Full, Limited};
use hyper::body::Bytes;
use hyper::header::{ACCEPT, CONTENT_TYPE, HeaderName, HeaderValue, RETRY_AFTER, USER_AGENT};
use hyper::{Method, Request, StatusCode, Uri};
use hyper_rustls::{HttpsConnector, HttpsConnectorBuilder};
use hyper_util::client::legacy;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::{TokioExecutor, TokioTimer};
use std::path::Path;
use std::time::Duration;

/// Bytes of an answer; the records that are taken out of it are far smaller.
const ANSWER_BYTES: usize = 4 << 20;
/// For how long an unused connection is kept.
const KEPT: Duration = Duration::from_secs(30);
/// Unused connections that are kept.
const KEPT_CONNECTIONS: usize = 8;
const JSON: HeaderValue = HeaderValue::from_static("application/json");
const FORM: HeaderValue = HeaderValue::from_static("application/x-www-form-urlencoded");
const AGENT: HeaderValue = HeaderValue::from_static(concat!("hark/", env!("CARGO_PKG_VERSION")));

/// The way to one system.
pub(crate) struct Wire {
    base: Uri,
    http: legacy::Client<HttpsConnector<HttpConnector>, Full<Bytes>>,
}

/// What came of a request.
#[derive(Debug)]
pub(crate) enum Reply {
    /// An answer; the body, if it is JSON, or JSON's `null` for an empty one.
    Answer { status: StatusCode, wait: Option<Duration>, body: Option<Json> },
    /// None, and why.
    None(String),
}

impl Reply {
    /// How long the other side wants us to wait.
    pub(crate) fn wait(&self) -> Option<Duration> {
        match self {
            Self::Answer { wait, .. } => *wait,
            Self::None(_) => None,
        }
    }

    /// Whether the other side asks for fewer requests.
    pub(crate) fn asks_for_rest(&self) -> bool {
        matches!(self, Self::Answer { status, wait, .. }
            if *status == StatusCode::TOO_MANY_REQUESTS || *status == StatusCode::SERVICE_UNAVAILABLE && wait.is_some())
    }

    /// Whether the same request may succeed a moment later.
    pub(crate) fn may_pass(&self) -> bool {
        match self {
            Self::Answer { status, .. } => matches!(status.as_u16(), 429 | 502 | 503 | 504),
            Self::None(_) => true,
        }
    }
}

impl Wire {
    /// A way that trusts the system's roots and those of the file.
    pub(crate) fn new(base: Uri, ca_file: Option<&Path>) -> Result<Self, Failure> {
        let https = HttpsConnectorBuilder::new()
            .with_tls_config(tls::client(ca_file)?)
            .https_or_http()
            .enable_http1()
            .build();
        let http = legacy::Client::builder(TokioExecutor::new())
            .pool_timer(TokioTimer::new())
            .pool_idle_timeout(KEPT)
            .pool_max_idle_per_host(KEPT_CONNECTIONS)
            .build(https);
        Ok(Self { base, http })
    }

    /// A link that an answer gave, as a target below the base; links to elsewhere are not followed, for our token would
    /// go there too.
    pub(crate) fn below(&self, link: &str) -> Result<String, Failure> {
        let elsewhere = || Failure::unavailable("the other system's next page is at another address");
        let link: Uri = link.parse().map_err(|_| elsewhere())?;
        let same = link.authority().is_none_or(|authority| Some(authority) == self.base.authority())
            && link.scheme().is_none_or(|scheme| Some(scheme) == self.base.scheme());
        let path = link.path_and_query().filter(|path| same && path.as_str().starts_with('/'));
        let path = path.ok_or_else(elsewhere)?.as_str();
        Ok(format!("{}{path}", self.origin()))
    }

    fn origin(&self) -> String {
        let authority = self.base.authority().map(ToString::to_string).unwrap_or_default();
        format!("{}://{authority}", self.base.scheme_str().unwrap_or("https"))
    }

    /// Sends a request.
    pub(crate) async fn send(&self, ready: &Ready, headers: &[(HeaderName, HeaderValue)]) -> Reply {
        let address = if ready.target.starts_with('/') {
            format!("{}{}{}", self.origin(), self.base.path().trim_end_matches('/'), ready.target)
        } else {
            ready.target.clone()
        };
        let mut request = Request::builder().method(ready.method.clone()).uri(address);
        request = request.header(ACCEPT, JSON).header(USER_AGENT, AGENT);
        if ready.body.is_some() {
            request = request.header(CONTENT_TYPE, JSON);
        }
        for (name, value) in headers {
            request = request.header(name, value);
        }
        let body = Full::from(ready.body.clone().unwrap_or_default());
        match request.body(body) {
            Ok(request) => self.fetch(request).await,
            Err(error) => Reply::None(error.to_string()),
        }
    }

    /// Sends a form.
    pub(crate) async fn send_form(&self, to: &Uri, form: &Secret) -> Reply {
        let request = Request::builder()
            .method(Method::POST)
            .uri(to)
            .header(ACCEPT, JSON)
            .header(USER_AGENT, AGENT)
            .header(CONTENT_TYPE, FORM)
            .body(Full::from(form.reveal().to_owned()));
        match request {
            Ok(request) => self.fetch(request).await,
            Err(error) => Reply::None(error.to_string()),
        }
    }

    async fn fetch(&self, request: Request<Full<Bytes>>) -> Reply {
        let answer = match self.http.request(request).await {
            Ok(answer) => answer,
            Err(error) => return Reply::None(deepest(&error)),
        };
        let status = answer.status();
        let seconds =
            answer.headers().get(RETRY_AFTER).and_then(|value| value.to_str().ok()?.trim().parse().ok());
        let wait = seconds.map(Duration::from_secs);
        let body = match Limited::new(answer.into_body(), ANSWER_BYTES).collect().await {
            Ok(body) => body.to_bytes(),
            Err(error) => return Reply::None(deepest(&*error)),
        };
        let body = if body.is_empty() { Some(Json::Null) } else { serde_json::from_slice(&body).ok() };
        Reply::Answer { status, wait, body }
    }
}

/// What the system or TLS said, below all that says only that something went wrong.
fn deepest(error: &dyn std::error::Error) -> String {
    let mut cause = error;
    while let Some(deeper) = cause.source() {
        cause = deeper;
    }
    cause.to_string()
}
