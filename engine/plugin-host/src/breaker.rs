//! The circuit breaker: a plugin that fails again and again is left alone for a while, then tried with one operation.
//! It knows no plugin; time comes from its caller.

use crate::limits;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

#[derive(Clone, Copy)]
enum State {
    /// All goes through; so many failures in a row.
    Closed { failures: u32 },
    /// Nothing goes through before `until`.
    Open { until: Instant, rest: Duration },
    /// One operation tries how it is now.
    Trying { rest: Duration },
}

/// How the circuit is, for people.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Circuit {
    Closed,
    Failing,
    Open,
    Trying,
}

/// As what an operation went through; its verdict says so again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Admitted {
    AsUsual,
    AsTrial,
}

/// What a verdict changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Change {
    None,
    Opened(Duration),
    Closed,
}

/// See the module.
pub(crate) struct Breaker {
    state: Mutex<State>,
}

impl Breaker {
    pub(crate) fn new() -> Self {
        Self { state: Mutex::new(State::Closed { failures: 0 }) }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Whether an operation may go through now, and as what.
    ///
    /// # Errors
    /// How long to wait before it is worth asking again.
    pub(crate) fn admit(&self, now: Instant) -> Result<Admitted, Duration> {
        let mut state = self.state();
        match *state {
            State::Closed { .. } => Ok(Admitted::AsUsual),
            State::Open { until, rest } if now >= until => {
                *state = State::Trying { rest };
                Ok(Admitted::AsTrial)
            }
            State::Open { until, .. } => Err(until - now),
            State::Trying { .. } => Err(Duration::ZERO),
        }
    }

    /// An operation went well. While the circuit is not closed only the trial's verdict counts: the others were asked
    /// before.
    pub(crate) fn well(&self, admitted: Admitted) -> Change {
        let mut state = self.state();
        match (*state, admitted) {
            (State::Trying { .. }, Admitted::AsTrial) => {
                *state = State::Closed { failures: 0 };
                Change::Closed
            }
            (State::Closed { .. }, _) => {
                *state = State::Closed { failures: 0 };
                Change::None
            }
            _ => Change::None,
        }
    }

    /// An operation failed, and the plugin is to blame.
    pub(crate) fn failed(&self, admitted: Admitted, now: Instant) -> Change {
        let mut state = self.state();
        let rest = match (*state, admitted) {
            (State::Closed { failures }, _) if failures + 1 < limits::FAILURES => {
                *state = State::Closed { failures: failures + 1 };
                return Change::None;
            }
            (State::Closed { .. }, _) => limits::FIRST_REST,
            (State::Trying { rest }, Admitted::AsTrial) => (rest * 2).min(limits::LAST_REST),
            _ => return Change::None,
        };
        *state = State::Open { until: now + rest, rest };
        Change::Opened(rest)
    }

    /// An operation ended without a verdict: whoever asked went away, or it never reached the plugin. After a trial the
    /// next one tries.
    pub(crate) fn undecided(&self, admitted: Admitted, now: Instant) {
        let mut state = self.state();
        if let (State::Trying { rest }, Admitted::AsTrial) = (*state, admitted) {
            *state = State::Open { until: now, rest };
        }
    }

    pub(crate) fn circuit(&self) -> Circuit {
        match *self.state() {
            State::Closed { failures: 0 } => Circuit::Closed,
            State::Closed { .. } => Circuit::Failing,
            State::Open { .. } => Circuit::Open,
            State::Trying { .. } => Circuit::Trying,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Admitted::{AsTrial, AsUsual};
    use super::{Breaker, Change, Circuit};
    use crate::limits::{FAILURES, FIRST_REST, LAST_REST};
    use std::time::{Duration, Instant};

    fn opened(now: Instant) -> Breaker {
        let breaker = Breaker::new();
        for _ in 1..FAILURES {
            assert_eq!(breaker.failed(AsUsual, now), Change::None);
        }
        assert_eq!(breaker.failed(AsUsual, now), Change::Opened(FIRST_REST));
        breaker
    }

    #[test]
    fn only_failures_in_a_row_open_it() {
        let (breaker, now) = (Breaker::new(), Instant::now());
        for _ in 0..10 * FAILURES {
            assert_eq!(breaker.failed(AsUsual, now), Change::None);
            assert_eq!(breaker.circuit(), Circuit::Failing);
            assert_eq!(breaker.well(AsUsual), Change::None);
        }
        assert_eq!(opened(now).admit(now), Err(FIRST_REST));
    }

    #[test]
    fn after_its_rest_one_operation_tries() {
        let now = Instant::now();
        let breaker = opened(now);
        let later = now + FIRST_REST;
        assert_eq!(breaker.admit(later), Ok(AsTrial));
        assert_eq!(breaker.circuit(), Circuit::Trying);
        assert_eq!(breaker.admit(later), Err(Duration::ZERO), "one at a time");
        assert_eq!(breaker.well(AsTrial), Change::Closed);
        assert_eq!(breaker.admit(later), Ok(AsUsual));
    }

    #[test]
    fn its_rest_grows_up_to_the_most() {
        let mut now = Instant::now();
        let breaker = opened(now);
        let mut rest = FIRST_REST;
        for _ in 0..8 {
            now += rest;
            assert_eq!(breaker.admit(now), Ok(AsTrial));
            rest = (rest * 2).min(LAST_REST);
            assert_eq!(breaker.failed(AsTrial, now), Change::Opened(rest));
        }
        assert_eq!(rest, LAST_REST);
    }

    #[test]
    fn a_trial_without_a_verdict_leaves_it_to_the_next() {
        let now = Instant::now();
        let breaker = opened(now);
        let later = now + FIRST_REST;
        breaker.admit(later).expect("the trial");
        breaker.undecided(AsUsual, later);
        assert_eq!(breaker.admit(later), Err(Duration::ZERO), "the trial is still on");
        breaker.undecided(AsTrial, later);
        assert_eq!(breaker.admit(later), Ok(AsTrial));
    }

    #[test]
    fn those_who_were_asked_before_change_nothing() {
        let now = Instant::now();
        let breaker = opened(now);
        assert_eq!(breaker.well(AsUsual), Change::None);
        assert_eq!(breaker.failed(AsUsual, now), Change::None);
        assert_eq!(breaker.circuit(), Circuit::Open);
        breaker.admit(now + FIRST_REST).expect("the trial");
        assert_eq!(breaker.well(AsUsual), Change::None);
        assert_eq!(breaker.failed(AsUsual, now), Change::None);
        assert_eq!(breaker.circuit(), Circuit::Trying);
    }
}
