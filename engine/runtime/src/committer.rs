//! The committer: makes a group durable, and only then lets it be told. One append at a time.

use crate::clock::Clock;
use crate::group::{Attempt, Group, Tidings};
use crate::handle::{Counts, Room};
use crate::inbox::Inbox;
use crate::outbox::{Outgoing, Taken};
use crate::snapshots::Keeper;
use crate::teller::Teller;
use hark_journal::LocalJournal;
use std::sync::Arc;
use std::time::Duration;

/// How long to wait before a full disk is tried again.
const NO_SPACE_REST: Duration = Duration::from_millis(500);

/// See the module.
pub(crate) struct Committer {
    pub(crate) journal: LocalJournal,
    pub(crate) teller: Teller,
    pub(crate) inbox: Inbox,
    pub(crate) outgoing: Outgoing,
    pub(crate) keeper: Keeper,
    pub(crate) counts: Arc<Counts>,
    pub(crate) clock: Clock,
    pub(crate) history: hark_journal::history::Service,
}

impl Committer {
    /// Works until the end, or until the journal cannot be written.
    pub(crate) fn run(mut self) {
        let why = loop {
            match self.outgoing.take(self.patience()) {
                Taken::Nothing => self.look_at_room(),
                Taken::Group(group) => match self.commit(*group) {
                    Ok(tidings) => {
                        self.teller.tell(tidings);
                        self.history.ring();
                        self.keeper.after_append(&mut self.journal);
                        self.look_at_room();
                    }
                    Err(why) => {
                        tracing::error!(%why, "the journal cannot be written: no more commands are taken");
                        break why;
                    }
                },
                Taken::End(why) => break why.to_owned(),
            }
        };
        self.inbox.close(&why);
        self.keeper.stop();
    }

    /// How long to wait for a group before it is time to look whether there is room again.
    fn patience(&self) -> Option<Duration> {
        (self.counts.room() != Room::Enough).then_some(NO_SPACE_REST)
    }

    /// Before the journal is full to its last byte no more commands are taken, so that the desk can still be read.
    fn look_at_room(&mut self) {
        let room = if self.journal.is_short_of_room() { Room::Short } else { Room::Enough };
        match (self.counts.room(), room) {
            (Room::Enough, Room::Short) => {
                tracing::error!(
                    "the disk is full: no more commands are taken until there is room; all can be read"
                );
            }
            (Room::Short | Room::None, Room::Enough) => {
                tracing::warn!("there is room again: commands are taken");
            }
            _ => {}
        }
        self.counts.set_room(room);
    }

    /// Appends, waiting for room where the disk is full.
    fn commit(&mut self, mut group: Group) -> Result<Tidings, String> {
        let mut told = false;
        self.counts.append_begins(&self.clock);
        let tidings = loop {
            match group.append(&mut self.journal) {
                Attempt::Durable(tidings) => break tidings,
                Attempt::NoSpace(error, again) => {
                    self.counts.set_room(Room::None);
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
