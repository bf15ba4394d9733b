//! Reading what is committed, from any thread, while the writer goes on.
//! Holds one window of one segment in memory. Never shows a record that is not durable.

use super::Shared;
use super::segment::Segment;
use super::walk::{Step, Walker};
use crate::{Damage, Error, Latest, Record, Seq};
use std::sync::Arc;

/// Door for everybody who only reads. Cheap to clone; outlives the writer.
#[derive(Clone)]
pub struct JournalReader {
    pub(crate) shared: Arc<Shared>,
}

impl JournalReader {
    /// The last committed record.
    #[must_use]
    pub fn last(&self) -> Seq {
        self.shared.last()
    }

    /// The first record that is still there.
    #[must_use]
    pub fn first(&self) -> Seq {
        self.shared.first()
    }

    /// Streams the committed records from `from` on.
    ///
    /// # Errors
    /// [`Error::Trimmed`] when `from` has left the journal.
    pub fn read(&self, from: Seq) -> Result<Reader, Error> {
        let next = from.max(Seq(1));
        match self.shared.first() {
            first if next < first => Err(Error::Trimmed { asked: next, first }),
            _ => Ok(Reader { shared: Arc::clone(&self.shared), walker: None, next, failed: false }),
        }
    }

    /// The first record that can be read with those of the archive: [`JournalReader::first`] where none is kept. Reads
    /// all of the archive.
    #[must_use]
    pub fn first_archived(&self) -> Seq {
        let live = self.shared.first();
        self.shared.archive.as_ref().map_or(live, |archive| archive.first(live))
    }

    /// Streams as [`JournalReader::read`], from the archive as far as the record has left the journal.
    #[must_use]
    pub fn read_archived(&self, from: Seq) -> Reader {
        Reader { shared: Arc::clone(&self.shared), walker: None, next: from.max(Seq(1)), failed: false }
    }

    /// Nobody will make anything anew from records before `needed`: archived segments without any other are deleted.
    ///
    /// # Errors
    /// The file system's.
    pub fn forget_archived(&self, needed: Seq) -> Result<(), Error> {
        self.shared.archive.as_ref().map_or(Ok(()), |archive| archive.forget(needed))
    }

    /// The newest snapshot that is whole.
    ///
    /// # Errors
    /// As [`crate::Journal::latest_snapshot`].
    pub fn latest_snapshot(&self) -> Result<Latest, Error> {
        self.shared.snapshots.latest()
    }
}

/// Stream of committed records. `None` means "no more for now": asked again later, it goes on where it was
/// with what was committed meanwhile. After an error it ends.
pub struct Reader {
    shared: Arc<Shared>,
    walker: Option<Walker>,
    next: Seq,
    failed: bool,
}

impl Reader {
    /// The record that the next step will bring.
    #[must_use]
    pub fn position(&self) -> Seq {
        self.next
    }

    fn advance(&mut self) -> Result<Option<Record>, Error> {
        while self.next <= self.shared.last() {
            let mut walker = match self.walker.take() {
                Some(walker) => walker,
                None => self.enter()?,
            };
            let record = seek(&mut walker, self.next)?;
            if let Some(record) = record {
                self.walker = Some(walker);
                self.next = record.seq.next();
                return Ok(Some(record));
            }
            let stuck = walker.segment().header.first;
            if self.place_of_next()? == Some(stuck) {
                return Err(Error::damaged(&walker.segment().path, walker.at, Damage::Mark));
            }
        }
        Ok(None)
    }

    /// First record of the segment in which the next one lies.
    fn place_of_next(&self) -> Result<Option<Seq>, Error> {
        match (self.shared.segment_of(self.next), &self.shared.archive) {
            (Some(segment), _) => Ok(Some(segment.header.first)),
            (None, Some(archive)) => archive.place_of(self.next),
            (None, None) => Ok(None),
        }
    }

    fn enter(&self) -> Result<Walker, Error> {
        let segment: Option<Arc<Segment>> = match (self.shared.segment_of(self.next), &self.shared.archive) {
            (None, Some(archive)) => archive.segment_of(self.next)?,
            (live, _) => live,
        };
        let trimmed = || Error::Trimmed { asked: self.next, first: self.shared.first() };
        segment.as_ref().map(Walker::new).ok_or_else(trimmed)
    }
}

/// Walks to the record `wanted`; `None` when the segment ends before it.
fn seek(walker: &mut Walker, wanted: Seq) -> Result<Option<Record>, Error> {
    let limit = walker.segment().end();
    loop {
        match walker.step(limit)? {
            Step::Record { seq, kind, payload } if seq >= wanted => {
                return Ok(Some(Record { seq, kind, payload: payload.to_vec() }));
            }
            Step::Record { .. } | Step::Closed => {}
            Step::End => return Ok(None),
            Step::Broken(damage) => return Err(Error::damaged(&walker.segment().path, walker.at, damage)),
        }
    }
}

impl Iterator for Reader {
    type Item = Result<Record, Error>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.failed {
            return None;
        }
        let step = self.advance().transpose();
        self.failed = matches!(step, Some(Err(_)));
        step
    }
}
