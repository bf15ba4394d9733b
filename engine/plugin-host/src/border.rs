//! The engine's side of the C border: what plugins may do to the host. Foreign pointers become data here and nowhere
//! else; nothing here trusts a plugin's word, calls back into it, or unwinds into it.

use crate::counters::Counters;
use crate::cut;
use crate::failure::{Failure, Given};
use crate::limits;
use crate::slots::Slots;
use hark_plugin_abi::{self as abi, HarkBytes, HarkHost};
use serde::de::IgnoredAny;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

/// What one plugin's instances share with the host. It is never freed: a thread that a plugin forgot may still hold the
/// pointer after `destroy`, and finds a living host that drops its answer. A few hundred bytes for each plugin.
pub(crate) struct Border {
    pub(crate) plugin: String,
    pub(crate) slots: Slots,
    pub(crate) counters: Counters,
    lines: Mutex<Lines>,
}

/// The struct that is lent to a plugin.
#[derive(Clone, Copy)]
pub(crate) struct Lent(pub(crate) *const HarkHost);

// SAFETY: the host struct is written once, before it is lent, and lives for ever.
unsafe impl Send for Lent {}
// SAFETY: as above.
unsafe impl Sync for Lent {}

impl Border {
    /// A border for a plugin, and the struct that is lent to its instances.
    pub(crate) fn new(plugin: &str) -> (&'static Self, Lent) {
        let border: &'static Self = Box::leak(Box::new(Self {
            plugin: plugin.to_owned(),
            slots: Slots::default(),
            counters: Counters::default(),
            lines: Mutex::new(Lines { second: Instant::now(), written: 0, dropped: 0 }),
        }));
        let host = HarkHost {
            size: u32::try_from(size_of::<HarkHost>()).expect("a small struct"),
            minor: abi::ABI_MINOR,
            ctx: std::ptr::from_ref(border).cast_mut().cast(),
            log: Some(log),
            complete: Some(complete),
            wanted: Some(wanted),
        };
        (border, Lent(Box::leak(Box::new(host))))
    }

    fn complete(&self, id: u64, status: u32, content_type: &[u8], bytes: &[u8]) {
        // A look first: what nobody waits for is not worth the reading.
        let taken =
            self.slots.is_open(id) && self.slots.answer(id, judge(&self.plugin, status, content_type, bytes));
        if !taken {
            Counters::count(&self.counters.dropped);
        }
    }

    fn log(&self, level: u32, text: &[u8]) {
        let allowed = self.lines.lock().unwrap_or_else(PoisonError::into_inner).take(Instant::now());
        let Some(dropped) = allowed else { return };
        let plugin = self.plugin.as_str();
        if dropped > 0 {
            tracing::warn!(plugin, dropped, "a plugin writes too much: lines were left out");
        }
        let line = cut::line(text, limits::LOG_LINE_BYTES);
        match level {
            abi::LOG_ERROR => tracing::error!(plugin, "{line}"),
            abi::LOG_WARN => tracing::warn!(plugin, "{line}"),
            abi::LOG_DEBUG => tracing::debug!(plugin, "{line}"),
            abi::LOG_TRACE => tracing::trace!(plugin, "{line}"),
            _ => tracing::info!(plugin, "{line}"),
        }
    }
}

/// What an answer is worth.
fn judge(plugin: &str, status: u32, content_type: &[u8], bytes: &[u8]) -> Given {
    if bytes.len() > limits::ANSWER_BYTES {
        let (has, most) = (bytes.len(), limits::ANSWER_BYTES);
        return Err(Failure::broken(format!("{plugin} answered with {has} bytes, allowed are {most}")));
    }
    if status != abi::STATUS_OK {
        return Err(Failure::from_status(plugin, status, bytes));
    }
    let json = abi::CONTENT_JSON.as_bytes();
    if !(content_type.is_empty() || content_type.starts_with(json)) {
        let kind = cut::line(content_type, 80);
        return Err(Failure::broken(format!("{plugin} answered in {kind:?}, which this host cannot read")));
    }
    let text = std::str::from_utf8(bytes)
        .map_err(|_| Failure::broken(format!("{plugin} answered with what is not UTF-8")))?;
    serde_json::from_str::<IgnoredAny>(text)
        .map_err(|error| Failure::broken(format!("{plugin} answered with what is not JSON: {error}")))?;
    Ok(bytes.to_vec())
}

/// How many lines may still be written in this second.
struct Lines {
    second: Instant,
    written: u32,
    dropped: u64,
}

impl Lines {
    /// None: the line is dropped. Otherwise how many were dropped before it.
    fn take(&mut self, now: Instant) -> Option<u64> {
        if now.duration_since(self.second) >= Duration::from_secs(1) {
            (self.second, self.written) = (now, 0);
        }
        if self.written == limits::LOG_LINES {
            self.dropped += 1;
            return None;
        }
        self.written += 1;
        Some(std::mem::take(&mut self.dropped))
    }
}

/// # Safety
/// `host` must be null or what [`Border::new`] made.
unsafe fn border<'a>(host: *const HarkHost) -> Option<&'a Border> {
    // SAFETY: what was made there is never freed and never written again, and its `ctx` is a border that lives as long.
    unsafe { host.as_ref().map(|host| &*host.ctx.cast::<Border>()) }
}

unsafe extern "C" fn log(host: *const HarkHost, level: u32, utf8: HarkBytes) {
    // SAFETY: the plugin hands back what it was lent, and lends its text until we return.
    let (border, text) = unsafe { (border(host), utf8.as_slice()) };
    if let Some(border) = border {
        // Whoever listens to the log may panic; that is no business of the plugin's.
        let _ = catch_unwind(AssertUnwindSafe(|| border.log(level, text)));
    }
}

unsafe extern "C" fn complete(
    host: *const HarkHost,
    call_id: u64,
    status: u32,
    content_type: HarkBytes,
    bytes: HarkBytes,
) {
    // SAFETY: the plugin hands back what it was lent, and lends its bytes until we return.
    let (border, kind, bytes) = unsafe { (border(host), content_type.as_slice(), bytes.as_slice()) };
    if let Some(border) = border {
        let _ = catch_unwind(AssertUnwindSafe(|| border.complete(call_id, status, kind, bytes)));
    }
}

unsafe extern "C" fn wanted(host: *const HarkHost, call_id: u64) -> u32 {
    // SAFETY: the plugin hands back what it was lent.
    let border = unsafe { border(host) };
    border.is_some_and(|border| border.slots.is_open(call_id)).into()
}

#[cfg(test)]
mod tests {
    use super::{Lines, judge};
    use crate::failure::Blame;
    use crate::limits;
    use hark_plugin_abi as abi;
    use hark_runtime::SystemErrorKind;
    use std::time::{Duration, Instant};

    #[test]
    fn an_answer_is_json_or_the_plugins_fault() {
        let ok = |kind: &[u8], bytes: &[u8]| judge("crm", abi::STATUS_OK, kind, bytes);
        assert_eq!(ok(b"application/json", b"{\"a\":1}").expect("good"), b"{\"a\":1}");
        assert_eq!(ok(b"", b"null").expect("good"), b"null");
        let huge = vec![b' '; limits::ANSWER_BYTES + 1];
        for bad in [&b""[..], b"{", b"{}{}", b"\"\xff\"", b"{\"a\":\"\xc3\"}", &huge] {
            let failure = ok(b"application/json", bad).expect_err("bad");
            assert_eq!(failure.blame, Blame::Plugin);
            assert_eq!(failure.error.kind, SystemErrorKind::Unavailable);
        }
        assert_eq!(ok(b"text/html", b"{}").expect_err("bad").blame, Blame::Plugin);
    }

    #[test]
    fn a_failure_keeps_its_kind_and_a_short_plain_text() {
        for (status, kind, blame) in [
            (abi::STATUS_NOT_FOUND, SystemErrorKind::NotFound, Blame::Nobody),
            (abi::STATUS_REFUSED, SystemErrorKind::Refused, Blame::Nobody),
            (abi::STATUS_INVALID, SystemErrorKind::Invalid, Blame::Nobody),
            (abi::STATUS_UNKNOWN_OPERATION, SystemErrorKind::UnknownOperation, Blame::Nobody),
            (abi::STATUS_UNAVAILABLE, SystemErrorKind::Unavailable, Blame::Plugin),
            (abi::STATUS_CANCELLED, SystemErrorKind::Unavailable, Blame::Plugin),
            (99, SystemErrorKind::Unavailable, Blame::Plugin),
        ] {
            let failure = judge("crm", status, b"text/plain", b"no\nway").expect_err("a failure");
            assert_eq!((failure.error.kind, failure.blame), (kind, blame), "{status}");
            assert_eq!(failure.error.message, "no way");
        }
        let long = judge("crm", abi::STATUS_REFUSED, b"", &[b'x'; 10_000]).expect_err("a failure");
        assert!(long.error.message.len() <= limits::MESSAGE_BYTES + 3);
        let mute = judge("crm", abi::STATUS_REFUSED, b"", b"").expect_err("a failure");
        assert_eq!(mute.error.message, "crm answered refused and gave no reason");
    }

    #[test]
    fn lines_are_let_through_up_to_the_limit_of_each_second() {
        let start = Instant::now();
        let mut lines = Lines { second: start, written: 0, dropped: 0 };
        let passed = (0..1000).filter(|_| lines.take(start).is_some()).count();
        assert_eq!(passed, limits::LOG_LINES as usize);
        let told = lines.take(start + Duration::from_secs(1));
        assert_eq!(told, Some(1000 - u64::from(limits::LOG_LINES)), "the next line says how many were lost");
    }
}
