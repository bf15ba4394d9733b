//! What the processes of a desk hold.

use crate::common::Loaded;
use std::collections::BTreeMap;
use std::fmt;

/// What the desk and its children hold.
pub(crate) struct Holds {
    /// Resident memory by process, in KiB: the desk's own, and that of each plugin that has one.
    pub(crate) kib: BTreeMap<String, u64>,
    pub(crate) files: usize,
    pub(crate) threads: usize,
}

impl fmt::Display for Holds {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (process, kib) in &self.kib {
            write!(f, "{process} {:.1} MiB, ", *kib as f64 / 1024.0)?;
        }
        write!(f, "{} files, {} threads", self.files, self.threads)
    }
}

/// Looks at all of them.
pub(crate) fn holds(desk: &Loaded) -> Holds {
    use hark_runtime::Systems as _;
    let count = |folder: &str| std::fs::read_dir(folder).expect("there is a /proc").count();
    let status = std::fs::read_to_string("/proc/self/status").expect("there is a /proc");
    let resident = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).expect("it is told");
    let resident = resident.split_whitespace().next().expect("a number").parse().expect("a number");
    let children = desk.host.report().into_iter();
    let children = children.filter_map(|report| Some((report.name, report.memory_kib?)));
    let kib = children.chain([("desk".to_owned(), resident)]).collect();
    Holds { kib, files: count("/proc/self/fd"), threads: count("/proc/self/task") }
}

/// What a process held; a child that was not there then has held nothing.
pub(crate) fn most(holds: &Holds, process: &str) -> u64 {
    holds.kib.get(process).copied().unwrap_or_default()
}
