//! An answer of the API, and what a story expects of it. It judges only what it is told to.

use bytes::Bytes;
use hyper::HeaderMap;
use serde_json::Value;
use std::fmt;

/// Most characters of a body that a failure shows.
const SHOWN: usize = 600;

/// An answer.
#[derive(Debug, Clone)]
pub struct Answer {
    /// What was asked: method and path.
    pub request: String,
    /// The status.
    pub status: u16,
    /// The headers.
    pub headers: HeaderMap,
    /// The body.
    pub body: Bytes,
}

impl Answer {
    /// The body as JSON, when the status is this one; nothing is null.
    ///
    /// # Panics
    /// The status is another, or the body is no JSON.
    #[track_caller]
    #[must_use]
    pub fn is(&self, status: u16) -> Value {
        assert_eq!(self.status, status, "{self}");
        self.json()
    }

    /// As [`Answer::is`], for an answer whose body does not matter.
    ///
    /// # Panics
    /// The status is another.
    #[track_caller]
    pub fn must_be(&self, status: u16) {
        assert_eq!(self.status, status, "{self}");
    }

    /// The body as JSON; nothing is null.
    ///
    /// # Panics
    /// It is no JSON.
    #[track_caller]
    #[must_use]
    pub fn json(&self) -> Value {
        if self.body.is_empty() {
            return Value::Null;
        }
        serde_json::from_slice(&self.body).unwrap_or_else(|error| panic!("{self}: no JSON: {error}"))
    }

    /// Checks that it is a problem (RFC 9457) with this status and code, complete and with the request's id.
    ///
    /// # Panics
    /// It is not.
    #[track_caller]
    pub fn is_problem(&self, status: u16, code: &str) {
        assert_eq!((self.status, self.code().as_str()), (status, code), "{self}");
        let body = self.json();
        let kind = self.header("content-type").unwrap_or_default();
        assert_eq!(kind, "application/problem+json", "{self}");
        assert_eq!(body["status"], status, "{self}");
        assert_eq!(body["instance"].as_str(), self.header("x-request-id"), "{self}");
        for text in ["type", "title", "detail"] {
            assert!(body[text].as_str().is_some_and(|text| !text.is_empty()), "{text} is missing: {self}");
        }
    }

    /// The code of a problem, empty when it is none.
    #[must_use]
    pub fn code(&self) -> String {
        let body: Value = serde_json::from_slice(&self.body).unwrap_or_default();
        body["code"].as_str().unwrap_or_default().to_owned()
    }

    /// A header's text.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }
}

impl fmt::Display for Answer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let body: String = String::from_utf8_lossy(&self.body).chars().take(SHOWN).collect();
        write!(f, "{} was answered {}: {body}", self.request, self.status)
    }
}
