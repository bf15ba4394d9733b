//! The bytes of a segment: its header, a record's header, and the mark that closes an append.
//! Knows sizes, offsets and checksums, and nothing about files. `FORMAT.md` is the prose of this file.

use crate::{Epoch, Seq};

/// Most bytes of one record's payload.
pub const MAX_PAYLOAD_BYTES: usize = 16 << 20;
/// Most bytes of one batch, headers included.
pub const MAX_BATCH_BYTES: usize = 64 << 20;
/// Most records of one batch: their number within the append is a u16.
pub const MAX_BATCH_RECORDS: usize = u16::MAX as usize;

/// Version of the segment's layout and of the records in it.
pub(crate) const SEGMENT_VERSION: u16 = 1;
pub(crate) const RECORD_VERSION: u8 = 1;

pub(crate) const SEGMENT_HEADER: usize = 64;
pub(crate) const RECORD_HEADER: usize = 20;
pub(crate) const MARK_BYTES: usize = 24;
/// Every append begins at a multiple of this, so that a sector boundary never leaves a sliver of it behind.
pub(crate) const APPEND_ALIGN: u64 = 8;
/// The smallest unit that a disk writes whole or not at all.
pub(crate) const SECTOR: u64 = 512;

const SEGMENT_MAGIC: [u8; 8] = *b"HARKJRNL";
/// Opens a mark. As a record's length it would be far beyond [`MAX_PAYLOAD_BYTES`].
pub(crate) const MARK_OPEN: u32 = 0xB1E5_5ED5;
/// Closes a mark: no byte is zero, and none can become zero by one flipped bit.
const MARK_CLOSE: u32 = 0xD00D_FEE7;

pub(crate) fn u16_at(bytes: &[u8], at: usize) -> u16 {
    u16::from_le_bytes([bytes[at], bytes[at + 1]])
}

pub(crate) fn u32_at(bytes: &[u8], at: usize) -> u32 {
    u32::from_le_bytes(bytes[at..at + 4].try_into().expect("a slice of four bytes"))
}

pub(crate) fn u64_at(bytes: &[u8], at: usize) -> u64 {
    u64::from_le_bytes(bytes[at..at + 8].try_into().expect("a slice of eight bytes"))
}

/// Rounds up to where an append may begin.
pub(crate) fn align(at: u64) -> u64 {
    at.next_multiple_of(APPEND_ALIGN)
}

/// What the first [`SEGMENT_HEADER`] bytes of a segment say.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct SegmentHeader {
    /// Place of the first record in the segment.
    pub(crate) first: Seq,
    /// The reign in which it was made.
    pub(crate) epoch: Epoch,
    /// Bytes of the whole file as it was made.
    pub(crate) capacity: u64,
    /// Starts every checksum inside: what lay elsewhere, or was typed by somebody, never passes for a record.
    pub(crate) salt: u32,
}

/// Why a segment's header is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum BadHeader {
    Broken,
    Version(u16),
}

impl SegmentHeader {
    pub(crate) fn encode(&self) -> [u8; SEGMENT_HEADER] {
        let mut out = [0; SEGMENT_HEADER];
        out[0..8].copy_from_slice(&SEGMENT_MAGIC);
        out[8..10].copy_from_slice(&SEGMENT_VERSION.to_le_bytes());
        out[16..24].copy_from_slice(&self.first.0.to_le_bytes());
        out[24..32].copy_from_slice(&self.epoch.0.to_le_bytes());
        out[32..40].copy_from_slice(&self.capacity.to_le_bytes());
        out[40..44].copy_from_slice(&self.salt.to_le_bytes());
        let crc = crc32c::crc32c(&out[..60]);
        out[60..64].copy_from_slice(&crc.to_le_bytes());
        out
    }

    pub(crate) fn decode(bytes: &[u8]) -> Result<Self, BadHeader> {
        if bytes.len() < SEGMENT_HEADER || bytes[0..8] != SEGMENT_MAGIC {
            return Err(BadHeader::Broken);
        }
        if crc32c::crc32c(&bytes[..60]) != u32_at(bytes, 60) {
            return Err(BadHeader::Broken);
        }
        match u16_at(bytes, 8) {
            SEGMENT_VERSION => Ok(Self {
                first: Seq(u64_at(bytes, 16)),
                epoch: Epoch(u64_at(bytes, 24)),
                capacity: u64_at(bytes, 32),
                salt: u32_at(bytes, 40),
            }),
            newer => Err(BadHeader::Version(newer)),
        }
    }
}

/// What stands before a record's payload.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct RecordHeader {
    /// Bytes of the payload.
    pub(crate) length: u32,
    pub(crate) crc: u32,
    pub(crate) version: u8,
    pub(crate) kind: u8,
    /// Place within its append, from 0.
    pub(crate) nth: u16,
    pub(crate) seq: Seq,
}

impl RecordHeader {
    /// Reads a header; the checksum is not looked at.
    pub(crate) fn decode(bytes: &[u8]) -> Option<Self> {
        (bytes.len() >= RECORD_HEADER).then(|| Self {
            length: u32_at(bytes, 0),
            crc: u32_at(bytes, 4),
            version: bytes[8],
            kind: bytes[9],
            nth: u16_at(bytes, 10),
            seq: Seq(u64_at(bytes, 12)),
        })
    }

    /// Bytes of header and payload together.
    pub(crate) fn whole(&self) -> usize {
        RECORD_HEADER + self.length as usize
    }

    /// Place of the first record of the append that this one belongs to.
    pub(crate) fn append_first(&self) -> Seq {
        Seq(self.seq.0.saturating_sub(u64::from(self.nth)))
    }
}

/// Makes the header of a record that does not know its place yet; [`place_record`] does the rest.
pub(crate) fn unplaced_header(kind: u8) -> [u8; RECORD_HEADER] {
    let mut out = [0; RECORD_HEADER];
    out[8] = RECORD_VERSION;
    out[9] = kind;
    out
}

/// Gives a whole record its place and its checksum.
pub(crate) fn place_record(record: &mut [u8], salt: u32, nth: u16, seq: Seq) {
    record[10..12].copy_from_slice(&nth.to_le_bytes());
    record[12..20].copy_from_slice(&seq.0.to_le_bytes());
    let crc = record_crc(salt, record);
    record[4..8].copy_from_slice(&crc.to_le_bytes());
}

/// Checksum of a whole record: all that follows the checksum itself.
pub(crate) fn record_crc(salt: u32, record: &[u8]) -> u32 {
    crc32c::crc32c_append(salt, &record[8..])
}

/// The mark that closes an append of `length` bytes of records, the first of which is `first`.
pub(crate) fn mark(salt: u32, first: Seq, length: u32) -> [u8; MARK_BYTES] {
    let mut out = [0; MARK_BYTES];
    out[0..4].copy_from_slice(&MARK_OPEN.to_le_bytes());
    out[4..8].copy_from_slice(&length.to_le_bytes());
    out[8..16].copy_from_slice(&first.0.to_le_bytes());
    let crc = crc32c::crc32c_append(salt, &out[..16]);
    out[16..20].copy_from_slice(&crc.to_le_bytes());
    out[20..24].copy_from_slice(&MARK_CLOSE.to_le_bytes());
    out
}

/// The first record's place, when `bytes` begin with a whole mark.
pub(crate) fn read_mark(salt: u32, bytes: &[u8]) -> Option<Seq> {
    if bytes.len() < MARK_BYTES || u32_at(bytes, 0) != MARK_OPEN {
        return None;
    }
    let first = Seq(u64_at(bytes, 8));
    (bytes[..MARK_BYTES] == mark(salt, first, u32_at(bytes, 4))).then_some(first)
}
