//! The calls of one instance that are not answered yet: who may be cancelled, and what `drain` waits for.
//! It never answers a call.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// All open calls of an instance.
#[derive(Default)]
pub(crate) struct Flights {
    open: Mutex<BTreeMap<u64, Arc<AtomicBool>>>,
    landed: Condvar,
}

impl Flights {
    fn open(&self) -> MutexGuard<'_, BTreeMap<u64, Arc<AtomicBool>>> {
        self.open.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Notes that a call has begun; it is open until the flight is dropped.
    pub(crate) fn start(self: &Arc<Self>, call_id: u64) -> Flight {
        let cancelled = Arc::new(AtomicBool::new(false));
        self.open().insert(call_id, Arc::clone(&cancelled));
        Flight { flights: Arc::clone(self), call_id, cancelled }
    }

    /// Marks a call as no longer waited for; unknown ids are ignored.
    pub(crate) fn cancel(&self, call_id: u64) {
        if let Some(cancelled) = self.open().get(&call_id) {
            cancelled.store(true, Ordering::Release);
        }
    }

    /// Waits until no call is open, or until `within` is over. True when none is open.
    pub(crate) fn wait(&self, within: Duration) -> bool {
        let end = Instant::now() + within;
        let mut open = self.open();
        while !open.is_empty() {
            let left = end.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return false;
            }
            open = self.landed.wait_timeout(open, left).unwrap_or_else(PoisonError::into_inner).0;
        }
        true
    }
}

/// One open call.
pub(crate) struct Flight {
    flights: Arc<Flights>,
    /// The host's id of the call.
    pub(crate) call_id: u64,
    cancelled: Arc<AtomicBool>,
}

impl Flight {
    /// Whether nobody waits for the call any more.
    pub(crate) fn is_cancelled(&self) -> bool {
        self.cancelled.load(Ordering::Acquire)
    }
}

impl Drop for Flight {
    fn drop(&mut self) {
        self.flights.open().remove(&self.call_id);
        self.flights.landed.notify_all();
    }
}
