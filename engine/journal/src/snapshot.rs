//! Snapshots beside the journal: one checksummed file each, the last two kept.
//! Written whole under another name first, so that a crash never leaves half of one. Opaque bytes: what they
//! mean is the core's matter.

use crate::disk::Disk;
use crate::format::{u16_at, u32_at, u64_at};
use crate::log::segment::numbered;
use crate::{Damage, Error, Seq};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// Name of a snapshot while it is being written.
pub(crate) const SNAPSHOT_TEMP_NAME: &str = "snapshot.tmp";
/// How many are kept: the newest, and the one to fall back to.
const KEPT: usize = 2;

const MAGIC: [u8; 8] = *b"HARKSNAP";
const VERSION: u16 = 1;
const HEADER: usize = 48;

/// A state as it was after a record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Snapshot {
    /// The last record that is in it.
    pub seq: Seq,
    /// The state, as it was given.
    pub bytes: Vec<u8>,
}

/// The newest snapshot that is whole.
#[derive(Debug, Default)]
pub struct Latest {
    /// `None` when there is none, or none that is whole.
    pub snapshot: Option<Snapshot>,
    /// What is wrong with each newer one. Tell it to the operator.
    pub broken: Vec<Error>,
}

/// The snapshots in a journal's folder. Cheap to clone; usable from any thread.
#[derive(Clone)]
pub struct Snapshots {
    inner: Arc<Inner>,
}

struct Inner {
    disk: Arc<dyn Disk>,
    dir: PathBuf,
    /// The journal's last committed record.
    last: Arc<AtomicU64>,
    /// Oldest first. Held while writing: one snapshot at a time.
    kept: Mutex<Vec<Kept>>,
}

struct Kept {
    seq: Seq,
    path: PathBuf,
    bytes: u64,
}

impl Snapshots {
    /// Lists what is there; contents are checked when they are read.
    pub(crate) fn open(disk: Arc<dyn Disk>, dir: &Path) -> Result<Self, Error> {
        let mut kept = Vec::new();
        for (seq, path) in list(&*disk, dir)? {
            let file = disk.open_read(&path).map_err(Error::io("open", &path))?;
            let bytes = file.len().map_err(Error::io("measure", &path))?;
            kept.push(Kept { seq, path, bytes });
        }
        let inner =
            Inner { disk, dir: dir.to_path_buf(), last: Arc::new(AtomicU64::new(0)), kept: Mutex::new(kept) };
        Ok(Self { inner: Arc::new(inner) })
    }

    fn kept(&self) -> MutexGuard<'_, Vec<Kept>> {
        self.inner.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The counter of the journal's last record, which bounds what a snapshot may claim.
    pub(crate) fn last_of_journal(&self) -> Arc<AtomicU64> {
        Arc::clone(&self.inner.last)
    }

    pub(crate) fn follow(&self, last: Seq) {
        self.inner.last.store(last.0, Ordering::Release);
    }

    /// Where they lie.
    pub(crate) fn place(&self) -> (&dyn Disk, &Path) {
        (&*self.inner.disk, &self.inner.dir)
    }

    /// The newest one's place, by its name.
    pub(crate) fn newest(&self) -> Seq {
        self.kept().last().map_or(Seq::NONE, |kept| kept.seq)
    }

    /// The last record that every kept snapshot has in it, once there is one to fall back to.
    pub(crate) fn covered(&self) -> Seq {
        match self.kept().as_slice() {
            [.., before, _] => before.seq,
            _ => Seq::NONE,
        }
    }

    /// Number and bytes of all snapshots.
    pub(crate) fn sizes(&self) -> (usize, u64) {
        let kept = self.kept();
        (kept.len(), kept.iter().map(|kept| kept.bytes).sum())
    }

    /// Keeps a state durably and drops the oldest beyond the last two.
    ///
    /// # Errors
    /// [`Error::AheadOfJournal`] when `upto` is not committed, or the file system's error; the snapshots that
    /// were there are then still there.
    pub fn write(&self, upto: Seq, bytes: &[u8]) -> Result<(), Error> {
        let last = Seq(self.inner.last.load(Ordering::Acquire));
        if upto > last {
            return Err(Error::AheadOfJournal { upto, last });
        }
        let mut kept = self.kept();
        let path = self.inner.dir.join(format!("snapshot-{:020}.hark", upto.0));
        self.put(&path, &header(upto, bytes), bytes)?;
        kept.retain(|other| other.seq != upto);
        kept.push(Kept { seq: upto, path, bytes: (HEADER + bytes.len()) as u64 });
        kept.sort_by_key(|kept| kept.seq);
        while kept.len() > KEPT {
            let oldest = &kept[0].path;
            self.inner.disk.remove(oldest).map_err(Error::io("delete", oldest))?;
            kept.remove(0);
        }
        Ok(())
    }

    fn put(&self, path: &Path, header: &[u8], bytes: &[u8]) -> Result<(), Error> {
        let disk = &*self.inner.disk;
        let temp = self.inner.dir.join(SNAPSHOT_TEMP_NAME);
        let write = || {
            let file = disk.create(&temp)?;
            file.write_at(0, header)?;
            file.write_at(header.len() as u64, bytes)?;
            file.sync_data()?;
            disk.rename(&temp, path)?;
            disk.sync_dir(&self.inner.dir)
        };
        write().map_err(|error| {
            // The first error is the one to tell; the leftover is deleted at the next opening.
            let _ = disk.remove(&temp);
            Error::io("write the snapshot", path)(error)
        })
    }

    /// The newest one that is whole, and what is wrong with newer ones.
    ///
    /// # Errors
    /// The file system's error.
    pub fn latest(&self) -> Result<Latest, Error> {
        let kept = self.kept();
        let mut latest = Latest::default();
        for candidate in kept.iter().rev() {
            match read(&*self.inner.disk, candidate.seq, &candidate.path) {
                Ok(snapshot) => {
                    latest.snapshot = Some(snapshot);
                    break;
                }
                Err(error @ Error::Io { .. }) => return Err(error),
                Err(broken) => latest.broken.push(broken),
            }
        }
        Ok(latest)
    }
}

/// The snapshots in a folder, by their names, oldest first.
pub(crate) fn list(disk: &dyn Disk, dir: &Path) -> Result<Vec<(Seq, PathBuf)>, Error> {
    numbered(disk, dir, "snapshot-")
}

fn header(seq: Seq, bytes: &[u8]) -> [u8; HEADER] {
    let mut out = [0; HEADER];
    out[0..8].copy_from_slice(&MAGIC);
    out[8..10].copy_from_slice(&VERSION.to_le_bytes());
    out[16..24].copy_from_slice(&seq.0.to_le_bytes());
    out[24..32].copy_from_slice(&(bytes.len() as u64).to_le_bytes());
    out[32..36].copy_from_slice(&crc32c::crc32c(bytes).to_le_bytes());
    let crc = crc32c::crc32c(&out[..44]);
    out[44..48].copy_from_slice(&crc.to_le_bytes());
    out
}

/// Reads and checks one snapshot.
pub(crate) fn read(disk: &dyn Disk, seq: Seq, path: &Path) -> Result<Snapshot, Error> {
    let file = disk.open_read(path).map_err(Error::io("open", path))?;
    let mut head = [0; HEADER];
    let got = file.read_at(0, &mut head).map_err(Error::io("read", path))?;
    let whole = got == HEADER && head[0..8] == MAGIC && crc32c::crc32c(&head[..44]) == u32_at(&head, 44);
    if !whole {
        return Err(Error::damaged(path, 0, Damage::Header));
    }
    if u16_at(&head, 8) != VERSION {
        let found = u32::from(u16_at(&head, 8));
        return Err(Error::Unsupported { file: path.to_path_buf(), offset: 8, found });
    }
    if Seq(u64_at(&head, 16)) != seq {
        return Err(Error::damaged(path, 16, Damage::Header));
    }
    let expected = HEADER as u64 + u64_at(&head, 24);
    let found = file.len().map_err(Error::io("measure", path))?;
    if found != expected {
        return Err(Error::damaged(path, found.min(expected), Damage::Truncated { found, expected }));
    }
    let bytes = crate::log::tail::read_range(&*file, HEADER as u64, expected);
    let bytes = bytes.map_err(Error::io("read", path))?;
    if crc32c::crc32c(&bytes) != u32_at(&head, 32) {
        return Err(Error::damaged(path, HEADER as u64, Damage::Snapshot));
    }
    Ok(Snapshot { seq, bytes })
}
