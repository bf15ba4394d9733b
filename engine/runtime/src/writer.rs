//! The single writer: the only thread that decides. It lets the desk decide what comes next while what was decided before
//! is made durable.

use crate::clock::Clock;
use crate::desk::Desk;
use crate::inbox::{Inbox, Request};
use crate::outbox::Outbox;
use std::collections::VecDeque;
use std::time::Duration;

/// See the module.
pub(crate) struct Writer {
    pub(crate) desk: Desk,
    pub(crate) clock: Clock,
    pub(crate) inbox: Inbox,
    pub(crate) outbox: Outbox,
    /// Taken from the inbox and not decided yet.
    pub(crate) taken: VecDeque<Request>,
}

impl Writer {
    /// Works until it is told to stop or the journal fails. What was taken before the stop is finished: the committer ends
    /// when the outbox is empty.
    pub(crate) fn run(mut self) {
        let mut stopping = false;
        while !stopping {
            let room = self.outbox.has_room();
            if self.taken.is_empty() || !room {
                let patience = if room { self.patience() } else { None };
                let work = self.inbox.wait(room, patience);
                if work.closed {
                    return;
                }
                self.taken.extend(work.requests);
            }
            if self.outbox.has_room() {
                stopping = self.decide();
                self.desk.tick(self.clock.now());
            }
            if let Some(group) = self.desk.hand_over() {
                self.outbox.add(group);
            }
        }
    }

    /// Lets the desk decide what was taken, as far as it is hungry; true after the last request of all.
    fn decide(&mut self) -> bool {
        while self.desk.is_hungry() {
            let Some(request) = self.taken.pop_front() else { break };
            if self.desk.take(self.clock.now(), request) {
                return true;
            }
        }
        false
    }

    fn patience(&self) -> Option<Duration> {
        self.desk.next_deadline().map(|at| self.clock.until(at))
    }
}
