//! The engine's side of the C border: what plugins may do to the host. Foreign pointers become data here and nowhere
//! else; nothing here trusts a plugin's word, calls back into it, or unwinds into it.

use crate::listener::Listener;
use hark_plugin_abi::{self as abi, HarkBytes, HarkHost};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

/// What one plugin's instances share with the host. It is never freed: a thread that a plugin forgot may still hold the
/// pointer after `destroy`, and finds a living host that drops its answer. A few hundred bytes for each plugin.
struct Border {
    listener: Arc<dyn Listener>,
}

/// The struct that is lent to a plugin.
#[derive(Clone, Copy)]
pub(crate) struct Lent(pub(crate) *const HarkHost);

// SAFETY: the host struct is written once, before it is lent, and lives for ever.
unsafe impl Send for Lent {}
// SAFETY: as above.
unsafe impl Sync for Lent {}

impl Lent {
    /// What is lent to a plugin whose words the listener hears.
    pub(crate) fn new(listener: Arc<dyn Listener>) -> Self {
        let border: &'static Border = Box::leak(Box::new(Border { listener }));
        let host = HarkHost {
            size: u32::try_from(size_of::<HarkHost>()).expect("a small struct"),
            minor: abi::ABI_MINOR,
            ctx: std::ptr::from_ref(border).cast_mut().cast(),
            log: Some(log),
            complete: Some(complete),
            wanted: Some(wanted),
        };
        Self(Box::leak(Box::new(host)))
    }
}

/// # Safety
/// `host` must be null or what [`Lent::new`] made.
unsafe fn border<'a>(host: *const HarkHost) -> Option<&'a Border> {
    // SAFETY: what was made there is never freed and never written again, and its `ctx` is a border that lives as long.
    unsafe { host.as_ref().map(|host| &*host.ctx.cast::<Border>()) }
}

unsafe extern "C" fn log(host: *const HarkHost, level: u32, utf8: HarkBytes) {
    // SAFETY: the plugin hands back what it was lent, and lends its text until we return.
    let (border, text) = unsafe { (border(host), utf8.as_slice()) };
    if let Some(border) = border {
        // Whoever listens to the log may panic; that is no business of the plugin's.
        let _ = catch_unwind(AssertUnwindSafe(|| border.listener.log(level, text)));
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
        let _ = catch_unwind(AssertUnwindSafe(|| border.listener.complete(call_id, status, kind, bytes)));
    }
}

unsafe extern "C" fn wanted(host: *const HarkHost, call_id: u64) -> u32 {
    // SAFETY: the plugin hands back what it was lent.
    let border = unsafe { border(host) };
    border.is_some_and(|border| border.listener.is_open(call_id)).into()
}
