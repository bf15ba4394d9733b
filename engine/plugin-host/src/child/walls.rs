//! The walls around a child: what it inherits, how much memory it gets, and its end. It knows no plugin.

use rustix::process::{
    Resource, Rlimit, Signal, getpgrp, getpid, kill_process, kill_process_group, setrlimit,
};
use std::fs::{self, File};
use std::io;
use std::os::fd::{AsFd as _, AsRawFd as _, FromRawFd as _, IntoRawFd as _, OwnedFd, RawFd};
use std::os::unix::net::UnixStream;

/// Standard input, output and error.
const STANDARD: RawFd = 2;
/// What a copy of the process leaves behind, in the desk's log.
const NO_COPIES: &[u8] =
    b"a copy of the plugin's process, made by fork, wanted to speak with the desk, and was ended: \
    only the process itself may\n";
/// How much sooner than others the system ends a child when memory runs out; 1000 is the most.
const SOONER: &str = "500";

/// Takes the line to the host from standard input, puts nothing in its place, and closes whatever else was inherited.
pub(super) fn line() -> io::Result<UnixStream> {
    let line = UnixStream::from(io::stdin().as_fd().try_clone_to_owned()?);
    // Only a socket has a peer.
    line.peer_addr()?;
    // SAFETY: nothing but this runs in the process yet, and nobody else owns standard input.
    drop(unsafe { OwnedFd::from_raw_fd(0) });
    // The lowest number that is free: 0.
    let _nothing_to_read = File::open("/dev/null")?.into_raw_fd();
    close_all_but(line.as_raw_fd())?;
    Ok(line)
}

fn close_all_but(kept: RawFd) -> io::Result<()> {
    let entries = fs::read_dir("/proc/self/fd")?;
    let open: Vec<RawFd> =
        entries.filter_map(|entry| entry.ok()?.file_name().to_str()?.parse().ok()).collect();
    for fd in open.into_iter().filter(|fd| *fd > STANDARD && *fd != kept) {
        // The listing itself was open while it was read, and is not any more.
        if fs::symlink_metadata(format!("/proc/self/fd/{fd}")).is_ok() {
            // SAFETY: it is open, and nothing of this process has used it: it was inherited.
            drop(unsafe { OwnedFd::from_raw_fd(fd) });
        }
    }
    Ok(())
}

/// Bounds the memory that can be written to, leaves no core file behind, and steps forward as who goes first when the
/// machine's memory runs out.
pub(super) fn close_in(memory_bytes: u64) -> io::Result<()> {
    // A wish: where it is not granted everything else holds all the same.
    let _ = fs::write("/proc/self/oom_score_adj", SOONER);
    let at_most = |bytes| Rlimit { current: Some(bytes), maximum: Some(bytes) };
    setrlimit(Resource::Core, at_most(0))?;
    setrlimit(Resource::Data, at_most(memory_bytes))?;
    Ok(())
}

/// Ends this process and everything that the plugin started in its group, at once: no destructor of a plugin that may
/// hang is run.
pub(super) fn end() -> ! {
    if getpgrp() == getpid() {
        let _ = kill_process_group(getpid(), Signal::KILL);
    }
    let _ = kill_process(getpid(), Signal::KILL);
    std::process::abort()
}

/// Ends a copy of the child that the plugin forked, alone, with a word on standard error: the host reads that too. No lock
/// is taken, for some thread of the process may have held it when the copy was made.
pub(super) fn end_copy() -> ! {
    // Where nobody reads it there is nobody to tell.
    let _ = rustix::io::write(io::stderr().as_fd(), NO_COPIES);
    let _ = kill_process(getpid(), Signal::KILL);
    std::process::abort()
}
