//! The writer: appends, rotates, trims. One owner, one append at a time, blocking.
//! After the first error of the disk it is poisoned and writes nothing more.

use super::Shared;
use super::archive::Archive;
use super::opening::{self, Opened, Recovered};
use super::prepare::{self, Preparation, Prepared};
use super::reader::{JournalReader, Reader};
use super::segment::{self, Segment};
use crate::format::{self, MARK_BYTES, SEGMENT_HEADER, SegmentHeader};
use crate::{
    Append, Barrier, Batch, Disk, Epoch, Error, Journal, Latest, Options, RecordKind, Seq, Sizes, Snapshots,
};
use std::io;
use std::path::PathBuf;
use std::sync::atomic::Ordering;
use std::sync::{Arc, RwLock};

/// The smallest segment: a header and a few records.
const MIN_SEGMENT_BYTES: u64 = 4 << 10;

/// A journal in a folder of this machine.
pub struct LocalJournal {
    disk: Arc<dyn Disk>,
    dir: PathBuf,
    segment_bytes: u64,
    prepare_ahead: bool,
    epoch: Epoch,
    shared: Arc<Shared>,
    /// The last segment, which is being filled.
    active: Arc<Segment>,
    next: Option<Preparation>,
    /// Whether the disk had no room for the next segment when it was last tried.
    short: bool,
    /// Why nothing may be written any more.
    poisoned: Option<String>,
    /// Given back last: fields are dropped in order.
    _lock: Box<dyn Send>,
}

/// Why there is no new segment.
enum NoSegment {
    /// The disk is full; nothing changed.
    Full(io::Error),
    /// Anything else; nothing may be written any more.
    Failed(io::Error),
}

impl LocalJournal {
    /// Opens the journal in a folder, or makes a new one, and begins a new reign in it.
    ///
    /// # Errors
    /// [`Error::Locked`] when another process has it, [`Error::Damaged`] with file and offset when something
    /// committed is broken, [`Error::Missing`] when files are gone, or the file system's error.
    pub fn open(options: &Options) -> Result<(Self, Opened), Error> {
        opening::open(options)
    }

    /// Goes on from what was recovered: a first segment if there is none, then the barrier.
    pub(super) fn begin(
        options: &Options,
        state: Recovered,
        lock: Box<dyn Send>,
    ) -> Result<(Self, Barrier), Error> {
        let epoch = state.epoch.next();
        let mut segments = state.segments;
        let segment_bytes = options.segment_bytes.max(MIN_SEGMENT_BYTES);
        if segments.is_empty() {
            let disk = &*options.disk;
            let made = prepare::prepare(disk, &options.dir, segment_bytes)
                .and_then(|prepared| establish(disk, &options.dir, prepared, Seq(1), epoch));
            segments.push(Arc::new(made.map_err(Error::io("create a segment in", &options.dir))?));
        }
        let active = Arc::clone(segments.last().expect("a segment was just made if there was none"));
        let last = state.snapshots.last_of_journal();
        last.store(state.found.0, Ordering::Release);
        let archive = options.archive.then(|| Archive::open(&options.disk, &options.dir)).transpose()?;
        let shared = Shared { segments: RwLock::new(segments), last, snapshots: state.snapshots, archive };
        let mut journal = Self {
            disk: Arc::clone(&options.disk),
            dir: options.dir.clone(),
            segment_bytes,
            prepare_ahead: options.prepare_ahead,
            epoch,
            shared: Arc::new(shared),
            active,
            next: None,
            short: false,
            poisoned: None,
            _lock: lock,
        };
        let barrier = Barrier { epoch, wall_ms: options.wall_ms, program: options.program.clone() };
        journal.write_barrier(&barrier)?;
        Ok((journal, barrier))
    }

    fn write_barrier(&mut self, barrier: &Barrier) -> Result<(), Error> {
        let mut batch = Batch::new();
        batch.push_with(RecordKind::Barrier, |out| barrier.encode(out))?;
        match self.append(self.last(), &mut batch) {
            Append::Committed(_) => Ok(()),
            Append::NoSpace(error) | Append::Unknown(error) => {
                Err(Error::io("write the barrier to", &self.active.path)(error))
            }
            Append::Fenced { .. } => unreachable!("nobody writes between opening and the barrier"),
        }
    }

    /// The reign that this opening began.
    #[must_use]
    pub fn epoch(&self) -> Epoch {
        self.epoch
    }

    /// A door for reading from other threads.
    #[must_use]
    pub fn reader(&self) -> JournalReader {
        JournalReader { shared: Arc::clone(&self.shared) }
    }

    /// A door for writing and reading snapshots from other threads, so that no append waits for one.
    #[must_use]
    pub fn snapshots(&self) -> Snapshots {
        self.shared.snapshots.clone()
    }

    /// Whether nothing can be appended any more, and why.
    #[must_use]
    pub fn poisoned(&self) -> Option<&str> {
        self.poisoned.as_deref()
    }

    /// Whether the disk has no room for the next segment, so that only what is left of this one can be written. Each
    /// time it is asked it tries again, on a thread of its own.
    pub fn is_short_of_room(&mut self) -> bool {
        if let Some(failed) = self.next.take_if(|next| next.has_failed()) {
            let full = |error| matches!(no_segment(error), NoSegment::Full(_));
            self.short = failed.into_error().is_some_and(full);
        } else if self.next.as_ref().is_some_and(Preparation::is_ready) {
            self.short = false;
        }
        self.look_ahead();
        self.short
    }

    fn poison(&mut self, error: io::Error) -> Append {
        self.poisoned = Some(error.to_string());
        Append::Unknown(error)
    }

    /// Writes a batch behind the last one and makes it durable, then shows it to readers.
    fn commit(&mut self, batch: &mut Batch) -> io::Result<Seq> {
        let first = self.shared.last().next();
        let at = self.active.end();
        let bytes = batch.seal(first, self.active.header.salt);
        self.active.file.write_at(at, bytes)?;
        self.active.file.sync_data()?;
        if !self.active.file.is_linked()? {
            return Err(io::Error::new(io::ErrorKind::NotFound, "the segment's file was deleted"));
        }
        self.active.commit(at + bytes.len() as u64);
        let last = first.0 + batch.len() as u64 - 1;
        self.shared.last.store(last, Ordering::Release);
        Ok(Seq(last))
    }

    /// Makes a new segment the one being filled, with room for at least `needed` bytes of append.
    fn rotate(&mut self, needed: u64) -> Result<(), NoSegment> {
        let capacity = self.segment_bytes.max(SEGMENT_HEADER as u64 + needed);
        let prepared = match self.next.take().and_then(|next| next.take(capacity)) {
            Some(prepared) => prepared,
            None => prepare::prepare(&*self.disk, &self.dir, capacity).map_err(no_segment)?,
        };
        let first = self.shared.last().next();
        let made = establish(&*self.disk, &self.dir, prepared, first, self.epoch);
        let segment = Arc::new(made.map_err(NoSegment::Failed)?);
        self.shared.change_segments(|segments| segments.push(Arc::clone(&segment)));
        self.active = segment;
        self.short = false;
        Ok(())
    }

    /// Starts making the next segment ready once the current one is half full.
    fn look_ahead(&mut self) {
        let due = self.prepare_ahead && self.next.is_none() && self.active.room() < self.segment_bytes / 2;
        if due {
            // Without a thread the next rotation makes its segment itself.
            self.next = Preparation::start(Arc::clone(&self.disk), self.dir.clone(), self.segment_bytes).ok();
        }
    }
}

/// Turns a prepared file into the segment that begins with `first`: header, sync, name, sync of the folder.
fn establish(
    disk: &dyn Disk,
    dir: &std::path::Path,
    prepared: Prepared,
    first: Seq,
    epoch: Epoch,
) -> io::Result<Segment> {
    let header = SegmentHeader { first, epoch, capacity: prepared.capacity, salt: disk.salt() };
    prepared.file.write_at(0, &header.encode())?;
    prepared.file.sync_data()?;
    let path = dir.join(segment::file_name(first));
    disk.rename(&prepared.path, &path)?;
    disk.sync_dir(dir)?;
    Ok(Segment::empty(header, path, prepared.file))
}

fn no_segment(error: io::Error) -> NoSegment {
    match error.kind() {
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => NoSegment::Full(error),
        _ => NoSegment::Failed(error),
    }
}

/// Bytes that a batch takes in a segment.
fn room_for(batch: &Batch) -> u64 {
    format::align((batch.bytes() + MARK_BYTES) as u64)
}

impl Journal for LocalJournal {
    fn last(&self) -> Seq {
        self.shared.last()
    }

    fn append(&mut self, after: Seq, batch: &mut Batch) -> Append {
        if let Some(why) = &self.poisoned {
            return Append::Unknown(io::Error::other(format!("the journal stopped earlier: {why}")));
        }
        let last = self.last();
        if after != last {
            return Append::Fenced { last };
        }
        if batch.is_empty() {
            return Append::Committed(last);
        }
        let needed = room_for(batch);
        if needed > self.active.room() {
            match self.rotate(needed) {
                Ok(()) => {}
                Err(NoSegment::Full(error)) => return Append::NoSpace(error),
                Err(NoSegment::Failed(error)) => return self.poison(error),
            }
        }
        match self.commit(batch) {
            Ok(last) => {
                self.look_ahead();
                Append::Committed(last)
            }
            Err(error) => self.poison(error),
        }
    }

    fn read(&self, from: Seq) -> Result<Reader, Error> {
        self.reader().read(from)
    }

    fn write_snapshot(&mut self, upto: Seq, bytes: &[u8]) -> Result<(), Error> {
        self.shared.snapshots.write(upto, bytes)
    }

    fn latest_snapshot(&self) -> Result<Latest, Error> {
        self.shared.snapshots.latest()
    }

    fn trim(&mut self, upto: Seq) -> Result<Seq, Error> {
        let upto = upto.min(self.shared.snapshots.covered());
        let segments = self.shared.segments();
        for pair in segments.windows(2) {
            let (oldest, following) = (&pair[0], &pair[1]);
            if following.header.first.previous() > upto {
                break;
            }
            // One by one and in order: a crash in between never leaves a gap.
            match &self.shared.archive {
                Some(archive) => archive.take(oldest)?,
                None => {
                    self.disk.remove(&oldest.path).map_err(Error::io("delete", &oldest.path))?;
                    self.disk.sync_dir(&self.dir).map_err(Error::io("sync", &self.dir))?;
                }
            }
            self.shared.change_segments(|live| drop(live.remove(0)));
        }
        Ok(self.shared.first())
    }

    fn sizes(&self) -> Sizes {
        let segments = self.shared.segments();
        let (snapshots, snapshot_bytes) = self.shared.snapshots.sizes();
        Sizes {
            first: self.shared.first(),
            last: self.last(),
            segments: segments.len(),
            segment_bytes: segments.iter().map(|segment| segment.header.capacity).sum(),
            used_bytes: segments.iter().map(|segment| segment.end()).sum(),
            room: self.active.room(),
            next_ready: self.next.as_ref().is_some_and(Preparation::is_ready),
            snapshots,
            snapshot_bytes,
        }
    }
}
