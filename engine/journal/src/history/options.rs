//! How history is opened. Values only.

use std::path::PathBuf;

/// How history is opened.
#[derive(Debug, Clone)]
pub struct Options {
    /// Its folder; it belongs to history alone.
    pub dir: PathBuf,
    /// How many whole months are kept beside the current one; 0 keeps all for ever.
    pub keep_months: u32,
    /// Bytes of all caches together.
    pub cache_bytes: u64,
}

impl Options {
    /// Bytes of all caches together, unless told otherwise.
    pub const CACHE_BYTES: u64 = 24 << 20;
    /// The most that all caches together may take, in bytes.
    pub const MAX_CACHE_BYTES: u64 = 64 << 20;

    /// The defaults, in `dir`.
    #[must_use]
    pub fn new(dir: impl Into<PathBuf>) -> Self {
        Self { dir: dir.into(), keep_months: 0, cache_bytes: Self::CACHE_BYTES }
    }
}
