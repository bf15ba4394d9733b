//! The plugin's handle to its host: log lines and answers. It never reaches the host after `destroy`, however
//! long a thread keeps the handle: the gate is closed first.

use hark_plugin_abi::{self as abi, HarkBytes, HarkHost, covers};
use std::mem::{offset_of, size_of};
use std::sync::{Arc, PoisonError, RwLock};

/// How important a log line is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Level {
    /// A fault that somebody has to look at.
    Error,
    /// Something is wrong and work goes on.
    Warn,
    /// Rare events in the plugin's life.
    Info,
    /// Details for the plugin's author.
    Debug,
    /// Everything.
    Trace,
}

impl Level {
    const fn number(self) -> u32 {
        match self {
            Self::Error => abi::LOG_ERROR,
            Self::Warn => abi::LOG_WARN,
            Self::Info => abi::LOG_INFO,
            Self::Debug => abi::LOG_DEBUG,
            Self::Trace => abi::LOG_TRACE,
        }
    }
}

/// The pointer that `create` was given.
struct Pointer(*const HarkHost);

// SAFETY: the ABI says that the host struct may be read, and its functions called, from any thread.
unsafe impl Send for Pointer {}
// SAFETY: as above; the plugin never writes through it.
unsafe impl Sync for Pointer {}

/// A cheap, cloneable handle to the host; usable from any thread for as long as it likes.
#[derive(Clone)]
pub struct Host {
    gate: Arc<RwLock<Option<Pointer>>>,
}

impl Host {
    /// Wraps the host of one instance.
    ///
    /// # Safety
    /// `host` must be null, or what `create` was given; it must stay valid until [`Host::close`] returns.
    pub(crate) unsafe fn new(host: *const HarkHost) -> Self {
        let pointer = (!host.is_null()).then_some(Pointer(host));
        Self { gate: Arc::new(RwLock::new(pointer)) }
    }

    /// Waits for running log lines and answers, then lets none through.
    pub(crate) fn close(&self) {
        *self.gate.write().unwrap_or_else(PoisonError::into_inner) = None;
    }

    /// Writes a line to the host's log under the plugin's name; does nothing once the instance is gone.
    pub fn log(&self, level: Level, text: &str) {
        self.with(|host| {
            if let Some(log) = field_log(host) {
                // SAFETY: `host` is alive while the gate is held, and `text` outlives the function.
                unsafe { log(host, level.number(), HarkBytes::lend(text.as_bytes())) }
            }
        });
    }

    /// Logs at [`Level::Error`].
    pub fn error(&self, text: &str) {
        self.log(Level::Error, text);
    }

    /// Logs at [`Level::Warn`].
    pub fn warn(&self, text: &str) {
        self.log(Level::Warn, text);
    }

    /// Logs at [`Level::Info`].
    pub fn info(&self, text: &str) {
        self.log(Level::Info, text);
    }

    /// Answers a call; the host drops late and second answers.
    pub(crate) fn complete(&self, call_id: u64, status: u32, content_type: &str, bytes: &[u8]) {
        self.with(|host| {
            if let Some(complete) = field_complete(host) {
                let content_type = HarkBytes::lend(content_type.as_bytes());
                // SAFETY: `host` is alive while the gate is held, and both texts outlive the function.
                unsafe { complete(host, call_id, status, content_type, HarkBytes::lend(bytes)) }
            }
        });
    }

    /// Whether somebody still waits for a call's answer; true when the host is too old to say.
    pub(crate) fn wanted(&self, call_id: u64) -> bool {
        let mut is_wanted = true;
        self.with(|host| {
            if let Some(wanted) = field_wanted(host) {
                // SAFETY: `host` is alive while the gate is held.
                is_wanted = unsafe { wanted(host, call_id) } != 0;
            }
        });
        is_wanted
    }

    fn with(&self, use_it: impl FnOnce(*const HarkHost)) {
        let gate = self.gate.read().unwrap_or_else(PoisonError::into_inner);
        if let Some(pointer) = &*gate {
            use_it(pointer.0);
        }
    }
}

type Log = unsafe extern "C" fn(*const HarkHost, u32, HarkBytes);
type Complete = unsafe extern "C" fn(*const HarkHost, u64, u32, HarkBytes, HarkBytes);
type Wanted = unsafe extern "C" fn(*const HarkHost, u64) -> u32;

fn field_log(host: *const HarkHost) -> Option<Log> {
    // SAFETY: not null (see `with`), and the size is read before the field that it has to cover.
    unsafe { covers((*host).size, offset_of!(HarkHost, log), size_of::<Log>()).then(|| (*host).log)? }
}

fn field_complete(host: *const HarkHost) -> Option<Complete> {
    // SAFETY: not null (see `with`), and the size is read before the field that it has to cover.
    unsafe {
        covers((*host).size, offset_of!(HarkHost, complete), size_of::<Complete>())
            .then(|| (*host).complete)?
    }
}

fn field_wanted(host: *const HarkHost) -> Option<Wanted> {
    // SAFETY: not null (see `with`), and the size is read before the field that it has to cover.
    unsafe {
        covers((*host).size, offset_of!(HarkHost, wanted), size_of::<Wanted>()).then(|| (*host).wanted)?
    }
}
