//! Checks what the records say: each turn is decoded and applied, and the state must accept it. The format's own
//! checks are [`crate::verify`]'s.

use super::{Begin, Progress, Scan, begin_before, is_lost};
use crate::{Disk, Error, Record, RecordKind, Seq, decode_state, decode_turn, snapshot};
use hark_core::{Turn, check};
use std::fmt;
use std::path::Path;
use std::sync::Arc;

/// Records between two tellings of progress.
const TELL_EVERY: u64 = 4096;
/// Faults of turns that are listed; one wrong turn is often followed by many that presume it.
const LISTED: usize = 20;

/// What the turns of a journal say.
#[derive(Debug, Default)]
pub struct TurnReport {
    /// Turns decoded.
    pub turns: u64,
    /// Turns applied; those that the oldest snapshot has in it are decoded only.
    pub applied: u64,
    /// The first faults, at most 20.
    pub faults: Vec<TurnFault>,
    /// Faults in all.
    pub fault_count: u64,
}

/// A whole record that says something wrong.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TurnFault {
    /// Which.
    pub seq: Seq,
    /// What is wrong, for people.
    pub why: String,
}

impl fmt::Display for TurnFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "record {}: {}", self.seq, self.why)
    }
}

impl TurnReport {
    fn fault(&mut self, seq: Seq, why: String) {
        self.fault_count += 1;
        if self.faults.len() < LISTED {
            self.faults.push(TurnFault { seq, why });
        }
    }
}

/// Decodes every turn of a folder and applies those behind its oldest snapshot, or all when it begins with record 1.
///
/// # Errors
/// The folder cannot be read, or is damaged: run [`crate::verify`] first.
pub fn check_turns(disk: &Arc<dyn Disk>, dir: &Path, progress: Progress<'_>) -> Result<TurnReport, Error> {
    let mut desk = begin_before(&**disk, dir, None)?;
    let mut report = TurnReport::default();
    let mut scan = Scan::open(Arc::clone(disk), dir, Seq::NONE)?;
    let total = crate::verify::segment_bytes(&**disk, dir)?;
    while let Some(record) = scan.next() {
        let record = record?;
        if record.seq.0.is_multiple_of(TELL_EVERY) {
            progress(scan.bytes(), total);
        }
        if is_lost(&record) {
            // What follows may presume it. A snapshot from behind it has it in itself.
            desk = snapshot_behind(&**disk, dir, record.seq)?.unwrap_or(desk);
        }
        if record.kind == RecordKind::Turn {
            check_turn(&record, &mut desk, &mut report);
        }
    }
    progress(total, total);
    Ok(report)
}

fn check_turn(record: &Record, desk: &mut Begin, report: &mut TurnReport) {
    let turn = match decode_turn(&record.payload) {
        Ok(turn) => turn,
        Err(why) => return report.fault(record.seq, format!("it cannot be read as a turn: {why}")),
    };
    report.turns += 1;
    if record.seq > desk.seq {
        report.applied += 1;
        if let Err(why) = accept(&mut desk.state, turn) {
            report.fault(record.seq, why);
        }
    }
}

/// The first whole snapshot that has this record, or what it did, in it.
fn snapshot_behind(disk: &dyn Disk, dir: &Path, lost: Seq) -> Result<Option<Begin>, Error> {
    let behind = snapshot::list(disk, dir)?.into_iter().filter(|(seq, _)| *seq >= lost);
    let read = |(seq, path): (Seq, std::path::PathBuf)| {
        let state = decode_state(&snapshot::read(disk, seq, &path).ok()?.bytes).ok()?;
        Some(Begin { seq, state })
    };
    Ok(behind.filter_map(read).next())
}

/// Applies a turn and asks the invariants of all that it touched.
fn accept(state: &mut hark_core::State, turn: Turn) -> Result<(), String> {
    turn.events.iter().for_each(|scoped| state.apply(turn.at, &scoped.event));
    check::touched(state, &[turn]).map_err(|why| format!("the desk does not accept it: {why}"))
}
