//! One instance of a plugin: the calls across the C border. It keeps no order among them; whoever owns it does.

use crate::border::Lent;
use crate::cut;
use crate::library::{Functions, Library};
use crate::limits;
use crate::transport::Order;
use hark_plugin_abi::{self as abi, HarkBuffer, HarkBytes, HarkCall};
use std::ffi::c_void;
use std::sync::PoisonError;

/// Bytes of the buffers that plugins write their messages to.
const BUFFER: usize = 1024;

/// See the module. Dropped without [`Instance::destroy`] it is left behind, which harms nobody.
pub(crate) struct Instance {
    functions: Functions,
    pointer: *mut c_void,
}

// SAFETY: the header says that every function of the table may be called from any thread.
unsafe impl Send for Instance {}
// SAFETY: as above, several at once; where it says otherwise ("serialized", drain, destroy) the owner keeps the order.
unsafe impl Sync for Instance {}

/// Why there is no instance.
pub(crate) struct NotCreated {
    /// Whether it may be better later.
    pub(crate) later: bool,
    pub(crate) why: String,
}

/// How a plugin says that it is.
pub(crate) enum Health {
    Well,
    Ill(String),
}

impl Instance {
    /// Makes one. It may block.
    pub(crate) fn create(library: &Library, host: Lent, config: &str) -> Result<Self, NotCreated> {
        let _one_at_a_time = library.creating.lock().unwrap_or_else(PoisonError::into_inner);
        let mut pointer: *mut c_void = std::ptr::null_mut();
        let config = HarkBytes::lend(config.as_bytes());
        let (status, told) = with_buffer(|error| {
            // SAFETY: the host lives for ever, all else until `create` returns, and nobody else is in it.
            unsafe { (library.functions.create)(host.0, config, &raw mut pointer, error) }
        });
        let no = |later, why: String| Err(NotCreated { later, why });
        match status {
            abi::STATUS_OK if pointer.is_null() => {
                no(false, "it made no instance and no complaint".to_owned())
            }
            abi::STATUS_OK => Ok(Self { functions: library.functions, pointer }),
            abi::STATUS_UNAVAILABLE => no(true, reason(told, status)),
            _ => no(false, reason(told, status)),
        }
    }

    /// Hands an operation over; `deadline_ms` is what is left of its time, not 0.
    pub(crate) fn call(&self, order: &Order, deadline_ms: u32) {
        let call = HarkCall {
            size: u32::try_from(size_of::<HarkCall>()).expect("a small struct"),
            deadline_ms,
            call_id: order.id,
            operation: HarkBytes::lend(order.operation.as_bytes()),
            content_type: HarkBytes::lend(abi::CONTENT_JSON.as_bytes()),
            payload: HarkBytes::lend(&order.request),
        };
        // SAFETY: the instance is alive, and all that is lent lives until `call` returns.
        unsafe { (self.functions.call)(self.pointer, &raw const call) }
    }

    pub(crate) fn cancel(&self, id: u64) {
        // SAFETY: the instance is alive.
        unsafe { (self.functions.cancel)(self.pointer, id) }
    }

    pub(crate) fn health(&self) -> Health {
        // SAFETY: the instance is alive, and the buffer lives until `health` returns.
        let (status, told) = with_buffer(|message| unsafe { (self.functions.health)(self.pointer, message) });
        if status == abi::STATUS_OK { Health::Well } else { Health::Ill(reason(told, status)) }
    }

    pub(crate) fn drain(&self, within_ms: u32) {
        // SAFETY: the instance is alive, and the caller saw to it that no `call` runs.
        unsafe { (self.functions.drain)(self.pointer, within_ms) }
    }

    /// Ends the instance. No other function of it runs, and none will: the caller saw to it.
    pub(crate) fn destroy(&self) {
        // SAFETY: as said above, and the caller does this once.
        unsafe { (self.functions.destroy)(self.pointer) }
    }
}

fn reason(told: String, status: u32) -> String {
    if told.trim().is_empty() {
        format!("it says {} and gives no reason", abi::status_name(status))
    } else {
        told
    }
}

/// Lends a buffer and reads what was written to it, however wrong its length is.
fn with_buffer(ask: impl FnOnce(*mut HarkBuffer) -> u32) -> (u32, String) {
    let mut room = [0_u8; BUFFER];
    let mut buffer = HarkBuffer { ptr: room.as_mut_ptr(), cap: BUFFER, len: 0 };
    let status = ask(&raw mut buffer);
    let written = buffer.len.min(BUFFER);
    (status, cut::line(&room[..written], limits::MESSAGE_BYTES))
}
