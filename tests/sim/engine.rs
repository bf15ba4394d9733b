//! The engine of a run: the runtime's rules without its threads. The world says when each of them has its turn, and
//! what the clock shows.

use crate::disk::SimDisk;
use hark_core::{
    Action, Actor, Command, Decision, IdempotencyKey, Policy, Refusal, Reply, State, Time, Turn, check,
    decide,
};
use hark_journal::{
    Append, Batch, Disk, Journal as _, JournalReader, LocalJournal, Options, RecordKind, Seq,
};
use std::sync::Arc;

/// Bytes of a segment: small, so that a run rotates often.
const SEGMENT_BYTES: u64 = 48 << 10;
/// Turns between two snapshots.
const SNAPSHOT_TURNS: u64 = 400;
/// As the runtime's.
const BATCH_TURNS: usize = 30_000;

/// What the sender of a request is told, once it is durable.
pub(crate) type Answer = Result<Reply, Refusal>;

/// Turns that are made durable together, and who is told then.
#[derive(Default)]
pub(crate) struct Group {
    pub(crate) batch: Batch,
    pub(crate) turns: Vec<Turn>,
    pub(crate) replies: Vec<(u64, Answer)>,
    pub(crate) last: Seq,
}

/// What became of a group.
pub(crate) enum Committed {
    /// Durable: everybody may be told.
    Told(Box<Group>),
    /// There is no room: the group waits.
    NoRoom,
    /// The journal cannot be written, and the engine takes no more.
    Failed,
}

/// See the module.
pub(crate) struct Engine {
    pub(crate) state: State,
    pub(crate) policy: Box<dyn Policy + Send>,
    pub(crate) journal: LocalJournal,
    pub(crate) pending: Group,
    pub(crate) outstanding: Option<Box<Group>>,
    pub(crate) decided: Seq,
    seed: u64,
    start: Time,
    started_ms: u64,
    snapshot: Seq,
    /// Whether snapshots are made, and what they cover is given back.
    pub(crate) gives_back: bool,
}

impl Engine {
    /// Opens the engine on a disk: `wall` is what the wall clock shows, `mono` the time that never jumps.
    pub(crate) fn open(
        disk: &SimDisk,
        policy: Box<dyn Policy + Send>,
        wall: u64,
        mono: u64,
        seed: u64,
    ) -> Result<Self, String> {
        let disk: Arc<dyn Disk> = Arc::new(disk.clone());
        let options = Options {
            segment_bytes: SEGMENT_BYTES,
            prepare_ahead: false,
            wall_ms: wall,
            disk,
            ..Options::new("/journal")
        };
        let (journal, opened) = LocalJournal::open(&options).map_err(|error| error.to_string())?;
        let (state, snapshot) = restore(&journal.reader(), opened.last)?;
        let start = Time::from_millis(wall).max(state.now());
        let (pending, outstanding) = (Group::default(), None);
        let decided = opened.last;
        let mut engine = Self {
            state,
            policy,
            journal,
            pending,
            outstanding,
            decided,
            seed,
            start,
            started_ms: mono,
            snapshot,
            gives_back: true,
        };
        engine.take(0, Actor::Engine, Action::Open, None, mono);
        Ok(engine)
    }

    /// What is durable.
    pub(crate) fn reader(&self) -> JournalReader {
        self.journal.reader()
    }

    /// What the engine's clock shows.
    pub(crate) fn now(&self, mono: u64) -> Time {
        Time::from_millis(self.start.millis().saturating_add(mono - self.started_ms))
    }

    fn seed(&mut self) -> u64 {
        self.seed = self.seed.wrapping_add(0xA076_1D64_78BD_642F);
        self.seed
    }

    /// Carries out a request; its sender is told with the group.
    pub(crate) fn take(
        &mut self,
        ticket: u64,
        by: Actor,
        action: Action,
        key: Option<IdempotencyKey>,
        mono: u64,
    ) {
        let command = Command { at: self.now(mono), seed: self.seed(), by, key, action };
        let Decision { turns, reply } = decide(&mut self.state, command, &mut *self.policy);
        self.keep(turns);
        self.pending.replies.push((ticket, reply));
    }

    /// Fires what is due.
    pub(crate) fn tick(&mut self, mono: u64) {
        let now = self.now(mono);
        let is_hungry = self.pending.turns.len() < BATCH_TURNS;
        if is_hungry && self.state.next_deadline().is_some_and(|(at, _)| at <= now) {
            let seed = self.seed();
            let command = Command { at: now, seed, by: Actor::Engine, key: None, action: Action::Tick };
            let Decision { turns, .. } = decide(&mut self.state, command, &mut *self.policy);
            self.keep(turns);
        }
    }

    fn keep(&mut self, turns: Vec<Turn>) {
        if turns.is_empty() {
            return;
        }
        check::touched(&self.state, &turns)
            .unwrap_or_else(|broken| panic!("an invariant is broken: {broken}"));
        for turn in turns {
            let pushed =
                self.pending.batch.push_with(RecordKind::Turn, |out| hark_journal::encode_turn(&turn, out));
            pushed.expect("a turn fits into the journal");
            self.decided = self.decided.next();
            self.pending.turns.push(turn);
        }
    }

    /// Hands the batch over, if none is under way.
    pub(crate) fn hand_over(&mut self) {
        if self.outstanding.is_none() && !(self.pending.turns.is_empty() && self.pending.replies.is_empty()) {
            self.pending.last = self.decided;
            self.outstanding = Some(Box::new(std::mem::take(&mut self.pending)));
        }
    }

    /// Ends the append that is under way.
    pub(crate) fn commit(&mut self) -> Option<Committed> {
        let mut group = self.outstanding.take()?;
        if group.turns.is_empty() {
            return Some(Committed::Told(group));
        }
        let after = self.journal.last();
        match self.journal.append(after, &mut group.batch) {
            Append::Committed(last) => {
                assert!(last == group.last, "the journal put turn {} at {last}", group.last);
                self.look_after_snapshots();
                Some(Committed::Told(group))
            }
            Append::NoSpace(_) => {
                self.outstanding = Some(group);
                Some(Committed::NoRoom)
            }
            Append::Fenced { last } => panic!("somebody else wrote up to record {last}"),
            Append::Unknown(_) => {
                self.outstanding = Some(group);
                Some(Committed::Failed)
            }
        }
    }

    fn look_after_snapshots(&mut self) {
        let last = self.journal.last();
        if !self.gives_back || last.0 - self.snapshot.0 < SNAPSHOT_TURNS {
            return;
        }
        self.snapshot = last;
        let Ok((state, _)) = restore(&self.journal.reader(), last) else { return };
        let written = self.journal.snapshots().write(last, &encode(&state));
        if written.is_ok() {
            // What cannot be given back now is given back next time.
            let _ = self.journal.trim(last);
        }
    }
}

fn encode(state: &State) -> Vec<u8> {
    let mut out = Vec::new();
    let mut serializer = rmp_serde::Serializer::new(&mut out).with_struct_map();
    serde::Serialize::serialize(state, &mut serializer).expect("a state can be written");
    out
}

fn restore(journal: &JournalReader, upto: Seq) -> Result<(State, Seq), String> {
    let latest = journal.latest_snapshot().map_err(|error| error.to_string())?;
    let (mut state, snapshot) = match latest.snapshot.filter(|snapshot| snapshot.seq <= upto) {
        Some(snapshot) => {
            let mut state: State =
                rmp_serde::from_slice(&snapshot.bytes).map_err(|error| error.to_string())?;
            state.rebuild();
            (state, snapshot.seq)
        }
        None => (State::new(), Seq::NONE),
    };
    for record in journal.read(snapshot.next()).map_err(|error| error.to_string())? {
        let record = record.map_err(|error| error.to_string())?;
        if record.seq <= upto && record.kind == RecordKind::Turn {
            let turn = hark_journal::decode_turn(&record.payload)?;
            turn.events.iter().for_each(|scoped| state.apply(turn.at, &scoped.event));
        }
    }
    Ok((state, snapshot))
}
