//! The C side of the border: the functions of the table, for any plugin type. Pointers are checked and turned into
//! borrowed data here and nowhere else, and no panic gets past here.

use crate::call::{Call, Responder};
use crate::export::Exported;
use crate::flight::Flights;
use crate::until::Until;
use crate::{Failure, Health, Host, Json};
use hark_plugin_abi::{self as abi, HarkBuffer, HarkBytes, HarkCall, HarkHost};
use std::any::Any;
use std::ffi::c_void;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::time::{Duration, Instant};

/// What `*instance` points to.
struct Instance<P> {
    plugin: P,
    host: Host,
    flights: Arc<Flights>,
}

pub(crate) extern "C" fn describe<P: Exported>() -> HarkBytes {
    let bytes = catch_unwind(|| P::manifest_cell().get_or_init(manifest::<P>));
    bytes.map_or(HarkBytes::EMPTY, |bytes| HarkBytes::lend(bytes))
}

fn manifest<P: Exported>() -> Box<[u8]> {
    let mut manifest = P::manifest();
    if manifest.capabilities.is_empty() {
        manifest = manifest.capabilities(P::operations());
    }
    serde_json::to_vec(&manifest).unwrap_or_default().into_boxed_slice()
}

pub(crate) unsafe extern "C" fn create<P: Exported>(
    host: *const HarkHost,
    config: HarkBytes,
    instance: *mut *mut c_void,
    error: *mut HarkBuffer,
) -> u32 {
    if instance.is_null() {
        return abi::STATUS_INVALID;
    }
    // SAFETY: the ABI lends the host until destroy, or until a failing create returns; both close the handle.
    let host = unsafe { Host::new(host) };
    // SAFETY: the ABI lends the configuration until this function returns.
    let config = unsafe { config.as_slice() };
    match catch_unwind(|| make::<P>(config, host.clone())).unwrap_or_else(|panic| Err(panicked(&*panic))) {
        Ok(made) => {
            // SAFETY: checked above; the ABI lends it for writing.
            unsafe { *instance = Box::into_raw(Box::new(made)).cast() };
            abi::STATUS_OK
        }
        Err(failure) => {
            host.close();
            // SAFETY: the ABI lends the buffer until this function returns.
            unsafe { write(error, failure.message()) };
            failure.status()
        }
    }
}

fn make<P: Exported>(config: &[u8], host: Host) -> Result<Instance<P>, Failure> {
    let config: &[u8] = if config.is_empty() { b"{}" } else { config };
    let config: Json = serde_json::from_slice(config)
        .map_err(|error| Failure::Invalid(format!("the configuration is not JSON: {error}")))?;
    if !config.is_object() {
        return Err(Failure::invalid("the configuration is not a JSON object"));
    }
    let plugin = P::create(config, host.clone())?;
    Ok(Instance { plugin, host, flights: Arc::default() })
}

pub(crate) unsafe extern "C" fn call<P: Exported>(instance: *mut c_void, call: *const HarkCall) {
    // SAFETY: both are what the ABI lends until this function returns, or null.
    let (Some(instance), Some(call)) = (unsafe { borrow::<P>(instance) }, unsafe { call.as_ref() }) else {
        return;
    };
    let done = catch_unwind(AssertUnwindSafe(|| handle(instance, call)));
    if let Err(panic) = done {
        instance.host.error(panicked(&*panic).message());
    }
}

fn handle<P: Exported>(instance: &Instance<P>, call: &HarkCall) {
    let flight = instance.flights.start(call.call_id);
    let within = Duration::from_millis(u64::from(call.deadline_ms));
    let responder = Responder::new(instance.host.clone(), flight, within);
    // SAFETY: the ABI lends the bytes behind the call until `call` returns, and `Call` cannot outlive it.
    let (operation, payload) = unsafe { (call.operation.as_slice(), call.payload.as_slice()) };
    match std::str::from_utf8(operation) {
        Ok(operation) => {
            let _until = Until::set(Instant::now() + within);
            instance.plugin.dispatch(Call { operation, payload, responder });
        }
        Err(_) => responder.fail(&Failure::UnknownOperation("the operation's name is not UTF-8".to_owned())),
    }
}

pub(crate) unsafe extern "C" fn cancel<P: Exported>(instance: *mut c_void, call_id: u64) {
    // SAFETY: the instance is alive until destroy, or null.
    if let Some(instance) = unsafe { borrow::<P>(instance) } {
        instance.flights.cancel(call_id);
    }
}

pub(crate) unsafe extern "C" fn health<P: Exported>(instance: *mut c_void, message: *mut HarkBuffer) -> u32 {
    // SAFETY: the instance is alive until destroy, or null.
    let Some(instance) = (unsafe { borrow::<P>(instance) }) else {
        return abi::STATUS_INVALID;
    };
    let health = catch_unwind(AssertUnwindSafe(|| instance.plugin.health()))
        .unwrap_or_else(|panic| Health::Broken(panicked(&*panic).message().to_owned()));
    let (status, text) = match &health {
        Health::Well => (abi::STATUS_OK, ""),
        Health::Unavailable(text) => (abi::STATUS_UNAVAILABLE, text.as_str()),
        Health::Broken(text) => (abi::STATUS_INTERNAL, text.as_str()),
    };
    // SAFETY: the ABI lends the buffer until this function returns.
    unsafe { write(message, text) };
    status
}

pub(crate) unsafe extern "C" fn drain<P: Exported>(instance: *mut c_void, deadline_ms: u32) {
    // SAFETY: the instance is alive until destroy, or null.
    let Some(instance) = (unsafe { borrow::<P>(instance) }) else {
        return;
    };
    let end = Instant::now() + Duration::from_millis(u64::from(deadline_ms));
    let within = Duration::from_millis(u64::from(deadline_ms));
    if let Err(panic) = catch_unwind(AssertUnwindSafe(|| instance.plugin.drain(within))) {
        instance.host.error(panicked(&*panic).message());
    }
    instance.flights.wait(end.saturating_duration_since(Instant::now()));
}

pub(crate) unsafe extern "C" fn destroy<P: Exported>(instance: *mut c_void) {
    if instance.is_null() {
        return;
    }
    // SAFETY: made by `create`, and the ABI hands it to destroy once, while nothing else uses it.
    let instance = unsafe { Box::from_raw(instance.cast::<Instance<P>>()) };
    let host = instance.host.clone();
    if let Err(panic) = catch_unwind(AssertUnwindSafe(|| drop(instance))) {
        host.error(panicked(&*panic).message());
    }
    host.close();
}

/// # Safety
/// `instance` must be null, or made by `create::<P>` and not yet destroyed during `'a`.
unsafe fn borrow<'a, P>(instance: *mut c_void) -> Option<&'a Instance<P>> {
    // SAFETY: as the caller vouches.
    unsafe { instance.cast::<Instance<P>>().as_ref() }
}

/// Writes as much of `text` as fits, cut between characters.
///
/// # Safety
/// `buffer` must be null, or lent for writing with `cap` bytes behind `ptr`.
unsafe fn write(buffer: *mut HarkBuffer, text: &str) {
    // SAFETY: as the caller vouches.
    let Some(buffer) = (unsafe { buffer.as_mut() }) else {
        return;
    };
    if buffer.ptr.is_null() {
        return;
    }
    let fits = &text[..text.floor_char_boundary(buffer.cap)];
    // SAFETY: `fits` is at most `cap` bytes long, and a host's buffer does not overlap a plugin's text.
    unsafe { std::ptr::copy_nonoverlapping(fits.as_ptr(), buffer.ptr, fits.len()) };
    buffer.len = fits.len();
}

fn panicked(panic: &(dyn Any + Send)) -> Failure {
    let text = panic.downcast_ref::<&str>().copied();
    let text = text.or_else(|| panic.downcast_ref::<String>().map(String::as_str)).unwrap_or("no message");
    Failure::Internal(format!("the plugin panicked: {text}"))
}
