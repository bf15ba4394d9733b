//! What becomes durable together, and who is told of it then. Nobody is told before.

use crate::error::Error;
use crate::feed::Feed;
use crate::handle::{Done, Sight};
use crate::happened::Happened;
use hark_core::Turn;
use hark_journal::{Append, Batch, Journal, LocalJournal, MAX_BATCH_BYTES, MAX_BATCH_RECORDS, Seq};
use std::io;
use tokio::sync::oneshot;

/// A group takes no more commands beyond this: a quarter of what the journal takes, so that two groups and a turn more
/// always fit into one.
const FULL_BYTES: usize = MAX_BATCH_BYTES / 4;
const FULL_TURNS: usize = MAX_BATCH_RECORDS / 4;

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
#[derive(Default)]
pub(crate) struct Group {
    pub(crate) batch: Batch,
    pub(crate) turns: Vec<Turn>,
    pub(crate) replies: Vec<Reply>,
    pub(crate) last: Seq,
}

/// What came of an attempt to make a group durable.
pub(crate) enum Attempt {
    /// It is durable, and may be told.
    Durable(Tidings),
    /// The disk is full. Nothing was written, and nobody has been told: it may be tried again.
    NoSpace(io::Error, Box<Group>),
    /// The journal cannot be written any more, and says why.
    Failed(String),
}

impl Group {
    pub(crate) fn is_empty(&self) -> bool {
        self.turns.is_empty() && self.replies.is_empty()
    }

    /// Whether it takes more commands.
    pub(crate) fn has_room(&self) -> bool {
        self.batch.bytes() < FULL_BYTES && self.turns.len() < FULL_TURNS
    }

    /// An empty one with room for as much as this one holds: groups that follow one another are of a size.
    pub(crate) fn of_same_size(&self) -> Self {
        Self {
            batch: Batch::with_room(self.batch.bytes()),
            turns: Vec::with_capacity(self.turns.len()),
            replies: Vec::with_capacity(self.replies.len()),
            last: self.last,
        }
    }

    /// Takes in what was decided next.
    ///
    /// # Panics
    /// When both had no room.
    pub(crate) fn absorb(&mut self, next: Self) {
        if self.is_empty() {
            *self = next;
            return;
        }
        self.batch.absorb(&next.batch).expect("two groups fit into one batch");
        self.turns.extend(next.turns);
        self.replies.extend(next.replies);
        self.last = next.last;
    }

    /// Appends the batch, if there is anything in it.
    pub(crate) fn append(mut self, journal: &mut LocalJournal) -> Attempt {
        if !self.turns.is_empty() {
            let after = journal.last();
            match journal.append(after, &mut self.batch) {
                Append::Committed(last) => {
                    assert!(last == self.last, "the journal put turn {} at {last}", self.last);
                }
                Append::NoSpace(error) => return Attempt::NoSpace(error, Box::new(self)),
                Append::Fenced { last } => {
                    return Attempt::Failed(format!("somebody else wrote up to record {last}"));
                }
                Append::Unknown(error) => return Attempt::Failed(error.to_string()),
            }
        }
        Attempt::Durable(Tidings { turns: self.turns, replies: self.replies, last: self.last })
    }
}

/// What may be told, because it is durable.
pub(crate) struct Tidings {
    turns: Vec<Turn>,
    replies: Vec<Reply>,
    last: Seq,
}

impl Tidings {
    /// Number of turns.
    pub(crate) fn turns(&self) -> usize {
        self.turns.len()
    }

    /// Tells subscribers first, then whoever waits: who is answered finds the event told already.
    pub(crate) fn tell(self, feed: &Feed) {
        let first = self.last.0 + 1 - self.turns.len() as u64;
        let turns = (first..).map(Seq).zip(self.turns);
        feed.publish(turns.flat_map(|(seq, turn)| Happened::of_turn(seq, turn)));
        self.replies.into_iter().for_each(Reply::tell);
    }
}
