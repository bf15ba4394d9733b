//! Snapshots are made beside the writer, from the last snapshot and the journal after it: the desk never pauses for
//! one, and each is a rehearsal of the next start. Journal segments that two snapshots cover are given back.

use crate::opening;
use hark_journal::{Journal, JournalReader, LocalJournal, Seq, Snapshots};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread::JoinHandle;

/// How far the desk goes first where both want a core: nobody waits for a snapshot.
const GIVE_WAY: i32 = 10;

/// Knows when a snapshot is due, and what may be given back.
pub(crate) struct Keeper {
    reader: JournalReader,
    snapshots: Snapshots,
    every: u64,
    last: Seq,
    /// Turns before this one are needed by nobody who reads the journal: folded, or fed.
    folded: Arc<AtomicU64>,
    making: Option<JoinHandle<Option<Seq>>>,
}

impl Keeper {
    pub(crate) fn new(journal: &LocalJournal, last: Seq, every: u64, folded: Arc<AtomicU64>) -> Self {
        Self { reader: journal.reader(), snapshots: journal.snapshots(), every, last, folded, making: None }
    }

    /// Begins a snapshot when enough has happened since the last, and gives back what one covers that has ended.
    pub(crate) fn after_append(&mut self, journal: &mut LocalJournal) {
        if self.making.as_ref().is_some_and(JoinHandle::is_finished) {
            self.finish(journal);
        }
        if self.making.is_none() && journal.last().0 - self.last.0 >= self.every {
            self.begin(journal.last());
        }
    }

    fn begin(&mut self, upto: Seq) {
        let (reader, snapshots) = (self.reader.clone(), self.snapshots.clone());
        let work = move || {
            hark_journal::give_way(GIVE_WAY);
            make(&reader, &snapshots, upto)
        };
        match std::thread::Builder::new().name("hark-snapshot".into()).spawn(work) {
            Ok(making) => self.making = Some(making),
            Err(error) => tracing::warn!(%error, "no thread for a snapshot; the next one will be tried"),
        }
        self.last = upto;
    }

    fn finish(&mut self, journal: &mut LocalJournal) {
        let made = self.making.take().and_then(|making| making.join().ok()).flatten();
        let Some(made) = made else { return };
        let folded = Seq(self.folded.load(Ordering::Acquire));
        if let Err(error) = journal.trim(made.min(folded)) {
            tracing::warn!(%error, "journal segments could not be given back");
        }
    }

    /// Waits for a snapshot that is being made.
    pub(crate) fn stop(mut self) {
        if let Some(making) = self.making.take() {
            let _ = making.join();
        }
    }
}

fn make(reader: &JournalReader, snapshots: &Snapshots, upto: Seq) -> Option<Seq> {
    let restored = opening::restore(reader, upto);
    let written = restored.map_err(|error| error.to_string()).and_then(|restored| {
        let bytes = hark_journal::encode_state(&restored.state);
        snapshots.write(upto, &bytes).map_err(|error| error.to_string())
    });
    match written {
        Ok(()) => {
            tracing::debug!(%upto, "snapshot made");
            Some(upto)
        }
        Err(why) => {
            tracing::warn!(%upto, why, "no snapshot was made; the journal stays whole");
            None
        }
    }
}
