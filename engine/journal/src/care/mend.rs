//! Writes the file that takes a damaged segment's place: the same numbers, with a barrier that says so wherever a record
//! is lost. The damaged file is copied aside first, and the new one takes its name in one step.

use crate::format::{SEGMENT_HEADER, SegmentHeader};
use crate::log::prepare::prepare;
use crate::{Barrier, Batch, Disk, DiskFile, Epoch, Error, Record, RecordKind, Seq};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// What a barrier's program is called that stands where a record was lost.
const LOST_RECORD: &str = "hark journal repair: the record that was here is lost";

/// Whether a record stands where a repair could not keep one.
#[must_use]
pub fn is_lost(record: &Record) -> bool {
    let barrier = (record.kind == RecordKind::Barrier).then(|| Barrier::decode(&record.payload)).flatten();
    barrier.is_some_and(|barrier| barrier.program == LOST_RECORD)
}

/// Records of one append of a mended segment, and their bytes, at most.
const APPEND_RECORDS: usize = 4096;
const APPEND_BYTES: usize = 8 << 20;
/// Bytes copied at once.
const PIECE: usize = 1 << 20;

/// A segment to be written anew.
pub(super) struct Mended {
    pub(super) path: PathBuf,
    /// First record, and the one behind the last.
    pub(super) first: Seq,
    pub(super) end: Seq,
    /// What was salvaged of it.
    pub(super) records: BTreeMap<Seq, Record>,
    /// The reign of its header and of its fillers.
    pub(super) epoch: Epoch,
    /// Bytes of the file that it replaces.
    pub(super) bytes: u64,
}

impl Mended {
    /// Writes it, durably, in the place of what is there.
    pub(super) fn write(&self, disk: &dyn Disk, dir: &Path) -> Result<(), Error> {
        let salt = disk.salt();
        let body = self.sealed(salt)?;
        let needed = SEGMENT_HEADER as u64 + body.iter().map(|append| append.len() as u64).sum::<u64>();
        let capacity = self.bytes.max(needed);
        let failed = || Error::io("write", &self.path);
        let prepared = prepare(disk, dir, capacity).map_err(failed())?;
        let header = SegmentHeader { first: self.first, epoch: self.epoch, capacity, salt };
        let write = || {
            let mut at = SEGMENT_HEADER as u64;
            for append in &body {
                prepared.file.write_at(at, append)?;
                at += append.len() as u64;
            }
            prepared.file.write_at(0, &header.encode())?;
            prepared.file.sync_data()?;
            disk.rename(&prepared.path, &self.path)?;
            disk.sync_dir(dir)
        };
        write().map_err(failed())
    }

    fn sealed(&self, salt: u32) -> Result<Vec<Vec<u8>>, Error> {
        let (mut appends, mut batch, mut from) = (Vec::new(), Batch::new(), self.first);
        for seq in (self.first.0..self.end.0).map(Seq) {
            match self.records.get(&seq) {
                Some(record) => batch.push(record.kind, &record.payload)?,
                None => batch.push_with(RecordKind::Barrier, |out| self.filler().encode(out))?,
            }
            if batch.len() >= APPEND_RECORDS || batch.bytes() >= APPEND_BYTES || seq.next() == self.end {
                appends.push(batch.seal(from, salt).to_vec());
                batch = Batch::new();
                from = seq.next();
            }
        }
        Ok(appends)
    }

    fn filler(&self) -> Barrier {
        Barrier { epoch: self.epoch, wall_ms: 0, program: LOST_RECORD.to_owned() }
    }
}

/// A name beside a file that nothing has yet: `<name>.damaged`, `<name>.damaged-2`, …
fn free_name(disk: &dyn Disk, dir: &Path, path: &Path) -> Result<PathBuf, Error> {
    let taken = disk.list(dir).map_err(Error::io("list", dir))?;
    let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let nth =
        |n: u32| dir.join(if n == 1 { format!("{name}.damaged") } else { format!("{name}.damaged-{n}") });
    Ok((1..).map(nth).find(|candidate| !taken.contains(candidate)).expect("numbers do not end"))
}

/// Keeps a copy of a file under a name that the journal does not read. The file itself stays where it is.
pub(super) fn copy_aside(disk: &dyn Disk, dir: &Path, path: &Path) -> Result<PathBuf, Error> {
    let to = free_name(disk, dir, path)?;
    let copy = || {
        let (from, into) = (disk.open_read(path)?, disk.create(&to)?);
        copy_bytes(&*from, &*into)?;
        into.sync_data()?;
        disk.sync_dir(dir)
    };
    copy().map_err(Error::io("copy aside", path))?;
    Ok(to)
}

fn copy_bytes(from: &dyn DiskFile, into: &dyn DiskFile) -> std::io::Result<()> {
    let (mut at, mut piece) = (0, vec![0; PIECE]);
    loop {
        let read = from.read_at(at, &mut piece)?;
        if read == 0 {
            return Ok(());
        }
        into.write_at(at, &piece[..read])?;
        at += read as u64;
    }
}

/// Gives a file a name that the journal does not read.
pub(super) fn move_aside(disk: &dyn Disk, dir: &Path, path: &Path) -> Result<PathBuf, Error> {
    let to = free_name(disk, dir, path)?;
    disk.rename(path, &to).and_then(|()| disk.sync_dir(dir)).map_err(Error::io("set aside", path))?;
    Ok(to)
}
