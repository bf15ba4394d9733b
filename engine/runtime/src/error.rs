//! What can go wrong between a caller and the desk.

use hark_core::Refusal;
use std::fmt;

/// Why a command or a look was not answered.
#[derive(Debug, Clone, PartialEq)]
pub enum Error {
    /// The core refused it. Nothing changed.
    Refused(Refusal),
    /// The inbox is full: try again after a moment. Nothing changed.
    Busy,
    /// The disk is full: try again when there is room. Nothing changed.
    NoRoom,
    /// The engine takes no more commands: it stops, or its journal cannot be written. Whether the command took effect
    /// only the next start can tell, where an idempotency key was given.
    Stopped(String),
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Refused(refusal) => refusal.fmt(f),
            Self::Busy => f.write_str("the engine has more to do than it can take; try again in a moment"),
            Self::NoRoom => f.write_str("the disk is full: commands are taken again when there is room"),
            Self::Stopped(why) => write!(f, "the engine takes no commands: {why}"),
        }
    }
}

impl std::error::Error for Error {}

/// Why the engine could not be opened.
#[derive(Debug)]
pub enum OpenError {
    /// The journal could not be opened or read; the error names file and place.
    Journal(hark_journal::Error),
    /// A record is whole, but this version cannot read what it says.
    Unreadable {
        /// Which record.
        seq: hark_journal::Seq,
        /// What is wrong.
        why: String,
    },
    /// A thread could not be started.
    Thread(std::io::Error),
    /// It was opened outside of a tokio runtime.
    NoRuntime,
}

impl fmt::Display for OpenError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Journal(error) => error.fmt(f),
            Self::Unreadable { seq, why } => {
                write!(f, "record {seq} of the journal was written by another version: {why}")
            }
            Self::Thread(error) => write!(f, "a thread could not be started: {error}"),
            Self::NoRuntime => f.write_str("the engine was opened outside of a tokio runtime"),
        }
    }
}

impl std::error::Error for OpenError {}

impl OpenError {
    /// The system's error behind it, if there is one.
    #[must_use]
    pub fn source_io(&self) -> Option<&std::io::Error> {
        match self {
            Self::Journal(hark_journal::Error::Io { source, .. }) | Self::Thread(source) => Some(source),
            Self::Journal(_) | Self::Unreadable { .. } | Self::NoRuntime => None,
        }
    }
}

impl From<hark_journal::Error> for OpenError {
    fn from(error: hark_journal::Error) -> Self {
        Self::Journal(error)
    }
}
