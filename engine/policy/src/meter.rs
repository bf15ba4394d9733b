//! Measures a running decision and says when it must stop: by the thread's CPU clock, with the wall behind it for a script
//! that works on a machine that hardly lets it. It never stops anything itself; the machine's interrupt asks it.

use crate::options::Budget;
use rustix::time::{ClockId, Timespec, clock_getres, clock_gettime};
use std::sync::atomic::{AtomicBool, AtomicU8, AtomicU32, AtomicU64, Ordering::Relaxed};
use std::sync::{Mutex, OnceLock};
use std::time::Instant;

/// Part of the CPU budget that may pass on the wall before the CPU clock is read for the first time. A healthy decision
/// ends long before and never pays for that system call.
const FREE_PART: u64 = 4;

/// Interrupts of a decision that are told by the system's tick alone whether time has passed at all: to read that costs a
/// fifth of reading a clock, and a healthy decision has no more of them. A runaway has used them up in microseconds, and
/// is measured finely from there on.
const COARSE: u32 = 256;

/// Part of the wall's limit that must have been CPU time before the wall stops anything, where that is less than the
/// free part of the CPU budget. A thread that was not let run for a while (a suspended machine, a neighbour's burst)
/// has passed the limit without having done anything, and its decision ends in the next microseconds.
const WORKED_PART: u64 = 4;

/// What a decision ran out of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Over {
    Cpu,
    Wall,
}

/// The clocks of one machine. Only the thread that decides touches it; the atomics make that visible to the compiler.
#[derive(Debug)]
pub(crate) struct Meter {
    zero: Instant,
    armed: AtomicBool,
    /// Nanoseconds since `zero`.
    started: AtomicU64,
    /// The system's tick when it started, where a tick is short beside the budget.
    tick: AtomicU64,
    /// Interrupts that are still told by the tick.
    coarse: AtomicU32,
    /// The thread's CPU clock when it was first read during the decision, plus one; 0 when it was not.
    cpu_base: AtomicU64,
    over: AtomicU8,
    cpu_ns: AtomicU64,
    wall_ns: AtomicU64,
    place: Mutex<Option<(String, u32)>>,
}

impl Meter {
    pub(crate) fn new() -> Self {
        Self {
            zero: Instant::now(),
            armed: AtomicBool::new(false),
            started: AtomicU64::new(0),
            tick: AtomicU64::new(0),
            coarse: AtomicU32::new(0),
            cpu_base: AtomicU64::new(0),
            over: AtomicU8::new(0),
            cpu_ns: AtomicU64::new(0),
            wall_ns: AtomicU64::new(0),
            place: Mutex::new(None),
        }
    }

    /// Starts the clocks.
    pub(crate) fn start(&self, budget: Budget) {
        let budget_ns = u64::from(budget.cpu_ms.max(1)) * 1_000_000;
        self.cpu_ns.store(budget_ns, Relaxed);
        self.wall_ns.store(u64::from(budget.wall_ms.max(1)) * 1_000_000, Relaxed);
        self.cpu_base.store(0, Relaxed);
        self.over.store(0, Relaxed);
        self.tick.store(tick(), Relaxed);
        self.coarse.store(if budget_ns > tick_length() { COARSE } else { 0 }, Relaxed);
        self.started.store(self.elapsed(), Relaxed);
        self.armed.store(true, Relaxed);
    }

    /// Stops the clocks and tells the nanoseconds that passed on the wall, and whether something ran out.
    pub(crate) fn stop(&self) -> (u64, Option<Over>) {
        self.armed.store(false, Relaxed);
        (self.elapsed() - self.started.load(Relaxed), self.over())
    }

    fn over(&self) -> Option<Over> {
        match self.over.load(Relaxed) {
            0 => None,
            1 => Some(Over::Cpu),
            _ => Some(Over::Wall),
        }
    }

    /// Whether the running decision must stop now. Once over, always over, until the next start.
    pub(crate) fn must_stop(&self) -> bool {
        if !self.armed.load(Relaxed) {
            return false;
        }
        if self.over.load(Relaxed) != 0 {
            return true;
        }
        if self.is_within_a_tick() {
            return false;
        }
        let passed = self.elapsed() - self.started.load(Relaxed);
        let most = self.cpu_ns.load(Relaxed);
        if passed < (most / FREE_PART).min(self.wall_ns.load(Relaxed)) {
            return false;
        }
        let now = cpu_clock();
        let base = match self.cpu_base.load(Relaxed) {
            0 => {
                self.cpu_base.store(now + 1, Relaxed);
                now
            }
            base => base - 1,
        };
        let (used, wall) = (now.saturating_sub(base), self.wall_ns.load(Relaxed));
        let over = if used >= most {
            1
        } else if passed >= wall && used >= (most / FREE_PART).min(wall / WORKED_PART) {
            2
        } else {
            0
        };
        self.over.store(over, Relaxed);
        over != 0
    }

    /// What follows may take long between two interrupts: ticks are too coarse for it.
    pub(crate) fn look_closely(&self) {
        self.coarse.store(0, Relaxed);
    }

    /// Whether no tick has passed since the start, as far as that is still asked.
    fn is_within_a_tick(&self) -> bool {
        let left = self.coarse.load(Relaxed);
        if left == 0 || tick() != self.tick.load(Relaxed) {
            self.coarse.store(0, Relaxed);
            return false;
        }
        self.coarse.store(left - 1, Relaxed);
        true
    }

    /// Whether the place of the stop is not known yet.
    pub(crate) fn wants_place(&self) -> bool {
        self.place.lock().is_ok_and(|place| place.is_none())
    }

    pub(crate) fn set_place(&self, place: (String, u32)) {
        if let Ok(mut kept) = self.place.lock() {
            *kept = Some(place);
        }
    }

    /// Where the decision was stopped, told once.
    pub(crate) fn take_place(&self) -> Option<(String, u32)> {
        self.place.lock().ok().and_then(|mut place| place.take())
    }

    fn elapsed(&self) -> u64 {
        u64::try_from(self.zero.elapsed().as_nanos()).unwrap_or(u64::MAX)
    }
}

/// The system's tick: a count that grows by [`tick_length`] each time.
fn tick() -> u64 {
    nanos(clock_gettime(ClockId::MonotonicCoarse))
}

/// Nanoseconds from one tick to the next: 1 to 10 ms on common systems.
fn tick_length() -> u64 {
    static LENGTH: OnceLock<u64> = OnceLock::new();
    *LENGTH.get_or_init(|| nanos(clock_getres(ClockId::MonotonicCoarse)))
}

/// CPU time of this thread in nanoseconds.
fn cpu_clock() -> u64 {
    nanos(clock_gettime(ClockId::ThreadCPUTime))
}

fn nanos(time: Timespec) -> u64 {
    u64::try_from(time.tv_sec).unwrap_or(0) * 1_000_000_000 + u64::try_from(time.tv_nsec).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::hint::spin_loop;
    use std::time::Duration;

    fn budget(cpu_ms: u32, wall_ms: u32) -> Budget {
        Budget { cpu_ms, wall_ms, ..Budget::default() }
    }

    #[test]
    fn who_was_not_let_run_is_not_stopped_by_the_wall() {
        let meter = Meter::new();
        meter.start(budget(1000, 20));
        // Not a wait for something: time has to pass on the wall without any work.
        std::thread::sleep(Duration::from_millis(40));
        assert!(!meter.must_stop(), "nothing was done yet");
        std::thread::sleep(Duration::from_millis(40));
        assert!(!meter.must_stop(), "and nothing since");
        assert_eq!(meter.stop().1, None);
    }

    #[test]
    fn who_works_is_stopped_by_the_cpu_clock_or_the_wall() {
        for (limits, over) in [(budget(5, 60_000), Over::Cpu), (budget(60_000, 20), Over::Wall)] {
            let meter = Meter::new();
            meter.start(limits);
            while !meter.must_stop() {
                spin_loop();
            }
            assert_eq!(meter.stop().1, Some(over));
        }
    }
}
