//! The questions of the journal, asked again of other scripts: what would be answered now, and what would fail. It reads
//! beside a running desk if need be, and changes nothing.

use crate::error::Error;
use hark_core::policy::Answered;
use hark_core::recall::{Recalled, recall};
use hark_core::{Policy, Time};
use hark_journal::care::{Scan, begin_before};
use hark_journal::{Disk, RealDisk, RecordKind, decode_turn};
use serde::Serialize;
use std::fmt::Display;
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

/// Most differences that are told one by one, and most failures.
const TOLD: usize = 100;

/// Which questions are asked.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Wanted {
    /// From this moment on; from the newest snapshot on when left out.
    pub(crate) from: Option<Time>,
    /// Until this moment.
    pub(crate) until: Option<Time>,
    /// How long it may take: the questions that come first are asked.
    pub(crate) within: Option<Duration>,
}

/// What came of it.
#[derive(Debug, Default, Serialize)]
pub(crate) struct Rehearsal {
    /// Questions asked.
    pub(crate) asked: u64,
    /// Questions that are answered as they were.
    pub(crate) same: u64,
    /// Questions that are answered otherwise.
    pub(crate) different: u64,
    /// The first of those.
    pub(crate) differences: Vec<Difference>,
    /// Questions that a script failed at.
    pub(crate) failed: u64,
    /// Why, each reason once.
    pub(crate) failures: Vec<String>,
    /// Whether all questions of the period were asked; the time was over otherwise.
    pub(crate) whole: bool,
}

/// A question that is answered otherwise.
#[derive(Debug, Serialize)]
pub(crate) struct Difference {
    /// When it was asked.
    pub(crate) at: Time,
    /// The chat.
    pub(crate) chat_id: String,
    /// The decision point.
    pub(crate) point: &'static str,
    /// What was answered.
    pub(crate) was: String,
    /// What is answered now.
    pub(crate) now: String,
    /// The script that answers now; none where none has a say.
    pub(crate) script: Option<String>,
}

impl Rehearsal {
    fn take(&mut self, asked: Recalled) {
        self.asked += 1;
        if let Answered::Default { why, .. } = &asked.answered {
            self.failed += 1;
            if self.failures.len() < TOLD && !self.failures.contains(why) {
                self.failures.push(why.clone());
            }
            return;
        }
        if asked.is_same() {
            self.same += 1;
            return;
        }
        self.different += 1;
        if self.differences.len() < TOLD {
            let script = match asked.answered {
                Answered::Script { file } => Some(file),
                Answered::BuiltIn | Answered::Default { .. } => None,
            };
            let (at, chat_id, point) = (asked.at, asked.chat.to_string(), asked.point);
            self.differences.push(Difference { at, chat_id, point, was: asked.was, now: asked.now, script });
        }
    }

    /// In a line: `25 recorded questions: 24 same, 1 different`.
    pub(crate) fn summary(&self) -> String {
        let Self { asked, same, different, failed, .. } = self;
        let failed = if *failed > 0 { format!(", {failed} failed") } else { String::new() };
        let part = if self.whole { "" } else { " (more were recorded, but the time was over)" };
        let plural = if *asked == 1 { "" } else { "s" };
        format!("{asked} recorded question{plural}: {same} same, {different} different{failed}{part}")
    }
}

/// Asks the recorded questions of the journal in this folder.
///
/// # Errors
/// There is no journal, or it is broken.
pub(crate) fn rehearse(dir: &Path, policy: &mut dyn Policy, wanted: Wanted) -> Result<Rehearsal, Error> {
    let begun = Instant::now();
    let disk: Arc<dyn Disk> = Arc::new(RealDisk);
    // Without a beginning it is now: the newest snapshot is the last one before it.
    let begin = begin_before(&*disk, dir, Some(wanted.from.unwrap_or(Time::MAX)))?;
    let mut state = begin.state;
    let scan = Scan::open(disk, dir, begin.seq.next())?;
    let mut told = Rehearsal { whole: true, ..Rehearsal::default() };
    for record in scan {
        let record = record.map_err(|error| broken(dir, &error))?;
        if record.kind != RecordKind::Turn {
            continue;
        }
        let turn = decode_turn(&record.payload)
            .map_err(|why| broken(dir, &format_args!("record {}: {why}", record.seq)))?;
        if wanted.until.is_some_and(|until| turn.at > until) {
            break;
        }
        if wanted.within.is_some_and(|within| begun.elapsed() > within) {
            told.whole = false;
            break;
        }
        if wanted.from.is_none_or(|from| turn.at >= from) {
            recall(&mut state, &turn, policy, &mut |asked| told.take(asked));
        } else {
            turn.events.iter().for_each(|scoped| state.apply(turn.at, &scoped.event));
        }
    }
    Ok(told)
}

/// Where it is broken, and what to do.
pub(crate) fn broken(dir: &Path, what: &dyn Display) -> Error {
    Error::told(format!("{what}. Look at it with hark journal verify --dir {}", dir.display()))
}
