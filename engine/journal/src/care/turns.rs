//! Checks what the records say: each turn is decoded and applied, and the state must accept it. The format's own
//! checks are [`crate::verify`]'s.

use super::{Begin, Progress, Scan, begin_before};
use crate::{Disk, Error, RecordKind, Seq, decode_turn};
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
    let Begin { seq: began, mut state } = begin_before(&**disk, dir, None)?;
    let mut report = TurnReport::default();
    let mut scan = Scan::open(Arc::clone(disk), dir, Seq::NONE)?;
    let total = crate::verify::segment_bytes(&**disk, dir)?;
    while let Some(record) = scan.next() {
        let record = record?;
        if record.seq.0.is_multiple_of(TELL_EVERY) {
            progress(scan.bytes(), total);
        }
        if record.kind != RecordKind::Turn {
            continue;
        }
        match decode_turn(&record.payload) {
            Err(why) => report.fault(record.seq, format!("it cannot be read as a turn: {why}")),
            Ok(turn) if record.seq > began => {
                report.turns += 1;
                report.applied += 1;
                if let Err(why) = accept(&mut state, turn) {
                    report.fault(record.seq, why);
                }
            }
            Ok(_) => report.turns += 1,
        }
    }
    progress(total, total);
    Ok(report)
}

/// Applies a turn and asks the invariants of all that it touched.
fn accept(state: &mut hark_core::State, turn: Turn) -> Result<(), String> {
    turn.events.iter().for_each(|scoped| state.apply(turn.at, &scoped.event));
    check::touched(state, &[turn]).map_err(|why| format!("the desk does not accept it: {why}"))
}
