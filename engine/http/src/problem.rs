//! Errors as callers see them: `application/problem+json` (RFC 9457) with a stable code. It decides nothing: refusals
//! come from the core, and what is here only gives them a status.

use axum::body::Body;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::Response;
use hark_core::{Class, Refusal};
use serde::{Deserialize, Serialize};

/// After how many seconds a caller may come again when Hark is busy.
const BUSY_RETRY_S: u32 = 1;
/// Seconds after which a full disk may have room again.
const NO_ROOM_RETRY_S: u32 = 5;

/// One fault of a request's body.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct FieldFault {
    /// Where it is: a JSON pointer (RFC 6901) into the body.
    pub pointer: String,
    /// Stable code.
    pub code: String,
    /// What is wrong.
    pub detail: String,
    /// The script that is at fault, where one is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub file: Option<String>,
    /// Its line, from 1, where it is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub line: Option<u32>,
}

/// The body of every answer that is an error.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct ProblemBody {
    /// `urn:hark:problem:` and the code.
    #[serde(rename = "type")]
    pub kind: String,
    /// The status in words.
    pub title: String,
    /// The HTTP status.
    pub status: u16,
    /// What is wrong with this very request, for people.
    pub detail: String,
    /// The request's id, as in `X-Request-Id`.
    pub instance: String,
    /// What is wrong, for programs; never renamed.
    pub code: String,
    /// Faults of the body, where it is at fault.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub errors: Vec<FieldFault>,
}

/// Why a request was not answered as it wished.
#[derive(Debug, Clone)]
pub(crate) struct Problem {
    pub(crate) status: StatusCode,
    pub(crate) code: &'static str,
    detail: String,
    errors: Vec<FieldFault>,
    retry_after_s: Option<u32>,
}

impl Problem {
    pub(crate) fn new(status: StatusCode, code: &'static str, detail: impl Into<String>) -> Self {
        Self { status, code, detail: detail.into(), errors: Vec::new(), retry_after_s: None }
    }

    /// There is no such thing, or the caller may not know of it: both look the same.
    pub(crate) fn not_found() -> Self {
        Self::new(StatusCode::NOT_FOUND, "not_found", "there is nothing here")
    }

    pub(crate) fn unauthorized() -> Self {
        Self::new(StatusCode::UNAUTHORIZED, "unauthorized", "log in, or send a bearer token that works")
    }

    pub(crate) fn forbidden(detail: &'static str) -> Self {
        Self::new(StatusCode::FORBIDDEN, "forbidden", detail)
    }

    pub(crate) fn invalid(code: &'static str, detail: impl Into<String>) -> Self {
        Self::new(StatusCode::UNPROCESSABLE_ENTITY, code, detail)
    }

    pub(crate) fn conflict(code: &'static str, detail: impl Into<String>) -> Self {
        Self::new(StatusCode::CONFLICT, code, detail)
    }

    pub(crate) fn busy(detail: impl Into<String>) -> Self {
        let problem = Self::new(StatusCode::SERVICE_UNAVAILABLE, "busy", detail);
        problem.retry_after(BUSY_RETRY_S)
    }

    pub(crate) fn too_many(seconds: u32) -> Self {
        let detail = format!("too many requests: try again in {seconds} s");
        Self::new(StatusCode::TOO_MANY_REQUESTS, "rate_limited", detail).retry_after(seconds)
    }

    pub(crate) fn internal() -> Self {
        let detail = "Hark failed at this; the log says more under this request's id";
        Self::new(StatusCode::INTERNAL_SERVER_ERROR, "internal", detail)
    }

    pub(crate) fn retry_after(mut self, seconds: u32) -> Self {
        self.retry_after_s = Some(seconds);
        self
    }

    /// Names the place in the body that is at fault.
    pub(crate) fn at(mut self, pointer: impl Into<String>) -> Self {
        let (code, detail) = (self.code.into(), self.detail.clone());
        self.errors.push(FieldFault { pointer: pointer.into(), code, detail, file: None, line: None });
        self
    }

    /// Names a place in a script that is at fault; line 0 is the script as a whole.
    pub(crate) fn in_script(mut self, code: &str, file: &str, line: u32, detail: String) -> Self {
        let (pointer, code, file) = ("/text".into(), code.into(), Some(file.to_owned()));
        let line = (line > 0).then_some(line);
        self.errors.push(FieldFault { pointer, code, detail, file, line });
        self
    }

    pub(crate) fn into_response(self, request_id: &str) -> Response {
        let body = ProblemBody {
            kind: format!("urn:hark:problem:{}", self.code),
            title: self.status.canonical_reason().unwrap_or("Error").into(),
            status: self.status.as_u16(),
            detail: self.detail,
            instance: request_id.into(),
            code: self.code.into(),
            errors: self.errors,
        };
        let text = serde_json::to_vec(&body).expect("strings and numbers are always JSON");
        let mut response = Response::new(Body::from(text));
        *response.status_mut() = self.status;
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
        if let Some(seconds) = self.retry_after_s {
            headers.insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        }
        if self.status == StatusCode::UNAUTHORIZED {
            headers.insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
        }
        response
    }
}

impl From<Refusal> for Problem {
    fn from(refusal: Refusal) -> Self {
        let status = match refusal.class() {
            Class::NotFound => StatusCode::NOT_FOUND,
            Class::Forbidden => StatusCode::FORBIDDEN,
            Class::Conflict => StatusCode::CONFLICT,
            Class::Invalid => StatusCode::UNPROCESSABLE_ENTITY,
            Class::Stale => StatusCode::PRECONDITION_FAILED,
            Class::Busy => StatusCode::SERVICE_UNAVAILABLE,
        };
        let problem = Self::new(status, refusal.code(), refusal.to_string());
        match refusal {
            Refusal::Empty(field) => problem.at(format!("/{field}")),
            Refusal::TooManyChats(_) => problem.retry_after(BUSY_RETRY_S),
            _ => problem,
        }
    }
}

impl From<hark_runtime::Error> for Problem {
    fn from(error: hark_runtime::Error) -> Self {
        match error {
            hark_runtime::Error::Refused(refusal) => refusal.into(),
            hark_runtime::Error::Busy => Self::busy("more is asked of Hark than it can take: try again"),
            hark_runtime::Error::NoRoom => {
                let detail = "the disk is full: nothing is taken until there is room";
                Self::new(StatusCode::SERVICE_UNAVAILABLE, "disk_full", detail).retry_after(NO_ROOM_RETRY_S)
            }
            hark_runtime::Error::Stopped(why) => {
                tracing::error!(%why, "the engine has stopped");
                Self::new(StatusCode::SERVICE_UNAVAILABLE, "stopped", "Hark has stopped taking commands")
            }
        }
    }
}
