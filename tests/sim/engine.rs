//! The engine of a run: the runtime itself, moved one step at a time. The world says when each of its hands has its
//! turn, and what the clock shows; here that is put into the runtime's words, and what is told is held against what was
//! handed over.

use crate::disk::SimDisk;
use hark_core::{Action, Actor, IdempotencyKey, Policy, Refusal, Reply, State, Time, Turn};
use hark_journal::{Disk, JournalReader, Seq};
use hark_runtime::stepwise::{Answer as Waiting, Appended, Stepwise};
use hark_runtime::{Cursor, Error, Interest, Options, Subscription, Told};
use std::collections::VecDeque;
use std::pin::pin;
use std::sync::Arc;
use std::task::{Context, Poll, Waker};

/// Bytes of a segment: small, so that a run rotates often.
const SEGMENT_BYTES: u64 = 48 << 10;
/// Events kept for pages that reconnect.
const FEED_EVENTS: usize = 384;

/// What the sender of a request is told, once it is durable.
pub(crate) type Answer = Result<Reply, Refusal>;

/// What has become durable, and who is told what.
pub(crate) struct Tidings {
    pub(crate) turns: Vec<Turn>,
    pub(crate) replies: Vec<(u64, Answer)>,
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
    /// A page that hears everything.
    page: Subscription,
    heard: Option<Cursor>,
    /// What the append that ended last, told or not, was handed.
    handed: Vec<Turn>,
    snapshot_turns: Option<u64>,
}

impl Engine {
    /// Opens the engine. The page goes on from what it heard last.
    pub(crate) fn open(start: Start<'_>, heard: Option<Cursor>) -> Result<Self, String> {
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
        let wall = Time::from_millis(start.wall);
        let inner = Stepwise::open(options, &journal, wall, start.seed).map_err(|error| error.to_string())?;
        // A page that was away for too long begins anew.
        let from = heard.unwrap_or(Cursor::START);
        let page =
            inner.subscribe(Some(from), Interest::All).or_else(|_| inner.subscribe(None, Interest::All));
        let page = page.map_err(|_| "nobody can subscribe".to_owned())?;
        let (waiting, handed) = (VecDeque::new(), Vec::new());
        let snapshot_turns = start.snapshot_turns;
        Ok(Self { inner, started_ms: start.mono, waiting, page, heard, handed, snapshot_turns })
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

    /// Carries out a request; its sender is told with the group.
    pub(crate) fn take(
        &mut self,
        ticket: u64,
        (by, action, key): (Actor, Action, Option<IdempotencyKey>),
        mono: u64,
    ) {
        let waiting = self.inner.submit(self.now(mono), by, action, key);
        self.waiting.push_back((ticket, waiting));
    }

    /// Lets other rules answer.
    pub(crate) fn change_rules(&mut self, policy: Box<dyn Policy + Send>, mono: u64) {
        self.inner.swap_policy(self.now(mono), policy);
    }

    /// Hands over what was decided, unless an append is under way.
    pub(crate) fn hand_over(&mut self) {
        self.inner.hand_over();
    }

    /// Fires what is due, and hands over what was decided.
    pub(crate) fn tick(&mut self, mono: u64) {
        self.inner.tick(self.now(mono));
        self.inner.hand_over();
    }

    /// Ends the append that is under way; tells everybody, unless the process dies just then.
    pub(crate) fn commit(&mut self, told: bool) -> Option<Committed> {
        self.handed = self.inner.under_way()?.to_vec();
        Some(match self.inner.append() {
            Appended::Nothing => return None,
            Appended::NoSpace => Committed::NoRoom,
            Appended::Failed(_) => Committed::Failed,
            Appended::Durable(_) if !told => Committed::Unheard,
            Appended::Durable(last) => {
                self.inner.tell();
                let turns = std::mem::take(&mut self.handed);
                self.hear(&turns, last);
                let replies = self.replies();
                self.look_after_snapshots(last);
                self.inner.hand_over();
                Committed::Told(Tidings { turns, replies, last })
            }
        })
    }

    /// Whoever was told something now knows it. Answers come in the order of the requests.
    fn replies(&mut self) -> Vec<(u64, Answer)> {
        let mut replies = Vec::new();
        while let Some((ticket, waiting)) = self.waiting.front_mut()
            && let Some(told) = waiting.told()
        {
            match told {
                Ok(done) => replies.push((*ticket, Ok(done.reply))),
                Err(Error::Refused(refusal)) => replies.push((*ticket, Err(refusal))),
                Err(other) => panic!("FEED a request was answered with: {other}"),
            }
            self.waiting.pop_front();
        }
        replies
    }

    /// The page hears exactly what was handed over, in order, each event once and with the place of its turn.
    pub(crate) fn hear(&mut self, turns: &[Turn], last: Seq) {
        let first = last.0 + 1 - turns.len() as u64;
        for (seq, turn) in (first..).map(Seq).zip(turns) {
            for scoped in &turn.events {
                let heard = self.next_heard();
                let same = heard.as_ref().is_some_and(|heard| {
                    heard.cursor.turn() == seq && heard.event == scoped.event && heard.at == turn.at
                });
                assert!(same, "FEED turn {seq} was handed over, and {heard:?} was told");
                self.heard = heard.map(|heard| heard.cursor);
            }
        }
    }

    /// The next event that the page hears; one that was too slow subscribes again.
    fn next_heard(&mut self) -> Option<Arc<hark_runtime::Happened>> {
        loop {
            match next_told(&mut self.page) {
                Some(Told::Event(happened)) => return Some(happened),
                Some(Told::Lagged) => self.page = self.inner.subscribe(self.heard, Interest::All).ok()?,
                Some(Told::Stopped) | None => return None,
                Some(Told::CaughtUp | Told::Whisper(_)) => {}
            }
        }
    }

    /// What the page heard last.
    pub(crate) fn heard(&self) -> Option<Cursor> {
        self.heard
    }

    fn look_after_snapshots(&mut self, last: Seq) {
        if self.snapshot_turns.is_some_and(|every| last.0 - self.inner.snapshotted().0 >= every) {
            // A disk that is full or dying takes none: the journal stays whole, and the next one is tried.
            let _ = self.inner.snapshot();
        }
    }
}

/// What a subscription has to tell now, if anything.
fn next_told(page: &mut Subscription) -> Option<Told> {
    let mut context = Context::from_waker(Waker::noop());
    match pin!(page.next()).poll(&mut context) {
        Poll::Ready(told) => Some(told),
        Poll::Pending => None,
    }
}
