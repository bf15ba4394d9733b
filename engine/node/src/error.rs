//! Why a command did not do what it was told, in sentences that say what to do about it.

use crate::config::Fault;
use std::path::{Path, PathBuf};
use std::{fmt, io};

/// Why a command failed.
#[derive(Debug)]
pub(crate) enum Error {
    /// The configuration, or what it names, has these faults.
    Faults(Vec<Fault>),
    /// The system did not let us.
    Io {
        /// What was being done: "read", "write".
        doing: &'static str,
        /// To what.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// The engine could not be opened.
    Open(hark_runtime::OpenError),
    /// The journal cannot be read or mended.
    Journal(hark_journal::Error),
    /// The engine did not do what it was asked.
    Desk(hark_runtime::Error),
    /// Anything else, in a sentence.
    Told(String),
}

impl Error {
    /// A fault that is its sentence.
    pub(crate) fn told(sentence: impl Into<String>) -> Self {
        Self::Told(sentence.into())
    }

    /// Turns the system's error into ours.
    pub(crate) fn io(doing: &'static str, path: impl AsRef<Path>) -> impl FnOnce(io::Error) -> Self {
        move |source| Self::Io { doing, path: path.as_ref().to_path_buf(), source }
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Faults(faults) => {
                for fault in faults {
                    writeln!(f, "{fault}")?;
                }
                let count = faults.len();
                write!(f, "hark: {count} fault{}", if count == 1 { "" } else { "s" })
            }
            Self::Io { doing, path, source } => {
                write!(f, "hark: cannot {doing} {}: {source}{}", path.display(), remedy(source))
            }
            Self::Open(error) => write!(f, "hark: {error}{}", error.source_io().map_or("", remedy)),
            Self::Journal(error) => write!(f, "hark: {error}"),
            Self::Desk(error) => write!(f, "hark: {error}"),
            Self::Told(sentence) => write!(f, "hark: {sentence}"),
        }
    }
}

/// What to do about an error of the system, where that is known.
fn remedy(error: &io::Error) -> &'static str {
    match error.kind() {
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => {
            ". The disk is full: make room and start again; nothing that was acknowledged is lost"
        }
        io::ErrorKind::ReadOnlyFilesystem => {
            ". The disk is read-only, as the system makes one that fails: look into the system's log, make it writable \
             and start again; nothing that was acknowledged is lost"
        }
        _ => "",
    }
}

impl std::error::Error for Error {}

impl From<hark_runtime::OpenError> for Error {
    fn from(error: hark_runtime::OpenError) -> Self {
        Self::Open(error)
    }
}

impl From<hark_runtime::Error> for Error {
    fn from(error: hark_runtime::Error) -> Self {
        Self::Desk(error)
    }
}

impl From<hark_journal::Error> for Error {
    fn from(error: hark_journal::Error) -> Self {
        Self::Journal(error)
    }
}
