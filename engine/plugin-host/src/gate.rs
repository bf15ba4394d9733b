//! Counts who is inside a plugin's functions, so that an instance is ended only when nobody is. It never waits without
//! a bound.

use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

#[derive(Default)]
struct Inside {
    people: u32,
    closed: bool,
}

/// See the module.
#[derive(Default)]
pub(crate) struct Gate {
    inside: Mutex<Inside>,
    left: Condvar,
}

/// The right to be inside; given back when it is dropped.
pub(crate) struct Pass<'a>(&'a Gate);

impl Gate {
    fn inside(&self) -> MutexGuard<'_, Inside> {
        self.inside.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// None once the gate is closed.
    pub(crate) fn enter(&self) -> Option<Pass<'_>> {
        let mut inside = self.inside();
        if inside.closed {
            return None;
        }
        inside.people += 1;
        Some(Pass(self))
    }

    /// Lets nobody in any more, and waits until everybody has left. False: somebody stayed longer than `within`.
    pub(crate) fn close(&self, within: Duration) -> bool {
        let mut inside = self.inside();
        inside.closed = true;
        let waited = self.left.wait_timeout_while(inside, within, |inside| inside.people > 0);
        waited.unwrap_or_else(PoisonError::into_inner).0.people == 0
    }
}

impl Drop for Pass<'_> {
    fn drop(&mut self) {
        self.0.inside().people -= 1;
        self.0.left.notify_all();
    }
}
