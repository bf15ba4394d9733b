//! Where a replay can begin: at the very beginning, or at a snapshot behind which every record is still there.
//! Chooses and reads; it applies nothing.

use crate::log::segment;
use crate::{Disk, Error, Seq, Snapshot, decode_state, snapshot};
use hark_core::{State, Time};
use std::path::Path;

/// A state from which the journal's records go on.
#[derive(Debug)]
pub struct Begin {
    /// The last record that is in it; [`Seq::NONE`] for the empty desk.
    pub seq: Seq,
    /// It.
    pub state: State,
}

/// The latest beginning whose state is not later than `before`, or the earliest there is when all are later; with no
/// `before` the earliest. A broken snapshot is passed over.
///
/// # Errors
/// The folder cannot be read, or [`Error::Missing`]: no whole snapshot reaches the first record.
pub fn begin_before(disk: &dyn Disk, dir: &Path, before: Option<Time>) -> Result<Begin, Error> {
    let first = segment::list(disk, dir)?.first().map_or(Seq(1), |(first, _)| *first);
    let usable = snapshot::list(disk, dir)?.into_iter().rev().filter(|(seq, _)| seq.next() >= first);
    let mut earliest = None;
    for (seq, path) in usable {
        let Some(begin) = snapshot::read(disk, seq, &path).ok().and_then(|kept| begin(&kept)) else {
            continue;
        };
        let early_enough = before.is_some_and(|before| begin.state.now() <= before);
        earliest = Some(begin);
        if early_enough {
            break;
        }
    }
    let settled = |begin: &Begin| before.is_some_and(|before| begin.state.now() <= before);
    match earliest {
        Some(begin) if settled(&begin) || first > Seq(1) => Ok(begin),
        _ if first <= Seq(1) => Ok(Begin { seq: Seq::NONE, state: State::new() }),
        _ => Err(Error::Missing { dir: dir.to_path_buf(), from: Seq(1), to: first.previous() }),
    }
}

fn begin(kept: &Snapshot) -> Option<Begin> {
    decode_state(&kept.bytes).ok().map(|state| Begin { seq: kept.seq, state })
}
