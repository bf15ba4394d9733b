//! Opening: the newest snapshot, and the journal after it. Neither policy nor plugin is asked.

use crate::cursor::Cursor;
use crate::error::OpenError;
use crate::feed::Feed;
use crate::happened::Happened;
use hark_core::State;
use hark_journal::{JournalReader, Record, RecordKind, Seq};

/// The state as it was.
pub(crate) struct Restored {
    pub(crate) state: State,
    /// The snapshot that it began with, [`Seq::NONE`] without one.
    pub(crate) snapshot: Seq,
}

/// Makes the state from the snapshot and the journal, up to and including `upto`.
pub(crate) fn restore(journal: &JournalReader, upto: Seq) -> Result<Restored, OpenError> {
    let latest = journal.latest_snapshot()?;
    let (mut state, snapshot) = match latest.snapshot.filter(|snapshot| snapshot.seq <= upto) {
        Some(snapshot) => {
            let seq = snapshot.seq;
            let state = hark_journal::decode_state(&snapshot.bytes)
                .map_err(|why| OpenError::Unreadable { seq, why })?;
            (state, seq)
        }
        None => (State::new(), Seq::NONE),
    };
    let mut reader = journal.read(snapshot.next())?;
    while reader.position() <= upto {
        let Some(record) = reader.next() else { break };
        if let Some(turn) = turn_of(&record?)? {
            turn.events.iter().for_each(|scoped| state.apply(turn.at, &scoped.event));
        }
    }
    Ok(Restored { state, snapshot })
}

/// The turn that a record holds, if it holds one.
pub(crate) fn turn_of(record: &Record) -> Result<Option<hark_core::Turn>, OpenError> {
    if record.kind != RecordKind::Turn {
        return Ok(None);
    }
    let unreadable = |why| OpenError::Unreadable { seq: record.seq, why };
    hark_journal::decode_turn(&record.payload).map(Some).map_err(unreadable)
}

/// Fills a feed with the latest events, so that cursors from before the start go on.
pub(crate) fn fill_feed(journal: &JournalReader, keep: usize) -> Result<Feed, OpenError> {
    let last = journal.last();
    // A turn holds at least one event, so `keep` turns are enough; older ones fall out again.
    let first = Seq(last.0.saturating_sub(keep as u64)).next().max(journal.first());
    let feed = Feed::new(keep, Cursor::end_of(first.previous()));
    let mut reader = journal.read(first)?;
    while reader.position() <= last {
        let Some(record) = reader.next() else { break };
        let record = record?;
        if let Some(turn) = turn_of(&record)? {
            feed.publish(Happened::of_turn(record.seq, turn));
        }
    }
    Ok(feed)
}
