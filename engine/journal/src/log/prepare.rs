//! Makes the next segment's file ready: full of zeroes, synced, under a name that no reader looks for.
//! On a thread of its own when asked, so that a rotation costs two small syncs. Touches no other file.

use crate::disk::{Disk, DiskFile};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::{self, JoinHandle};

/// Name of a segment that is not yet one. Whoever opens the journal deletes what is left of it.
pub(crate) const PREPARED_NAME: &str = "next-segment.tmp";
/// Zeroes are written and synced in pieces, so that appends beside them never wait for all of them.
const PIECE_BYTES: usize = 1 << 20;

/// How far appends go first where both want a core: half a segment is left when this begins.
const GIVE_WAY: i32 = 5;

/// A file of zeroes, ready to become a segment.
pub(crate) struct Prepared {
    pub(crate) file: Arc<dyn DiskFile>,
    pub(crate) path: PathBuf,
    pub(crate) capacity: u64,
}

/// Makes a file ready here and now. When it cannot, nothing of it is left to take room.
pub(crate) fn prepare(disk: &dyn Disk, dir: &Path, capacity: u64) -> io::Result<Prepared> {
    let path = dir.join(PREPARED_NAME);
    let file = disk.create(&path)?;
    match fill(&*file, capacity) {
        Ok(()) => Ok(Prepared { file, path, capacity }),
        Err(error) => {
            // The first error is the one to tell; a file left behind is deleted at the next opening.
            let _ = disk.remove(&path);
            Err(error)
        }
    }
}

fn fill(file: &dyn DiskFile, capacity: u64) -> io::Result<()> {
    let zeroes = vec![0; PIECE_BYTES];
    let mut at = 0;
    while at < capacity {
        let piece = (capacity - at).min(PIECE_BYTES as u64);
        file.write_at(at, &zeroes[..piece as usize])?;
        file.sync_data()?;
        at += piece;
    }
    Ok(())
}

/// A file being made ready on a thread of its own.
pub(crate) struct Preparation {
    thread: Option<JoinHandle<io::Result<Prepared>>>,
    ready: Arc<AtomicBool>,
    capacity: u64,
}

impl Preparation {
    pub(crate) fn start(disk: Arc<dyn Disk>, dir: PathBuf, capacity: u64) -> io::Result<Self> {
        let ready = Arc::new(AtomicBool::new(false));
        let tell = Arc::clone(&ready);
        let work = move || {
            crate::give_way(GIVE_WAY);
            let prepared = prepare(&*disk, &dir, capacity);
            tell.store(prepared.is_ok(), Ordering::Release);
            prepared
        };
        let thread = thread::Builder::new().name("journal-prepare".to_owned()).spawn(work)?;
        Ok(Self { thread: Some(thread), ready, capacity })
    }

    /// Whether it ended well.
    pub(crate) fn is_ready(&self) -> bool {
        self.ready.load(Ordering::Acquire)
    }

    /// Whether it ended and there is no file.
    pub(crate) fn has_failed(&self) -> bool {
        self.thread.as_ref().is_some_and(JoinHandle::is_finished) && !self.is_ready()
    }

    /// Why there is no file, when [`Preparation::has_failed`].
    pub(crate) fn into_error(mut self) -> Option<io::Error> {
        self.thread.take()?.join().ok()?.err()
    }

    /// Waits for the file; `None` when it could not be made or is smaller than `needed`.
    pub(crate) fn take(mut self, needed: u64) -> Option<Prepared> {
        let thread = self.thread.take()?;
        let prepared = thread.join().ok()?.ok()?;
        (self.capacity >= needed).then_some(prepared)
    }
}

impl Drop for Preparation {
    /// Nobody may open the folder anew while a thread of the old owner still writes into it.
    fn drop(&mut self) {
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}
