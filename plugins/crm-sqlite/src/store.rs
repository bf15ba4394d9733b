//! The file and its connections: one that writes, behind a lock, and as many that read as there are calls. It knows
//! how the last work went, and nothing of customers.

use crate::error::Error;
use crate::schema;
use hark_plugin_sdk::Failure;
use rusqlite::{Connection, OpenFlags, TransactionBehavior};
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

/// How long a call waits for somebody else's lock on the file. Shorter than a host's usual deadline.
const BUSY: Duration = Duration::from_millis(1500);
/// Statements that each connection keeps ready; more than this plugin has.
const STATEMENTS: usize = 64;

/// Device and inode: which file a path leads to.
type FileId = (u64, u64);

/// An open database.
pub(crate) struct Store {
    path: PathBuf,
    file: Option<FileId>,
    writer: Mutex<Connection>,
    readers: Mutex<Vec<Connection>>,
    trouble: Mutex<Option<String>>,
}

impl Store {
    /// Opens the file, makes it when it is not there, and brings it to today's schema.
    pub(crate) fn open(path: &Path) -> Result<Self, Failure> {
        let named = |error: Error| match Failure::from(error) {
            Failure::Unavailable(text) => Failure::Unavailable(format!("{}: {text}", path.display())),
            Failure::Invalid(text) => Failure::Invalid(format!("{}: {text}", path.display())),
            other => other,
        };
        let writer = open_writer(path).map_err(named)?;
        Ok(Self {
            path: path.to_owned(),
            file: file_id(path),
            writer: Mutex::new(writer),
            readers: Mutex::default(),
            trouble: Mutex::default(),
        })
    }

    /// Reads, in one consistent view of the file.
    pub(crate) fn read<A>(&self, work: impl FnOnce(&Connection) -> Result<A, Error>) -> Result<A, Failure> {
        self.noted(|| {
            let idle = lock(&self.readers).pop();
            let mut reader = idle.map_or_else(|| open_reader(&self.path), Ok)?;
            let view = reader.transaction()?;
            let answer = work(&view)?;
            view.finish()?;
            lock(&self.readers).push(reader);
            Ok(answer)
        })
    }

    /// Writes, all or nothing, one at a time. When it returns with success the work is on the disk.
    pub(crate) fn write<A>(&self, work: impl FnOnce(&Connection) -> Result<A, Error>) -> Result<A, Failure> {
        self.noted(|| {
            let mut writer = lock(&self.writer);
            let change = writer.transaction_with_behavior(TransactionBehavior::Immediate)?;
            let answer = work(&change)?;
            change.commit()?;
            Ok(answer)
        })
    }

    /// Why the database cannot be used. It is what the last work met, and looked at again if that was bad: who is
    /// not asked for work while it is unwell would never get well.
    pub(crate) fn trouble(&self) -> Option<String> {
        let known = self.gone().or_else(|| lock(&self.trouble).clone())?;
        match self.probe() {
            Some(Ok(())) => None,
            Some(Err(Failure::Unavailable(text))) => Some(text),
            Some(Err(_)) | None => Some(known),
        }
    }

    /// Tries to begin a write without waiting for anybody; nothing when somebody writes right now.
    fn probe(&self) -> Option<Result<(), Failure>> {
        let mut writer = self.writer.try_lock().ok()?;
        let attempt = |writer: &mut Connection| -> Result<(), Error> {
            writer.busy_timeout(Duration::ZERO)?;
            let begun = writer.transaction_with_behavior(TransactionBehavior::Immediate);
            let looked =
                begun.and_then(|work| work.query_row("SELECT count(*) FROM counters", [], |_| Ok(())));
            writer.busy_timeout(BUSY)?;
            Ok(looked?)
        };
        Some(self.noted(|| attempt(&mut writer)))
    }

    /// SQLite goes on writing to a file that was removed or replaced, and what it writes then is lost: so it is asked
    /// no more.
    fn gone(&self) -> Option<String> {
        let path = self.path.display();
        match file_id(&self.path) {
            None => Some(format!("the customer database {path} is gone")),
            now if now != self.file => Some(format!(
                "the customer database {path} was replaced while it was open: reload the plugin"
            )),
            _ => None,
        }
    }

    fn noted<A>(&self, work: impl FnOnce() -> Result<A, Error>) -> Result<A, Failure> {
        let result = match self.gone() {
            Some(text) => Err(Failure::Unavailable(text)),
            None => work().map_err(Failure::from),
        };
        *lock(&self.trouble) = match &result {
            Err(Failure::Unavailable(text)) => Some(text.clone()),
            _ => None,
        };
        result
    }
}

fn file_id(path: &Path) -> Option<FileId> {
    std::fs::metadata(path).ok().map(|file| (file.dev(), file.ino()))
}

fn open_writer(path: &Path) -> Result<Connection, Error> {
    let mut writer = Connection::open(path)?;
    prepare(&writer)?;
    writer.pragma_update(None, "journal_mode", "WAL")?;
    // A commit is on the disk before it is answered: the engine forgets a log once the plugin has taken it.
    writer.pragma_update(None, "synchronous", "FULL")?;
    writer.pragma_update(None, "foreign_keys", true)?;
    schema::migrate(&mut writer)?;
    Ok(writer)
}

fn open_reader(path: &Path) -> Result<Connection, Error> {
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let reader = Connection::open_with_flags(path, flags)?;
    prepare(&reader)?;
    reader.pragma_update(None, "query_only", true)?;
    Ok(reader)
}

fn prepare(connection: &Connection) -> Result<(), Error> {
    connection.busy_timeout(BUSY)?;
    connection.set_prepared_statement_cache_capacity(STATEMENTS);
    Ok(())
}

/// A panic while a lock was held has rolled its transaction back: what is behind the lock is whole.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
