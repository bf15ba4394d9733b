//! A bell that rings whenever something has become durable, for threads that follow the journal by themselves. It says
//! that there may be more, never what.

use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

/// Rings for everybody who waits. Cheap to clone.
#[derive(Debug, Clone, Default)]
pub struct Bell(Arc<(Mutex<u64>, Condvar)>);

impl Bell {
    /// How often it has rung so far.
    pub fn count(&self) -> u64 {
        *self.lock()
    }

    /// Wakes everybody who waits.
    pub fn ring(&self) {
        *self.lock() += 1;
        self.0.1.notify_all();
    }

    /// Waits until it has rung more often than `heard`, at most for `patience`. How often it has rung now.
    pub fn wait(&self, heard: u64, patience: Duration) -> u64 {
        let waited = self.0.1.wait_timeout_while(self.lock(), patience, |count| *count == heard);
        *waited.unwrap_or_else(PoisonError::into_inner).0
    }

    fn lock(&self) -> MutexGuard<'_, u64> {
        // A count is whole whatever happened to who held it.
        self.0.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
