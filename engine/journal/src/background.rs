//! Work that may take its time gives way to the desk. Changes the priority of the calling thread, nothing else.

/// Lets the calling thread give way to others by this many steps of `nice(2)`, from now on and with the threads that it
/// starts: 5 leaves it a third of what another thread gets while all cores are busy, 10 a tenth. An idle core is used
/// in full. Where the system refuses, or counts niceness by process, nothing changes.
pub fn give_way(steps: i32) {
    #[cfg(target_os = "linux")]
    if let Err(error) = rustix::process::nice(steps) {
        tracing::debug!(%error, "a background thread keeps its priority");
    }
    #[cfg(not(target_os = "linux"))]
    let _ = steps;
}
