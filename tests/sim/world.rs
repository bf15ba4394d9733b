//! The world around one engine: it carries out steps, remembers what it was told, and holds every rule against it. The
//! same steps always do the same; nothing here draws a number.

use crate::audit::{self, Audit};
use crate::counts::Counts;
use crate::dice::{Dice, mixed};
use crate::disk::{Fault, SimDisk};
use crate::engine::{Committed, Engine, Start, Tidings};
use crate::glance::{self, Glance};
use crate::history;
use crate::ledger::{Asked, Ledger};
use crate::names::Names;
use crate::page::Heard;
use crate::resolve::resolve;
use crate::rules;
use crate::step::{Act, Ask, DiskFault, Label, Step, Wish};
use hark_core::{State, Turn, check};
use hark_journal::Seq;
use hark_runtime::Seen;
use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

/// 2026-11-22T12:00:00Z.
const NOON: u64 = 1_795_348_800_000;
/// Turns between two snapshots: so many at least, and so many more as a run draws.
const SNAPSHOT_TURNS: u64 = 40;
const MORE_TURNS: u64 = 240;
/// Before every so many starts the newest snapshot rots; there is one to fall back to.
const ROT_EVERY: u64 = 8;
/// How the names of snapshots begin.
const SNAPSHOTS: &str = "snapshot-";
/// Every so many commands everything is looked at, not only what was touched.
const LOOK_EVERY: u64 = 32;
/// Every so many requests somebody looks at the desk.
const GLANCE_EVERY: u64 = 8;
/// Every so many groups a page comes back, which was away for less than so many events.
const RECONNECT_EVERY: u64 = 16;
const LONGEST_AWAY: usize = 440;
/// Every so many groups the two states are compared.
const COMPARE_EVERY: u64 = 64;

/// See the module.
pub(crate) struct World {
    seed: u64,
    disk: SimDisk,
    pub(crate) engine: Option<Engine>,
    /// Time that never jumps, and how far the wall clock is from it, in milliseconds.
    pub(crate) mono: u64,
    wall_ahead: i64,
    rules: u32,
    /// What everybody has been told: the state of the desk as its pages show it.
    pub(crate) told: State,
    pub(crate) audit: Audit,
    ledger: Ledger,
    pub(crate) names: Names,
    asked: BTreeMap<u64, Asked>,
    /// Requests in the inbox.
    undecided: Vec<u64>,
    tickets: u64,
    starts: u64,
    /// Snapshots that the disk has spoilt.
    spoilt: BTreeSet<PathBuf>,
    /// Whether everything is looked at after every step: slow, and a failure is seen where it begins.
    careful: bool,
    pub(crate) counts: Counts,
}

impl World {
    /// An empty disk, and an engine that begins on it.
    pub(crate) fn new(seed: u64) -> Self {
        let mut world = Self {
            seed,
            disk: SimDisk::default(),
            engine: None,
            mono: 0,
            wall_ahead: 0,
            rules: 0,
            told: State::new(),
            audit: Audit::default(),
            ledger: Ledger::default(),
            names: Names::default(),
            asked: BTreeMap::new(),
            undecided: Vec::new(),
            tickets: 0,
            starts: 0,
            spoilt: BTreeSet::new(),
            careful: false,
            counts: Counts::default(),
        };
        world.audit.left = is_remembered(seed).then(BTreeMap::new);
        world.start(&[], Heard::new());
        world
    }

    /// Whether everything is looked at after every step.
    pub(crate) fn carefully(mut self, careful: bool) -> Self {
        self.careful = careful;
        self
    }

    /// Carries out one step.
    pub(crate) fn step(&mut self, step: &Step) {
        self.pass(step.after_ms, step.late);
        self.counts.note(step);
        match &step.act {
            Act::Wait => {}
            Act::Send(wish) => self.send(wish, step.late),
            Act::Commit => self.commit(),
            Act::CommitUnheard => self.commit_unheard(),
            Act::Kill { power } => self.kill(*power),
            Act::Disk(fault) => self.disk.fail(fault.map(|fault| self.fault(fault))),
            Act::Jump(by) => self.wall_ahead = self.wall_ahead.saturating_add(*by),
            Act::Rules(rules) => self.change_rules(*rules),
            Act::Drain => {
                self.drain();
                self.compare_with_history();
            }
        }
    }

    fn fault(&self, fault: DiskFault) -> Fault {
        match fault {
            DiskFault::Sync(nth) => Fault::Sync(nth),
            DiskFault::Write(nth) => Fault::Write(nth),
            DiskFault::Full(room) => Fault::Full(self.disk.used() + room),
            DiskFault::Dead(nth) => Fault::Dead(nth),
        }
    }

    /// Lets time pass; timers fire at their times, or all together at the end when the machine is busy.
    fn pass(&mut self, millis: u64, late: bool) {
        let until = self.mono + millis;
        while !late && let Some(due) = self.next_timer().filter(|due| *due <= until) {
            self.mono = self.mono.max(due);
            self.tick();
        }
        self.mono = until;
        if !late {
            self.tick();
        }
    }

    /// When the engine's next timer is due, on the clock that never jumps.
    fn next_timer(&self) -> Option<u64> {
        let engine = self.engine.as_ref()?;
        let (at, _) = engine.state().next_deadline()?;
        Some(self.mono + at.since(engine.now(self.mono)))
    }

    fn tick(&mut self) {
        if let Some(engine) = &mut self.engine {
            engine.tick(self.mono);
            let at = engine.now(self.mono);
            for ticket in self.undecided.drain(..) {
                self.asked.get_mut(&ticket).into_iter().for_each(|asked| asked.at = at);
            }
            let next = engine.state().next_deadline();
            assert!(next.is_none_or(|(due, _)| due > at), "TIMER {next:?} is due at {at} and does not fire");
            self.look();
        }
    }

    /// A request reaches the inbox. It is decided at once, unless the machine is busy.
    fn send(&mut self, wish: &Wish, late: bool) {
        let Some(engine) = &mut self.engine else { return };
        let now = engine.now(self.mono);
        let Some(request) = resolve(wish, &self.names, self.seed, now) else { return };
        self.tickets += 1;
        let chat = spoken_of(&wish.ask).and_then(|label| self.names.chat(label));
        if engine.take(self.tickets, request) {
            self.asked.insert(self.tickets, Asked { wish: wish.clone(), chat, at: now });
            self.undecided.push(self.tickets);
        } else {
            self.counts.fault("inbox full, request turned away");
        }
        if self.tickets.is_multiple_of(GLANCE_EVERY) {
            engine.look();
        }
        if !late {
            self.tick();
        }
    }

    /// Every invariant, now and then; the engine itself looks at what each turn touched.
    fn look(&mut self) {
        let Some(engine) = &self.engine else { return };
        self.counts.looks += 1;
        if self.careful || self.counts.looks.is_multiple_of(LOOK_EVERY) {
            check::all(engine.state()).unwrap_or_else(|broken| panic!("INVARIANT {broken}"));
        }
    }

    fn commit(&mut self) {
        self.end_append(true);
    }

    fn commit_unheard(&mut self) {
        self.end_append(false);
    }

    /// Ends the append that is under way. Where nobody is to be told, the process dies before it tells.
    fn end_append(&mut self, told: bool) {
        let Some(engine) = &mut self.engine else { return };
        match engine.commit(told) {
            None => {}
            Some(Committed::Told(tidings)) => self.publish(&tidings),
            Some(Committed::Unheard) => {
                self.counts.unheard += 1;
                self.kill(Some(self.mono));
            }
            Some(Committed::NoRoom) => self.counts.no_room += 1,
            Some(Committed::Failed) => {
                self.counts.failed += 1;
                // The engine takes no more: somebody looks at the disk, and starts it again. What the disk kept is
                // anybody's guess after an error.
                let power = self.disk.has_died().then_some(self.mono);
                self.kill(power);
            }
        }
    }

    /// Everybody is told what has become durable.
    fn publish(&mut self, tidings: &Tidings) {
        self.ledger.durable(&tidings.turns, tidings.last);
        self.follow(&tidings.turns, tidings.last, &tidings.seen);
        // What was done before what was refused: one refused message may be another's, word for word, that was stored.
        let (done, refused): (Vec<_>, Vec<_>) =
            tidings.replies.iter().partition(|(_, answer)| answer.is_ok());
        for (ticket, answer) in done.into_iter().chain(refused) {
            if let Some(asked) = self.asked.remove(ticket) {
                self.counts.answered(answer);
                self.ledger.told(&asked, answer, &self.told);
            }
        }
        self.counts.groups += 1;
        if self.counts.groups.is_multiple_of(RECONNECT_EVERY) {
            self.reconnect();
        }
        if self.careful || self.counts.groups.is_multiple_of(COMPARE_EVERY) {
            self.compare();
        }
    }

    /// A page that was away for a while comes back.
    fn reconnect(&self) {
        let missed = Dice(mixed(&[self.seed, self.counts.groups, self.starts])).below(LONGEST_AWAY);
        self.engine.iter().for_each(|engine| engine.another_comes_back(missed));
    }

    fn follow(&mut self, turns: &[Turn], last: Seq, seen: &[Seen<Glance>]) {
        let before = Seq(last.0 - turns.len() as u64);
        glance::check(seen, before, &self.told);
        for (seq, turn) in (before.next().0..).map(Seq).zip(turns) {
            self.names.learn(turn);
            self.ledger.closes(&self.told, turn);
            self.audit.follow(&mut self.told, turn);
            self.counts.turn(turn);
            glance::check(seen, seq, &self.told);
        }
        self.names.meet(&self.told);
        if let Some(last) = turns.last() {
            audit::nothing_is_overdue(&self.told, last.at);
        }
    }

    /// Where nothing is under way, what was told and what was decided are the same.
    fn compare(&self) {
        let Some(engine) = &self.engine else { return };
        if !engine.is_under_way() {
            let same = *engine.state() == self.told;
            assert!(same, "REPLAY the events make another state: {}", difference(engine.state(), &self.told));
        }
    }

    fn compare_with_history(&self) {
        if let (Some(left), Some(engine)) = (&self.audit.left, &self.engine) {
            history::compare(engine.reader(), left);
        }
    }

    fn kill(&mut self, power: Option<u64>) {
        let Some(engine) = self.engine.take() else { return };
        let (handed, heard) = (engine.unheard().to_vec(), engine.heard());
        drop(engine);
        self.asked.clear();
        self.undecided.clear();
        self.disk = match power {
            Some(seed) => self.disk.power_cut(&mut Dice(seed)),
            None => self.disk.killed(),
        };
        if self.starts.is_multiple_of(ROT_EVERY)
            && let Some(spoilt) = self.disk.rot(SNAPSHOTS, &self.spoilt)
        {
            self.counts.fault("disk: the newest snapshot rots");
            self.spoilt.insert(spoilt);
        }
        self.start(&handed, heard);
    }

    /// Starts the engine, and holds what the disk gave back against what was told.
    fn start(&mut self, handed: &[Turn], heard: Heard) {
        self.starts += 1;
        let wall = (NOON + self.mono).saturating_add_signed(self.wall_ahead);
        let rules = rules::rules(self.seed, self.rules);
        let seed = self.seed ^ (self.starts << 32);
        let (mono, snapshot_turns) = (self.mono, self.snapshot_turns());
        let start = Start { disk: &self.disk, policy: rules, wall, mono, seed, snapshot_turns };
        let engine = Engine::open(start, heard);
        let mut engine = engine.unwrap_or_else(|why| panic!("START the journal does not open: {why}"));
        let surprises = self.ledger.settle(&engine.reader(), handed);
        let turns: Vec<Turn> = surprises.iter().map(|(_, turn)| turn.clone()).collect();
        if let Some((last, _)) = surprises.last() {
            engine.hear(&turns, *last);
            self.ledger.durable(&turns, *last);
            self.follow(&turns, *last, &[]);
            self.ledger.unheard(&turns);
        }
        self.counts.starts += 1;
        // The state of the start is what was told, and what the start itself changed.
        let mut restored = self.told.clone();
        engine.hand_over();
        let opening = engine.unheard().iter();
        opening.for_each(|turn| turn.events.iter().for_each(|scoped| restored.apply(turn.at, &scoped.event)));
        let same = restored == *engine.state();
        assert!(same, "RESTORE the start made another state: {}", difference(engine.state(), &restored));
        check::all(engine.state()).unwrap_or_else(|broken| panic!("INVARIANT {broken}"));
        self.engine = Some(engine);
        self.reconnect();
        self.tick();
    }

    /// How often this run makes snapshots; never where history is to be made of the whole journal.
    fn snapshot_turns(&self) -> Option<u64> {
        let drawn = SNAPSHOT_TURNS + Dice(mixed(&[self.seed, 3])).roll(MORE_TURNS);
        self.audit.left.is_none().then_some(drawn)
    }

    fn change_rules(&mut self, rules: u32) {
        self.rules = rules;
        if let Some(engine) = &mut self.engine {
            engine.change_rules(rules::rules(self.seed, rules), self.mono);
        }
    }

    /// Room on the disk again.
    pub(crate) fn mend_disk(&mut self) {
        self.disk.fail(None);
    }

    /// Commits until nothing is under way.
    pub(crate) fn settle(&mut self) {
        while self.engine.as_ref().is_some_and(Engine::is_under_way) {
            self.commit();
        }
        self.compare();
    }

    /// Lets time pass until this many seconds are over, committing all the way.
    pub(crate) fn live_through(&mut self, seconds: u64) {
        let until = self.mono + seconds * 1000;
        while let Some(due) = self.next_timer().filter(|due| *due <= until) {
            self.mono = self.mono.max(due);
            self.tick();
            self.settle();
        }
        self.mono = until;
        self.tick();
        self.settle();
    }

    /// Sends a request and waits until it is answered.
    pub(crate) fn send_now(&mut self, wish: &Wish) {
        self.send(wish, false);
        self.settle();
    }
}

/// Whether what is over is compared with history at the end of the run with this seed. Nothing of its journal is given
/// back, so that history can be made of all of it.
pub(crate) fn is_remembered(seed: u64) -> bool {
    seed.is_multiple_of(32)
}

/// The first line in which two states differ.
fn difference(one: &State, other: &State) -> String {
    let (one, other) = (format!("{one:#?}"), format!("{other:#?}"));
    let differs = one.lines().zip(other.lines()).position(|(one, other)| one != other).unwrap_or_default();
    let around =
        |text: &str| text.lines().skip(differs.saturating_sub(6)).take(9).collect::<Vec<_>>().join("\n");
    format!("{}\n  and\n{}", around(&one), around(&other))
}

/// The chat that a request is about.
fn spoken_of(ask: &Ask) -> Option<Label> {
    match ask {
        Ask::Say { chat, .. } => Some(*chat),
        _ => None,
    }
}
