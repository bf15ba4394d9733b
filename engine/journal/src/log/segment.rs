//! One segment file: its name, its header, and how far it is committed.
//! Does not read records; that is [`super::walk`].

use crate::disk::{Disk, DiskFile};
use crate::format::{BadHeader, SEGMENT_HEADER, SegmentHeader};
use crate::{Damage, Error, Seq};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

/// An open segment.
pub(crate) struct Segment {
    pub(crate) header: SegmentHeader,
    pub(crate) path: PathBuf,
    pub(crate) file: Arc<dyn DiskFile>,
    /// Offset behind the last committed append.
    end: AtomicU64,
}

impl Segment {
    /// A segment that was just made: nothing in it.
    pub(crate) fn empty(header: SegmentHeader, path: PathBuf, file: Arc<dyn DiskFile>) -> Self {
        Self { header, path, file, end: AtomicU64::new(SEGMENT_HEADER as u64) }
    }

    /// Reads and checks the header of a file whose name says that `named` is its first record.
    pub(crate) fn open(path: &Path, file: Arc<dyn DiskFile>, named: Seq) -> Result<Self, Error> {
        let mut bytes = [0; SEGMENT_HEADER];
        let read = file.read_at(0, &mut bytes).map_err(Error::io("read", path))?;
        let header = SegmentHeader::decode(&bytes[..read]).map_err(|bad| match bad {
            BadHeader::Broken => Error::damaged(path, 0, Damage::Header),
            BadHeader::Version(found) => {
                Error::Unsupported { file: path.to_path_buf(), offset: 8, found: u32::from(found) }
            }
        })?;
        if header.first != named || header.capacity < SEGMENT_HEADER as u64 {
            return Err(Error::damaged(path, 16, Damage::Header));
        }
        let found = file.len().map_err(Error::io("measure", path))?;
        if found != header.capacity {
            let damage = Damage::Truncated { found, expected: header.capacity };
            return Err(Error::damaged(path, found.min(header.capacity), damage));
        }
        Ok(Self::empty(header, path.to_path_buf(), file))
    }

    /// Offset behind the last committed append.
    pub(crate) fn end(&self) -> u64 {
        self.end.load(Ordering::Acquire)
    }

    /// Lets readers go as far as `end`.
    pub(crate) fn commit(&self, end: u64) {
        self.end.store(end, Ordering::Release);
    }

    /// Bytes that still fit.
    pub(crate) fn room(&self) -> u64 {
        self.header.capacity.saturating_sub(self.end())
    }
}

/// Name of the segment whose first record is `first`; names sort as their records do.
pub(crate) fn file_name(first: Seq) -> String {
    format!("journal-{:020}.hark", first.0)
}

/// The segments in a folder, by their names, oldest first.
pub(crate) fn list(disk: &dyn Disk, dir: &Path) -> Result<Vec<(Seq, PathBuf)>, Error> {
    numbered(disk, dir, "journal-")
}

/// The files in a folder that are called `<prefix><number>.hark`, by number.
pub(crate) fn numbered(disk: &dyn Disk, dir: &Path, prefix: &str) -> Result<Vec<(Seq, PathBuf)>, Error> {
    let files = disk.list(dir).map_err(Error::io("list", dir))?;
    let mut found: Vec<_> =
        files.into_iter().filter_map(|path| Some((number(&path, prefix)?, path))).collect();
    found.sort();
    Ok(found)
}

/// Whether a file's name is a segment's or a snapshot's.
pub(crate) fn is_numbered(path: &Path) -> bool {
    number(path, "journal-").or(number(path, "snapshot-")).is_some()
}

fn number(path: &Path, prefix: &str) -> Option<Seq> {
    let digits = path.file_name()?.to_str()?.strip_prefix(prefix)?.strip_suffix(".hark")?;
    let plain = digits.len() == 20 && digits.bytes().all(|byte| byte.is_ascii_digit());
    plain.then(|| digits.parse().ok().map(Seq)).flatten()
}
