//! A stretch of a journal, read as traffic: what `hark replay` plays again and `hark simulate` draws further days from. It
//! reads beside a running desk if need be, and changes nothing.

use super::journal::JournalFolder;
use crate::error::Error;
use crate::progress::Bar;
use crate::recorded::broken;
use hark_core::Time;
use hark_journal::care::{Scan, begin_before, journal_files};
use hark_journal::{RealDisk, RecordKind, decode_turn};
use hark_sim::{Recorded, Recorder};
use std::path::Path;
use std::sync::Arc;

/// Records between two tellings of how far it is.
const RECORDS_A_LOOK: u64 = 4096;

/// Reads what was requested and done from `from` until `until`; from the beginning and to the end without them.
///
/// # Errors
/// There is no journal, it is broken, or nobody asked for a chat in the period.
pub(super) fn read(dir: &Path, from: Option<Time>, until: Option<Time>) -> Result<Recorded, Error> {
    if from.zip(until).is_some_and(|(from, until)| from > until) {
        return Err(Error::told("the period ends before it begins: --until must be after --from"));
    }
    let dir = JournalFolder::of(dir.to_path_buf()).find_filled()?;
    let disk: Arc<dyn hark_journal::Disk> = Arc::new(RealDisk);
    let sizes = journal_files(&*disk, &dir)?.into_iter().filter_map(|file| std::fs::metadata(file).ok());
    let total = sizes.map(|file| file.len()).sum();
    let begin = begin_before(&*disk, &dir, from)?;
    let (mut state, mut recorder) = (begin.state, None::<Recorder>);
    let mut scan = Scan::open(disk, &dir, begin.seq.next())?;
    let mut bar = Bar::new("reading the journal");
    while let Some(record) = scan.next() {
        let record = record.map_err(|error| broken(&dir, &error))?;
        if record.seq.0.is_multiple_of(RECORDS_A_LOOK) {
            bar.tell(scan.bytes(), total);
        }
        if record.kind != RecordKind::Turn {
            continue;
        }
        let turn = decode_turn(&record.payload)
            .map_err(|why| broken(&dir, &format_args!("record {}: {why}", record.seq)))?;
        if let Some(until) = until.filter(|until| turn.at > *until) {
            recorder.iter_mut().for_each(|recorder| recorder.idle_until(until));
            break;
        }
        let inside = from.is_none_or(|from| turn.at >= from);
        if inside && recorder.is_none() {
            recorder = Some(Recorder::new(from.unwrap_or(turn.at), &state));
        }
        recorder.iter_mut().for_each(|recorder| recorder.before(turn.at, &state));
        turn.events.iter().for_each(|scoped| state.apply(turn.at, &scoped.event));
        if let Some(recorder) = &mut recorder {
            recorder.note(&turn, &state);
        }
    }
    let recorded = recorder.map(|recorder| recorder.finish(state.setup().clone()));
    recorded.filter(|recorded| !recorded.chats.is_empty()).ok_or_else(|| {
        Error::told("nobody asked for a chat in this period: choose another with --from and --until")
    })
}
