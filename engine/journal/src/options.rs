//! How a local journal is opened. Values only.

use crate::{Disk, RealDisk};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::{SystemTime, UNIX_EPOCH};

/// Bytes of a segment unless told otherwise.
const DEFAULT_SEGMENT_BYTES: u64 = 16 << 20;

/// How a local journal is opened.
#[derive(Clone)]
pub struct Options {
    /// The folder; made when it is not there. It belongs to the journal alone.
    pub dir: PathBuf,
    /// Bytes of a new segment, 16 MiB by default, at least 4 KiB. A larger batch gets a segment of its own.
    pub segment_bytes: u64,
    /// Whether the next segment is made ready on a thread of its own while the current one fills.
    pub prepare_ahead: bool,
    /// Whether segments that are given back are kept, in `archive/` below the folder, for whoever makes something anew
    /// from the beginning. Not unless told so.
    pub archive: bool,
    /// Wall clock for the barrier, milliseconds since 1970.
    pub wall_ms: u64,
    /// The program's version for the barrier.
    pub program: String,
    /// Where files live.
    pub disk: Arc<dyn Disk>,
}

impl Options {
    /// The defaults, in `dir`, on the real disk, opened now.
    #[must_use]
    pub fn new(dir: impl Into<PathBuf>) -> Self {
        let since_1970 = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        Self {
            dir: dir.into(),
            segment_bytes: DEFAULT_SEGMENT_BYTES,
            prepare_ahead: true,
            archive: false,
            wall_ms: u64::try_from(since_1970.as_millis()).unwrap_or(u64::MAX),
            program: env!("CARGO_PKG_VERSION").to_owned(),
            disk: Arc::new(RealDisk),
        }
    }
}
