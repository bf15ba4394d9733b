//! Checks a journal's folder without owning it: every byte is read, nothing is changed, no lock is taken.
//! Over a journal that is being written its last append may look torn; that is no fault.

use crate::log::opening::{check_last, check_sealed, walk};
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
    /// The first fault of the segments, then each broken snapshot. Empty when all is well.
    pub faults: Vec<Error>,
}

impl Report {
    /// Whether nothing is wrong.
    #[must_use]
    pub fn is_sound(&self) -> bool {
        self.faults.is_empty()
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
    let segments = segment::list(disk, dir)?;
    let mut report = Report { segments: segments.len(), ..Report::default() };
    if let Err(fault) = check_segments(disk, &segments, &mut report) {
        report.faults.push(fault);
    }
    check_snapshots(disk, dir, &mut report)?;
    Ok(report)
}

fn check_segments(disk: &dyn Disk, segments: &[(Seq, PathBuf)], report: &mut Report) -> Result<(), Error> {
    for (index, (first, path)) in segments.iter().enumerate() {
        let file = disk.open_read(path).map_err(Error::io("open", path))?;
        let segment = Arc::new(Segment::open(path, file, *first)?);
        let walked = walk(&segment)?;
        report.records += walked.records;
        if walked.records > 0 {
            report.first = if report.first == Seq::NONE { *first } else { report.first };
            report.last = Seq(first.0 + walked.records - 1);
        }
        match segments.get(index + 1) {
            Some((following, _)) => check_sealed(&walked, *following)?,
            None => {
                let torn = check_last(&walked)?;
                let place = |(from, to)| Torn { file: path.clone(), offset: from, bytes: to - from };
                report.torn = torn.map(place);
            }
        }
    }
    Ok(())
}

fn check_snapshots(disk: &dyn Disk, dir: &Path, report: &mut Report) -> Result<(), Error> {
    let snapshots = snapshot::list(disk, dir)?;
    let newest = snapshots.last().map_or(Seq::NONE, |(seq, _)| *seq);
    for (seq, path) in snapshots {
        match snapshot::read(disk, seq, &path) {
            Ok(_) => report.snapshots.push(seq),
            Err(fault) => report.faults.push(fault),
        }
    }
    let (first, last) = (report.first.previous(), report.last);
    let dir = dir.to_path_buf();
    if newest < first {
        report.faults.push(Error::Missing { dir, from: newest.next(), to: first });
    } else if newest > last && report.faults.is_empty() {
        report.faults.push(Error::Missing { dir, from: last.next(), to: newest });
    }
    Ok(())
}
