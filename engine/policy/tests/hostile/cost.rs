//! What something costs this thread and this process: CPU time by the thread's own clock, memory by the kernel's mark of
//! the highest. The wall does not count: a busy machine moves it.

use rustix::time::{ClockId, clock_gettime};
use std::fs;
use std::time::Duration;

/// CPU time, and by how much the process was larger at its largest than before, in bytes.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Cost {
    pub(crate) cpu: Duration,
    pub(crate) peak: usize,
}

impl Cost {
    pub(crate) fn mebibytes(self) -> f64 {
        self.peak as f64 / f64::from(1 << 20)
    }

    /// The higher of both, each for itself.
    pub(crate) fn worst(self, other: Self) -> Self {
        Self { cpu: self.cpu.max(other.cpu), peak: self.peak.max(other.peak) }
    }
}

/// Does the work, and tells what it cost.
pub(crate) fn of<T>(work: impl FnOnce() -> T) -> (T, Cost) {
    // The mark begins anew where the process stands now. A kernel that does not know it leaves the old, higher one, and
    // nothing is measured rather than something wrong.
    let _ = fs::write("/proc/self/clear_refs", "5");
    let (before, begun) = (kibibytes("VmRSS:"), cpu());
    let done = work();
    let cpu = cpu() - begun;
    (done, Cost { cpu, peak: kibibytes("VmHWM:").saturating_sub(before) << 10 })
}

fn cpu() -> Duration {
    let time = clock_gettime(ClockId::ThreadCPUTime);
    Duration::new(u64::try_from(time.tv_sec).unwrap_or(0), u32::try_from(time.tv_nsec).unwrap_or(0))
}

fn kibibytes(key: &str) -> usize {
    let text = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = text.lines().find_map(|line| line.strip_prefix(key));
    line.and_then(|rest| rest.split_whitespace().next()?.parse().ok()).unwrap_or(0)
}
