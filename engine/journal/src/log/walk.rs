//! Walks a segment from append to append, checking every byte that it passes.
//! Reads a window at a time, whatever the segment's size. Never decides whether something broken was
//! committed: that is [`super::tail`].

use super::segment::Segment;
use crate::disk::DiskFile;
use crate::format::{
    self, MARK_BYTES, MARK_OPEN, MAX_PAYLOAD_BYTES, RECORD_VERSION, RecordHeader, SEGMENT_HEADER,
};
use crate::{Damage, Error, RecordKind, Seq};
use std::io;
use std::sync::Arc;

/// Bytes read from the file at once.
const WINDOW_BYTES: usize = 128 << 10;

/// A part of a file, held in memory.
struct Window {
    file: Arc<dyn DiskFile>,
    start: u64,
    bytes: Vec<u8>,
}

impl Window {
    /// `wanted` bytes at `at`, or as many as there are before `limit`.
    fn get(&mut self, at: u64, wanted: usize, limit: u64) -> io::Result<&[u8]> {
        let available = usize::try_from(limit.saturating_sub(at)).unwrap_or(usize::MAX);
        let wanted = wanted.min(available);
        let held = at >= self.start && at + wanted as u64 <= self.start + self.bytes.len() as u64;
        if !held {
            self.bytes.resize(wanted.max(WINDOW_BYTES).min(available), 0);
            self.start = at;
            let read = self.file.read_at(at, &mut self.bytes).inspect_err(|_| self.bytes.clear())?;
            self.bytes.truncate(read);
        }
        let from = usize::try_from(at - self.start).expect("a window lies in memory");
        Ok(&self.bytes[from..self.bytes.len().min(from + wanted)])
    }
}

/// What the next step found.
pub(crate) enum Step<'a> {
    /// A whole record.
    Record { seq: Seq, kind: RecordKind, payload: &'a [u8] },
    /// The mark of an append whose records were all seen.
    Closed,
    /// Nothing more: the walker stands between two appends, before zeroes or at the limit.
    End,
    /// Something that is neither whole nor nothing.
    Broken(Damage),
}

/// Stands somewhere in a segment. After [`Step::End`] it may be asked again with a further limit.
pub(crate) struct Walker {
    segment: Arc<Segment>,
    window: Window,
    /// Where it stands.
    pub(crate) at: u64,
    /// Where the append began in which it stands.
    pub(crate) append_at: u64,
    /// The record that must come next.
    pub(crate) next: Seq,
    /// That record's place within its append.
    nth: u16,
}

impl Walker {
    /// At the first append of a segment.
    pub(crate) fn new(segment: &Arc<Segment>) -> Self {
        let window = Window { file: Arc::clone(&segment.file), start: 0, bytes: Vec::new() };
        let at = SEGMENT_HEADER as u64;
        Self { segment: Arc::clone(segment), window, at, append_at: at, next: segment.header.first, nth: 0 }
    }

    /// The first record of the append in which it stands.
    pub(crate) fn append_first(&self) -> Seq {
        Seq(self.next.0 - u64::from(self.nth))
    }

    pub(crate) fn segment(&self) -> &Arc<Segment> {
        &self.segment
    }

    /// Goes back to the beginning of the append in which it stands, as if nothing of it had been there.
    pub(crate) fn rewind(&mut self) {
        self.next = self.append_first();
        self.nth = 0;
        self.at = self.append_at;
        self.window.bytes.clear();
    }

    /// Takes one step, looking at no byte from `limit` on.
    pub(crate) fn step(&mut self, limit: u64) -> Result<Step<'_>, Error> {
        let head =
            self.window.get(self.at, MARK_BYTES, limit).map_err(Error::io("read", &self.segment.path))?;
        if head.iter().all(|byte| *byte == 0) {
            return Ok(if self.nth == 0 { Step::End } else { Step::Broken(Damage::Mark) });
        }
        if head.len() == MARK_BYTES && format::u32_at(head, 0) == MARK_OPEN {
            return Ok(self.close(limit));
        }
        match RecordHeader::decode(head) {
            Some(header) => self.record(header, limit),
            None => Ok(Step::Broken(Damage::Length)),
        }
    }

    fn close(&mut self, limit: u64) -> Step<'static> {
        let salt = self.segment.header.salt;
        let expected = u32::try_from(self.at - self.append_at)
            .map(|length| format::mark(salt, self.append_first(), length))
            .ok();
        let found = self.window.get(self.at, MARK_BYTES, limit).ok();
        if self.nth == 0 || found != expected.as_ref().map(<[u8; MARK_BYTES]>::as_slice) {
            return Step::Broken(Damage::Mark);
        }
        self.at = format::align(self.at + MARK_BYTES as u64);
        self.append_at = self.at;
        self.nth = 0;
        Step::Closed
    }

    fn record(&mut self, header: RecordHeader, limit: u64) -> Result<Step<'_>, Error> {
        let path = &self.segment.path;
        if header.length as usize > MAX_PAYLOAD_BYTES {
            return Ok(Step::Broken(Damage::Length));
        }
        let whole = self.window.get(self.at, header.whole(), limit).map_err(Error::io("read", path))?;
        if whole.len() < header.whole() {
            return Ok(Step::Broken(Damage::Length));
        }
        if format::record_crc(self.segment.header.salt, whole) != header.crc {
            return Ok(Step::Broken(Damage::Checksum));
        }
        let kind = known_kind(&header).map_err(|found| Error::Unsupported {
            file: path.clone(),
            offset: self.at,
            found,
        })?;
        if header.seq != self.next || header.nth != self.nth {
            return Ok(Step::Broken(Damage::Order));
        }
        self.at += header.whole() as u64;
        self.next = header.seq.next();
        self.nth = self.nth.wrapping_add(1);
        Ok(Step::Record { seq: header.seq, kind, payload: &whole[format::RECORD_HEADER..] })
    }
}

/// The kind of a record that is whole; the version or kind number that this program does not know.
fn known_kind(header: &RecordHeader) -> Result<RecordKind, u32> {
    if header.version != RECORD_VERSION {
        return Err(u32::from(header.version));
    }
    RecordKind::from_wire(header.kind).ok_or(u32::from(header.kind))
}
