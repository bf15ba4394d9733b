//! How long to wait before a child process is started again. Pure: time comes in.

use crate::limits;
use std::time::Duration;

/// See the module.
pub(crate) struct Backoff {
    next: Duration,
}

impl Backoff {
    pub(crate) fn new() -> Self {
        Self { next: limits::FIRST_RESPAWN }
    }

    /// The pause after a life of this length; a start that failed is a life of none.
    pub(crate) fn pause(&mut self, lived: Duration) -> Duration {
        if lived >= limits::GOOD_LIFE {
            self.next = limits::FIRST_RESPAWN;
        }
        let pause = self.next;
        self.next = (pause * 2).min(limits::LAST_RESPAWN);
        pause
    }
}

#[cfg(test)]
mod tests {
    use super::Backoff;
    use crate::limits::{FIRST_RESPAWN, GOOD_LIFE, LAST_RESPAWN};
    use std::time::Duration;

    #[test]
    fn pauses_double_up_to_the_last_and_begin_anew_after_a_good_life() {
        let mut backoff = Backoff::new();
        let mut expected = FIRST_RESPAWN;
        for _ in 0..20 {
            assert_eq!(backoff.pause(GOOD_LIFE - Duration::from_nanos(1)), expected);
            expected = (expected * 2).min(LAST_RESPAWN);
        }
        assert_eq!(expected, LAST_RESPAWN);
        assert_eq!(backoff.pause(GOOD_LIFE), FIRST_RESPAWN);
    }

    /// A day of a plugin that dies as soon as it is asked: some three thousand starts, not millions.
    #[test]
    fn a_plugin_that_always_dies_costs_few_starts_in_a_day() {
        let (mut backoff, mut day, mut starts) = (Backoff::new(), Duration::ZERO, 0);
        while day < Duration::from_secs(24 * 3600) {
            day += backoff.pause(Duration::from_millis(5));
            starts += 1;
        }
        assert!((2880..2900).contains(&starts), "{starts}");
    }
}
