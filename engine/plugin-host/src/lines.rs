//! How much one plugin may write to the log. Pure: time comes in.

use crate::limits;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

/// How many lines may still be written in this second.
pub(crate) struct Lines {
    second: Instant,
    written: u32,
    dropped: u64,
}

impl Lines {
    pub(crate) fn new(now: Instant) -> Mutex<Self> {
        Mutex::new(Self { second: now, written: 0, dropped: 0 })
    }

    /// As below, now.
    pub(crate) fn take_now(lines: &Mutex<Self>) -> Option<u64> {
        lines.lock().unwrap_or_else(PoisonError::into_inner).take(Instant::now())
    }

    /// None: the line is dropped. Otherwise how many were dropped before it.
    fn take(&mut self, now: Instant) -> Option<u64> {
        if now.duration_since(self.second) >= Duration::from_secs(1) {
            (self.second, self.written) = (now, 0);
        }
        if self.written == limits::LOG_LINES {
            self.dropped += 1;
            return None;
        }
        self.written += 1;
        Some(std::mem::take(&mut self.dropped))
    }
}

#[cfg(test)]
mod tests {
    use super::Lines;
    use crate::limits;
    use std::time::{Duration, Instant};

    #[test]
    fn lines_are_let_through_up_to_the_limit_of_each_second() {
        let start = Instant::now();
        let mut lines = Lines { second: start, written: 0, dropped: 0 };
        let passed = (0..1000).filter(|_| lines.take(start).is_some()).count();
        assert_eq!(passed, limits::LOG_LINES as usize);
        let told = lines.take(start + Duration::from_secs(1));
        assert_eq!(told, Some(1000 - u64::from(limits::LOG_LINES)), "the next line says how many were lost");
    }
}
