//! Reads every committed record of a folder without owning it, while its owner may go on writing. Takes no lock,
//! changes nothing, and never shows a record whose append is not closed.

use crate::log::opening::Walked;
use crate::log::segment::{self, Segment};
use crate::log::tail::{self, Verdict};
use crate::log::walk::{Step, Walker};
use crate::{Damage, Disk, Error, Record, Seq};
use std::collections::VecDeque;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// How often a place that looks broken is looked at before it is believed: its owner may be writing it.
pub(crate) const LOOKS: usize = 3;

/// Stream of the committed records of a folder. After an error it ends.
pub struct Scan {
    disk: Arc<dyn Disk>,
    dir: PathBuf,
    /// The record that the next step will bring.
    next: Seq,
    walker: Option<Walker>,
    /// Records of a closed append that were not handed out yet.
    ready: VecDeque<Record>,
    /// Bytes of the segments before the one being read.
    before: u64,
    failed: bool,
}

impl Scan {
    /// From the record `from` on; [`Seq::NONE`] means the first that is there.
    ///
    /// # Errors
    /// The folder cannot be listed, or [`Error::Trimmed`] when `from` is no longer in it.
    pub fn open(disk: Arc<dyn Disk>, dir: &Path, from: Seq) -> Result<Self, Error> {
        let segments = segment::list(&*disk, dir)?;
        let first = segments.first().map_or(Seq(1), |(first, _)| *first);
        if from != Seq::NONE && from < first {
            return Err(Error::Trimmed { asked: from, first });
        }
        let next = if from == Seq::NONE { first } else { from };
        let dir = dir.to_path_buf();
        Ok(Self { disk, dir, next, walker: None, ready: VecDeque::new(), before: 0, failed: false })
    }

    /// The record that the next step will bring.
    #[must_use]
    pub fn position(&self) -> Seq {
        self.next
    }

    /// Bytes read so far, skipped segments left out.
    #[must_use]
    pub fn bytes(&self) -> u64 {
        self.before + self.walker.as_ref().map_or(0, |walker| walker.at)
    }

    fn advance(&mut self) -> Result<Option<Record>, Error> {
        loop {
            while let Some(record) = self.ready.pop_front() {
                if record.seq >= self.next {
                    self.next = record.seq.next();
                    return Ok(Some(record));
                }
            }
            if self.walker.is_none() && !self.enter()? {
                return Ok(None);
            }
            if !self.fill()? && !self.leave()? {
                return Ok(None);
            }
        }
    }

    /// Opens the segment in which the next record lies; false when there is none.
    fn enter(&mut self) -> Result<bool, Error> {
        let segments = segment::list(&*self.disk, &self.dir)?;
        let after = segments.partition_point(|(first, _)| *first <= self.next);
        let Some((first, path)) = after.checked_sub(1).map(|index| &segments[index]) else {
            return Ok(false);
        };
        let file = self.disk.open_read(path).map_err(Error::io("open", path))?;
        self.walker = Some(Walker::new(&Arc::new(Segment::open(path, file, *first)?)));
        Ok(true)
    }

    /// Reads one whole append; false when the segment has no more.
    fn fill(&mut self) -> Result<bool, Error> {
        let Some(walker) = &mut self.walker else { return Ok(false) };
        for look in 1..=LOOKS {
            match read_append(walker, &mut self.ready)? {
                Read::Whole => return Ok(true),
                Read::End => return Ok(false),
                Read::Broken(damage) if look == LOOKS => {
                    return unfinished(&self.dir, &*self.disk, walker, damage);
                }
                Read::Broken(_) => walker.rewind(),
            }
        }
        Ok(false)
    }

    /// Goes on to the segment behind this one; false when there is none.
    fn leave(&mut self) -> Result<bool, Error> {
        let Some(walker) = &self.walker else { return Ok(false) };
        let here = walker.segment();
        let segments = segment::list(&*self.disk, &self.dir)?;
        let Some((following, _)) = segments.iter().find(|(first, _)| *first > here.header.first) else {
            return Ok(false);
        };
        if *following > walker.next {
            let damage = Damage::Gap { from: walker.next, to: following.previous() };
            return Err(Error::damaged(&here.path, walker.at, damage));
        }
        self.before += here.header.capacity;
        self.next = self.next.max(*following);
        self.walker = None;
        Ok(true)
    }
}

enum Read {
    Whole,
    End,
    Broken(Damage),
}

fn read_append(walker: &mut Walker, ready: &mut VecDeque<Record>) -> Result<Read, Error> {
    let capacity = walker.segment().header.capacity;
    ready.clear();
    loop {
        match walker.step(capacity)? {
            Step::Record { seq, kind, payload } => {
                ready.push_back(Record { seq, kind, payload: payload.to_vec() });
            }
            Step::Closed => return Ok(Read::Whole),
            Step::End => return Ok(Read::End),
            Step::Broken(damage) => {
                ready.clear();
                return Ok(Read::Broken(damage));
            }
        }
    }
}

/// An append that is not whole: none at all at the end of the journal, damage anywhere else.
fn unfinished(dir: &Path, disk: &dyn Disk, walker: &Walker, damage: Damage) -> Result<bool, Error> {
    let path = &walker.segment().path;
    let segments = segment::list(disk, dir)?;
    let damaged = |at, damage| Err(Error::damaged(path, at, damage));
    if segments.last().is_some_and(|(last, _)| *last > walker.segment().header.first) {
        return damaged(walker.at, damage);
    }
    match tail::judge(walker, damage).map_err(Error::io("read", path))? {
        Verdict::Torn { .. } => Ok(false),
        Verdict::Damaged { at, damage } => damaged(at, damage),
    }
}

impl Iterator for Scan {
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

/// Whether two walks of one segment stopped at the same place for the same reason.
pub(crate) fn agree(one: &Walked, other: &Walked) -> bool {
    one.walker.at == other.walker.at && one.stopped == other.stopped
}
