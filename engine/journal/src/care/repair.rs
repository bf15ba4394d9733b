//! Brings a broken journal back: first a plan that says what can be kept and what cannot, then, when told to, the work.
//! Whatever is taken out of the journal's way stays in the folder under another name. It never drops an acknowledged
//! record that can be read and that the desk accepts, and never does anything beside a running desk.

use super::mend::{Mended, copy_aside, move_aside};
use super::salvage::salvage;
use super::{Begin, begin_before};
use crate::log::opening::{Walked, check_last, cut_and_settle, take_lock, walk};
use crate::log::segment::{self, Segment};
use crate::{Disk, Epoch, Error, Record, RecordKind, Report, Seq, Torn, decode_turn, snapshot, verify_on};
use hark_core::{ChatId, State, Turn, check};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Most records that may be missing in one place: beyond it a file's name is more likely wrong than its records gone.
const GAP_LIMIT: u64 = 1_000_000;
/// Turns between two copies of the state, which a turn that is not accepted goes back to.
const CHECKPOINT: usize = 512;

/// Records that cannot be kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lost {
    /// The first of them.
    pub from: Seq,
    /// The last of them.
    pub to: Seq,
    /// Why.
    pub why: Why,
    /// Chats that they concern, as far as that can still be read.
    pub chats: BTreeSet<ChatId>,
}

/// Why a record cannot be kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Why {
    /// Its bytes are damaged, or gone with their file.
    Unreadable,
    /// It is whole, but the desk does not accept it without those that are lost.
    NotAccepted(String),
}

impl fmt::Display for Lost {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.from == self.to {
            write!(f, "record {}", self.from)?;
        } else {
            write!(f, "records {} to {}", self.from, self.to)?;
        }
        match &self.why {
            Why::Unreadable => f.write_str(": cannot be read")?,
            Why::NotAccepted(why) => write!(f, ": {why}")?,
        }
        let chats: Vec<String> = self.chats.iter().map(ToString::to_string).collect();
        if chats.is_empty() {
            f.write_str("; chats unknown")
        } else {
            write!(f, "; chats {}", chats.join(", "))
        }
    }
}

/// What is to be done, and the lock of the folder as long as it is thought about.
pub struct Repair {
    disk: Arc<dyn Disk>,
    dir: PathBuf,
    _lock: Box<dyn Send>,
    /// What is wrong.
    pub report: Report,
    /// The unfinished append that is cut: nobody was told of it.
    pub cut: Option<Torn>,
    /// Records that cannot be kept.
    pub lost: Vec<Lost>,
    /// Whole records that damaged files still give.
    pub salvaged: u64,
    /// Files that get another name.
    pub set_aside: Vec<PathBuf>,
    /// Segments that are written anew.
    mended: Vec<Mended>,
}

impl Repair {
    /// Looks at a folder and says what to do. Nothing is changed.
    ///
    /// # Errors
    /// [`Error::Locked`] beside a running desk; an error that no repair can help with: no whole snapshot reaches the first
    /// record, a file of a newer version, or the file system's.
    pub fn plan(disk: Arc<dyn Disk>, dir: &Path) -> Result<Self, Error> {
        let lock = take_lock(&*disk, dir)?;
        let report = verify_on(&*disk, dir)?;
        refuse_hopeless(&report)?;
        let cut = report.torn.clone();
        let dir = dir.to_path_buf();
        let mut repair = Self {
            disk,
            dir,
            _lock: lock,
            report,
            cut,
            lost: Vec::new(),
            salvaged: 0,
            set_aside: Vec::new(),
            mended: Vec::new(),
        };
        repair.plan_snapshots()?;
        repair.plan_segments()?;
        repair.plan_acceptance()?;
        Ok(repair)
    }

    /// Whether nothing has to be done.
    #[must_use]
    pub fn is_idle(&self) -> bool {
        self.cut.is_none() && self.set_aside.is_empty() && self.mended.is_empty()
    }

    /// Segments that are written anew.
    pub fn written_anew(&self) -> impl Iterator<Item = &Path> {
        self.mended.iter().map(|mended| &*mended.path)
    }

    /// Does it, and says under which names the damaged files are kept. Done in an order in which a crash at any moment
    /// leaves every damaged byte somewhere in the folder.
    ///
    /// # Errors
    /// The file system's.
    pub fn write(self) -> Result<Vec<PathBuf>, Error> {
        let (disk, dir) = (&*self.disk, &*self.dir);
        let mut kept = Vec::new();
        for path in &self.set_aside {
            let replaced = self.mended.iter().any(|mended| mended.path == *path);
            kept.push(if replaced { copy_aside(disk, dir, path)? } else { move_aside(disk, dir, path)? });
        }
        for mended in &self.mended {
            mended.write(disk, dir)?;
        }
        if let Some(torn) = &self.cut {
            let first = segment::list(disk, dir)?.last().map(|(first, _)| *first).unwrap_or_default();
            let file = disk.open(&torn.file).map_err(Error::io("open", &torn.file))?;
            cut_and_settle(&mut walk(&Arc::new(Segment::open(&torn.file, file, first)?))?)?;
        }
        Ok(kept)
    }

    fn plan_snapshots(&mut self) -> Result<(), Error> {
        for (seq, path) in snapshot::list(&*self.disk, &self.dir)? {
            if !self.report.snapshots.contains(&seq) {
                self.set_aside.push(path);
            }
        }
        Ok(())
    }

    /// Every damaged segment, and every gap between two, is written anew with what can be read of it.
    fn plan_segments(&mut self) -> Result<(), Error> {
        let segments = self.own_segments()?;
        let mut epoch = Epoch::default();
        let mut next = segments.first().map_or(Seq(1), |(first, _)| *first);
        for (index, (first, path)) in segments.iter().enumerate() {
            self.fill(next, *first, epoch)?;
            let end = segments.get(index + 1).map(|(following, _)| *following);
            next = match self.whole(path, *first, end)? {
                Some(walked) => {
                    epoch = epoch.max(walked.epoch);
                    walked.walker.append_first()
                }
                None => self.mend(path, *first, end, &mut epoch)?,
            };
        }
        let newest = self.report.snapshots.last().copied().unwrap_or(Seq::NONE);
        self.fill(next, newest.next(), epoch)
    }

    /// The segments, without files that only have the name of one: they are no segment, and the one before has the
    /// records that they should begin with.
    fn own_segments(&mut self) -> Result<Vec<(Seq, PathBuf)>, Error> {
        let mut own: Vec<(Seq, PathBuf)> = Vec::new();
        let mut reached = Seq::NONE;
        for (first, path) in segment::list(&*self.disk, &self.dir)? {
            match self.walked(&path, first)? {
                None if reached > first => self.set_aside.push(path),
                walked => {
                    reached = walked.map_or(Seq::NONE, |walked| walked.walker.next);
                    own.push((first, path));
                }
            }
        }
        Ok(own)
    }

    /// A segment walked to its end or its first fault; none when its header is broken or it is cut short.
    fn walked(&self, path: &Path, first: Seq) -> Result<Option<Walked>, Error> {
        let file = self.disk.open_read(path).map_err(Error::io("open", path))?;
        Segment::open(path, file, first).ok().map(|segment| walk(&Arc::new(segment))).transpose()
    }

    /// A segment in which nothing is wrong.
    fn whole(&self, path: &Path, first: Seq, end: Option<Seq>) -> Result<Option<Walked>, Error> {
        Ok(self.walked(path, first)?.filter(|walked| match end {
            Some(end) => walked.stopped.is_none() && walked.walker.next <= end,
            None => check_last(walked).is_ok(),
        }))
    }

    /// Plans a damaged segment anew, and answers which record comes behind it.
    fn mend(&mut self, path: &Path, first: Seq, end: Option<Seq>, epoch: &mut Epoch) -> Result<Seq, Error> {
        let found = salvage(&*self.disk, path, first, end)?;
        *epoch = found.epoch.max(*epoch);
        // Of the last segment nobody knows how far it went: what is damaged behind its last whole record held one at least.
        let end = end.unwrap_or_else(|| {
            let behind = found.records.last_key_value().map_or(first, |(last, _)| last.next());
            if found.ends_there { behind } else { behind.next() }
        });
        let end = end.max(first.next());
        within_limit(&self.dir, first, end, found.records.len() as u64)?;
        self.note_lost(first, end, &found.records, &found.hints);
        self.salvaged += found.records.len() as u64;
        let (path, epoch) = (path.to_path_buf(), *epoch);
        self.set_aside.push(path.clone());
        self.mended.push(Mended { path, first, end, records: found.records, epoch, bytes: found.bytes });
        Ok(end)
    }

    /// Plans a segment of lost records where files are missing.
    fn fill(&mut self, from: Seq, end: Seq, epoch: Epoch) -> Result<(), Error> {
        if from >= end {
            return Ok(());
        }
        within_limit(&self.dir, from, end, 0)?;
        let path = self.dir.join(segment::file_name(from));
        self.note_lost(from, end, &BTreeMap::new(), &BTreeMap::new());
        self.mended.push(Mended { path, first: from, end, records: BTreeMap::new(), epoch, bytes: 0 });
        Ok(())
    }

    fn note_lost(
        &mut self,
        first: Seq,
        end: Seq,
        records: &BTreeMap<Seq, Record>,
        hints: &BTreeMap<Seq, BTreeSet<ChatId>>,
    ) {
        for seq in (first.0..end.0).map(Seq).filter(|seq| !records.contains_key(seq)) {
            let chats = hints.get(&seq).cloned().unwrap_or_default();
            match self.lost.last_mut() {
                Some(last) if last.to.next() == seq && last.why == Why::Unreadable => {
                    last.to = seq;
                    last.chats.extend(chats);
                }
                _ => self.lost.push(Lost { from: seq, to: seq, why: Why::Unreadable, chats }),
            }
        }
    }

    /// Behind a gap that no snapshot covers, a turn may presume what is lost. What the desk does not accept without it
    /// cannot be kept either.
    fn plan_acceptance(&mut self) -> Result<(), Error> {
        let Begin { seq: began, state } = begin_before(&*self.disk, &self.dir, Some(hark_core::Time::MAX))?;
        let Some(gap) = self.lost.iter().map(|lost| lost.to).find(|to| *to > began) else { return Ok(()) };
        let mut trial = Trial::new(state);
        let segments = self.kept_segments()?;
        let anew: BTreeSet<Seq> = self.mended.iter().map(|mended| mended.first).collect();
        let firsts: BTreeSet<Seq> =
            segments.iter().map(|(first, _)| *first).chain(anew.iter().copied()).collect();
        let mut refused = Vec::new();
        for first in firsts {
            let records = match self.mended.iter().find(|mended| mended.first == first) {
                Some(mended) => mended.records.clone(),
                None => salvage(&*self.disk, &self.dir.join(segment::file_name(first)), first, None)?.records,
            };
            let wanted =
                records.values().filter(|record| record.seq > began && record.kind == RecordKind::Turn);
            for record in wanted {
                let turn = decode_turn(&record.payload);
                let turn = turn.map_err(|why| Error::Unreadable { seq: record.seq, why })?;
                if let Err((why, chats)) = trial.accept(turn, record.seq > gap) {
                    refused.push((
                        first,
                        Lost { from: record.seq, to: record.seq, why: Why::NotAccepted(why), chats },
                    ));
                }
            }
        }
        refused.into_iter().try_for_each(|(first, lost)| self.drop_refused(first, lost))
    }

    /// The segments that are there and stay segments.
    fn kept_segments(&self) -> Result<Vec<(Seq, PathBuf)>, Error> {
        let mut segments = segment::list(&*self.disk, &self.dir)?;
        segments.retain(|(_, path)| !self.set_aside.contains(path));
        Ok(segments)
    }

    /// Takes a record that is not accepted out of its segment, which has to be written anew for it.
    fn drop_refused(&mut self, first: Seq, lost: Lost) -> Result<(), Error> {
        if !self.mended.iter().any(|mended| mended.first == first) {
            let path = self.dir.join(segment::file_name(first));
            let found = salvage(&*self.disk, &path, first, None)?;
            let end = found.records.last_key_value().map_or(first, |(last, _)| last.next());
            self.set_aside.push(path.clone());
            let Self { cut, .. } = self;
            // A torn append goes with the old file.
            cut.take_if(|torn| torn.file == path);
            let (epoch, bytes) = (found.epoch, found.bytes);
            self.mended.push(Mended { path, first, end, records: found.records, epoch, bytes });
        }
        if let Some(mended) = self.mended.iter_mut().find(|mended| mended.first == first) {
            mended.records.remove(&lost.from);
        }
        self.lost.push(lost);
        Ok(())
    }
}

/// What no repair can help with.
fn refuse_hopeless(report: &Report) -> Result<(), Error> {
    let first = report.files.iter().find_map(|file| segment_of(&file.file)).unwrap_or(Seq(1));
    let newest = report.snapshots.last().copied().unwrap_or(Seq::NONE);
    if newest < first.previous() {
        let dir = report.files.first().and_then(|file| file.file.parent()).unwrap_or(Path::new(""));
        return Err(Error::Missing { dir: dir.to_path_buf(), from: newest.next(), to: first.previous() });
    }
    match report.faults.iter().find(|fault| matches!(fault, Error::Unsupported { .. } | Error::Io { .. })) {
        Some(Error::Unsupported { file, offset, found }) => {
            Err(Error::Unsupported { file: file.clone(), offset: *offset, found: *found })
        }
        Some(Error::Io { doing, path, source }) => {
            Err(Error::Io { doing, path: path.clone(), source: source.kind().into() })
        }
        _ => Ok(()),
    }
}

fn segment_of(path: &Path) -> Option<Seq> {
    let digits = path.file_name()?.to_str()?.strip_prefix("journal-")?.strip_suffix(".hark")?;
    digits.parse().ok().map(Seq)
}

fn within_limit(dir: &Path, from: Seq, end: Seq, there: u64) -> Result<(), Error> {
    if end.0 - from.0 - there.min(end.0 - from.0) <= GAP_LIMIT {
        return Ok(());
    }
    Err(Error::Missing { dir: dir.to_path_buf(), from, to: end.previous() })
}

/// Applies turns and goes back behind one that the desk does not accept.
struct Trial {
    state: State,
    checkpoint: State,
    /// What was accepted since the checkpoint.
    since: Vec<Turn>,
    asking: bool,
}

impl Trial {
    fn new(state: State) -> Self {
        Self { checkpoint: State::new(), state, since: Vec::new(), asking: false }
    }

    /// Applies a turn; when `asked` is false nothing is lost yet, and it needs no asking.
    fn accept(&mut self, turn: Turn, asked: bool) -> Result<(), (String, BTreeSet<ChatId>)> {
        if asked && !self.asking {
            self.asking = true;
            self.checkpoint = self.state.clone();
        }
        apply(&mut self.state, &turn);
        if !asked {
            return Ok(());
        }
        let turns = [turn];
        let checked = check::touched(&self.state, &turns);
        let [turn] = turns;
        match checked {
            Ok(()) => {
                self.since.push(turn);
                if self.since.len() >= CHECKPOINT {
                    self.checkpoint = self.state.clone();
                    self.since.clear();
                }
                Ok(())
            }
            Err(why) => {
                self.state = self.checkpoint.clone();
                self.since.iter().for_each(|turn| apply(&mut self.state, turn));
                let chats = turn.events.iter().filter_map(|scoped| scoped.scope.chat).collect();
                Err((format!("the desk does not accept it without what is lost ({why})"), chats))
            }
        }
    }
}

fn apply(state: &mut State, turn: &Turn) {
    turn.events.iter().for_each(|scoped| state.apply(turn.at, &scoped.event));
}
