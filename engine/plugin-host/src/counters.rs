//! What a plugin's operations came to, for people to see, whichever of its builds did them. It decides nothing.

use crate::limits;
use std::collections::VecDeque;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

#[derive(Default)]
struct Recent {
    last_error: Option<String>,
    /// The last failure that was the plugin's own.
    last_fault: Option<String>,
    micros: VecDeque<u64>,
    /// How its child process died last.
    death: Option<String>,
}

/// See the module.
#[derive(Default)]
pub(crate) struct Counters {
    pub(crate) calls: AtomicU64,
    pub(crate) errors: AtomicU64,
    pub(crate) timeouts: AtomicU64,
    pub(crate) dropped: AtomicU64,
    pub(crate) restarts: AtomicU64,
    /// Builds that took another's place.
    pub(crate) reloads: AtomicU64,
    recent: Mutex<Recent>,
}

impl Counters {
    fn recent(&self) -> MutexGuard<'_, Recent> {
        self.recent.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn count(counter: &AtomicU64) {
        counter.fetch_add(1, Ordering::Relaxed);
    }

    pub(crate) fn answered(&self, took: Duration) {
        let mut recent = self.recent();
        if recent.micros.len() == limits::LATENCIES {
            recent.micros.pop_front();
        }
        recent.micros.push_back(u64::try_from(took.as_micros()).unwrap_or(u64::MAX));
    }

    /// An operation failed; `own`: the plugin is to blame.
    pub(crate) fn failed(&self, why: &str, own: bool) {
        Self::count(&self.errors);
        let mut recent = self.recent();
        recent.last_error = Some(why.to_owned());
        if own {
            recent.last_fault = Some(why.to_owned());
        }
    }

    /// Why the plugin was set aside. Not the last error: that may be that it is set aside.
    pub(crate) fn last_fault(&self) -> Option<String> {
        self.recent().last_fault.clone()
    }

    pub(crate) fn last_error(&self) -> Option<String> {
        self.recent().last_error.clone()
    }

    /// Its child process died.
    pub(crate) fn died(&self, why: &str) {
        self.recent().death = Some(why.to_owned());
    }

    pub(crate) fn last_death(&self) -> Option<String> {
        self.recent().death.clone()
    }

    /// The time in which this share of the last answers came, in percent and microseconds; 0 when there was none.
    pub(crate) fn percentile_us(&self, percent: usize) -> u64 {
        let mut micros: Vec<u64> = self.recent().micros.iter().copied().collect();
        micros.sort_unstable();
        micros.get(micros.len() * percent / 100).copied().unwrap_or(0)
    }
}
