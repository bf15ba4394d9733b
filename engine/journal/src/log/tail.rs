//! Tells a torn append from damage: was the broken part ever committed?
//!
//! Only one append is outstanding at a time and a segment holds zeroes before it is written, so an append
//! that was not synced differs from a whole one only by zeroes, in whole sectors or from some byte to its
//! end, and no other append lies behind it. Everything else was committed once, and is damage.
//! `FORMAT.md` gives the reasons. Changes nothing on disk.

use super::walk::Walker;
use crate::disk::DiskFile;
use crate::format::{self, MARK_BYTES, MAX_PAYLOAD_BYTES, RECORD_VERSION, RecordHeader, SECTOR};
use crate::{Damage, RecordKind, Seq};
use std::io;

/// Bytes read at once while looking for the last one that is not zero.
const SCAN_BYTES: u64 = 256 << 10;
/// A closing mark with no more wrong bits than this is a damaged mark, not the beginning of a record.
const MARK_BITS: u32 = 16;

/// What the broken part is.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Verdict {
    /// Never committed: the bytes in this range may be made zero again.
    Torn { from: u64, to: u64 },
    /// Committed, and no longer what it was.
    Damaged { at: u64, damage: Damage },
}

/// Judges the place where `walker` could not go on in the last segment.
pub(crate) fn judge(walker: &Walker, damage: Damage) -> io::Result<Verdict> {
    let segment = walker.segment();
    let from = walker.append_at;
    let torn = |to| Ok(Verdict::Torn { from, to });
    let damaged = Ok(Verdict::Damaged { at: walker.at, damage });
    let Some(end) = written_end(&*segment.file, from, segment.header.capacity)? else {
        return torn(from);
    };
    if end <= walker.at {
        return torn(end);
    }
    let tail = Tail { bytes: read_range(&*segment.file, from, end)?, from, salt: segment.header.salt };
    let found = tail.survey(walker);
    if found.another_append {
        return damaged;
    }
    if tail.has_hole(walker.at, found.next_record.unwrap_or(end)) {
        return torn(end);
    }
    if found.mark || tail.is_broken_mark(walker) {
        return damaged;
    }
    torn(end)
}

/// Offset behind the last byte in `from..to` that is not zero.
pub(crate) fn written_end(file: &dyn DiskFile, from: u64, to: u64) -> io::Result<Option<u64>> {
    let mut upper = to;
    while upper > from {
        let lower = upper.saturating_sub(SCAN_BYTES).max(from);
        let bytes = read_range(file, lower, upper)?;
        if let Some(last) = bytes.iter().rposition(|byte| *byte != 0) {
            return Ok(Some(lower + last as u64 + 1));
        }
        upper = lower;
    }
    Ok(None)
}

pub(crate) fn read_range(file: &dyn DiskFile, from: u64, to: u64) -> io::Result<Vec<u8>> {
    let length = usize::try_from(to - from).map_err(io::Error::other)?;
    let mut bytes = vec![0; length];
    let read = file.read_at(from, &mut bytes)?;
    if read < length {
        return Err(io::ErrorKind::UnexpectedEof.into());
    }
    Ok(bytes)
}

/// What lies behind the broken place.
#[derive(Default)]
struct Survey {
    /// A whole record or mark of another append: this one was synced before that was written.
    another_append: bool,
    /// The mark of this append, whole.
    mark: bool,
    /// The next whole record of this append.
    next_record: Option<u64>,
}

/// The bytes from the beginning of the broken append to the last one that is not zero.
struct Tail {
    bytes: Vec<u8>,
    from: u64,
    salt: u32,
}

impl Tail {
    /// Looks at every byte behind the broken place for something whole. Checksums begin with the segment's
    /// salt, so nothing that a customer typed passes for a record here.
    fn survey(&self, walker: &Walker) -> Survey {
        let append = walker.append_first();
        let broken = usize::try_from(walker.at - self.from).expect("the tail lies in memory");
        let mut found = Survey::default();
        for at in broken..self.bytes.len() {
            let rest = &self.bytes[at..];
            if let Some(first) = format::read_mark(self.salt, rest) {
                found.mark |= first == append;
                found.another_append |= first != append;
            } else if let Some(first) = whole_record(self.salt, rest) {
                found.another_append |= first != append;
                found.next_record = found.next_record.or(Some(self.from + at as u64));
            }
        }
        found
    }

    /// Whether a sector that overlaps `broken..upto` holds nothing of this append, so was never written.
    fn has_hole(&self, broken: u64, upto: u64) -> bool {
        let end = self.from + self.bytes.len() as u64;
        (broken / SECTOR..upto.div_ceil(SECTOR)).any(|sector| {
            let first = (sector * SECTOR).max(self.from);
            let last = ((sector + 1) * SECTOR).min(end);
            let part = &self.bytes[(first - self.from) as usize..(last - self.from) as usize];
            part.iter().all(|byte| *byte == 0)
        })
    }

    /// Whether the broken place is this append's mark with a few bits wrong, rather than one cut short.
    fn is_broken_mark(&self, walker: &Walker) -> bool {
        let Ok(length) = u32::try_from(walker.at - self.from) else { return false };
        let expected = format::mark(self.salt, walker.append_first(), length);
        let rest = &self.bytes[length as usize..];
        let cut_short = rest.len() < MARK_BYTES && expected.starts_with(rest);
        let mut found = [0; MARK_BYTES];
        let known = rest.len().min(MARK_BYTES);
        found[..known].copy_from_slice(&rest[..known]);
        let wrong_bits: u32 = expected.iter().zip(found).map(|(a, b)| (a ^ b).count_ones()).sum();
        !cut_short && wrong_bits <= MARK_BITS
    }
}

/// The first record of the append to which the whole record at the beginning of `bytes` belongs.
fn whole_record(salt: u32, bytes: &[u8]) -> Option<Seq> {
    let header = RecordHeader::decode(bytes)?;
    let plausible = header.version == RECORD_VERSION
        && RecordKind::from_wire(header.kind).is_some()
        && header.length as usize <= MAX_PAYLOAD_BYTES
        && header.whole() <= bytes.len();
    let whole = plausible && format::record_crc(salt, &bytes[..header.whole()]) == header.crc;
    whole.then(|| header.append_first())
}
