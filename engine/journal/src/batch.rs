//! The buffer in which one append is encoded. Reused from append to append, so that a running journal does
//! not allocate. It knows neither the file nor, before it is sealed, the places of its records.

use crate::format::{
    self, APPEND_ALIGN, MARK_BYTES, MAX_BATCH_BYTES, MAX_BATCH_RECORDS, MAX_PAYLOAD_BYTES, RECORD_HEADER,
};
use crate::{Error, RecordKind, Seq};

/// Most memory that an empty batch holds on to.
const KEPT_BYTES: usize = 4 << 20;

/// Records that will be committed together: all of them or none.
#[derive(Debug, Default)]
pub struct Batch {
    bytes: Vec<u8>,
    /// Where the records end; what follows was added by sealing.
    records_end: usize,
    len: usize,
}

impl Batch {
    /// An empty batch.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// An empty batch that takes this many bytes of records before it allocates again.
    #[must_use]
    pub fn with_room(bytes: usize) -> Self {
        Self { bytes: Vec::with_capacity(bytes + MARK_BYTES + APPEND_ALIGN as usize), ..Self::default() }
    }

    /// Adds all records of another batch behind its own.
    ///
    /// # Errors
    /// [`Error::TooLarge`] when both together would be over [`MAX_BATCH_BYTES`] or [`MAX_BATCH_RECORDS`]; the batch is
    /// then as it was.
    pub fn absorb(&mut self, other: &Self) -> Result<(), Error> {
        let (bytes, len) = (self.records_end + other.records_end, self.len + other.len);
        check(&[
            ("a batch in bytes", bytes, MAX_BATCH_BYTES),
            ("a batch in records", len, MAX_BATCH_RECORDS),
        ])?;
        self.bytes.truncate(self.records_end);
        self.bytes.extend_from_slice(&other.bytes[..other.records_end]);
        (self.records_end, self.len) = (bytes, len);
        Ok(())
    }

    /// Adds a record.
    ///
    /// # Errors
    /// [`Error::TooLarge`] when the payload is over [`MAX_PAYLOAD_BYTES`], or the batch would be over
    /// [`MAX_BATCH_BYTES`] or [`MAX_BATCH_RECORDS`]; the batch is then as it was.
    pub fn push(&mut self, kind: RecordKind, payload: &[u8]) -> Result<(), Error> {
        self.push_with(kind, |out| out.extend_from_slice(payload))
    }

    /// Adds a record whose payload is written straight into the batch by `encode`, which may only append.
    ///
    /// # Errors
    /// As [`Batch::push`].
    pub fn push_with(&mut self, kind: RecordKind, encode: impl FnOnce(&mut Vec<u8>)) -> Result<(), Error> {
        self.bytes.truncate(self.records_end);
        self.bytes.extend_from_slice(&format::unplaced_header(kind.wire()));
        let payload_at = self.records_end + RECORD_HEADER;
        encode(&mut self.bytes);
        assert!(self.bytes.len() >= payload_at, "an encoder took away bytes that were not its own");
        let length = self.bytes.len() - payload_at;
        if let Err(error) = self.check_room(length) {
            self.bytes.truncate(self.records_end);
            return Err(error);
        }
        let length = u32::try_from(length).expect("a payload's limit fits in a u32");
        self.bytes[self.records_end..self.records_end + 4].copy_from_slice(&length.to_le_bytes());
        self.records_end = self.bytes.len();
        self.len += 1;
        Ok(())
    }

    fn check_room(&self, length: usize) -> Result<(), Error> {
        check(&[
            ("a record's payload in bytes", length, MAX_PAYLOAD_BYTES),
            ("a batch in bytes", self.bytes.len(), MAX_BATCH_BYTES),
            ("a batch in records", self.len + 1, MAX_BATCH_RECORDS),
        ])
    }

    /// Number of records.
    #[must_use]
    pub fn len(&self) -> usize {
        self.len
    }

    /// Whether there is no record in it.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// Bytes of all records with their headers; the closing mark (at most 31 bytes) comes on top.
    #[must_use]
    pub fn bytes(&self) -> usize {
        self.records_end
    }

    /// Takes the records out and keeps the memory, unless one rare batch made it large.
    pub fn clear(&mut self) {
        self.bytes.clear();
        self.bytes.shrink_to(KEPT_BYTES);
        self.records_end = 0;
        self.len = 0;
    }

    /// Gives the records their places from `first` on, closes them with a mark and pads the whole.
    /// May be done again with other arguments when the first attempt was not written.
    pub(crate) fn seal(&mut self, first: Seq, salt: u32) -> &[u8] {
        self.bytes.truncate(self.records_end);
        let mut at = 0;
        for nth in 0..self.len {
            let end = at + RECORD_HEADER + format::u32_at(&self.bytes, at) as usize;
            let place = u16::try_from(nth).expect("the number of records in a batch is limited");
            format::place_record(&mut self.bytes[at..end], salt, place, Seq(first.0 + nth as u64));
            at = end;
        }
        let length = u32::try_from(self.records_end).expect("the bytes of a batch are limited");
        self.bytes.extend_from_slice(&format::mark(salt, first, length));
        let padded = self.bytes.len().next_multiple_of(APPEND_ALIGN as usize);
        self.bytes.resize(padded, 0);
        &self.bytes
    }
}

/// Says which of some sizes is over its limit.
fn check(sizes: &[(&'static str, usize, usize)]) -> Result<(), Error> {
    match sizes.iter().find(|(_, size, limit)| size > limit) {
        Some(&(what, size, limit)) => Err(Error::TooLarge { what, size: size as u64, limit: limit as u64 }),
        None => Ok(()),
    }
}
