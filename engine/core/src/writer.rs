//! The one hand that writes during a turn: an event that is emitted is applied at once, and recorded.

use crate::command::Actor;
use crate::event::{Event, Scoped};
use crate::id::Maker;
use crate::policy::Policy;
use crate::state::State;
use crate::time::Time;
use alloc::vec::Vec;

/// See the module.
pub(crate) struct Writer<'a> {
    pub(crate) state: &'a mut State,
    pub(crate) policy: &'a mut dyn Policy,
    pub(crate) now: Time,
    pub(crate) by: Actor,
    pub(crate) ids: Maker,
    pub(crate) events: Vec<Scoped>,
}

impl Writer<'_> {
    /// Applies an event and records it.
    pub(crate) fn emit(&mut self, event: Event) {
        let mut scope = event.scope(self.state);
        self.state.apply(self.now, &event);
        if scope.queue.is_none() {
            scope = event.scope(self.state);
        }
        self.events.push(Scoped { scope, event });
    }

    /// A new id.
    pub(crate) fn id<T: From<u128>>(&mut self) -> T {
        self.ids.next()
    }
}
