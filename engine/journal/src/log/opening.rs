//! Opening: takes the lock, checks every live byte, cuts what a crash left unfinished, begins a new reign.
//! Refuses rather than guesses: what was committed is all there, or the error says where it is not.

use super::local::LocalJournal;
use super::prepare::PREPARED_NAME;
use super::segment::{self, Segment};
use super::tail::{self, Verdict};
use super::walk::{Step, Walker};
use crate::disk::{Disk, Locked};
use crate::format::MARK_BYTES;
use crate::snapshot::{SNAPSHOT_TEMP_NAME, Snapshots};
use crate::{Barrier, Damage, Epoch, Error, Options, RecordKind, Seq};
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Held by the owner for as long as the journal is open.
pub(crate) const LOCK_NAME: &str = "lock";

/// What was found at opening.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Opened {
    /// The barrier that this opening wrote: the new reign.
    pub barrier: Barrier,
    /// The last record, which is the barrier.
    pub last: Seq,
    /// The last record that was there before; [`Seq::NONE`] in a new journal.
    pub found: Seq,
    /// The first record still there.
    pub first: Seq,
    /// Bytes of an unfinished append that were cut; it was never acknowledged.
    pub torn_bytes: u64,
    /// Where they lay.
    pub torn_at: Option<(PathBuf, u64)>,
    /// Whether there was no journal in the folder.
    pub created: bool,
}

/// What a segment holds, as far as it is whole.
pub(crate) struct Walked {
    /// Stands behind the last whole append, or at what is broken.
    pub(crate) walker: Walker,
    pub(crate) records: u64,
    /// The latest reign that a barrier in it tells of.
    pub(crate) epoch: Epoch,
    /// Where its last whole append lies.
    pub(crate) last_append: Option<(u64, u64)>,
    pub(crate) stopped: Option<Damage>,
}

/// Walks a segment to its end.
pub(crate) fn walk(segment: &Arc<Segment>) -> Result<Walked, Error> {
    let walker = Walker::new(segment);
    let epoch = segment.header.epoch;
    let mut walked = Walked { walker, records: 0, epoch, last_append: None, stopped: None };
    let capacity = segment.header.capacity;
    let mut open_records = 0;
    loop {
        let began = walked.walker.append_at;
        match walked.walker.step(capacity)? {
            Step::Record { kind, payload, .. } => {
                if let (RecordKind::Barrier, Some(barrier)) = (kind, Barrier::decode(payload)) {
                    walked.epoch = walked.epoch.max(barrier.epoch);
                }
                open_records += 1;
            }
            Step::Closed => {
                walked.last_append = Some((began, walked.walker.at));
                walked.records += open_records;
                open_records = 0;
            }
            Step::End => break,
            Step::Broken(damage) => {
                walked.stopped = Some(damage);
                break;
            }
        }
    }
    if walked.stopped.is_none() {
        let behind = tail::written_end(&*segment.file, walked.walker.at, capacity);
        let behind = behind.map_err(Error::io("read", &segment.path))?;
        walked.stopped = behind.map(|_| Damage::Stray);
    }
    Ok(walked)
}

/// Checks that a segment with another one behind it is whole, and that the other's records follow.
pub(crate) fn check_sealed(walked: &Walked, following: Seq) -> Result<(), Error> {
    let damage = match walked.stopped {
        Some(damage) => damage,
        None if walked.walker.next == following => return Ok(()),
        None if walked.walker.next < following => {
            Damage::Gap { from: walked.walker.next, to: following.previous() }
        }
        None => Damage::Order,
    };
    Err(Error::damaged(&walked.walker.segment().path, walked.walker.at, damage))
}

/// What is broken in the last segment, if anything: torn, or an error.
pub(crate) fn check_last(walked: &Walked) -> Result<Option<(u64, u64)>, Error> {
    let Some(damage) = walked.stopped else { return Ok(None) };
    let path = &walked.walker.segment().path;
    match tail::judge(&walked.walker, damage).map_err(Error::io("read", path))? {
        Verdict::Torn { from, to } => Ok(Some((from, to))),
        Verdict::Damaged { at, damage } => Err(Error::damaged(path, at, damage)),
    }
}

/// Opens the journal that the options name, or makes a new one.
pub(super) fn open(options: &Options) -> Result<(LocalJournal, Opened), Error> {
    let disk = &*options.disk;
    disk.create_dir(&options.dir).map_err(Error::io("create", &options.dir))?;
    let lock = take_lock(disk, &options.dir)?;
    for leftover in [PREPARED_NAME, SNAPSHOT_TEMP_NAME] {
        remove_leftover(disk, &options.dir.join(leftover))?;
    }
    let segments = open_segments(disk, &options.dir)?;
    let state = recover(options, segments)?;
    let (created, found, torn) = (state.created, state.found, state.torn.clone());
    let (journal, barrier) = LocalJournal::begin(options, state, lock)?;
    let opened = Opened {
        barrier,
        last: found.next(),
        found,
        first: journal.reader().first(),
        torn_bytes: torn.as_ref().map_or(0, |torn| torn.bytes),
        torn_at: torn.map(|torn| (torn.path, torn.at)),
        created,
    };
    Ok((journal, opened))
}

pub(crate) fn take_lock(disk: &dyn Disk, dir: &Path) -> Result<Box<dyn Send>, Error> {
    let path = dir.join(LOCK_NAME);
    match disk.lock(&path).map_err(Error::io("lock", &path))? {
        Locked::Held(lock) => Ok(lock),
        Locked::By(pid) => Err(Error::Locked { dir: dir.to_path_buf(), pid }),
    }
}

fn remove_leftover(disk: &dyn Disk, path: &Path) -> Result<(), Error> {
    match disk.remove(path) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(Error::io("delete", path)(error)),
        _ => Ok(()),
    }
}

/// All live segments with their headers checked, oldest first.
fn open_segments(disk: &dyn Disk, dir: &Path) -> Result<Vec<Arc<Segment>>, Error> {
    let mut segments = Vec::new();
    for (first, path) in segment::list(disk, dir)? {
        let file = disk.open(&path).map_err(Error::io("open", &path))?;
        segments.push(Arc::new(Segment::open(&path, file, first)?));
    }
    Ok(segments)
}

/// An append that was cut.
#[derive(Clone)]
pub(crate) struct Cut {
    path: PathBuf,
    at: u64,
    bytes: u64,
}

/// A journal that is whole again, before its new reign begins.
pub(super) struct Recovered {
    pub(super) segments: Vec<Arc<Segment>>,
    pub(super) snapshots: Snapshots,
    /// The reign before; 0 in a new journal.
    pub(super) epoch: Epoch,
    pub(super) found: Seq,
    torn: Option<Cut>,
    created: bool,
}

fn recover(options: &Options, segments: Vec<Arc<Segment>>) -> Result<Recovered, Error> {
    let snapshots = Snapshots::open(Arc::clone(&options.disk), &options.dir)?;
    let created = segments.is_empty();
    let mut state = Recovered { segments, snapshots, epoch: Epoch(0), found: Seq::NONE, torn: None, created };
    for index in 0..state.segments.len() {
        let segment = Arc::clone(&state.segments[index]);
        let mut walked = walk(&segment)?;
        match state.segments.get(index + 1) {
            Some(following) => check_sealed(&walked, following.header.first)?,
            None => state.torn = cut_and_settle(&mut walked)?,
        }
        segment.commit(walked.walker.at);
        state.epoch = state.epoch.max(walked.epoch);
        state.found = walked.walker.next.previous();
    }
    check_snapshots(&options.dir, &state)?;
    state.snapshots.follow(state.found);
    Ok(state)
}

/// Makes the end of the last segment clean and durable: cuts a torn append, and writes the last whole one
/// again, because a failed sync before the crash may have left it in memory only.
pub(crate) fn cut_and_settle(walked: &mut Walked) -> Result<Option<Cut>, Error> {
    let torn = check_last(walked)?;
    let segment = Arc::clone(walked.walker.segment());
    let settle = || {
        if let Some((from, to)) = torn {
            wipe(&segment, from, to)?;
        }
        if let Some((from, to)) = walked.last_append {
            segment.file.write_at(from, &tail::read_range(&*segment.file, from, to)?)?;
        }
        segment.file.sync_data()
    };
    settle().map_err(Error::io("repair", &segment.path))?;
    let cut = torn.map(|(from, to)| Cut { path: segment.path.clone(), at: from, bytes: to - from });
    if cut.is_some() {
        walked.walker.rewind();
    }
    Ok(cut)
}

/// Makes a torn append zeroes again. Its end goes first, so that a crash in between leaves it torn.
fn wipe(segment: &Segment, from: u64, to: u64) -> std::io::Result<()> {
    let mark_at = to.saturating_sub(MARK_BYTES as u64).max(from);
    segment.file.write_at(mark_at, &vec![0; (to - mark_at) as usize])?;
    segment.file.sync_data()?;
    segment.file.write_at(from, &vec![0; (to - from) as usize])
}

/// The snapshots must fit the records: cover those that were given back, and not run ahead.
fn check_snapshots(dir: &Path, state: &Recovered) -> Result<(), Error> {
    let newest = state.snapshots.newest();
    if newest > state.found {
        let from = state.found.next();
        return Err(Error::Missing { dir: dir.to_path_buf(), from, to: newest });
    }
    let first = state.segments.first().map_or(Seq(1), |segment| segment.header.first);
    if newest < first.previous() {
        return Err(Error::Missing { dir: dir.to_path_buf(), from: newest.next(), to: first.previous() });
    }
    Ok(())
}
