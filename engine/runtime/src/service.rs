//! Opens the engine and ends it: its threads, in their order.

use crate::clock::Clock;
use crate::committer::Committer;
use crate::desk::{Desk, Seeds};
use crate::error::OpenError;
use crate::explain::Past;
use crate::handle::{Counts, Handle};
use crate::history;
use crate::inbox::{Inbox, Request};
use crate::opening;
use crate::options::Options;
use crate::outbox::Outbox;
use crate::snapshots::Keeper;
use crate::teller::Teller;
use crate::writer::Writer;
use hark_core::{Action, Actor};
use hark_journal::LocalJournal;
use std::collections::VecDeque;
use std::sync::Arc;
use std::sync::atomic::AtomicU64;
use std::thread::JoinHandle;

/// A running engine. Dropping it stops it.
pub struct Runtime {
    inbox: Inbox,
    threads: Vec<JoinHandle<()>>,
}

impl Runtime {
    /// Opens the engine in its folder: the state of before, with deadlines that passed meanwhile due at once. What is
    /// durable is told by a task of the tokio runtime in which it is called.
    ///
    /// # Errors
    /// There is no tokio runtime, the folder belongs to another engine, or the journal is damaged or of another version.
    pub fn open(options: Options) -> Result<(Self, Handle), OpenError> {
        let runtime = tokio::runtime::Handle::try_current().map_err(|_| OpenError::NoRuntime)?;
        let mut journal_options = hark_journal::Options::new(options.dir.join(Options::JOURNAL));
        journal_options.segment_bytes = options.segment_bytes;
        // History is made anew from the beginning, should its databases not open.
        journal_options.archive = true;
        let (journal, opened) = LocalJournal::open(&journal_options)?;
        tracing::info!(last = %opened.last, torn_bytes = opened.torn_bytes, "journal opened");
        let reader = journal.reader();
        let last = reader.last();
        let restored = opening::restore(&reader, last)?;
        let feed = opening::fill_feed(&reader, options.feed_events)?;
        let clock = Clock::starting_after(restored.state.now());
        let inbox = Inbox::new(options.inbox);
        let folded = Arc::new(AtomicU64::new(0));
        let past = Past::new(reader.clone());
        let history =
            history::open(&options.dir, options.keep_months, &restored.state, reader, Arc::clone(&folded));
        let history::Opened { service, history } = history.map_err(OpenError::Thread)?;
        let keeper = Keeper::new(&journal, restored.snapshot, options.snapshot_turns, folded);
        let (outbox, outgoing) = Outbox::new(inbox.clone());
        let counts = Arc::new(Counts::default());
        let told = Arc::clone(&counts);
        let committer = Committer {
            journal,
            teller: Teller::start(&runtime, feed.clone()),
            inbox: inbox.clone(),
            outgoing,
            keeper,
            counts: told,
            clock,
            history: service,
        };
        let desk = Desk::new(restored.state, options.policy, last, Seeds::random(), options.check_everything);
        let writer = Writer { desk, clock, inbox: inbox.clone(), outbox, taken: VecDeque::new() };
        let handle = Handle { inbox: inbox.clone(), feed, clock, counts, history, past };
        handle.greet();
        let threads = vec![
            spawn("hark-committer", &inbox, move || committer.run())?,
            spawn("hark-writer", &inbox, move || writer.run())?,
        ];
        Ok((Self { inbox, threads }, handle))
    }

    /// Finishes what was taken, and ends. Commands that come later are told that the engine has stopped.
    pub fn stop(mut self) {
        self.end();
    }

    fn end(&mut self) {
        // A closed inbox means that the threads end by themselves.
        let _ = self.inbox.push(Request::Stop);
        for thread in self.threads.drain(..).rev() {
            let _ = thread.join();
        }
    }
}

impl Drop for Runtime {
    fn drop(&mut self) {
        self.end();
    }
}

impl Handle {
    /// The first command of every start: connections of before are gone.
    fn greet(&self) {
        let (reply, _) = tokio::sync::oneshot::channel();
        let open = Request::Command { by: Actor::Engine, action: Action::Open, key: None, reply };
        self.inbox.push(open).expect("the inbox of a new engine is empty and open");
    }
}

/// Starts a thread that closes the inbox should it die: nobody must wait for one that is gone.
fn spawn(
    name: &str,
    inbox: &Inbox,
    work: impl FnOnce() + Send + 'static,
) -> Result<JoinHandle<()>, OpenError> {
    let guard = CloseOnPanic(inbox.clone());
    let run = move || {
        let guard = guard;
        work();
        std::mem::forget(guard);
    };
    std::thread::Builder::new().name(name.into()).spawn(run).map_err(OpenError::Thread)
}

struct CloseOnPanic(Inbox);

impl Drop for CloseOnPanic {
    fn drop(&mut self) {
        self.0.close("a defect was found: see the log");
    }
}
