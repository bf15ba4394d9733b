//! Requests on their way: late ones, and second copies. What was sent first need not arrive first.

use crate::step::Wish;
use std::collections::BTreeMap;

/// See the module.
#[derive(Default)]
pub(crate) struct Post {
    by_time: BTreeMap<(u64, u64), Wish>,
    sent: u64,
}

impl Post {
    /// Lets a request arrive at this time.
    pub(crate) fn later(&mut self, at: u64, wish: Wish) {
        self.sent += 1;
        self.by_time.insert((at, self.sent), wish);
    }

    /// A request whose time has come.
    pub(crate) fn due(&mut self, now: u64) -> Option<Wish> {
        let first = *self.by_time.first_key_value()?.0;
        if first.0 <= now { self.by_time.remove(&first) } else { None }
    }
}
