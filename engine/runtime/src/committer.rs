//! The committer: makes a batch durable, and only then tells everybody. One append at a time.

use crate::clock::Clock;
use crate::error::Error;
use crate::feed::Feed;
use crate::handle::{Counts, Done, Sight};
use crate::happened::Happened;
use crate::inbox::Inbox;
use crate::snapshots::Keeper;
use hark_core::Turn;
use hark_journal::{Append, Batch, Journal, LocalJournal, Seq};
use std::sync::Arc;
use std::sync::mpsc::Receiver;
use std::time::Duration;
use tokio::sync::oneshot;

/// How long to wait before a full disk is tried again.
const NO_SPACE_REST: Duration = Duration::from_millis(500);

/// Somebody to be told when the batch is durable.
pub(crate) enum Reply {
    /// The sender of a command.
    Command(oneshot::Sender<Result<Done, Error>>, Result<Done, Error>),
    /// Somebody who looked.
    Sight(Box<dyn Sight>),
}

impl Reply {
    fn tell(self) {
        match self {
            // Whoever asked may have gone away; what they did is durable all the same.
            Self::Command(sender, told) => drop(sender.send(told)),
            Self::Sight(sight) => sight.tell(),
        }
    }
}

/// A batch with all who wait for it.
pub(crate) struct Group {
    pub(crate) batch: Batch,
    pub(crate) turns: Vec<Turn>,
    pub(crate) replies: Vec<Reply>,
    pub(crate) last: Seq,
}

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
    pub(crate) feed: Feed,
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
                Ok(Work::Group(group)) => {
                    if let Err(why) = self.commit(*group) {
                        tracing::error!(%why, "the journal cannot be written: no more commands are taken");
                        break why;
                    }
                    self.inbox.committed();
                    self.history.ring();
                    self.keeper.after_append(&mut self.journal);
                }
                Ok(Work::Stop) => break "it was asked to stop".to_owned(),
                Err(_) => break "its writer has ended".to_owned(),
            }
        };
        self.inbox.close(&why);
        self.feed.stop();
        self.keeper.stop();
    }

    fn commit(&mut self, mut group: Group) -> Result<(), String> {
        if !group.turns.is_empty() {
            self.counts.append_begins(&self.clock);
            self.append(&mut group)?;
            self.counts.append_ends(&self.clock, group.turns.len());
            let first = group.last.0 + 1 - group.turns.len() as u64;
            let turns = (first..).map(Seq).zip(group.turns);
            self.feed.publish(turns.flat_map(|(seq, turn)| Happened::of_turn(seq, turn)));
        }
        group.replies.into_iter().for_each(Reply::tell);
        Ok(())
    }

    /// Appends, waiting for room where the disk is full: nothing was written then, and nobody has been told.
    fn append(&mut self, group: &mut Group) -> Result<(), String> {
        let mut told = false;
        loop {
            let after = self.journal.last();
            match self.journal.append(after, &mut group.batch) {
                Append::Committed(last) => {
                    assert!(last == group.last, "the journal put turn {} at {last}", group.last);
                    return Ok(());
                }
                Append::NoSpace(error) => {
                    if !told {
                        tracing::error!(%error, "the disk is full: commands wait until there is room");
                        told = true;
                    }
                    std::thread::sleep(NO_SPACE_REST);
                }
                Append::Fenced { last } => return Err(format!("somebody else wrote up to record {last}")),
                Append::Unknown(error) => return Err(error.to_string()),
            }
        }
    }
}
