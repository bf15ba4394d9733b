//! Why an operation was not answered, and whether the plugin is to blame. It is never shown as it is: askers get a
//! [`SystemError`].

use crate::cut;
use crate::limits;
use hark_plugin_abi as abi;
use hark_runtime::{SystemError, SystemErrorKind};

/// What an operation ends with.
pub(crate) type Given = Result<Vec<u8>, Failure>;

/// Whose fault it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Blame {
    /// Nobody's: a plain answer that says no.
    Nobody,
    /// The host would not hand it over: too many at once, set aside, stopping.
    Host,
    /// The plugin failed or is out of order; counts for the circuit breaker.
    Plugin,
    /// The plugin kept silent; counts for the circuit breaker.
    Silence,
}

/// Why there is no answer.
#[derive(Debug, Clone)]
pub(crate) struct Failure {
    pub(crate) error: SystemError,
    pub(crate) blame: Blame,
}

impl Failure {
    fn new(kind: SystemErrorKind, blame: Blame, message: impl Into<String>) -> Self {
        Self { error: SystemError { kind, message: message.into() }, blame }
    }

    /// The host does not hand it over now.
    pub(crate) fn kept_back(message: impl Into<String>) -> Self {
        Self::new(SystemErrorKind::Unavailable, Blame::Host, message)
    }

    /// The request is not one that can be handed over.
    pub(crate) fn invalid(message: impl Into<String>) -> Self {
        Self::new(SystemErrorKind::Invalid, Blame::Host, message)
    }

    /// The plugin did something that the header forbids.
    pub(crate) fn broken(message: impl Into<String>) -> Self {
        Self::new(SystemErrorKind::Unavailable, Blame::Plugin, message)
    }

    /// The deadline passed.
    pub(crate) fn silent(plugin: &str, deadline_ms: u32) -> Self {
        let message = format!("{plugin} did not answer within {deadline_ms} ms");
        Self::new(SystemErrorKind::Unavailable, Blame::Silence, message)
    }

    /// The deadline passed while it waited for its turn.
    pub(crate) fn crowded_out(plugin: &str, deadline_ms: u32) -> Self {
        let message = format!("{plugin} is busy: its turn did not come within {deadline_ms} ms");
        Self::new(SystemErrorKind::Unavailable, Blame::Silence, message)
    }

    /// What a status other than `HARK_OK` means.
    pub(crate) fn from_status(plugin: &str, status: u32, text: &[u8]) -> Self {
        let (kind, blame) = match status {
            abi::STATUS_NOT_FOUND => (SystemErrorKind::NotFound, Blame::Nobody),
            abi::STATUS_REFUSED => (SystemErrorKind::Refused, Blame::Nobody),
            abi::STATUS_INVALID => (SystemErrorKind::Invalid, Blame::Nobody),
            abi::STATUS_UNKNOWN_OPERATION => (SystemErrorKind::UnknownOperation, Blame::Nobody),
            _ => (SystemErrorKind::Unavailable, Blame::Plugin),
        };
        let mut message = cut::line(text, limits::MESSAGE_BYTES);
        if message.trim().is_empty() {
            message = format!("{plugin} answered {} and gave no reason", abi::status_name(status));
        }
        Self::new(kind, blame, message)
    }
}
