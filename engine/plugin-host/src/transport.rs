//! The way to one running instance of a plugin, wherever it runs: in the engine's process, or in a child behind a socket.
//! Nobody above knows the difference.

use std::borrow::Cow;
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::sync::OwnedSemaphorePermit;

/// A seat among the operations that a plugin has at once. It is free when neither the asker nor the plugin's own
/// function holds it any more: a plugin that is stuck is not given more to be stuck with.
pub(crate) type Seat = Arc<OwnedSemaphorePermit>;

/// One operation to hand over.
pub(crate) struct Order {
    pub(crate) id: u64,
    pub(crate) operation: Cow<'static, str>,
    pub(crate) request: Vec<u8>,
    pub(crate) until: Instant,
    /// Only held. None where somebody else holds it.
    pub(crate) seat: Option<Seat>,
}

/// See the module. Answers come through the instance's slots.
pub(crate) trait Transport: Send + Sync {
    /// Hands an operation over. It never waits for the plugin.
    fn start(&self, order: Order);

    /// Whether answers may come so quickly, and from another thread, that a short look for one is worth it.
    fn is_quick(&self) -> bool {
        false
    }

    /// Tells the plugin that nobody waits any more. It never waits for the plugin.
    fn cancel(&self, id: u64);

    /// The child process that it runs in.
    fn pid(&self) -> Option<u32> {
        None
    }

    /// Ends the instance: finishes what is open, then destroys it. It may take as long as `within`, and calls no
    /// function of the plugin that the header forbids, even if that means to leave the instance behind.
    fn end(&self, within: Duration) -> Ending;
}

/// How an instance ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Ending {
    Destroyed,
    /// One of its functions did not return in time; it is left as it is until the process ends.
    LeftBehind,
}
