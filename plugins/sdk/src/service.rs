//! The general capability: a plugin that takes calls as they are. It is the asynchronous way (keep the
//! [`Responder`](crate::Responder), answer later), and the way to operations that the SDK has no trait for.

use crate::{Call, Plugin};

/// Takes every call that no other exported capability has taken.
pub trait Service: Plugin {
    /// Handles a call: answer now, or take the responder and answer later. [`crm::dispatch`](crate::crm::dispatch)
    /// and [`faq::dispatch`](crate::faq::dispatch) hand a call on to the typed, synchronous traits.
    fn call(&self, call: Call<'_>);
}

/// The general capability names no operations: the plugin's manifest must.
pub const OPERATIONS: &[&str] = &[];

/// True: every operation is handed over.
#[must_use]
pub fn serves(_operation: &str) -> bool {
    true
}

/// Hands the call over.
pub fn dispatch<P: Service>(plugin: &P, call: Call<'_>) {
    plugin.call(call);
}
