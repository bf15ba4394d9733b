//! The journal: an append-only log of opaque records, made durable before anybody is told anything.
//!
//! Events are the truth of Hark and this crate is where the truth lies: segment files that are only ever
//! added to, snapshots beside them, and a recovery that either brings back every committed append or names
//! the file and the byte where something is wrong. The format and its rules are in `FORMAT.md`.
//!
//! Beside the log lies [`history`], which is folded from it, and [`care`] for a folder from outside.
//!
//! The log never looks inside a record's payload, never decides anything, never retries a failed sync, and never
//! accepts damage silently.
#![forbid(unsafe_code)]

mod background;
mod batch;
pub mod care;
mod disk;
mod error;
mod format;
pub mod history;
mod journal;
mod log;
mod options;
mod record;
mod seq;
mod snapshot;
mod states;
mod turns;
mod verify;

pub use background::give_way;
pub use batch::Batch;
pub use disk::{Disk, DiskFile, Locked, RealDisk};
pub use error::{Damage, Error};
pub use format::{MAX_BATCH_BYTES, MAX_BATCH_RECORDS, MAX_PAYLOAD_BYTES};
pub use journal::{Append, Journal, Sizes};
pub use log::{JournalReader, LocalJournal, Opened, Reader};
pub use options::Options;
pub use record::{Barrier, Record, RecordKind};
pub use seq::{Epoch, Seq};
pub use snapshot::{Latest, Snapshot, Snapshots};
pub use states::{decode_state, encode_state};
pub use turns::{decode_turn, encode_turn};
pub use verify::{Checked, Report, Torn, verify, verify_on, verify_telling};
