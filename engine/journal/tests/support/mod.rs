//! A disk in memory that keeps apart what was written from what is durable, cuts the power, and fails when
//! told to. Everything it does follows from a seed. The simulator (tests/sim) runs on it too.
#![allow(dead_code, reason = "each test binary uses its own part")]

use hark_journal::{Disk, DiskFile, Locked};
use std::collections::{BTreeMap, BTreeSet};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard};

const SECTOR: usize = 512;

/// A small generator of numbers (splitmix64), so that a seed is all that a failure needs.
pub(crate) struct Dice(pub(crate) u64);

impl Dice {
    pub(crate) fn roll(&mut self, sides: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        (z ^ (z >> 31)) % sides
    }
}

/// When and how the disk fails.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Fault {
    /// The n-th sync from now says EIO, and what it should have kept is lost to a power cut.
    Sync(u64),
    /// The n-th write from now says EIO after half of it.
    Write(u64),
    /// No file may be longer than this in all: ENOSPC on a write that would grow one.
    Full(usize),
    /// The process dies at the n-th operation from now that changes something: that one is done by half, and none
    /// after it at all.
    Dead(u64),
}

#[derive(Default, Clone)]
struct Content {
    now: Vec<u8>,
    durable: Vec<u8>,
    /// Sectors that the next sync would write. A failed sync forgets them, as kernels do.
    dirty: BTreeSet<usize>,
}

type FileId = usize;

#[derive(Default)]
struct State {
    files: Vec<Content>,
    names: BTreeMap<PathBuf, FileId>,
    durable_names: BTreeMap<PathBuf, FileId>,
    /// Names as they were after each change since the last sync of the folder.
    pending_names: Vec<BTreeMap<PathBuf, FileId>>,
    fault: Option<Fault>,
    locked: bool,
    /// Syncs of files so far.
    syncs: u64,
}

impl State {
    fn changed_names(&mut self) {
        self.pending_names.push(self.names.clone());
    }

    /// Counts an operation. Whether the process still lives: a write that it dies at is done by half.
    fn outlives(&mut self) -> io::Result<()> {
        match self.fault {
            Some(Fault::Dead(0)) => Err(eio()),
            Some(Fault::Dead(n)) => {
                self.fault = Some(Fault::Dead(n - 1));
                Ok(())
            }
            _ => Ok(()),
        }
    }

    /// Files that no name leads to are gone when the process is.
    fn reachable(&self) -> BTreeSet<FileId> {
        let names = [&self.names, &self.durable_names].into_iter().chain(&self.pending_names);
        names.flat_map(BTreeMap::values).copied().collect()
    }

    fn grown(&self, file: FileId, to: usize) -> usize {
        let all: usize = self.names.values().map(|id| self.files[*id].now.len()).sum();
        all + to.saturating_sub(self.files[file].now.len())
    }
}

/// The disk. Clones are the same disk.
#[derive(Clone, Default)]
pub(crate) struct SimDisk(Arc<Mutex<State>>);

impl SimDisk {
    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap()
    }

    pub(crate) fn fail(&self, fault: Option<Fault>) {
        self.state().fault = fault;
    }

    pub(crate) fn syncs(&self) -> u64 {
        self.state().syncs
    }

    /// Bytes of all files.
    pub(crate) fn used(&self) -> usize {
        let state = self.state();
        state.names.values().map(|id| state.files[*id].now.len()).sum()
    }

    /// Whether it has seen the process die.
    pub(crate) fn has_died(&self) -> bool {
        self.state().fault == Some(Fault::Dead(0))
    }

    /// Spoils the newest of the files whose names begin like this, if it and the one before it are none of those spoilt
    /// so far. Which one.
    pub(crate) fn rot(&self, prefix: &str, spoilt: &BTreeSet<PathBuf>) -> Option<PathBuf> {
        let mut state = self.state();
        let begins = |path: &&PathBuf| {
            path.file_name().and_then(|name| name.to_str()).is_some_and(|name| name.starts_with(prefix))
        };
        let [newest, before] = {
            let mut newest_first = state.names.keys().filter(begins).rev();
            [newest_first.next()?.clone(), newest_first.next()?.clone()]
        };
        if spoilt.contains(&newest) || spoilt.contains(&before) {
            return None;
        }
        let id = state.names[&newest];
        let content = &mut state.files[id];
        for bytes in [&mut content.now, &mut content.durable] {
            let middle = bytes.len() / 2;
            bytes.get_mut(middle).into_iter().for_each(|byte| *byte ^= 0x20);
        }
        Some(newest)
    }

    /// What the disk could hold if the power went now: everything synced, and any part of the rest.
    pub(crate) fn power_cut(&self, dice: &mut Dice) -> SimDisk {
        let state = self.state();
        let reachable = state.reachable();
        let mut left = |(id, content)| {
            if reachable.contains(&id) { survive(content, dice) } else { Content::default() }
        };
        let files = state.files.iter().enumerate().map(&mut left).collect();
        let reached = dice.roll(state.pending_names.len() as u64 + 1) as usize;
        let names = match reached {
            0 => state.durable_names.clone(),
            some => state.pending_names[some - 1].clone(),
        };
        let after = State { files, durable_names: names.clone(), names, ..State::default() };
        SimDisk(Arc::new(Mutex::new(after)))
    }

    /// What is there after the process was killed: all that was written.
    pub(crate) fn killed(&self) -> SimDisk {
        let state = self.state();
        let reachable = state.reachable();
        let left = |(id, content): (FileId, &Content)| {
            if reachable.contains(&id) { content.clone() } else { Content::default() }
        };
        let after = State {
            files: state.files.iter().enumerate().map(left).collect(),
            names: state.names.clone(),
            durable_names: state.durable_names.clone(),
            pending_names: state.pending_names.clone(),
            ..State::default()
        };
        SimDisk(Arc::new(Mutex::new(after)))
    }
}

/// Each sector that was written and not synced is there or not. Once in a while the file stops in the middle
/// of one, or has none or all of them.
fn survive(content: &Content, dice: &mut Dice) -> Content {
    let mut bytes = content.durable.clone();
    if dice.roll(2) == 0 {
        bytes.resize(content.now.len().max(bytes.len()), 0);
    }
    let mood = dice.roll(4);
    let torn_at = dice.roll(content.now.len() as u64 + 1) as usize;
    for at in (0..bytes.len().min(content.now.len())).step_by(SECTOR) {
        let end = (at + SECTOR).min(content.now.len()).min(bytes.len());
        let keep = match mood {
            0 => false,
            1 => true,
            2 => end <= torn_at,
            _ => dice.roll(2) == 0,
        };
        if keep {
            bytes[at..end].copy_from_slice(&content.now[at..end]);
        }
    }
    Content { now: bytes.clone(), durable: bytes, dirty: BTreeSet::new() }
}

fn eio() -> io::Error {
    io::Error::from_raw_os_error(5)
}

struct SimFile {
    disk: SimDisk,
    id: FileId,
}

impl Disk for SimDisk {
    fn create_dir(&self, _: &Path) -> io::Result<()> {
        Ok(())
    }

    fn create(&self, path: &Path) -> io::Result<Arc<dyn DiskFile>> {
        let mut state = self.state();
        state.outlives()?;
        state.files.push(Content::default());
        let id = state.files.len() - 1;
        state.names.insert(path.to_path_buf(), id);
        state.changed_names();
        Ok(Arc::new(SimFile { disk: self.clone(), id }))
    }

    fn open(&self, path: &Path) -> io::Result<Arc<dyn DiskFile>> {
        let id = *self.state().names.get(path).ok_or(io::ErrorKind::NotFound)?;
        Ok(Arc::new(SimFile { disk: self.clone(), id }))
    }

    fn open_read(&self, path: &Path) -> io::Result<Arc<dyn DiskFile>> {
        self.open(path)
    }

    fn rename(&self, from: &Path, to: &Path) -> io::Result<()> {
        let mut state = self.state();
        state.outlives()?;
        let id = state.names.remove(from).ok_or(io::ErrorKind::NotFound)?;
        state.names.insert(to.to_path_buf(), id);
        state.changed_names();
        Ok(())
    }

    fn remove(&self, path: &Path) -> io::Result<()> {
        let mut state = self.state();
        state.outlives()?;
        state.names.remove(path).ok_or(io::ErrorKind::NotFound)?;
        state.changed_names();
        Ok(())
    }

    fn list(&self, dir: &Path) -> io::Result<Vec<PathBuf>> {
        let state = self.state();
        Ok(state.names.keys().filter(|path| path.parent() == Some(dir)).cloned().collect())
    }

    fn sync_dir(&self, _: &Path) -> io::Result<()> {
        let mut state = self.state();
        state.outlives()?;
        state.durable_names = state.names.clone();
        state.pending_names.clear();
        Ok(())
    }

    fn lock(&self, _: &Path) -> io::Result<Locked> {
        let mut state = self.state();
        if state.locked {
            return Ok(Locked::By(None));
        }
        state.locked = true;
        drop(state);
        Ok(Locked::Held(Box::new(SimLock(self.clone()))))
    }

    fn salt(&self) -> u32 {
        (Dice(self.state().files.len() as u64).roll(1 << 32)) as u32
    }
}

struct SimLock(SimDisk);

impl Drop for SimLock {
    fn drop(&mut self) {
        self.0.state().locked = false;
    }
}

impl DiskFile for SimFile {
    fn len(&self) -> io::Result<u64> {
        Ok(self.disk.state().files[self.id].now.len() as u64)
    }

    fn read_at(&self, offset: u64, buffer: &mut [u8]) -> io::Result<usize> {
        let state = self.disk.state();
        let bytes = &state.files[self.id].now;
        let from = (offset as usize).min(bytes.len());
        let count = buffer.len().min(bytes.len() - from);
        buffer[..count].copy_from_slice(&bytes[from..from + count]);
        Ok(count)
    }

    fn write_at(&self, offset: u64, bytes: &[u8]) -> io::Result<()> {
        let mut state = self.disk.state();
        let (from, mut end) = (offset as usize, offset as usize + bytes.len());
        let mut outcome = Ok(());
        let dying = state.fault == Some(Fault::Dead(1));
        state.outlives()?;
        match state.fault {
            Some(Fault::Write(0)) => {
                end = from + bytes.len() / 2;
                outcome = Err(eio());
            }
            Some(Fault::Dead(_)) if dying => {
                end = from + bytes.len() / 2;
                outcome = Err(eio());
            }
            Some(Fault::Write(n)) => state.fault = Some(Fault::Write(n - 1)),
            Some(Fault::Full(limit)) if state.grown(self.id, end) > limit => {
                return Err(io::ErrorKind::StorageFull.into());
            }
            _ => {}
        }
        let content = &mut state.files[self.id];
        content.now.resize(content.now.len().max(end), 0);
        content.now[from..end].copy_from_slice(&bytes[..end - from]);
        content.dirty.extend(from / SECTOR..end.div_ceil(SECTOR));
        outcome
    }

    fn sync_data(&self) -> io::Result<()> {
        let mut state = self.disk.state();
        state.outlives()?;
        state.syncs += 1;
        match state.fault {
            Some(Fault::Sync(0)) => {
                state.files[self.id].dirty.clear();
                return Err(eio());
            }
            Some(Fault::Sync(n)) => state.fault = Some(Fault::Sync(n - 1)),
            _ => {}
        }
        let content = &mut state.files[self.id];
        content.durable.resize(content.now.len(), 0);
        for sector in std::mem::take(&mut content.dirty) {
            let at = sector * SECTOR..((sector + 1) * SECTOR).min(content.now.len());
            content.durable[at.clone()].copy_from_slice(&content.now[at]);
        }
        Ok(())
    }
}
