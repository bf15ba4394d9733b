//! Reactions of scripts (`hark.after`) beside the running desk: one thread for each script that has some. It starts, exchanges
//! and ends them; what a script does, and where it stands, is theirs.

mod chain;
mod cursor;
mod event;
mod outside;
mod worker;

use crate::error::Error;
use chain::Chain;
use cursor::Place;
use hark_policy::reaction::{Reaction, Tally};
use hark_runtime::{Handle, Systems};
use outside::Reach;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;
use worker::{Order, Slot, Worker};

/// A thread that reacts.
struct Running {
    slot: Arc<Slot>,
    thread: JoinHandle<()>,
}

/// All reactions of a desk.
pub(crate) struct Reactor {
    reach: Arc<Reach>,
    data_dir: PathBuf,
    tally: Tally,
    running: Mutex<BTreeMap<String, Running>>,
}

impl Reactor {
    /// Nothing reacts yet. Called on an executor, which must outlast it.
    pub(crate) fn new(handle: Handle, systems: Arc<dyn Systems>, data_dir: &Path) -> Self {
        let executor = tokio::runtime::Handle::current();
        let stopping = Arc::new(AtomicBool::new(false));
        let reach = Reach { handle, systems, executor, chain: Chain::default(), stopping };
        let (tally, running) = (Tally::default(), Mutex::default());
        Self { reach: Arc::new(reach), data_dir: data_dir.to_owned(), tally, running }
    }

    /// These react from the next event on, and no others. A script that was there before goes on where it is; one that was
    /// never there begins at the present end.
    ///
    /// # Errors
    /// A script's place cannot be read or kept, or its thread not started; the others react.
    pub(crate) fn put(&self, reactions: Vec<Reaction>) -> Result<(), Error> {
        let mut running = self.lock();
        let gone: Vec<String> = running.keys().filter(|file| !has(&reactions, file)).cloned().collect();
        for file in gone {
            if let Some(gone) = running.remove(&file) {
                gone.slot.leave(Order::Stop);
                self.tally.forget(&file);
            }
        }
        let mut first_error = Ok(());
        for reaction in reactions {
            self.tally.expect(reaction.file(), reaction.names());
            if let Some(running) = running.get(reaction.file()) {
                running.slot.leave(Order::React(Box::new(reaction)));
                continue;
            }
            let file = reaction.file().to_owned();
            match self.start(reaction) {
                Ok(started) => drop(running.insert(file, started)),
                Err(error) => first_error = first_error.and(Err(error)),
            }
        }
        drop(running);
        self.reach.handle.bell().ring();
        first_error
    }

    fn start(&self, reaction: Reaction) -> Result<Running, Error> {
        let place = Place::of(&self.data_dir, reaction.file())?;
        let known = place.read()?;
        let follower = self.reach.handle.follow(known);
        if known.is_none() {
            place.write(follower.place())?;
        }
        let slot = Arc::<Slot>::default();
        let worker = Worker {
            kept: known.unwrap_or_else(|| follower.place()).min(follower.place()),
            reaction,
            follower,
            place,
            slot: Arc::clone(&slot),
            reach: Arc::clone(&self.reach),
            tally: self.tally.clone(),
            bell: self.reach.handle.bell(),
            skipped: 0,
        };
        let thread = std::thread::Builder::new().name("hark-reaction".to_owned()).spawn(|| worker.run());
        Ok(Running { slot, thread: thread.map_err(Error::io("start", "a thread for reactions"))? })
    }

    /// What they did so far.
    pub(crate) fn tally(&self) -> Tally {
        self.tally.clone()
    }

    /// Lets no reaction begin anything more.
    pub(crate) fn ending(&self) {
        self.reach.stopping.store(true, Ordering::Relaxed);
        for running in self.lock().values() {
            running.slot.leave(Order::Stop);
        }
        self.reach.handle.bell().ring();
    }

    /// Waits until the last reaction has ended, on a thread that may wait. Their places are kept.
    pub(crate) fn join(&self) {
        let running = std::mem::take(&mut *self.lock());
        for (file, running) in running {
            if running.thread.join().is_err() {
                tracing::error!(script = %file, "its reactions ended early: see above");
            }
        }
    }

    fn lock(&self) -> MutexGuard<'_, BTreeMap<String, Running>> {
        self.running.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn has(reactions: &[Reaction], file: &str) -> bool {
    reactions.iter().any(|reaction| reaction.file() == file)
}
