//! One script's reactions on a thread of their own: event after event from the journal, each until it has worked or failed
//! too often, the place kept after each. It holds up nobody: the desk and the other scripts go on meanwhile.

use super::cursor::Place;
use super::event;
use super::outside::{After, Reach};
use hark_policy::Fault;
use hark_policy::reaction::{Failed, Missed, Outside, Reaction, Tally};
use hark_runtime::{Bell, Cursor, FollowError, Follower, Happened};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// Tries of one event where the script itself fails: waiting seldom mends that, an edit does.
const TRIES: u32 = 4;
/// Tries of one event where something outside cannot be had: some four minutes in all.
const TRIES_OUTSIDE: u32 = 12;
/// Rest after the first failure; each further one doubles it.
const FIRST_REST: Duration = Duration::from_millis(250);
/// Longest rest.
const LONGEST_REST: Duration = Duration::from_secs(60);
/// How long it waits for the bell at most.
const PATIENCE: Duration = Duration::from_secs(5);
/// Events of no interest after which the place is kept all the same.
const SKIPPED: u32 = 4096;

/// What a worker is to do from now on.
pub(super) enum Order {
    /// React with this.
    React(Box<Reaction>),
    /// End.
    Stop,
}

/// Where orders are left for a worker.
#[derive(Default)]
pub(super) struct Slot {
    order: Mutex<Option<Order>>,
    left: Condvar,
}

impl Slot {
    /// Leaves an order. An end is not taken back.
    pub(super) fn leave(&self, order: Order) {
        let mut slot = self.lock();
        if !matches!(*slot, Some(Order::Stop)) {
            *slot = Some(order);
        }
        self.left.notify_all();
    }

    fn take(&self) -> Option<Order> {
        self.lock().take()
    }

    /// Waits for an order.
    fn wait(&self, until: Instant) -> Option<Order> {
        let patience = until.saturating_duration_since(Instant::now());
        let waited = self.left.wait_timeout_while(self.lock(), patience, |order| order.is_none());
        waited.unwrap_or_else(PoisonError::into_inner).0.take()
    }

    fn lock(&self) -> MutexGuard<'_, Option<Order>> {
        self.order.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Whether a worker goes on.
#[derive(PartialEq, Eq)]
enum On {
    Yes,
    No,
}

/// See the module.
pub(super) struct Worker {
    pub(super) reaction: Reaction,
    pub(super) follower: Follower,
    pub(super) place: Place,
    pub(super) kept: Cursor,
    pub(super) slot: Arc<Slot>,
    pub(super) reach: Arc<Reach>,
    pub(super) tally: Tally,
    pub(super) bell: Bell,
    /// Events of no interest since the place was kept.
    pub(super) skipped: u32,
}

impl Worker {
    /// Works until it is told to end.
    pub(super) fn run(mut self) {
        if let Some(lost) = self.follower.lost() {
            let script = self.reaction.file();
            tracing::error!(
                script,
                "{lost} turns are no longer kept: the script's reactions to them are LOST"
            );
        }
        while self.step() == On::Yes {}
    }

    fn step(&mut self) -> On {
        let heard = self.bell.count();
        if let Some(order) = self.slot.take()
            && self.obey(order) == On::No
        {
            return On::No;
        }
        match self.follower.advance() {
            Ok(Some(happened)) => return self.attend(&happened),
            Ok(None) => {
                self.tally.lags(self.reaction.file(), 0);
                self.bell.wait(heard, PATIENCE);
            }
            Err(error) => return self.blinded(&error),
        }
        On::Yes
    }

    fn obey(&mut self, order: Order) -> On {
        match order {
            Order::Stop => {
                self.keep(self.follower.place());
                On::No
            }
            Order::React(reaction) => {
                // What was of no interest to the old script is not told to the new one.
                self.keep(self.follower.place());
                self.reaction = *reaction;
                On::Yes
            }
        }
    }

    /// The journal cannot be read: nothing can be done here but to try again later.
    fn blinded(&mut self, error: &FollowError) -> On {
        tracing::error!(script = self.reaction.file(), %error, "reactions rest: the journal cannot be followed");
        if let Some(order) = self.slot.wait(Instant::now() + LONGEST_REST)
            && self.obey(order) == On::No
        {
            return On::No;
        }
        self.follower = self.reach.handle.follow(Some(self.follower.place()));
        On::Yes
    }

    /// Tells the script of an event until that has worked, or was tried often enough.
    fn attend(&mut self, happened: &Happened) -> On {
        let Some(name) = event::name_of(happened) else { return self.skip() };
        let mut tries = 0;
        while self.reaction.hears(name) {
            tries += 1;
            let file = self.reaction.file();
            let now = self.reach.handle.now();
            self.tally.lags(file, now.millis().saturating_sub(happened.at.millis()));
            self.tally.called(file, name, tries > 1);
            let failed = match self.react(happened, name) {
                Ok(nanos) => {
                    self.tally.reacted(self.reaction.file(), name, nanos);
                    break;
                }
                Err(failed) => failed,
            };
            self.tell(name, tries, &failed);
            let most = if failed.outside { TRIES_OUTSIDE } else { TRIES };
            if tries >= most {
                self.pass_over(happened, name, &failed);
                break;
            }
            match self.slot.wait(Instant::now() + rest_after(tries)) {
                // Its place is kept as it was: the event comes again at the next start.
                Some(Order::Stop) => return self.leave(happened),
                Some(Order::React(reaction)) => {
                    self.reaction = *reaction;
                    tries = 0;
                }
                None => {}
            }
        }
        if tries == 0 {
            return self.skip();
        }
        self.keep(happened.cursor);
        On::Yes
    }

    fn react(&mut self, happened: &Happened, name: &'static str) -> Result<u64, Failed> {
        let event = happened.clone();
        let told = self.reach.look(move |state| event::told(&event, name, state));
        let told = told.map_err(|missed| self.not_told(missed))?;
        let after = After { reach: Arc::clone(&self.reach), turn: happened.cursor.turn().0 };
        let outside: Arc<dyn Outside> = Arc::new(after);
        self.reaction.react(&told, &outside)
    }

    fn not_told(&self, missed: Missed) -> Failed {
        let (Missed::Later(message) | Missed::Refused { message, .. }) = missed;
        let fault = Fault { file: self.reaction.file().to_owned(), line: 0, column: None, message };
        Failed { fault, outside: true }
    }

    fn tell(&self, name: &'static str, tries: u32, failed: &Failed) {
        let script = self.reaction.file();
        self.tally.failed(script, name, failed.fault.clone(), self.reach.handle.now());
        if tries == 1 {
            tracing::warn!(script, event = name, "{}; the event is told again", failed.fault);
        }
    }

    fn pass_over(&self, happened: &Happened, name: &'static str, failed: &Failed) {
        let (script, place) = (self.reaction.file(), happened.cursor);
        self.tally.passed_over(script, name);
        tracing::error!(script, event = name, %place, "PASSED OVER after the last try: {}", failed.fault);
    }

    fn skip(&mut self) -> On {
        self.skipped += 1;
        if self.skipped >= SKIPPED {
            self.keep(self.follower.place());
        }
        On::Yes
    }

    /// Ends before an event is done with: the place of before it stays.
    fn leave(&mut self, happened: &Happened) -> On {
        self.keep(happened.cursor.just_before());
        On::No
    }

    /// Keeps a place, if it is a later one.
    fn keep(&mut self, place: Cursor) {
        if place <= self.kept {
            return;
        }
        match self.place.write(place) {
            Ok(()) => {
                self.kept = place;
                self.skipped = 0;
            }
            // Then events are told again after a start: late and twice is better than never.
            Err(error) => tracing::error!(script = self.reaction.file(), %error, "the place is not kept"),
        }
    }
}

fn rest_after(tries: u32) -> Duration {
    let doubled = FIRST_REST.saturating_mul(1 << tries.saturating_sub(1).min(16));
    doubled.min(LONGEST_REST)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rests_double_up_to_the_longest() {
        assert_eq!([1, 2, 3].map(rest_after), [250, 500, 1000].map(Duration::from_millis));
        assert_eq!([9, 20, u32::MAX].map(rest_after), [LONGEST_REST; 3]);
    }
}
