//! The seam below which files are: everything the journal asks of a file system, and no more.
//! A disk that fails on purpose fits in here; the journal cannot tell.

mod real;

pub use real::RealDisk;

use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// A file system, as far as a journal needs one. Every operation may fail; none is retried.
pub trait Disk: Send + Sync {
    /// Makes a folder with its parents, durably. An existing one is no error.
    ///
    /// # Errors
    /// The system's.
    fn create_dir(&self, dir: &Path) -> io::Result<()>;

    /// Makes an empty file, or empties the one that is there, and opens it for reading and writing.
    ///
    /// # Errors
    /// The system's.
    fn create(&self, path: &Path) -> io::Result<Arc<dyn DiskFile>>;

    /// Opens an existing file for reading and writing.
    ///
    /// # Errors
    /// The system's.
    fn open(&self, path: &Path) -> io::Result<Arc<dyn DiskFile>>;

    /// Opens an existing file for reading only.
    ///
    /// # Errors
    /// The system's.
    fn open_read(&self, path: &Path) -> io::Result<Arc<dyn DiskFile>>;

    /// Puts a file in another's place, in one step. Durable after [`Disk::sync_dir`].
    ///
    /// # Errors
    /// The system's.
    fn rename(&self, from: &Path, to: &Path) -> io::Result<()>;

    /// Deletes a file. Durable after [`Disk::sync_dir`].
    ///
    /// # Errors
    /// The system's.
    fn remove(&self, path: &Path) -> io::Result<()>;

    /// The plain files in a folder, in no order.
    ///
    /// # Errors
    /// The system's.
    fn list(&self, dir: &Path) -> io::Result<Vec<PathBuf>>;

    /// Makes what was created, renamed and deleted in a folder durable.
    ///
    /// # Errors
    /// The system's.
    fn sync_dir(&self, dir: &Path) -> io::Result<()>;

    /// Takes a file as lock, for as long as the answer lives; the process id is written into it.
    ///
    /// # Errors
    /// The system's. Being too late is not one: that is [`Locked::By`].
    fn lock(&self, path: &Path) -> io::Result<Locked>;

    /// A number that nobody outside can foresee; starts a segment's checksums.
    fn salt(&self) -> u32;
}

/// An open file. Usable from several threads; each operation names its own offset.
pub trait DiskFile: Send + Sync {
    /// Bytes of the file.
    ///
    /// # Errors
    /// The system's.
    fn len(&self) -> io::Result<u64>;

    /// Whether the file holds no byte.
    ///
    /// # Errors
    /// The system's.
    fn is_empty(&self) -> io::Result<bool> {
        Ok(self.len()? == 0)
    }

    /// Reads up to `buffer.len()` bytes at `offset`; fewer only at the file's end.
    ///
    /// # Errors
    /// The system's.
    fn read_at(&self, offset: u64, buffer: &mut [u8]) -> io::Result<usize>;

    /// Writes all of `bytes` at `offset`. After an error any part of them may be there.
    ///
    /// # Errors
    /// The system's.
    fn write_at(&self, offset: u64, bytes: &[u8]) -> io::Result<()>;

    /// Makes everything written so far durable. After an error nothing is known about it, and asking again
    /// proves nothing.
    ///
    /// # Errors
    /// The system's.
    fn sync_data(&self) -> io::Result<()>;

    /// Whether the file still has a name: one that was deleted takes bytes and keeps none for the next opening.
    ///
    /// # Errors
    /// The system's.
    fn is_linked(&self) -> io::Result<bool> {
        Ok(true)
    }
}

/// Outcome of taking a lock.
pub enum Locked {
    /// Taken; given back when dropped.
    Held(Box<dyn Send>),
    /// Somebody else has it: their process id, when known.
    By(Option<u32>),
}
