//! A child process and its end: its number as long as it is alive, who killed it and why, and what it left. A number is
//! never used after the child was buried, when it may be somebody else's.

use rustix::io::Errno;
use rustix::process::{Pid, Signal, WaitId, WaitIdOptions, kill_process_group, waitid};
use std::os::unix::process::ExitStatusExt as _;
use std::process::{Child, ExitStatus};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// The signal that we kill with.
const KILL: i32 = 9;

struct State {
    /// None once it has been buried.
    pid: Option<Pid>,
    /// Why we killed it.
    why: Option<String>,
}

/// The way to kill a child.
pub(super) struct Leash {
    state: Mutex<State>,
    ended: Condvar,
}

impl Leash {
    pub(super) fn new(child: &Child) -> Arc<Self> {
        let state = State { pid: Some(Pid::from_child(child)), why: None };
        Arc::new(Self { state: Mutex::new(state), ended: Condvar::new() })
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Its number, as long as it runs.
    pub(super) fn pid(&self) -> Option<u32> {
        self.state().pid.and_then(|pid| u32::try_from(pid.as_raw_pid()).ok())
    }

    /// Kills it with all that it started in its group. The first reason is kept.
    pub(super) fn kill(&self, why: &str) {
        let mut state = self.state();
        let Some(pid) = state.pid else { return };
        state.why.get_or_insert_with(|| why.to_owned());
        // It may have ended by itself just now.
        let _ = kill_process_group(pid, Signal::KILL);
    }

    /// Waits until it was buried. False: it was not within this time.
    pub(super) fn ended_within(&self, within: Duration) -> bool {
        let waited = self.ended.wait_timeout_while(self.state(), within, |state| state.pid.is_some());
        waited.unwrap_or_else(PoisonError::into_inner).0.pid.is_none()
    }

    fn bury(&self) -> Option<String> {
        let mut state = self.state();
        // What it started ends with it.
        if let Some(pid) = state.pid.take() {
            let _ = kill_process_group(pid, Signal::KILL);
        }
        state.why.take()
    }
}

/// Waits for the child's end and buries it; for one thread that does nothing else meanwhile.
pub(crate) struct Guard {
    child: Child,
    leash: Arc<Leash>,
    born: Instant,
}

/// How a child ended.
pub(crate) struct Death {
    pub(crate) why: String,
    pub(crate) lived: Duration,
}

impl Guard {
    pub(super) fn new(child: Child, leash: Arc<Leash>) -> Self {
        Self { child, leash, born: Instant::now() }
    }

    /// Blocks until the child has ended.
    pub(crate) fn wait(mut self) -> Death {
        let whom = WaitId::Pid(Pid::from_child(&self.child));
        // Looked at and not yet buried: until then its number is its own.
        while waitid(whom.clone(), WaitIdOptions::EXITED | WaitIdOptions::NOWAIT).err() == Some(Errno::INTR) {
        }
        let killed = self.leash.bury();
        let status = self.child.wait();
        self.leash.ended.notify_all();
        let why = match (status, killed) {
            // One that had ended by itself was not killed, however late we tried.
            (Ok(status), Some(why)) if status.signal() == Some(KILL) => why,
            (Ok(status), _) => told(status),
            (Err(_), _) => "ended".to_owned(),
        };
        Death { why, lived: self.born.elapsed() }
    }
}

/// How a process ended, in words.
pub(super) fn told(status: ExitStatus) -> String {
    match (status.signal(), status.code()) {
        // It kills itself when its line breaks.
        (Some(KILL), _) => "was killed from outside, or lost its line".to_owned(),
        (Some(signal), _) => format!("was ended by signal {signal}{}", named(signal)),
        (None, Some(code)) => format!("ended by itself with code {code}"),
        (None, None) => "ended".to_owned(),
    }
}

fn named(signal: i32) -> &'static str {
    match signal {
        4 => " (illegal instruction)",
        6 => " (abort)",
        7 => " (bus error)",
        8 => " (arithmetic error)",
        11 => " (segmentation fault)",
        15 => " (terminate)",
        _ => "",
    }
}
