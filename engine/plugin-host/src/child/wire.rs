//! What the plugin says, passed on to the host. It keeps only what it needs to know which operations are still open. It
//! speaks for one process: a copy that the plugin forked is ended when it wants to say something. Its frames would run
//! into ours on the same line, and a lock that some thread held when it was made it would wait for without end.

use super::walls;
use crate::failure::Failure;
use crate::frames::ToHost;
use crate::limits;
use crate::lines::Lines;
use crate::listener::Listener;
use hark_plugin_abi as abi;
use rustix::process::{Pid, getpid};
use std::collections::{HashMap, HashSet};
use std::io::Write as _;
use std::os::unix::net::UnixStream;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Instant;

#[derive(Default)]
struct Operations {
    /// Somebody waits for these.
    open: HashSet<u64>,
    /// `call` is inside these, or will be; true: the host has cancelled it and waits to hear that it is not.
    inside: HashMap<u64, bool>,
}

/// See the module.
pub(super) struct Wire {
    speaker: Pid,
    line: Mutex<UnixStream>,
    operations: Mutex<Operations>,
    lines: Mutex<Lines>,
}

impl Wire {
    pub(super) fn new(line: UnixStream) -> Self {
        let lines = Lines::new(Instant::now());
        Self { speaker: getpid(), line: Mutex::new(line), operations: Mutex::default(), lines }
    }

    /// Ends a copy, before it takes any lock.
    fn no_copy(&self) {
        if getpid() != self.speaker {
            walls::end_copy()
        }
    }

    fn operations(&self) -> MutexGuard<'_, Operations> {
        self.no_copy();
        self.operations.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Tells the host. Without a line to it there is nothing left to live for.
    pub(super) fn send(&self, word: &ToHost<'_>) {
        self.no_copy();
        let frame = word.encode();
        let sent = self.line.lock().unwrap_or_else(PoisonError::into_inner).write_all(&frame);
        if sent.is_err() {
            walls::end();
        }
    }

    pub(super) fn warn(&self, text: &str) {
        self.send(&ToHost::Log { level: abi::LOG_WARN, text: text.as_bytes() });
    }

    /// The host hands an operation over.
    pub(super) fn opened(&self, id: u64) {
        let mut operations = self.operations();
        operations.open.insert(id);
        operations.inside.insert(id, false);
    }

    /// The host waits no more.
    pub(super) fn cancelled(&self, id: u64) {
        let mut operations = self.operations();
        operations.open.remove(&id);
        match operations.inside.get_mut(&id) {
            Some(cancelled) => *cancelled = true,
            None => {
                drop(operations);
                self.send(&ToHost::Free { id });
            }
        }
    }
}

impl Listener for Wire {
    fn is_open(&self, id: u64) -> bool {
        self.operations().open.contains(&id)
    }

    fn complete(&self, id: u64, status: u32, content_type: &[u8], bytes: &[u8]) {
        // The host counts what is late, second or foreign: it need not read it.
        let awaited = self.operations().open.remove(&id);
        let bytes = if awaited { bytes } else { &[] };
        if bytes.len() > limits::ANSWER_BYTES {
            return self.send(&ToHost::TooLarge { id, bytes: bytes.len() as u64 });
        }
        self.send(&ToHost::Answer { id, status, content_type, bytes });
    }

    fn keep_back(&self, id: u64, why: &str) {
        self.operations().open.remove(&id);
        self.send(&ToHost::KeptBack { id, why });
    }

    /// The host does that itself: it knows what is open.
    fn fail_all(&self, _: &Failure) {}

    fn left(&self, id: u64) {
        if self.operations().inside.remove(&id) == Some(true) {
            self.send(&ToHost::Free { id });
        }
    }

    fn log(&self, level: u32, text: &[u8]) {
        self.no_copy();
        let Some(dropped) = Lines::take_now(&self.lines) else { return };
        if dropped > 0 {
            self.warn(&format!("{dropped} lines were left out: it writes too much"));
        }
        // One byte more than is shown, so that the host sees that it was cut.
        let text = &text[..text.len().min(limits::LOG_LINE_BYTES + 1)];
        self.send(&ToHost::Log { level, text });
    }

    fn diagnose(&self, ailment: Option<String>) {
        self.send(&ToHost::Health { ailment: ailment.as_deref().unwrap_or_default() });
    }
}
