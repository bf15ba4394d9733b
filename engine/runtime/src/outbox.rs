//! The one outbox: what is decided and waits for its append. The writer adds to it while an append is under way, and the
//! committer takes all that has gathered at once, so that neither waits to be woken by the other while both have work.

use crate::group::Group;
use crate::inbox::Inbox;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

/// What the committer finds.
pub(crate) enum Taken {
    /// All that has gathered.
    Group(Box<Group>),
    /// Nothing has gathered for as long as it would wait.
    Nothing,
    /// There is nothing and nothing will come, and why.
    End(&'static str),
}

#[derive(Default)]
struct Inner {
    gathered: Group,
    ended: Option<&'static str>,
    /// Whether the committer sleeps: only then is a bell worth a system call.
    asleep: bool,
}

#[derive(Default)]
struct Shared {
    inner: Mutex<Inner>,
    bell: Condvar,
}

impl Shared {
    fn lock(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Changes what is inside, and wakes the committer if it sleeps.
    fn change<T>(&self, change: impl FnOnce(&mut Inner) -> T) -> T {
        let mut inner = self.lock();
        let changed = change(&mut inner);
        let asleep = std::mem::take(&mut inner.asleep);
        drop(inner);
        if asleep {
            self.bell.notify_one();
        }
        changed
    }
}

/// The writer's end. Dropping it ends the outbox: what has gathered is still taken.
pub(crate) struct Outbox(Arc<Shared>);

/// The committer's end.
pub(crate) struct Outgoing {
    shared: Arc<Shared>,
    /// Whose writer waits for room in a full outbox.
    inbox: Inbox,
}

impl Outbox {
    /// Both ends of an empty outbox, and the inbox of the writer that adds to it.
    pub(crate) fn new(inbox: Inbox) -> (Self, Outgoing) {
        let shared = Arc::new(Shared::default());
        (Self(Arc::clone(&shared)), Outgoing { shared, inbox })
    }

    /// Adds what was decided.
    pub(crate) fn add(&self, group: Group) {
        self.0.change(|inner| inner.gathered.absorb(group));
    }

    /// Whether it takes more. When it does not, the inbox tells as soon as it does.
    pub(crate) fn has_room(&self) -> bool {
        self.0.lock().gathered.has_room()
    }
}

impl Drop for Outbox {
    fn drop(&mut self) {
        let why = if std::thread::panicking() { "its writer has ended" } else { "it was asked to stop" };
        self.0.change(|inner| inner.ended = Some(why));
    }
}

impl Outgoing {
    /// Takes all that has gathered, and waits for something, at most `patience`.
    pub(crate) fn take(&self, patience: Option<Duration>) -> Taken {
        let mut inner = self.shared.lock();
        loop {
            if !inner.gathered.is_empty() {
                let was_full = !inner.gathered.has_room();
                let group = std::mem::take(&mut inner.gathered);
                drop(inner);
                if was_full {
                    self.inbox.has_room_behind();
                }
                return Taken::Group(Box::new(group));
            }
            if let Some(why) = inner.ended {
                return Taken::End(why);
            }
            inner.asleep = true;
            let bell = &self.shared.bell;
            inner = match patience {
                None => bell.wait(inner).unwrap_or_else(PoisonError::into_inner),
                Some(patience) => {
                    let (inner, waited) =
                        bell.wait_timeout(inner, patience).unwrap_or_else(PoisonError::into_inner);
                    if waited.timed_out() && inner.gathered.is_empty() && inner.ended.is_none() {
                        return Taken::Nothing;
                    }
                    inner
                }
            };
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::group::Reply;
    use hark_journal::{Batch, RecordKind, Seq};
    use tokio::sync::oneshot;

    fn group(last: u64, bytes: usize) -> Group {
        let mut batch = Batch::new();
        batch.push(RecordKind::Turn, &vec![7; bytes]).expect("it fits");
        let (reply, _) = oneshot::channel();
        let replies = vec![Reply::Command(reply, Err(crate::Error::Busy))];
        Group { batch, replies, last: Seq(last), ..Group::default() }
    }

    fn taken(outgoing: &Outgoing) -> (usize, usize, u64) {
        match outgoing.take(Some(Duration::ZERO)) {
            Taken::Group(group) => (group.batch.len(), group.replies.len(), group.last.0),
            Taken::Nothing => panic!("nothing has gathered"),
            Taken::End(why) => panic!("it has ended: {why}"),
        }
    }

    #[test]
    fn what_gathers_is_taken_at_once_and_the_rest_before_the_end() {
        let (outbox, outgoing) = Outbox::new(Inbox::new(1));
        assert!(matches!(outgoing.take(Some(Duration::ZERO)), Taken::Nothing));
        outbox.add(group(1, 10));
        outbox.add(group(2, 20));
        assert_eq!(taken(&outgoing), (2, 2, 2));
        outbox.add(group(3, 30));
        drop(outbox);
        assert_eq!(taken(&outgoing), (1, 1, 3));
        assert!(matches!(outgoing.take(None), Taken::End("it was asked to stop")));
    }

    #[test]
    fn a_full_outbox_tells_its_writer_when_it_has_room_again() {
        let inbox = Inbox::new(1);
        let (outbox, outgoing) = Outbox::new(inbox.clone());
        assert!(outbox.has_room());
        outbox.add(group(1, 16 << 20));
        assert!(!outbox.has_room());
        let writer = std::thread::spawn(move || inbox.wait(false, None).closed);
        assert_eq!(taken(&outgoing), (1, 1, 1));
        assert!(outbox.has_room());
        assert!(!writer.join().expect("the writer is woken"));
    }
}
