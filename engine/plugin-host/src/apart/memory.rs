//! How much memory a process has, from what the system tells of it. None where it tells nothing.

use std::fs;

/// Memory that it can write to and others cannot, in KiB: what its limit is for.
pub(super) fn writable_kib(pid: u32) -> Option<u64> {
    field(pid, "VmData:")
}

/// Memory that it really occupies, in KiB.
pub(crate) fn resident_kib(pid: u32) -> Option<u64> {
    field(pid, "VmRSS:")
}

fn field(pid: u32, name: &str) -> Option<u64> {
    let status = fs::read_to_string(format!("/proc/{pid}/status")).ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix(name))?;
    line.split_whitespace().next()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::{resident_kib, writable_kib};

    #[test]
    fn a_living_process_has_memory_and_one_that_is_not_has_none() {
        let own = std::process::id();
        assert!(resident_kib(own).expect("it runs") > 100);
        assert!(writable_kib(own).expect("it runs") > 100);
        assert_eq!(resident_kib(u32::MAX), None);
    }
}
