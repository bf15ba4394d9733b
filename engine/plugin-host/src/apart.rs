//! A plugin in a child process of its own: the same library, the same header, behind a socket. What goes wrong there
//! stays there: the child is killed, everything that was open is answered, and whoever keeps the plugin starts another.

mod hatch;
mod leash;
mod line;
mod memory;
mod watch;
mod words;

use crate::instance::NotCreated;
use crate::ledger::Ledger;
use crate::transport::{Ending, Order, Transport};
pub(crate) use hatch::{Hatched, Nest};
pub(crate) use leash::Guard;
use leash::Leash;
use line::Line;
pub(crate) use memory::resident_kib;
use std::sync::Arc;
use std::time::Duration;
use tokio::runtime::Handle;

/// Beyond what a child gets for its end, before it is killed.
const LAST_MOMENT: Duration = Duration::from_millis(500);

/// See the module.
pub(crate) struct Apart {
    line: Arc<Line>,
    leash: Arc<Leash>,
}

impl Apart {
    /// Makes the instance in an open child, and puts it to work. The guard is for the thread that keeps the plugin.
    pub(crate) fn start(
        hatched: Hatched,
        config: &str,
        ledger: &Arc<Ledger>,
        seats: u32,
        runtime: &Handle,
    ) -> Result<(Self, Guard), NotCreated> {
        let stuck_at = seats.min(hatched.about.manifest.threads()) as usize;
        let memory_bytes = hatched.memory_bytes;
        let (child, stream, frames) = hatched.create(config)?;
        let leash = Leash::new(&child);
        let guard = Guard::new(child, Arc::clone(&leash));
        let _in_the_runtime = runtime.enter();
        let never = |error| NotCreated { later: true, why: format!("its line cannot be used: {error}") };
        let stream = stream.set_nonblocking(true).and_then(|()| tokio::net::UnixStream::from_std(stream));
        let line = Arc::new(Line::new(Arc::clone(ledger), stream.map_err(never)?));
        runtime.spawn(watch::watch(Arc::clone(&line), Arc::clone(&leash), frames, stuck_at, memory_bytes));
        Ok((Self { line, leash }, guard))
    }
}

impl Transport for Apart {
    fn start(&self, order: Order) {
        self.line.call(order);
    }

    fn cancel(&self, id: u64) {
        self.line.cancel(id);
    }

    /// Nothing is ever left behind: a child that does not end in time is killed.
    fn end(&self, within: Duration) -> Ending {
        self.line.end(within);
        if !self.leash.ended_within(within + LAST_MOMENT) {
            tracing::warn!(plugin = self.line.plugin(), "the plugin's process does not end, and is killed");
        }
        self.leash.kill("was stopped");
        self.line.close("is being stopped");
        Ending::Destroyed
    }

    fn pid(&self) -> Option<u32> {
        self.leash.pid()
    }
}

impl Drop for Apart {
    fn drop(&mut self) {
        self.leash.kill("is needed no more");
    }
}
