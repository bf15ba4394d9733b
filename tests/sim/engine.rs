//! The engine of a run: the runtime itself, moved one step at a time. The world says when each of its hands has its
//! turn, and what the clock shows; here that is put into the runtime's words, and what is told is held against what was
//! handed over.

use crate::disk::SimDisk;
use crate::glance::Glance;
use crate::page::{FEED_EVENTS, Heard, Page};
use hark_core::{Action, Actor, Event, IdempotencyKey, Policy, Refusal, Reply, State, Time, Turn};
use hark_journal::{Disk, JournalReader, Seq};
use hark_runtime::stepwise::{Answer as Waiting, Appended, Sight, Stepwise};
use hark_runtime::{Done, Error, Options, Seen};
use std::collections::VecDeque;
use std::sync::Arc;

/// Bytes of a segment: small, so that a run rotates often.
const SEGMENT_BYTES: u64 = 48 << 10;

/// Requests that wait in the inbox: few, so that it is full when the machine is busy for a while.
const INBOX: usize = 4;

/// What the sender of a request is told, once it is durable.
pub(crate) type Answer = Result<Reply, Refusal>;

/// What has become durable, and who is told what.
pub(crate) struct Tidings {
    pub(crate) turns: Vec<Turn>,
    pub(crate) replies: Vec<(u64, Answer)>,
    pub(crate) seen: Vec<Seen<Glance>>,
    pub(crate) last: Seq,
}

/// What became of a group.
pub(crate) enum Committed {
    /// Durable, and told.
    Told(Tidings),
    /// Durable, and nobody has heard of it.
    Unheard,
    /// There is no room: the group waits.
    NoRoom,
    /// The journal cannot be written, and the engine takes no more.
    Failed,
}

/// Where and when an engine starts.
pub(crate) struct Start<'a> {
    pub(crate) disk: &'a SimDisk,
    pub(crate) policy: Box<dyn Policy + Send>,
    /// What the wall clock shows, in milliseconds since 1970.
    pub(crate) wall: u64,
    /// The time that never jumps, in milliseconds.
    pub(crate) mono: u64,
    pub(crate) seed: u64,
    /// Turns between two snapshots, after which what they cover is given back; none keeps the whole journal.
    pub(crate) snapshot_turns: Option<u64>,
}

/// See the module.
pub(crate) struct Engine {
    inner: Stepwise,
    started_ms: u64,
    waiting: VecDeque<(u64, Waiting)>,
    looking: VecDeque<Sight<Glance>>,
    page: Page,
    /// What the append that ended last, told or not, was handed.
    handed: Vec<Turn>,
    /// Requests in the inbox.
    undecided: usize,
    snapshot_turns: Option<u64>,
}

impl Engine {
    /// Opens the engine. The page goes on from what it heard last.
    pub(crate) fn open(start: Start<'_>, heard: Heard) -> Result<Self, String> {
        let disk: Arc<dyn Disk> = Arc::new(start.disk.clone());
        let journal = hark_journal::Options {
            segment_bytes: SEGMENT_BYTES,
            prepare_ahead: false,
            wall_ms: start.wall,
            disk,
            ..hark_journal::Options::new("/journal")
        };
        let mut options = Options::new("/engine", start.policy);
        options.feed_events = FEED_EVENTS;
        options.inbox = INBOX;
        let wall = Time::from_millis(start.wall);
        let inner = Stepwise::open(options, &journal, wall, start.seed).map_err(|error| error.to_string())?;
        let page = Page::open(&inner, heard);
        let (waiting, looking, handed) = (VecDeque::new(), VecDeque::new(), Vec::new());
        let snapshot_turns = start.snapshot_turns;
        Ok(Self {
            inner,
            started_ms: start.mono,
            waiting,
            looking,
            page,
            handed,
            undecided: 0,
            snapshot_turns,
        })
    }

    /// What the engine's clock shows.
    pub(crate) fn now(&self, mono: u64) -> Time {
        Time::from_millis(self.inner.start().millis().saturating_add(mono - self.started_ms))
    }

    /// All that is decided, durable or not.
    pub(crate) fn state(&self) -> &State {
        self.inner.state()
    }

    /// What is durable.
    pub(crate) fn reader(&self) -> JournalReader {
        self.inner.reader()
    }

    /// Whether an append is under way.
    pub(crate) fn is_under_way(&self) -> bool {
        self.inner.under_way().is_some()
    }

    /// Turns that were handed over and that nobody has heard of: they may be on the disk or not.
    pub(crate) fn unheard(&self) -> &[Turn] {
        self.inner.under_way().unwrap_or(&self.handed)
    }

    /// Puts a request into the inbox, and its sender is told with the group; or says that they have to come again.
    pub(crate) fn take(
        &mut self,
        ticket: u64,
        (by, action, key): (Actor, Action, Option<IdempotencyKey>),
    ) -> bool {
        let taken = self.inner.submit(by, action, key);
        let taken = self.has_room(taken);
        self.waiting.extend(taken.map(|waiting| (ticket, waiting)));
        self.waiting.back().is_some_and(|(last, _)| *last == ticket)
    }

    /// Somebody looks at the desk; they are told with the group.
    pub(crate) fn look(&mut self) {
        let taken = self.inner.look(Glance::at);
        let taken = self.has_room(taken);
        self.looking.extend(taken);
    }

    /// The inbox takes as many as it may, and no more.
    fn has_room<T>(&mut self, taken: Result<T, Error>) -> Option<T> {
        assert!(matches!(taken, Ok(_) | Err(Error::Busy)), "INBOX a request was not even taken");
        let room = self.undecided < INBOX;
        assert!(taken.is_ok() == room, "INBOX of {INBOX} with {} in it, and room: {room}", self.undecided);
        self.undecided += usize::from(room);
        taken.ok()
    }

    /// Lets other rules answer.
    pub(crate) fn change_rules(&mut self, policy: Box<dyn Policy + Send>, mono: u64) {
        self.inner.swap_policy(self.now(mono), policy);
    }

    /// Hands over what was decided, unless an append is under way.
    pub(crate) fn hand_over(&mut self) {
        self.inner.hand_over();
    }

    /// Decides what was asked for, fires what is due, and hands over what was decided.
    pub(crate) fn tick(&mut self, mono: u64) {
        self.inner.tick(self.now(mono));
        self.undecided = 0;
        self.inner.hand_over();
    }

    /// Ends the append that is under way; tells everybody, unless the process dies just then.
    pub(crate) fn commit(&mut self, told: bool) -> Option<Committed> {
        self.handed = self.inner.under_way()?.to_vec();
        self.nobody_knows();
        Some(match self.inner.append() {
            Appended::Nothing => return None,
            Appended::NoSpace => Committed::NoRoom,
            Appended::Failed(_) => Committed::Failed,
            Appended::Durable(_) if !told => Committed::Unheard,
            Appended::Durable(last) => {
                self.inner.tell();
                let turns = std::mem::take(&mut self.handed);
                self.hear(&turns, last);
                let (replies, seen) = (self.replies(&turns, last), self.seen());
                self.look_after_snapshots(last);
                self.inner.hand_over();
                Committed::Told(Tidings { turns, replies, seen, last })
            }
        })
    }

    /// Before the append nobody knows of what was decided: what is not durable may still be lost.
    fn nobody_knows(&mut self) {
        for (_, waiting) in &mut self.waiting {
            let told = waiting.told();
            assert!(told.is_none(), "EARLY a request was answered before the append: {told:?}");
        }
        for looking in &mut self.looking {
            let told = looking.told();
            assert!(told.is_none(), "EARLY somebody was told before the append what they saw: {told:?}");
        }
        self.page.hears_nothing();
    }

    /// Whoever looked at what is durable now is told what they saw.
    fn seen(&mut self) -> Vec<Seen<Glance>> {
        let mut seen = Vec::new();
        while let Some(told) = self.looking.front_mut().and_then(Sight::told) {
            seen.push(told);
            self.looking.pop_front();
        }
        seen
    }

    /// Whoever was told something now knows it. Answers come in the order of the requests.
    fn replies(&mut self, turns: &[Turn], last: Seq) -> Vec<(u64, Answer)> {
        let mut replies = Vec::new();
        while let Some((ticket, waiting)) = self.waiting.front_mut()
            && let Some(told) = waiting.told()
        {
            match told {
                Ok(done) => {
                    check_cursor(&done, turns, last);
                    replies.push((*ticket, Ok(done.reply)));
                }
                Err(Error::Refused(refusal)) => replies.push((*ticket, Err(refusal))),
                Err(other) => panic!("FEED a request was answered with: {other}"),
            }
            self.waiting.pop_front();
        }
        replies
    }

    /// The page hears what was handed over.
    pub(crate) fn hear(&mut self, turns: &[Turn], last: Seq) {
        self.page.hear(&self.inner, turns, last);
    }

    /// Another page comes back that was away for so many events.
    pub(crate) fn another_comes_back(&self, missed: usize) {
        self.page.another_comes_back(&self.inner, missed);
    }

    /// What the page heard.
    pub(crate) fn heard(&self) -> Heard {
        self.page.heard()
    }

    fn look_after_snapshots(&mut self, last: Seq) {
        if self.snapshot_turns.is_some_and(|every| last.0 - self.inner.snapshotted().0 >= every) {
            // A disk that is full or dying takes none: the journal stays whole, and the next one is tried.
            let _ = self.inner.snapshot();
        }
    }
}

/// Who goes on from an answer's cursor hears nothing again of what the answer told of, and misses nothing after it.
fn check_cursor(done: &Done, turns: &[Turn], last: Seq) {
    let before = last.0 - turns.len() as u64;
    let at = done.cursor.turn().0;
    assert!((before..=last.0).contains(&at), "CURSOR an answer of turns {before} to {last} points at {at}");
    let made =
        turns.iter().position(|turn| turn.events.iter().any(|scoped| makes(&scoped.event, &done.reply)));
    let told = made.is_none_or(|place| before + 1 + place as u64 <= at);
    assert!(told, "CURSOR an answer points at {at}, before what it told of: {:?}", done.reply);
}

/// Whether an event is what a reply tells of.
fn makes(event: &Event, reply: &Reply) -> bool {
    match (event, reply) {
        (Event::ChatCreated { chat, .. }, Reply::Chat(made)) => chat == made,
        (Event::MessageCreated { message, .. }, Reply::Message { id, .. }) => message.id == *id,
        _ => false,
    }
}
