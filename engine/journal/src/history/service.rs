//! Starts history behind the desk, and ends it.

use super::handle::History;
use super::options::Options;
use super::projector::Projector;
use super::roster::Roster;
use super::shared::Shared;
use crate::{JournalReader, Seq};
use std::sync::Arc;
use std::thread::JoinHandle;

/// History that follows its journal. Dropping it stops it; what is not folded then is folded after the next start.
pub struct Service {
    history: History,
    thread: Option<JoinHandle<()>>,
}

impl Service {
    /// Begins to open history on a thread of its own. `folded` is told, again and again, the record up to which
    /// everything is folded durably: the journal may give back what lies before it.
    ///
    /// # Errors
    /// When there is no thread.
    pub fn open(
        options: Options,
        journal: JournalReader,
        roster: Roster,
        folded: impl Fn(Seq) + Send + 'static,
    ) -> std::io::Result<Self> {
        let shared = Arc::new(Shared::default());
        let history = History { shared: Arc::clone(&shared) };
        let projector = Projector::new(options, journal, roster, shared, Box::new(folded));
        let thread =
            std::thread::Builder::new().name("hark-history".into()).spawn(move || projector.run())?;
        Ok(Self { history, thread: Some(thread) })
    }

    /// There may be something new in the journal.
    pub fn ring(&self) {
        self.history.shared.bell.ring();
    }

    /// The door to it.
    #[must_use]
    pub fn history(&self) -> History {
        self.history.clone()
    }
}

impl Drop for Service {
    fn drop(&mut self) {
        self.history.shared.bell.end();
        if let Some(thread) = self.thread.take() {
            // A projector that died has said so where it is seen.
            let _ = thread.join();
        }
        // Doors that somebody still holds must not keep the databases from being opened again.
        self.history.shared.close();
    }
}
