//! Wakes the projector when there is something new, and tells it when to end.

use std::sync::{Condvar, Mutex, PoisonError};

#[derive(Default)]
struct Rung {
    new: bool,
    over: bool,
}

/// See the module.
#[derive(Default)]
pub(super) struct Bell {
    rung: Mutex<Rung>,
    heard: Condvar,
}

impl Bell {
    fn change(&self, change: impl FnOnce(&mut Rung)) {
        change(&mut self.rung.lock().unwrap_or_else(PoisonError::into_inner));
        self.heard.notify_all();
    }

    /// There may be something new.
    pub(super) fn ring(&self) {
        self.change(|rung| rung.new = true);
    }

    /// It is time to end.
    pub(super) fn end(&self) {
        self.change(|rung| rung.over = true);
    }

    pub(super) fn is_over(&self) -> bool {
        self.rung.lock().unwrap_or_else(PoisonError::into_inner).over
    }

    /// Waits until it was rung since the last wait.
    pub(super) fn wait(&self) {
        let mut rung = self.rung.lock().unwrap_or_else(PoisonError::into_inner);
        while !rung.new && !rung.over {
            rung = self.heard.wait(rung).unwrap_or_else(PoisonError::into_inner);
        }
        rung.new = false;
    }
}
