//! Care for a journal's folder from outside: reading it without owning it, checking what its records say, and
//! bringing a broken one back. Only [`Repair`] changes anything, and only when told to; the running engine uses none
//! of it but the reading.

mod explain;
mod mend;
mod past;
mod repair;
mod salvage;
mod scan;
mod turns;

pub use explain::{Explained, explain, explain_in};
pub use mend::is_lost;
pub use past::{Begin, begin_before};
pub use repair::{Lost, Repair, Why};
pub use scan::Scan;
pub(crate) use scan::{LOOKS, agree};
pub use turns::{TurnFault, TurnReport, check_turns};

use crate::{Disk, Error};
use std::path::{Path, PathBuf};

/// Tells how far long work is: bytes done, bytes in all.
pub type Progress<'a> = &'a mut dyn FnMut(u64, u64);

/// The files of a folder that are a journal's segments or snapshots, by name.
///
/// # Errors
/// The folder cannot be listed.
pub fn journal_files(disk: &dyn Disk, dir: &Path) -> Result<Vec<PathBuf>, Error> {
    let mut files = disk.list(dir).map_err(Error::io("list", dir))?;
    files.retain(|path| crate::log::segment::is_numbered(path));
    files.sort();
    Ok(files)
}
