//! Pages that listen: one that hears everything from the beginning, over all starts, and others that were away for a
//! while and come back with the cursor of then. What each hears is held against what was handed over.

use hark_core::Turn;
use hark_journal::Seq;
use hark_runtime::stepwise::Stepwise;
use hark_runtime::{Cursor, Happened, Interest, Reset, Subscription, Told};
use std::collections::VecDeque;
use std::pin::pin;
use std::sync::Arc;
use std::task::{Context, Poll, Waker};

/// Events kept for pages that reconnect.
pub(crate) const FEED_EVENTS: usize = 384;
/// Events whose cursors a page remembers: some that are kept no more.
const REMEMBERED: usize = FEED_EVENTS + 64;

/// Cursors of the latest events, in order.
pub(crate) type Heard = VecDeque<Cursor>;

/// See the module.
pub(crate) struct Page {
    line: Subscription,
    heard: Heard,
    /// Whether it could not go on from where it was, and reads the desk as it is now.
    anew: bool,
}

impl Page {
    /// Goes on from what was heard last; a page that has missed too much begins anew.
    pub(crate) fn open(engine: &Stepwise, heard: Heard) -> Self {
        let from = heard.back().copied().unwrap_or(Cursor::START);
        let (line, anew) = subscribed(engine, from);
        Self { line, heard, anew }
    }

    /// What it heard.
    pub(crate) fn heard(&self) -> Heard {
        self.heard.clone()
    }

    /// Hears exactly what was handed over, in order, each event once and with the place of its turn; only of more than
    /// is kept may something be missed.
    pub(crate) fn hear(&mut self, engine: &Stepwise, turns: &[Turn], last: Seq) {
        let first = last.0 + 1 - turns.len() as u64;
        let events: usize = turns.iter().map(|turn| turn.events.len()).sum();
        for (seq, turn) in (first..).map(Seq).zip(turns) {
            for scoped in &turn.events {
                let heard = self.next(engine);
                if std::mem::take(&mut self.anew) && events > FEED_EVENTS {
                    let now = format!("c_{last}").parse().expect("a cursor after a turn is written so");
                    self.heard = Heard::from([now]);
                    return;
                }
                let same = heard.as_ref().is_some_and(|heard| {
                    heard.cursor.turn() == seq && heard.event == scoped.event && heard.at == turn.at
                });
                assert!(same, "FEED turn {seq} was handed over, and {heard:?} was told");
                self.heard.extend(heard.map(|heard| heard.cursor));
            }
        }
        let forgotten = self.heard.len().saturating_sub(REMEMBERED);
        self.heard.drain(..forgotten);
    }

    /// Nothing is told before it is durable.
    pub(crate) fn hears_nothing(&mut self) {
        if let Some(Told::Event(early)) = next_told(&mut self.line) {
            panic!("EARLY {early:?} was told before it was durable");
        }
    }

    /// The next event; a page that was too slow subscribes again.
    fn next(&mut self, engine: &Stepwise) -> Option<Arc<Happened>> {
        loop {
            match next_told(&mut self.line) {
                Some(Told::Event(happened)) => return Some(happened),
                Some(Told::Lagged) => {
                    let from = self.heard.back().copied().unwrap_or(Cursor::START);
                    (self.line, self.anew) = subscribed(engine, from);
                }
                Some(Told::Stopped) | None => return None,
                Some(Told::CaughtUp | Told::Whisper(_)) => {}
            }
        }
    }

    /// Another page comes back that has missed so many of the latest events, or as many as there are: it hears just
    /// those, or is told to begin anew because they are kept no more.
    pub(crate) fn another_comes_back(&self, engine: &Stepwise, missed: usize) {
        let Some(place) = self.heard.len().checked_sub(missed + 1) else { return };
        let from = self.heard[place];
        match engine.subscribe(Some(from), Interest::All) {
            Ok(mut line) => {
                let told = std::iter::from_fn(|| match next_told(&mut line) {
                    Some(Told::Event(happened)) => Some(happened.cursor),
                    _ => None,
                });
                let same = told.eq(self.heard.range(place + 1..).copied());
                assert!(same, "FEED a page that had missed {missed} events since {from} heard others");
            }
            Err(Reset) => {
                let records = engine.durable().0 - from.turn().0;
                let is_old = missed > FEED_EVENTS
                    || records >= FEED_EVENTS as u64
                    || from.turn() < engine.reader().first();
                assert!(is_old, "FEED a page that had missed only {missed} events had to begin anew");
            }
        }
    }
}

/// A subscription from this cursor, or one from now on where what is after it is not kept. Whether it is that.
fn subscribed(engine: &Stepwise, from: Cursor) -> (Subscription, bool) {
    let line = engine.subscribe(Some(from), Interest::All);
    let from_now_on = |Reset| engine.subscribe(None, Interest::All).map(|line| (line, true));
    line.map(|line| (line, false))
        .or_else(from_now_on)
        .unwrap_or_else(|Reset| panic!("FEED nobody can subscribe"))
}

/// What a subscription has to tell now, if anything.
fn next_told(line: &mut Subscription) -> Option<Told> {
    let mut context = Context::from_waker(Waker::noop());
    match pin!(line.next()).poll(&mut context) {
        Poll::Ready(told) => Some(told),
        Poll::Pending => None,
    }
}
