//! What can go wrong with history. The desk itself never depends on it.

use std::fmt;
use std::path::{Path, PathBuf};

/// Why history did not answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum HistoryError {
    /// It is still being opened. The desk serves meanwhile.
    NotYet,
    /// What is stored is not what was written.
    Damaged {
        /// The database's folder.
        dir: PathBuf,
        /// What is wrong.
        why: String,
    },
    /// The store or the file system refused.
    Storage {
        /// The file or folder.
        path: PathBuf,
        /// What it said.
        why: String,
    },
    /// The journal could not be read on.
    Journal(String),
    /// It did not open, or has ended with its desk, and why.
    Stopped(String),
}

impl HistoryError {
    /// Stable name of the kind of error, for logs and programs.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::NotYet => "history_not_yet",
            Self::Damaged { .. } => "history_damaged",
            Self::Storage { .. } => "history_storage",
            Self::Journal(_) => "history_journal",
            Self::Stopped(_) => "history_stopped",
        }
    }

    pub(super) fn damaged(dir: &Path, why: impl fmt::Display) -> Self {
        Self::Damaged { dir: dir.to_path_buf(), why: why.to_string() }
    }

    /// Turns an error of the file system into ours.
    pub(super) fn io(path: &Path) -> impl FnOnce(std::io::Error) -> Self {
        move |error| Self::Storage { path: path.to_path_buf(), why: error.to_string() }
    }
}

impl fmt::Display for HistoryError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotYet => f.write_str("history is still being opened; try again in a moment"),
            Self::Damaged { dir, why } => write!(f, "history in {} is damaged: {why}", dir.display()),
            Self::Storage { path, why } => write!(f, "history cannot use {}: {why}", path.display()),
            Self::Stopped(why) => write!(f, "history cannot be read: {why}"),
            Self::Journal(why) => write!(f, "history cannot read the journal: {why}"),
        }
    }
}

impl std::error::Error for HistoryError {}
