//! How long the call that a thread works on may still take, for code that does not have the call in its hands: the
//! methods of [`Crm`](crate::crm::Crm) and [`Faq`](crate::faq::Faq). It cuts nothing short itself.

use std::cell::Cell;
use std::time::{Duration, Instant};

thread_local! {
    static UNTIL: Cell<Option<Instant>> = const { Cell::new(None) };
}

/// The time until the host gives up on the call that this thread was given, zero when it has; nothing on a thread that
/// was given none, such as one of the plugin's own.
#[must_use]
pub fn time_left() -> Option<Duration> {
    UNTIL.get().map(|until| until.saturating_duration_since(Instant::now()))
}

/// While it lives, its thread works on a call with this end. A call within a call, as tests make them, has its own.
pub(crate) struct Until(Option<Instant>);

impl Until {
    pub(crate) fn set(until: Instant) -> Self {
        Self(UNTIL.replace(Some(until)))
    }
}

impl Drop for Until {
    fn drop(&mut self) {
        UNTIL.set(self.0);
    }
}
