//! Everything that can go wrong with a journal, with a stable code each.
//! The sentences are for people; programs look at the variant or the code, never at the text.

use crate::Seq;
use std::path::{Path, PathBuf};
use std::{fmt, io};

/// Why the journal, or a part of it, cannot be used.
#[derive(Debug)]
pub enum Error {
    /// The file system refused.
    Io {
        /// What was being done, as a verb: "open", "sync".
        doing: &'static str,
        /// To which file or folder.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// Another process owns the folder.
    Locked {
        /// The folder.
        dir: PathBuf,
        /// The owner's process id, when its lock file tells it.
        pid: Option<u32>,
    },
    /// Bytes that were committed are not what was written.
    Damaged {
        /// The file.
        file: PathBuf,
        /// Offset of the first byte of the broken part.
        offset: u64,
        /// What is wrong there.
        damage: Damage,
    },
    /// Written by a newer program.
    Unsupported {
        /// The file.
        file: PathBuf,
        /// Offset of the part that is not understood.
        offset: u64,
        /// Its version or kind number.
        found: u32,
    },
    /// The journal begins after the record that was asked for.
    Trimmed {
        /// The record asked for.
        asked: Seq,
        /// The first record still there.
        first: Seq,
    },
    /// Records that must be there are not: a file was deleted.
    Missing {
        /// The folder.
        dir: PathBuf,
        /// The first record that is missing.
        from: Seq,
        /// The last record that is missing.
        to: Seq,
    },
    /// More than the format holds.
    TooLarge {
        /// What is too large.
        what: &'static str,
        /// Its size: bytes, or records for a batch's count.
        size: u64,
        /// The most it may be.
        limit: u64,
    },
    /// A record is whole, but what it says cannot be read as a turn.
    Unreadable {
        /// The record.
        seq: Seq,
        /// What is wrong, for people.
        why: String,
    },
    /// A snapshot of a state that is not committed was handed in.
    AheadOfJournal {
        /// The snapshot's place.
        upto: Seq,
        /// The last committed record.
        last: Seq,
    },
}

impl Error {
    /// Stable name of the kind of error, for logs and programs.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::Io { .. } => "journal_io",
            Self::Locked { .. } => "journal_locked",
            Self::Damaged { .. } => "journal_damaged",
            Self::Unsupported { .. } => "journal_unsupported",
            Self::Trimmed { .. } => "journal_trimmed",
            Self::Missing { .. } => "journal_missing",
            Self::TooLarge { .. } => "journal_too_large",
            Self::Unreadable { .. } => "journal_unreadable",
            Self::AheadOfJournal { .. } => "journal_snapshot_ahead",
        }
    }

    /// Turns an error of the file system into ours, telling what was done to which file.
    pub(crate) fn io(doing: &'static str, path: &Path) -> impl FnOnce(io::Error) -> Self {
        move |source| Self::Io { doing, path: path.to_path_buf(), source }
    }

    /// Damage at a place.
    pub(crate) fn damaged(file: &Path, offset: u64, damage: Damage) -> Self {
        Self::Damaged { file: file.to_path_buf(), offset, damage }
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Io { doing, path, source } => write!(f, "cannot {doing} {}: {source}", path.display()),
            Self::Locked { dir, pid: Some(pid) } => {
                write!(f, "the journal in {} is in use by process {pid}", dir.display())
            }
            Self::Locked { dir, pid: None } => {
                write!(f, "the journal in {} is in use by another process", dir.display())
            }
            Self::Damaged { file, offset, damage } => {
                write!(f, "{} is damaged at byte {offset}: {damage}", file.display())
            }
            Self::Unsupported { file, offset, found } => write!(
                f,
                "{} holds something of a newer version at byte {offset} (number {found})",
                file.display()
            ),
            Self::Trimmed { asked, first } => {
                write!(f, "record {asked} is no longer in the journal, which begins at {first}")
            }
            Self::Missing { dir, from, to } => {
                write!(f, "records {from} to {to} are missing from the journal in {}", dir.display())
            }
            Self::TooLarge { what, size, limit } => write!(f, "{what} is {size}, the limit is {limit}"),
            Self::Unreadable { seq, why } => write!(f, "record {seq} cannot be read as a turn: {why}"),
            Self::AheadOfJournal { upto, last } => {
                write!(f, "a snapshot at {upto} is ahead of the journal, which ends at {last}")
            }
        }
    }
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::Io { source, .. } => Some(source),
            _ => None,
        }
    }
}

/// What is wrong at a damaged place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Damage {
    /// A file's own header is not one, or its checksum does not match.
    Header,
    /// A record's checksum does not match its bytes.
    Checksum,
    /// A record's length points outside of the file or is beyond every limit.
    Length,
    /// A whole record, but not the one that belongs here.
    Order,
    /// The mark that closes an append is broken or missing.
    Mark,
    /// Something follows where the journal should have ended.
    Stray,
    /// The file is shorter than it was made.
    Truncated {
        /// Bytes there.
        found: u64,
        /// Bytes that its header promises.
        expected: u64,
    },
    /// The file ends before records that the next file presumes.
    Gap {
        /// The first record that is missing.
        from: Seq,
        /// The last record that is missing.
        to: Seq,
    },
    /// The bytes of a snapshot do not match their checksum.
    Snapshot,
}

impl fmt::Display for Damage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Header => f.write_str("the file's header is broken"),
            Self::Checksum => f.write_str("a record's checksum does not match"),
            Self::Length => f.write_str("a record's length is impossible"),
            Self::Order => f.write_str("a record that does not belong here"),
            Self::Mark => f.write_str("the mark that closes an append is broken"),
            Self::Stray => f.write_str("bytes after the end of the journal"),
            Self::Truncated { found, expected } => {
                write!(f, "the file has {found} bytes and was made with {expected}")
            }
            Self::Gap { from, to } => write!(f, "records {from} to {to} should follow here and do not"),
            Self::Snapshot => f.write_str("the snapshot's checksum does not match"),
        }
    }
}
