//! Wakes the projector when there is something new, and tells it when to end.

use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

#[derive(Default)]
struct Rung {
    new: bool,
    over: bool,
    /// Whether somebody waits for something new: only then is a bell worth a system call.
    awaited: bool,
    /// Whether somebody waits for what is not folded yet.
    hurried: bool,
}

/// See the module.
#[derive(Default)]
pub(super) struct Bell {
    rung: Mutex<Rung>,
    heard: Condvar,
}

impl Bell {
    fn lock(&self) -> MutexGuard<'_, Rung> {
        self.rung.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// There may be something new.
    pub(super) fn ring(&self) {
        let mut rung = self.lock();
        rung.new = true;
        if std::mem::take(&mut rung.awaited) {
            self.heard.notify_all();
        }
    }

    /// It is time to end.
    pub(super) fn end(&self) {
        self.lock().over = true;
        self.heard.notify_all();
    }

    pub(super) fn is_over(&self) -> bool {
        self.lock().over
    }

    /// Somebody waits for what is not folded yet: no rest.
    pub(super) fn hurry(&self) {
        self.lock().hurried = true;
        self.heard.notify_all();
    }

    /// Rests, at most until somebody is in a hurry, or the end.
    pub(super) fn rest(&self, time: Duration) {
        let resting = |rung: &mut Rung| !rung.over && !rung.hurried;
        drop(self.heard.wait_timeout_while(self.lock(), time, resting));
    }

    /// Waits until it was rung since the last wait. All that was there is folded: the hurry is over.
    pub(super) fn wait(&self) {
        let mut rung = self.lock();
        rung.hurried = false;
        while !rung.new && !rung.over {
            rung.awaited = true;
            rung = self.heard.wait(rung).unwrap_or_else(PoisonError::into_inner);
        }
        (rung.new, rung.awaited) = (false, false);
    }
}
