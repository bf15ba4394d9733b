//! What history kept of one chat, read from its folder while no desk runs on it: a database has one owner at a time. It
//! takes the journal's lock for as long as it reads, and makes, mends and sets aside nothing.

use super::closed::PastEvent;
use super::error::HistoryError;
use super::options::Options;
use super::period::Period;
use super::shelf::Shelf;
use super::{draft, keys};
use crate::log::opening::take_lock;
use crate::{Disk, Error};
use hark_core::ChatId;
use std::fmt;
use std::path::Path;

/// Why history could not be read from outside.
#[derive(Debug)]
pub enum OutsideError {
    /// A desk has the folder, or its lock cannot be taken.
    Journal(Error),
    /// It cannot be read.
    History(HistoryError),
}

impl fmt::Display for OutsideError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Journal(error) => error.fmt(f),
            Self::History(error) => error.fmt(f),
        }
    }
}

impl std::error::Error for OutsideError {}

/// Everything that history kept of a chat, in order; nothing when it does not know the chat. `journal` and `history` are
/// the folders of one desk.
///
/// # Errors
/// See [`OutsideError`].
pub fn events_outside(
    disk: &dyn Disk,
    journal: &Path,
    history: &Path,
    chat: ChatId,
) -> Result<Vec<PastEvent>, OutsideError> {
    let _lock = take_lock(disk, journal).map_err(OutsideError::Journal)?;
    let period = Period::of_chat(chat);
    let folder = history.join(period.to_string());
    if !folder.is_dir() {
        return Ok(Vec::new());
    }
    let read = || {
        let shelf = Shelf::open(&folder, period, Options::CACHE_BYTES)?;
        let stored: Vec<(Vec<u8>, Vec<PastEvent>)> = draft::read(&shelf, &shelf.scan(&keys::events(chat))?)?;
        Ok(stored.into_iter().flat_map(|(_, events)| events).collect())
    };
    read().map_err(OutsideError::History)
}
