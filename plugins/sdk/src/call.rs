//! One operation on its way through a plugin: the borrowed question, and the owned right to answer it once.
//! A right that is dropped unused answers `internal`, so that nobody waits for a deadline.

use crate::failure::Failure;
use crate::flight::Flight;
use crate::host::Host;
use hark_plugin_abi as abi;
use serde::{Serialize, de::DeserializeOwned};
use std::time::{Duration, Instant};

/// An operation that the host asks for. Its bytes are borrowed until the handler returns; to answer later, decode
/// the request, take the [`Responder`] with [`Call::into_responder`], and move it where the answer will be known.
pub struct Call<'a> {
    pub(crate) operation: &'a str,
    pub(crate) payload: &'a [u8],
    pub(crate) responder: Responder,
}

impl<'a> Call<'a> {
    /// Name and version of the operation, such as `crm.lookup/1`.
    #[must_use]
    pub fn operation(&self) -> &'a str {
        self.operation
    }

    /// The request as it came.
    #[must_use]
    pub fn payload(&self) -> &'a [u8] {
        self.payload
    }

    /// The time until the host gives up, zero when it has.
    #[must_use]
    pub fn time_left(&self) -> Duration {
        self.responder.time_left()
    }

    /// Decodes the request.
    ///
    /// # Errors
    /// [`Failure::Invalid`] with the place and the reason when the JSON is not what the operation takes.
    pub fn request<Q: DeserializeOwned>(&self) -> Result<Q, Failure> {
        serde_json::from_slice(self.payload)
            .map_err(|error| Failure::Invalid(format!("the request of {}: {error}", self.operation)))
    }

    /// The whole synchronous way: decodes, asks `work`, answers.
    pub fn reply<Q, A, F>(self, work: F)
    where
        Q: DeserializeOwned,
        A: Serialize,
        F: FnOnce(Q) -> Result<A, Failure>,
    {
        let result = self.request().and_then(work);
        self.responder.finish(result);
    }

    /// Answers with a failure.
    pub fn fail(self, failure: &Failure) {
        self.responder.fail(failure);
    }

    /// Keeps only the right to answer, free of the borrowed request: it may move to another thread.
    #[must_use]
    pub fn into_responder(self) -> Responder {
        self.responder
    }
}

/// The right to answer one call, once, from any thread. Dropped unused it answers `internal`.
pub struct Responder {
    host: Host,
    flight: Option<Flight>,
    until: Instant,
}

impl Responder {
    pub(crate) fn new(host: Host, flight: Flight, within: Duration) -> Self {
        Self { host, flight: Some(flight), until: Instant::now() + within }
    }

    /// The time until the host gives up, zero when it has.
    #[must_use]
    pub fn time_left(&self) -> Duration {
        self.until.saturating_duration_since(Instant::now())
    }

    /// Whether nobody waits any more, as the host has said or says when it is asked; long work may stop then.
    #[must_use]
    pub fn is_cancelled(&self) -> bool {
        let over = |flight: &Flight| flight.is_cancelled() || !self.host.wanted(flight.call_id);
        self.flight.as_ref().is_some_and(over)
    }

    /// Answers with what `result` holds.
    pub fn finish<A: Serialize>(self, result: Result<A, Failure>) {
        match result {
            Ok(answer) => self.answer(&answer),
            Err(failure) => self.fail(&failure),
        }
    }

    /// Answers with success.
    pub fn answer<A: Serialize>(self, answer: &A) {
        match serde_json::to_vec(answer) {
            Ok(bytes) => self.send(abi::STATUS_OK, abi::CONTENT_JSON, &bytes),
            Err(error) => self.fail(&Failure::Internal(format!("the answer cannot be written: {error}"))),
        }
    }

    /// Answers with a failure.
    pub fn fail(self, failure: &Failure) {
        self.send(failure.status(), abi::CONTENT_TEXT, failure.message().as_bytes());
    }

    fn send(mut self, status: u32, content_type: &str, bytes: &[u8]) {
        // The flight lands after the answer: `drain` must not return before it is out.
        if let Some(flight) = self.flight.take() {
            self.host.complete(flight.call_id, status, content_type, bytes);
        }
    }
}

impl Drop for Responder {
    fn drop(&mut self) {
        if let Some(flight) = self.flight.take() {
            let text =
                if std::thread::panicking() { "the plugin panicked" } else { "the plugin gave no answer" };
            self.host.complete(flight.call_id, abi::STATUS_INTERNAL, abi::CONTENT_TEXT, text.as_bytes());
        }
    }
}
