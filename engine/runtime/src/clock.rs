//! The engine's clock: wall time at the start, monotonic from there. A wall clock that is set while the engine runs
//! moves nothing, and one that was set back before a start does not stop the desk's timers.

use hark_core::Time;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

/// A clock that never goes back.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Clock {
    start: Time,
    started: Instant,
}

impl Clock {
    /// A clock that begins at the wall's time, or at `last` if that is later.
    pub(crate) fn starting_after(last: Time) -> Self {
        let wall = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        let wall = Time::from_millis(u64::try_from(wall.as_millis()).unwrap_or(u64::MAX));
        Self { start: start_time(wall, last), started: Instant::now() }
    }

    pub(crate) fn now(&self) -> Time {
        let passed = u64::try_from(self.started.elapsed().as_millis()).unwrap_or(u64::MAX);
        Time::from_millis(self.start.millis().saturating_add(passed))
    }

    /// Nanoseconds since the start.
    pub(crate) fn nanos(&self) -> u64 {
        u64::try_from(self.started.elapsed().as_nanos()).unwrap_or(u64::MAX)
    }

    /// How long until this time; nothing when it has come.
    pub(crate) fn until(&self, at: Time) -> Duration {
        Duration::from_millis(at.since(self.now()))
    }
}

/// The engine's time at its start: the wall's, unless the desk has seen a later one.
pub(crate) fn start_time(wall: Time, last: Time) -> Time {
    wall.max(last)
}
