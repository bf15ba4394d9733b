//! Finds every record of a damaged segment that is still whole. A record's checksum begins with the segment's salt, so
//! nothing else passes for one. Changes nothing.

use crate::format::{
    self, MARK_BYTES, MAX_PAYLOAD_BYTES, RECORD_HEADER, RECORD_VERSION, RecordHeader, SEGMENT_HEADER,
    SegmentHeader,
};
use crate::log::tail::read_range;
use crate::{Barrier, Disk, Epoch, Error, Record, RecordKind, Seq, decode_turn};
use hark_core::ChatId;
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

/// What is left of a segment.
#[derive(Default)]
pub(super) struct Salvaged {
    /// Whole records.
    pub(super) records: BTreeMap<Seq, Record>,
    /// Chats that the damaged bytes of a record still tell of; they may be wrong.
    pub(super) hints: BTreeMap<Seq, BTreeSet<ChatId>>,
    /// The latest reign that is told of.
    pub(super) epoch: Epoch,
    /// Bytes of the file.
    pub(super) bytes: u64,
    /// Whether nothing can have stood behind the last whole record but its mark.
    pub(super) ends_there: bool,
}

/// Reads what is left of the segment whose records are those from `first` to before `end`.
pub(super) fn salvage(disk: &dyn Disk, path: &Path, first: Seq, end: Option<Seq>) -> Result<Salvaged, Error> {
    let file = disk.open_read(path).map_err(Error::io("open", path))?;
    let length = file.len().map_err(Error::io("measure", path))?;
    let bytes = read_range(&*file, 0, length).map_err(Error::io("read", path))?;
    let mut found = Salvaged { bytes: length, ..Salvaged::default() };
    if bytes.len() < SEGMENT_HEADER {
        return Ok(found);
    }
    // Of a broken header the salt may still be right: then records are whole, and else none is.
    let salt = match SegmentHeader::decode(&bytes) {
        Ok(header) => {
            found.epoch = header.epoch;
            header.salt
        }
        Err(_) => format::u32_at(&bytes, 40),
    };
    let belongs = |seq: Seq| seq >= first && end.is_none_or(|end| seq < end);
    let mut at = SEGMENT_HEADER;
    let mut behind = at;
    while at < bytes.len() {
        let known = found.records.len();
        at += found.look(&bytes[at..], salt, &belongs);
        behind = if found.records.len() > known { at } else { behind };
    }
    found.ends_there = ends(&bytes[behind..]);
    Ok(found)
}

impl Salvaged {
    /// Looks at the beginning of `rest`, and says how many bytes are done with.
    fn look(&mut self, rest: &[u8], salt: u32, belongs: &impl Fn(Seq) -> bool) -> usize {
        if format::read_mark(salt, rest).is_some() {
            return MARK_BYTES;
        }
        let Some((header, kind)) = plausible(rest).filter(|(header, _)| belongs(header.seq)) else {
            return 1;
        };
        let payload = &rest[RECORD_HEADER..header.whole()];
        if format::record_crc(salt, &rest[..header.whole()]) == header.crc {
            if let (RecordKind::Barrier, Some(barrier)) = (kind, Barrier::decode(payload)) {
                self.epoch = self.epoch.max(barrier.epoch);
            }
            self.records.insert(header.seq, Record { seq: header.seq, kind, payload: payload.to_vec() });
            return header.whole();
        }
        if let Ok(turn) = decode_turn(payload) {
            let chats = turn.events.iter().filter_map(|scoped| scoped.scope.chat);
            self.hints.entry(header.seq).or_default().extend(chats);
        }
        1
    }
}

/// Whether these bytes are too few for a record, and zeroes follow them as they do behind the journal's end.
fn ends(rest: &[u8]) -> bool {
    let written = rest.iter().rposition(|byte| *byte != 0).map_or(0, |last| last + 1);
    written <= MARK_BYTES && rest.len() >= written + MARK_BYTES
}

/// A header that could be one.
fn plausible(rest: &[u8]) -> Option<(RecordHeader, RecordKind)> {
    let header = RecordHeader::decode(rest)?;
    let fits = header.version == RECORD_VERSION
        && header.length as usize <= MAX_PAYLOAD_BYTES
        && header.whole() <= rest.len();
    fits.then(|| Some((header, RecordKind::from_wire(header.kind)?)))?
}
