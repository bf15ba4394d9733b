//! Checks a journal's folder without owning it: every byte is read, nothing is changed, no lock is taken. It is safe
//! beside a running engine: what is being written then may look torn, which is no fault, and what looks broken at the
//! end is looked at again before it is believed.

use crate::care::{LOOKS, Progress, agree};
use crate::log::opening::{Walked, check_last, check_sealed, walk};
use crate::log::segment::{self, Segment};
use crate::{Disk, Error, RealDisk, Seq, snapshot};
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// What is in a folder.
#[derive(Debug, Default)]
pub struct Report {
    /// Live segments.
    pub segments: usize,
    /// Whole, committed records.
    pub records: u64,
    /// The first of them; [`Seq::NONE`] when there is none.
    pub first: Seq,
    /// The last of them; [`Seq::NONE`] when there is none.
    pub last: Seq,
    /// An unfinished append at the end, which the next opening will cut. Not a fault.
    pub torn: Option<Torn>,
    /// Places of the snapshots that are whole.
    pub snapshots: Vec<Seq>,
    /// The first fault of each segment, then each broken snapshot, then what is missing. Empty when all is well.
    pub faults: Vec<Error>,
    /// Every file of the journal, segments first, oldest first.
    pub files: Vec<Checked>,
    /// Files in the folder that are none of the journal's.
    pub foreign: Vec<PathBuf>,
}

/// One file that was checked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Checked {
    /// The file.
    pub file: PathBuf,
    /// Bytes of it.
    pub bytes: u64,
    /// Whole records in it up to its first fault; 0 for a snapshot.
    pub records: u64,
    /// Whether nothing is wrong with it.
    pub sound: bool,
}

impl Report {
    /// Whether nothing is wrong.
    #[must_use]
    pub fn is_sound(&self) -> bool {
        self.faults.is_empty()
    }

    /// Whether there is no journal at all.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.files.is_empty()
    }

    fn checked(&mut self, file: &Path, bytes: u64, records: u64, fault: Option<Error>) {
        self.files.push(Checked { file: file.to_path_buf(), bytes, records, sound: fault.is_none() });
        self.faults.extend(fault);
    }
}

/// An append that was never committed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Torn {
    /// The segment.
    pub file: PathBuf,
    /// Where it begins.
    pub offset: u64,
    /// Bytes up to the last one that is not zero.
    pub bytes: u64,
}

/// Checks the journal in `dir` on the real disk.
///
/// # Errors
/// When the folder cannot be listed. Everything else is a fault in the report.
pub fn verify(dir: &Path) -> Result<Report, Error> {
    verify_on(&RealDisk, dir)
}

/// Checks the journal in `dir` of any disk.
///
/// # Errors
/// As [`verify`].
pub fn verify_on(disk: &dyn Disk, dir: &Path) -> Result<Report, Error> {
    verify_telling(disk, dir, &mut |_, _| {})
}

/// Checks the journal in `dir` of any disk, and tells how far it is.
///
/// # Errors
/// As [`verify`].
pub fn verify_telling(disk: &dyn Disk, dir: &Path, progress: Progress<'_>) -> Result<Report, Error> {
    let segments = segment::list(disk, dir)?;
    let mut report = Report { segments: segments.len(), ..Report::default() };
    let (total, mut done) = (segment_bytes(disk, dir)?, 0);
    for (index, (first, path)) in segments.iter().enumerate() {
        let following = segments.get(index + 1).map(|(following, _)| *following);
        let bytes = length(disk, path);
        let (records, fault) = match check_segment(disk, path, *first, following, &mut report) {
            Ok((records, fault)) => (records, fault),
            Err(fault) => (0, Some(fault)),
        };
        report.checked(path, bytes, records, fault);
        done += bytes;
        progress(done, total);
    }
    check_snapshots(disk, dir, &mut report)?;
    report.foreign = foreign(disk, dir)?;
    Ok(report)
}

/// Bytes of all segments of a folder.
pub(crate) fn segment_bytes(disk: &dyn Disk, dir: &Path) -> Result<u64, Error> {
    Ok(segment::list(disk, dir)?.iter().map(|(_, path)| length(disk, path)).sum())
}

fn length(disk: &dyn Disk, path: &Path) -> u64 {
    disk.open_read(path).and_then(|file| file.len()).unwrap_or(0)
}

/// The segment's whole records and its first fault.
fn check_segment(
    disk: &dyn Disk,
    path: &Path,
    first: Seq,
    following: Option<Seq>,
    report: &mut Report,
) -> Result<(u64, Option<Error>), Error> {
    let file = disk.open_read(path).map_err(Error::io("open", path))?;
    let segment = Arc::new(Segment::open(path, file, first)?);
    let walked = walk_settled(&segment, following.is_none())?;
    if walked.records > 0 {
        report.records += walked.records;
        report.first = if report.first == Seq::NONE { first } else { report.first };
        report.last = Seq(first.0 + walked.records - 1);
    }
    let fault = match following {
        Some(following) => check_sealed(&walked, following).err(),
        None => match check_last(&walked) {
            Ok(torn) => {
                let place = |(from, to)| Torn { file: path.to_path_buf(), offset: from, bytes: to - from };
                report.torn = torn.map(place);
                None
            }
            Err(fault) => Some(fault),
        },
    };
    Ok((walked.records, fault))
}

/// Walks a segment; the one that an engine may be writing is walked again while it looks broken in another place each
/// time.
fn walk_settled(segment: &Arc<Segment>, last: bool) -> Result<Walked, Error> {
    let mut walked = walk(segment)?;
    for _ in 1..LOOKS {
        if !last || walked.stopped.is_none() {
            break;
        }
        let again = walk(segment)?;
        let settled = agree(&walked, &again);
        walked = again;
        if settled {
            break;
        }
    }
    Ok(walked)
}

fn check_snapshots(disk: &dyn Disk, dir: &Path, report: &mut Report) -> Result<(), Error> {
    let segments_sound = report.faults.is_empty();
    let snapshots = snapshot::list(disk, dir)?;
    let newest = snapshots.last().map_or(Seq::NONE, |(seq, _)| *seq);
    for (seq, path) in snapshots {
        let fault = snapshot::read(disk, seq, &path).err();
        if fault.is_none() {
            report.snapshots.push(seq);
        }
        report.checked(&path, length(disk, &path), 0, fault);
    }
    let first = segment::list(disk, dir)?.first().map_or(Seq::NONE, |(first, _)| first.previous());
    let (dir, last) = (dir.to_path_buf(), report.last);
    let whole = report.snapshots.last().copied().unwrap_or(Seq::NONE);
    if whole < first {
        report.faults.push(Error::Missing { dir, from: whole.next(), to: first });
    } else if newest > last && segments_sound {
        report.faults.push(Error::Missing { dir, from: last.next(), to: newest });
    }
    Ok(())
}

/// Files that the format does not know, the lock and what is being made left out.
fn foreign(disk: &dyn Disk, dir: &Path) -> Result<Vec<PathBuf>, Error> {
    let known = |path: &PathBuf| {
        let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
        crate::log::OWN_NAMES.contains(&name) || segment::is_numbered(path)
    };
    let mut files = disk.list(dir).map_err(Error::io("list", dir))?;
    files.retain(|path| !known(path));
    files.sort();
    Ok(files)
}
