//! One period's database: the only file that names sled. Every batch carries the sequence up to which it was folded,
//! and is synced by us, because sled's own flush does not sync. It knows nothing of chats.

use super::error::HistoryError;
use super::keys;
use super::period::Period;
use crate::Seq;
use std::collections::BTreeMap;
use std::fs::File;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::time::Duration;

/// Number of the layout of keys and values. Never reuse one.
const FORMAT: &[u8] = &[1];
/// Keys at either end that are read when a database is opened.
const PROBE: usize = 64;
/// How often an opening that the file system refuses is tried again, and how long to rest in between.
const OPEN_TRIES: u32 = 20;
const OPEN_REST: Duration = Duration::from_millis(50);

/// Changes to be made together; `None` removes.
pub(super) type Changes = BTreeMap<Vec<u8>, Option<Vec<u8>>>;

/// An open database.
pub(super) struct Shelf {
    pub(super) period: Period,
    dir: PathBuf,
    db: sled::Db,
    /// sled's file, for our own syncs.
    file: File,
}

impl Shelf {
    /// Opens what is in a folder.
    ///
    /// # Errors
    /// [`HistoryError::Damaged`] when it is to be set aside; [`HistoryError::Storage`] when nothing is known of it.
    pub(super) fn open(dir: &Path, period: Period, cache: u64) -> Result<Self, HistoryError> {
        let shelf = Self::start(dir, period, cache)?;
        shelf.check()?;
        Ok(shelf)
    }

    /// Makes a database that counts as folded up to `mark`, durably with all that leads to it.
    pub(super) fn create(
        dir: &Path,
        period: Period,
        cache: u64,
        mark: Seq,
        mut first: Changes,
    ) -> Result<Self, HistoryError> {
        std::fs::create_dir_all(dir).map_err(HistoryError::io(dir))?;
        let shelf = Self::start(dir, period, cache)?;
        first.insert(keys::FORMAT.to_vec(), Some(FORMAT.to_vec()));
        first.insert(keys::BEGAN.to_vec(), Some(mark.0.to_be_bytes().to_vec()));
        shelf.commit(first, mark)?;
        for made in [dir.join("conf"), dir.join("db"), dir.join("blobs"), dir.to_path_buf()] {
            sync_if_there(&made)?;
        }
        dir.parent().map_or(Ok(()), sync_if_there)?;
        Ok(shelf)
    }

    fn start(dir: &Path, period: Period, cache: u64) -> Result<Self, HistoryError> {
        let config = sled::Config::new().path(dir).cache_capacity(cache).flush_every_ms(None);
        let db = open_patiently(dir, &config)?;
        let path = dir.join("db");
        let file = File::options().read(true).write(true).open(&path).map_err(HistoryError::io(&path))?;
        Ok(Self { period, dir: dir.to_path_buf(), db, file })
    }

    /// Looks whether it can be read at both ends and says what it is.
    fn check(&self) -> Result<(), HistoryError> {
        if self.get(keys::FORMAT)?.as_deref() != Some(FORMAT) {
            return Err(self.damaged("its layout is of another version"));
        }
        self.mark()?;
        self.guarded(|db| {
            db.iter().take(PROBE).chain(db.iter().rev().take(PROBE)).try_for_each(|at| at.map(drop))
        })
    }

    /// Up to where it was folded.
    pub(super) fn mark(&self) -> Result<Seq, HistoryError> {
        self.number(keys::MARK)?.ok_or_else(|| self.damaged("it has no mark"))
    }

    /// Up to where nothing of it lies in the journal; none in a database from before this was written down.
    pub(super) fn began(&self) -> Result<Option<Seq>, HistoryError> {
        self.number(keys::BEGAN)
    }

    /// Up to where another period's database was folded at least, as far as this one knows.
    pub(super) fn mark_of(&self, other: Period) -> Result<Seq, HistoryError> {
        Ok(self.number(&other.key(keys::OTHER))?.unwrap_or(Seq::NONE))
    }

    fn number(&self, key: &[u8]) -> Result<Option<Seq>, HistoryError> {
        let Some(value) = self.get(key)? else { return Ok(None) };
        let number = value.try_into().map_err(|_| self.damaged("its mark is no number"))?;
        Ok(Some(Seq(u64::from_be_bytes(number))))
    }

    /// Makes all changes and the mark durable together.
    pub(super) fn commit(&self, changes: Changes, mark: Seq) -> Result<(), HistoryError> {
        let mut batch = sled::Batch::default();
        for (key, value) in changes {
            match value {
                Some(value) => batch.insert(key, value),
                None => batch.remove(key),
            }
        }
        batch.insert(keys::MARK, &mark.0.to_be_bytes());
        self.guarded(|db| db.apply_batch(batch).and_then(|()| db.flush().map(drop)))?;
        self.file.sync_data().map_err(HistoryError::io(&self.dir))
    }

    pub(super) fn get(&self, key: &[u8]) -> Result<Option<Vec<u8>>, HistoryError> {
        self.guarded(|db| Ok(db.get(key)?.map(|value| value.to_vec())))
    }

    /// All keys that begin so, with their values.
    pub(super) fn scan(&self, prefix: &[u8]) -> Result<BTreeMap<Vec<u8>, Vec<u8>>, HistoryError> {
        let pair = |pair: sled::Result<(sled::IVec, sled::IVec)>| pair.map(|(k, v)| (k.to_vec(), v.to_vec()));
        self.guarded(|db| db.scan_prefix(prefix).map(pair).collect())
    }

    /// Keys that begin so, from the last before `before` backwards, as long as `more` wants one.
    pub(super) fn backwards(
        &self,
        prefix: &[u8],
        before: Option<&[u8]>,
        mut more: impl FnMut(&[u8], &[u8]) -> bool,
    ) -> Result<(), HistoryError> {
        let end = before.map_or_else(|| [prefix, &[0xFF; 17]].concat(), |before| [prefix, before].concat());
        self.guarded(|db| {
            for pair in db.range(prefix.to_vec()..end).rev() {
                let (key, value) = pair?;
                if !more(&key, &value) {
                    break;
                }
            }
            Ok(())
        })
    }

    /// sled panics on some kinds of damage; that must not take the desk with it.
    fn guarded<T>(&self, work: impl FnOnce(&sled::Db) -> sled::Result<T>) -> Result<T, HistoryError> {
        match catch_unwind(AssertUnwindSafe(|| work(&self.db))) {
            Ok(done) => done.map_err(refused(&self.dir)),
            Err(_) => Err(self.damaged("sled gave up on it")),
        }
    }

    pub(super) fn damaged(&self, why: &str) -> HistoryError {
        HistoryError::damaged(&self.dir, why)
    }
}

/// Opens; one that was closed just now may still be locked by threads that sled has not ended yet.
fn open_patiently(dir: &Path, config: &sled::Config) -> Result<sled::Db, HistoryError> {
    let mut tries = 0;
    loop {
        let opened = catch_unwind(AssertUnwindSafe(|| config.open()));
        match opened.map_err(|_| HistoryError::damaged(dir, "sled gave up on it"))? {
            Err(sled::Error::Io(_)) if tries < OPEN_TRIES => std::thread::sleep(OPEN_REST),
            other => return other.map_err(refused(dir)),
        }
        tries += 1;
    }
}

/// Turns an error of sled into ours.
fn refused(dir: &Path) -> impl FnOnce(sled::Error) -> HistoryError {
    move |error| match error {
        sled::Error::Corruption { .. } | sled::Error::Unsupported(_) | sled::Error::ReportableBug(_) => {
            HistoryError::damaged(dir, error)
        }
        sled::Error::CollectionNotFound(_) | sled::Error::Io(_) => {
            HistoryError::Storage { path: dir.to_path_buf(), why: error.to_string() }
        }
    }
}

/// Makes a file, or what is in a folder, durable.
pub(super) fn sync_if_there(path: &Path) -> Result<(), HistoryError> {
    match File::open(path).and_then(|file| file.sync_all()) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(HistoryError::io(path)(error)),
        _ => Ok(()),
    }
}
