//! Why an operation did not succeed, in the ABI's terms. It never carries secrets: an agent reads the message.

use hark_plugin_abi as abi;
use std::fmt;

/// A failed operation, with a message for the agent: what happened, what can be done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Failure {
    /// The one thing asked for by its id does not exist.
    NotFound(String),
    /// The system behind the plugin cannot be used now; later may be better.
    Unavailable(String),
    /// Understood and not permitted, or in conflict with what is stored.
    Refused(String),
    /// The request or the configuration is wrong; sent again it will be wrong again.
    Invalid(String),
    /// Given up because nobody waits any more.
    Cancelled(String),
    /// A fault of the plugin itself.
    Internal(String),
    /// The plugin does not do this operation.
    UnknownOperation(String),
}

impl Failure {
    /// [`Failure::NotFound`] with a message.
    pub fn not_found(message: impl Into<String>) -> Self {
        Self::NotFound(message.into())
    }

    /// [`Failure::Unavailable`] with a message.
    pub fn unavailable(message: impl Into<String>) -> Self {
        Self::Unavailable(message.into())
    }

    /// [`Failure::Refused`] with a message.
    pub fn refused(message: impl Into<String>) -> Self {
        Self::Refused(message.into())
    }

    /// [`Failure::Invalid`] with a message.
    pub fn invalid(message: impl Into<String>) -> Self {
        Self::Invalid(message.into())
    }

    /// [`Failure::UnknownOperation`], naming the operation.
    #[must_use]
    pub fn unknown_operation(operation: &str) -> Self {
        Self::UnknownOperation(format!("this plugin does not know {operation}"))
    }

    /// The failure that a status number of the ABI stands for; unknown numbers (and ok) are internal.
    #[must_use]
    pub fn from_status(status: u32, message: String) -> Self {
        match status {
            abi::STATUS_NOT_FOUND => Self::NotFound(message),
            abi::STATUS_UNAVAILABLE => Self::Unavailable(message),
            abi::STATUS_REFUSED => Self::Refused(message),
            abi::STATUS_INVALID => Self::Invalid(message),
            abi::STATUS_CANCELLED => Self::Cancelled(message),
            abi::STATUS_UNKNOWN_OPERATION => Self::UnknownOperation(message),
            _ => Self::Internal(message),
        }
    }

    /// The status number of the ABI.
    #[must_use]
    pub const fn status(&self) -> u32 {
        match self {
            Self::NotFound(_) => abi::STATUS_NOT_FOUND,
            Self::Unavailable(_) => abi::STATUS_UNAVAILABLE,
            Self::Refused(_) => abi::STATUS_REFUSED,
            Self::Invalid(_) => abi::STATUS_INVALID,
            Self::Cancelled(_) => abi::STATUS_CANCELLED,
            Self::Internal(_) => abi::STATUS_INTERNAL,
            Self::UnknownOperation(_) => abi::STATUS_UNKNOWN_OPERATION,
        }
    }

    /// The message for the agent.
    #[must_use]
    pub fn message(&self) -> &str {
        match self {
            Self::NotFound(text)
            | Self::Unavailable(text)
            | Self::Refused(text)
            | Self::Invalid(text)
            | Self::Cancelled(text)
            | Self::Internal(text)
            | Self::UnknownOperation(text) => text,
        }
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", abi::status_name(self.status()), self.message())
    }
}

impl std::error::Error for Failure {}

/// A plain text is a complaint about what was asked or configured.
impl From<String> for Failure {
    fn from(message: String) -> Self {
        Self::Invalid(message)
    }
}

/// A plain text is a complaint about what was asked or configured.
impl From<&str> for Failure {
    fn from(message: &str) -> Self {
        Self::Invalid(message.to_owned())
    }
}
