//! All periods: which there are, which are open, and what becomes of one that is damaged or too old. A folder is
//! dropped whole or renamed whole; a note beside the folders tells that one is being made anew.

use super::error::HistoryError;
use super::keys;
use super::options::Options;
use super::period::Period;
use super::shelf::{Changes, Shelf, sync_if_there};
use crate::Seq;
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// Periods that are open at the same time, at most; each has its own cache and its own memory.
const OPEN: usize = 3;

/// See the module.
pub(super) struct Shelves {
    dir: PathBuf,
    cache: u64,
    inner: Mutex<Inner>,
}

#[derive(Default)]
struct Inner {
    /// All that have a folder.
    known: BTreeSet<Period>,
    /// Those that are open, the one used last at the end.
    open: Vec<Arc<Shelf>>,
}

impl Shelves {
    /// Looks which periods there are.
    pub(super) fn look(dir: &Path, cache: u64) -> Result<Self, HistoryError> {
        std::fs::create_dir_all(dir).map_err(HistoryError::io(dir))?;
        sync_if_there(dir)?;
        dir.parent().map_or(Ok(()), sync_if_there)?;
        let shelves = Self {
            dir: dir.to_path_buf(),
            cache: cache.min(Options::MAX_CACHE_BYTES) / OPEN as u64,
            inner: Mutex::default(),
        };
        shelves.sweep()?;
        shelves.lock().known = names(dir)?.iter().filter_map(|name| Period::parse(name)).collect();
        Ok(shelves)
    }

    fn lock(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn folder(&self, period: Period) -> PathBuf {
        self.dir.join(period.to_string())
    }

    fn note(&self, period: Period, says: Note) -> PathBuf {
        self.dir.join(format!("{period}.{}", says.suffix()))
    }

    /// All periods, oldest first.
    pub(super) fn periods(&self) -> Vec<Period> {
        self.lock().known.iter().copied().collect()
    }

    /// A period's database, where there is one.
    ///
    /// # Errors
    /// When it does not open.
    pub(super) fn get(&self, period: Period) -> Result<Option<Arc<Shelf>>, HistoryError> {
        let mut inner = self.lock();
        if let Some(at) = inner.open.iter().position(|shelf| shelf.period == period) {
            let shelf = inner.open.remove(at);
            inner.open.push(Arc::clone(&shelf));
            return Ok(Some(shelf));
        }
        if !inner.known.contains(&period) {
            return Ok(None);
        }
        let shelf = Shelf::open(&self.folder(period), period, self.cache)?;
        inner.compare(&shelf, self.note(period, Note::Rebuild).exists())?;
        Ok(Some(inner.keep_open(shelf)))
    }

    /// A period's database, made where there is none: it then counts as folded up to `mark`.
    pub(super) fn get_or_create(&self, period: Period, mark: Seq) -> Result<Arc<Shelf>, HistoryError> {
        if let Some(shelf) = self.get(period)? {
            return Ok(shelf);
        }
        let first = self.marks_before(period)?;
        // Until it is whole a note says that nothing was ever in it.
        let note = self.note(period, Note::Making);
        std::fs::write(&note, []).map_err(HistoryError::io(&note))?;
        sync_if_there(&self.dir)?;
        let shelf = Shelf::create(&self.folder(period), period, self.cache, mark, first)?;
        remove_file(&note)?;
        sync_if_there(&self.dir)?;
        let mut inner = self.lock();
        inner.known.insert(period);
        Ok(inner.keep_open(shelf))
    }

    /// What a new newest period takes over from the one before: how far the others were folded.
    fn marks_before(&self, period: Period) -> Result<Changes, HistoryError> {
        let newest = self.periods().last().copied().filter(|newest| *newest < period);
        let Some(newest) = newest.map(|newest| self.get(newest)).transpose()?.flatten() else {
            return Ok(Changes::new());
        };
        let mut marks: Changes =
            newest.scan(keys::OTHER)?.into_iter().map(|(key, mark)| (key, Some(mark))).collect();
        marks.insert(newest.period.key(keys::OTHER), Some(newest.mark()?.0.to_be_bytes().to_vec()));
        Ok(marks)
    }

    /// Puts a database that cannot be used beside the others, and notes that it is to be made anew. Where to it went.
    pub(super) fn set_aside(&self, period: Period) -> Result<PathBuf, HistoryError> {
        let mut inner = self.lock();
        inner.open.retain(|shelf| shelf.period != period);
        let note = self.note(period, Note::Rebuild);
        std::fs::write(&note, []).map_err(HistoryError::io(&note))?;
        sync_if_there(&note)?;
        sync_if_there(&self.dir)?;
        let folder = self.folder(period);
        let aside = (1_u32..).map(|number| self.dir.join(format!("{period}.damaged-{number}")));
        let aside = aside.into_iter().find(|path| !path.exists()).expect("numbers do not run out");
        std::fs::rename(&folder, &aside).map_err(HistoryError::io(&folder))?;
        sync_if_there(&self.dir)?;
        remove_file(&self.note(period, Note::Suspect))?;
        inner.known.remove(&period);
        Ok(aside)
    }

    /// Remembers for the next start that something in a period could not be read.
    pub(super) fn suspect(&self, period: Period) {
        let note = self.note(period, Note::Suspect);
        if let Err(error) = std::fs::write(&note, []) {
            tracing::error!(%error, file = %note.display(), "damage could not be noted");
        }
    }

    /// Periods of which something could not be read.
    pub(super) fn suspects(&self) -> Result<Vec<Period>, HistoryError> {
        self.noted(Note::Suspect)
    }

    /// Whether a period is being made anew.
    pub(super) fn is_rebuilding(&self) -> Result<bool, HistoryError> {
        Ok(!self.noted(Note::Rebuild)?.is_empty())
    }

    /// Everything that the journal has up to `mark` is folded: nothing is being made anew any more.
    pub(super) fn rebuilt(&self, mark: Seq) -> Result<(), HistoryError> {
        for period in self.noted(Note::Rebuild)? {
            if let Some(shelf) = self.get(period)? {
                shelf.commit(Changes::new(), mark)?;
            }
            remove_file(&self.note(period, Note::Rebuild))?;
        }
        sync_if_there(&self.dir)
    }

    fn noted(&self, note: Note) -> Result<Vec<Period>, HistoryError> {
        let names = names(&self.dir)?;
        let noted = names.iter().filter_map(|name| name.strip_suffix(note.suffix())?.strip_suffix('.'));
        Ok(noted.filter_map(Period::parse).collect())
    }

    /// Gives a period's room back, with all that is in it.
    pub(super) fn drop_whole(&self, period: Period) -> Result<(), HistoryError> {
        let mut inner = self.lock();
        inner.known.remove(&period);
        inner.open.retain(|shelf| shelf.period != period);
        // Half a folder must not look like a whole one.
        let folder = self.folder(period);
        let going = self.dir.join(format!("{period}.dropped"));
        std::fs::rename(&folder, &going).map_err(HistoryError::io(&folder))?;
        sync_if_there(&self.dir)?;
        remove(&going)
    }

    /// Removes what a crash left of a period that was being made or dropped.
    fn sweep(&self) -> Result<(), HistoryError> {
        for period in self.noted(Note::Making)? {
            if self.folder(period).exists() {
                remove(&self.folder(period))?;
            }
            remove_file(&self.note(period, Note::Making))?;
        }
        sync_if_there(&self.dir)?;
        let names = names(&self.dir)?;
        names
            .iter()
            .filter(|name| name.ends_with(".dropped"))
            .try_for_each(|name| remove(&self.dir.join(name)))
    }

    /// Bytes on disk of all periods.
    pub(super) fn bytes(&self) -> u64 {
        let files = |period| std::fs::read_dir(self.folder(period)).into_iter().flatten().flatten();
        let sizes = self.periods().into_iter().flat_map(files).filter_map(|file| file.metadata().ok());
        sizes.filter(std::fs::Metadata::is_file).map(|file| file.len()).sum()
    }
}

impl Inner {
    /// sled opens what it can still read of a damaged file: a database that knows less than the newest one says of it
    /// is not whole.
    fn compare(&self, shelf: &Shelf, rebuilding: bool) -> Result<(), HistoryError> {
        let newest = self.open.iter().find(|open| Some(&open.period) == self.known.last());
        match newest {
            Some(newest) if !rebuilding && shelf.mark()? < newest.mark_of(shelf.period)? => {
                Err(shelf.damaged("it has lost something"))
            }
            _ => Ok(()),
        }
    }

    fn keep_open(&mut self, shelf: Shelf) -> Arc<Shelf> {
        let shelf = Arc::new(shelf);
        self.open.push(Arc::clone(&shelf));
        // One that somebody still reads stays: opened twice, it would not be the same database.
        let idle = self.open.iter().position(|shelf| Arc::strong_count(shelf) == 1);
        if let Some(idle) = idle.filter(|_| self.open.len() > OPEN) {
            self.open.remove(idle);
        }
        shelf
    }
}

/// What a file beside the folders says of a period.
#[derive(Clone, Copy)]
enum Note {
    /// It is being made anew from the journal.
    Rebuild,
    /// Something in it could not be read.
    Suspect,
    /// It is being made; nothing was ever in it.
    Making,
}

impl Note {
    fn suffix(self) -> &'static str {
        match self {
            Self::Rebuild => "rebuild",
            Self::Suspect => "suspect",
            Self::Making => "making",
        }
    }
}

fn names(dir: &Path) -> Result<Vec<String>, HistoryError> {
    let entries = std::fs::read_dir(dir).map_err(HistoryError::io(dir))?;
    let names = entries.map(|entry| entry.map(|entry| entry.file_name().to_string_lossy().into_owned()));
    names.collect::<Result<_, _>>().map_err(HistoryError::io(dir))
}

fn remove(dir: &Path) -> Result<(), HistoryError> {
    std::fs::remove_dir_all(dir).map_err(HistoryError::io(dir))
}

fn remove_file(path: &Path) -> Result<(), HistoryError> {
    match std::fs::remove_file(path) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(HistoryError::io(path)(error)),
        _ => Ok(()),
    }
}
