//! The open operations of one build of a plugin and what they came to, wherever it runs. It judges answers: what is not as
//! it should be is the plugin's fault.

use crate::counters::Counters;
use crate::cut;
use crate::failure::{Failure, Given};
use crate::health::Health;
use crate::limits;
use crate::lines::Lines;
use crate::listener::Listener;
use crate::slots::Slots;
use hark_plugin_abi as abi;
use serde::de::IgnoredAny;
use std::sync::{Arc, Mutex};
use std::time::Instant;

/// See the module.
pub(crate) struct Ledger {
    pub(crate) plugin: String,
    pub(crate) slots: Slots,
    /// The plugin's: they go on from build to build.
    pub(crate) counters: Arc<Counters>,
    pub(crate) health: Health,
    lines: Mutex<Lines>,
}

impl Ledger {
    pub(crate) fn new(plugin: &str, counters: Arc<Counters>) -> Arc<Self> {
        let lines = Lines::new(Instant::now());
        let (slots, health) = (Slots::default(), Health::default());
        Arc::new(Self { plugin: plugin.to_owned(), slots, counters, health, lines })
    }

    /// The plugin answered with more than is allowed.
    pub(crate) fn too_large(&self, id: u64, bytes: u64) {
        self.settle(id, || Err(oversized(&self.plugin, bytes)));
    }

    fn settle(&self, id: u64, given: impl FnOnce() -> Given) {
        // A look first: what nobody waits for is not worth the reading.
        let taken = self.slots.is_open(id) && self.slots.answer(id, given());
        if !taken {
            Counters::count(&self.counters.dropped);
        }
    }
}

impl Listener for Ledger {
    fn is_open(&self, id: u64) -> bool {
        self.slots.is_open(id)
    }

    fn complete(&self, id: u64, status: u32, content_type: &[u8], bytes: &[u8]) {
        self.settle(id, || judge(&self.plugin, status, content_type, bytes));
    }

    fn keep_back(&self, id: u64, why: &str) {
        self.slots.answer(id, Err(Failure::kept_back(why)));
    }

    fn fail_all(&self, why: &Failure) {
        self.health.silenced(&why.error.message);
        self.slots.fail_all(why);
    }

    fn left(&self, _: u64) {}

    fn log(&self, level: u32, text: &[u8]) {
        let Some(dropped) = Lines::take_now(&self.lines) else { return };
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

    fn diagnose(&self, ailment: Option<String>) {
        if !self.health.note(ailment.clone()) {
            return;
        }
        let plugin = self.plugin.as_str();
        match ailment {
            None => tracing::info!(plugin, "the plugin is well again"),
            Some(why) => tracing::warn!(plugin, why, "the plugin says that it is not well"),
        }
    }
}

fn oversized(plugin: &str, has: u64) -> Failure {
    Failure::broken(format!("{plugin} answered with {has} bytes, allowed are {}", limits::ANSWER_BYTES))
}

/// What an answer is worth.
fn judge(plugin: &str, status: u32, content_type: &[u8], bytes: &[u8]) -> Given {
    if bytes.len() > limits::ANSWER_BYTES {
        return Err(oversized(plugin, bytes.len() as u64));
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

#[cfg(test)]
mod tests {
    use super::judge;
    use crate::failure::Blame;
    use crate::limits;
    use hark_plugin_abi as abi;
    use hark_runtime::SystemErrorKind;

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
}
