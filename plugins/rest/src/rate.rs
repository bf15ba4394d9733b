//! How often the other system is asked: a bucket that fills with time, and a pause when that system wants one.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// Requests that may be sent, filling up at a rate.
pub(crate) struct Rate {
    per_second: f64,
    state: Mutex<State>,
}

struct State {
    /// Requests that may be sent at once; below zero when some wait for their turn.
    tokens: f64,
    at: Instant,
    paused_until: Instant,
}

impl Rate {
    /// So many a second, and as many at once after a quiet second.
    pub(crate) fn new(per_second: f64) -> Self {
        let now = Instant::now();
        let tokens = per_second.max(1.0);
        Self { per_second, state: Mutex::new(State { tokens, at: now, paused_until: now }) }
    }

    /// Takes a turn that comes within `patience`, and says how long to wait for it; otherwise how long it would be.
    pub(crate) fn take(&self, patience: Duration) -> Result<Duration, Duration> {
        let now = Instant::now();
        let mut state = self.state();
        let filled = state.tokens + now.duration_since(state.at).as_secs_f64() * self.per_second;
        (state.tokens, state.at) = (filled.min(self.per_second.max(1.0)), now);
        let turn = Duration::from_secs_f64((1.0 - state.tokens).max(0.0) / self.per_second);
        let wait = turn.max(state.paused_until.saturating_duration_since(now));
        if wait > patience {
            return Err(wait);
        }
        state.tokens -= 1.0;
        Ok(wait)
    }

    /// Lets nobody through for a while.
    pub(crate) fn pause(&self, pause: Duration) {
        let until = Instant::now() + pause;
        let mut state = self.state();
        state.paused_until = state.paused_until.max(until);
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::Rate;
    use std::time::Duration;

    const LONG: Duration = Duration::from_secs(60);

    #[test]
    fn a_burst_is_let_through_and_then_one_waits() {
        let rate = Rate::new(5.0);
        let waits: Vec<_> = (0..7).map(|_| rate.take(LONG).expect("patient")).collect();
        assert!(waits[..5].iter().all(Duration::is_zero), "{waits:?}");
        assert!(waits[5] > Duration::from_millis(100) && waits[6] > waits[5], "{waits:?}");
        assert!(
            rate.take(Duration::from_millis(1)).expect_err("no turn so soon") > Duration::from_millis(100)
        );
    }

    #[test]
    fn a_pause_holds_everybody() {
        let rate = Rate::new(100.0);
        rate.pause(Duration::from_secs(30));
        assert!(rate.take(Duration::from_secs(1)).expect_err("paused") > Duration::from_secs(20));
        assert!(rate.take(LONG).expect("patient") > Duration::from_secs(20));
    }
}
