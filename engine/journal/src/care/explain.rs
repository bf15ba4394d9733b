//! Replays a journal for one chat's explanation, from the latest state before the chat to its end. It reads beside the
//! owner and holds one state of its own; what is told is the core's.

use super::{Begin, Progress, Scan, begin_before, is_lost};
use crate::{Disk, Error, JournalReader, Record, RecordKind, Seq, decode_turn};
use hark_core::explain::{Explanation, Teller, requested_at};
use hark_core::{ChatId, State, Time};
use std::path::Path;
use std::sync::Arc;

/// Records between two tellings of progress.
const TELL_EVERY: u64 = 1024;

/// What the journal has of a chat.
pub enum Explained {
    /// Its story, whole or from where the journal begins.
    Told(Box<Explanation>),
    /// The chat was over before the journal begins: the state there, and what to say of it from elsewhere.
    Past(Box<(State, Teller)>),
    /// There was no such chat.
    Unknown,
}

/// Explains a chat from a folder, beside whoever may be writing it.
///
/// # Errors
/// The journal cannot be read, or is damaged on the way.
pub fn explain(
    disk: &Arc<dyn Disk>,
    dir: &Path,
    chat: ChatId,
    progress: Progress<'_>,
) -> Result<Explained, Error> {
    let begin = begin_before(&**disk, dir, before(chat))?;
    let mut scan = Scan::open(Arc::clone(disk), dir, begin.seq.next())?;
    let total = crate::verify::segment_bytes(&**disk, dir)?;
    let mut read = 0_u64;
    let records = std::iter::from_fn(|| {
        read += 1;
        if read.is_multiple_of(TELL_EVERY) {
            progress(scan.bytes(), total);
        }
        scan.next()
    });
    tell(begin, records, chat)
}

/// Explains a chat from a journal that is open, as far as it is committed now.
///
/// # Errors
/// As [`explain`].
pub fn explain_in(journal: &JournalReader, chat: ChatId) -> Result<Explained, Error> {
    let last = journal.last();
    let begin = journal.begin_before(before(chat))?;
    let reader = journal.read(begin.seq.next())?;
    let until =
        move |record: &Result<Record, Error>| record.as_ref().map_or(true, |record| record.seq <= last);
    tell(begin, reader.take_while(until), chat)
}

/// The state to begin with must be earlier than the chat.
fn before(chat: ChatId) -> Option<Time> {
    Some(Time::from_millis(requested_at(chat).millis().saturating_sub(1)))
}

fn tell(
    begin: Begin,
    records: impl Iterator<Item = Result<Record, Error>>,
    chat: ChatId,
) -> Result<Explained, Error> {
    let Begin { mut state, .. } = begin;
    let mut teller = Teller::new(chat, &state);
    if teller.is_past() {
        return Ok(Explained::Past(Box::new((state, teller))));
    }
    for record in records {
        let record = record?;
        if is_lost(&record) {
            teller.miss_a_record();
        }
        if record.kind != RecordKind::Turn {
            continue;
        }
        let turn = decode_turn(&record.payload).map_err(|why| Error::Unreadable { seq: record.seq, why })?;
        teller.apply(&mut state, &turn);
        if teller.is_over() {
            break;
        }
    }
    Ok(if teller.has_begun() {
        Explained::Told(Box::new(teller.finish_at(&state)))
    } else {
        Explained::Unknown
    })
}

impl JournalReader {
    /// As [`begin_before`], from the journal that is open.
    fn begin_before(&self, before: Option<Time>) -> Result<Begin, Error> {
        let (disk, dir) = self.shared.snapshots.place();
        let begin = begin_before(disk, dir, before)?;
        // A snapshot can be newer than what this reader may read.
        if begin.seq > self.last() {
            Err(Error::Trimmed { asked: Seq(1), first: begin.seq })
        } else {
            Ok(begin)
        }
    }
}
