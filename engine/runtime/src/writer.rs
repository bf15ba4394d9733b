//! The single writer: the only thread that decides. It lets the desk decide the next group while the one before is made
//! durable.

use crate::clock::Clock;
use crate::committer::Work as Commit;
use crate::desk::Desk;
use crate::inbox::Inbox;
use std::sync::mpsc::Sender;
use std::time::Duration;

/// See the module.
pub(crate) struct Writer {
    pub(crate) desk: Desk,
    pub(crate) clock: Clock,
    pub(crate) inbox: Inbox,
    pub(crate) commits: Sender<Commit>,
}

impl Writer {
    /// Works until it is told to stop or the journal fails. What was taken before the stop is finished.
    pub(crate) fn run(mut self) {
        let mut stopping = false;
        while !(stopping && self.desk.is_idle()) && self.inbox.closed().is_none() {
            let work = self.inbox.wait(!stopping && self.desk.is_hungry(), self.patience());
            if work.committed {
                self.desk.committed();
            }
            for request in work.requests {
                stopping |= self.desk.take(self.clock.now(), request);
            }
            self.desk.tick(self.clock.now());
            if let Some(group) = self.desk.hand_over() {
                // A committer that is gone has closed the inbox, and the loop ends.
                let _ = self.commits.send(Commit::Group(Box::new(group)));
            }
        }
        if stopping {
            // The last append is the committer's; it closes the inbox when it has finished.
            let _ = self.commits.send(Commit::Stop);
        }
    }

    fn patience(&self) -> Option<Duration> {
        self.desk.next_deadline().map(|at| self.clock.until(at))
    }
}
