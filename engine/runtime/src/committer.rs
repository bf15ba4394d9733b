//! The committer: makes a group durable, and only then lets it be told. One append at a time.

use crate::clock::Clock;
use crate::group::{Attempt, Group, Tidings};
use crate::handle::Counts;
use crate::inbox::Inbox;
use crate::snapshots::Keeper;
use crate::teller::Teller;
use hark_journal::LocalJournal;
use std::sync::Arc;
use std::sync::mpsc::Receiver;
use std::time::Duration;

/// How long to wait before a full disk is tried again.
const NO_SPACE_REST: Duration = Duration::from_millis(500);

/// What the committer is given.
pub(crate) enum Work {
    /// A batch.
    Group(Box<Group>),
    /// The end.
    Stop,
}

/// See the module.
pub(crate) struct Committer {
    pub(crate) journal: LocalJournal,
    pub(crate) teller: Teller,
    pub(crate) inbox: Inbox,
    pub(crate) keeper: Keeper,
    pub(crate) counts: Arc<Counts>,
    pub(crate) clock: Clock,
    pub(crate) history: hark_journal::history::Service,
}

impl Committer {
    /// Works until the end, or until the journal cannot be written.
    pub(crate) fn run(mut self, work: &Receiver<Work>) {
        let why = loop {
            match work.recv() {
                Ok(Work::Group(group)) => match self.commit(*group) {
                    Ok(tidings) => {
                        self.inbox.committed();
                        self.teller.tell(tidings);
                        self.history.ring();
                        self.keeper.after_append(&mut self.journal);
                    }
                    Err(why) => {
                        tracing::error!(%why, "the journal cannot be written: no more commands are taken");
                        break why;
                    }
                },
                Ok(Work::Stop) => break "it was asked to stop".to_owned(),
                Err(_) => break "its writer has ended".to_owned(),
            }
        };
        self.inbox.close(&why);
        self.keeper.stop();
    }

    /// Appends, waiting for room where the disk is full.
    fn commit(&mut self, mut group: Group) -> Result<Tidings, String> {
        let mut told = false;
        self.counts.append_begins(&self.clock);
        let tidings = loop {
            match group.append(&mut self.journal) {
                Attempt::Durable(tidings) => break tidings,
                Attempt::NoSpace(error, again) => {
                    if !told {
                        tracing::error!(%error, "the disk is full: commands wait until there is room");
                        told = true;
                    }
                    group = *again;
                    std::thread::sleep(NO_SPACE_REST);
                }
                Attempt::Failed(why) => return Err(why),
            }
        };
        self.counts.append_ends(&self.clock, tidings.turns());
        Ok(tidings)
    }
}
