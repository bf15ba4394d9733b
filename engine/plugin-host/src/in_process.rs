//! A plugin in the engine's own process: threads for its operations, and one for the small errands (cancel, health) that
//! must get through while the others are stuck. No function of the plugin ever runs on a thread of the engine's.

use crate::border::Border;
use crate::failure::Failure;
use crate::gate::Gate;
use crate::instance::{Health, Instance};
use crate::limits;
use crate::manifest::{Manifest, Threading};
use crate::pool::Pool;
use crate::transport::{Ending, Order, Transport};
use std::io;
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, sync_channel};
use std::sync::{Arc, Mutex, PoisonError, TryLockError};
use std::time::{Duration, Instant};

/// What the threads share.
struct Inner {
    border: &'static Border,
    instance: Instance,
    gate: Gate,
    /// Held during `call`, `health` and `drain` by a plugin that wants one at a time.
    turn: Option<Mutex<()>>,
}

/// See the module.
pub(crate) struct InProcess {
    inner: Arc<Inner>,
    pool: Pool,
    cancels: SyncSender<u64>,
}

impl InProcess {
    /// Puts a new instance to work.
    pub(crate) fn start(
        border: &'static Border,
        manifest: &Manifest,
        instance: Instance,
    ) -> io::Result<Self> {
        let serialized = manifest.threading == Threading::Serialized;
        let most = match (serialized, manifest.blocking) {
            (true, _) => 1,
            (false, true) => manifest.max_in_flight.min(limits::BLOCKING_THREADS),
            (false, false) => manifest.max_in_flight.min(limits::QUICK_THREADS),
        };
        let turn = serialized.then(Mutex::default);
        let inner = Arc::new(Inner { border, instance, gate: Gate::default(), turn });
        let (cancels, errands) = sync_channel(limits::CANCELS);
        let runner = Arc::clone(&inner);
        std::thread::Builder::new()
            .name(format!("errand-{}", border.plugin))
            .spawn(move || runner.run_errands(&errands))?;
        Ok(Self { inner, pool: Pool::new(&border.plugin, most), cancels })
    }
}

impl Transport for InProcess {
    fn start(&self, order: Order) {
        let inner = Arc::clone(&self.inner);
        let id = order.id;
        if !self.pool.run(Box::new(move || inner.call(&order))) {
            let why = Failure::kept_back(format!("there is no thread for {}", self.inner.border.plugin));
            self.inner.border.slots.answer(id, Err(why));
        }
    }

    fn cancel(&self, id: u64) {
        // Advice that finds no room is not given.
        let _ = self.cancels.try_send(id);
    }

    fn end(&self, within: Duration) -> Ending {
        let end = Instant::now() + within;
        let alone = self.inner.gate.close(within);
        let left = end.saturating_duration_since(Instant::now());
        if alone {
            self.inner.instance.drain(u32::try_from(left.as_millis()).unwrap_or(u32::MAX).max(1));
        }
        let plugin = &self.inner.border.plugin;
        self.inner.border.slots.fail_all(&Failure::kept_back(format!("{plugin} is being stopped")));
        if !alone {
            return Ending::LeftBehind;
        }
        self.inner.instance.destroy();
        Ending::Destroyed
    }
}

impl Inner {
    /// One operation, on a thread made for waiting.
    fn call(&self, order: &Order) {
        let Some(_inside) = self.gate.enter() else {
            let why = Failure::kept_back(format!("{} is being stopped", self.border.plugin));
            self.border.slots.answer(order.id, Err(why));
            return;
        };
        let _turn = self.turn.as_ref().map(|turn| turn.lock().unwrap_or_else(PoisonError::into_inner));
        let left = order.until.saturating_duration_since(Instant::now()).as_millis();
        let left = u32::try_from(left).unwrap_or(u32::MAX);
        if left > 0 && self.border.slots.is_open(order.id) {
            self.instance.call(order, left);
        }
    }

    fn run_errands(&self, errands: &Receiver<u64>) {
        let mut next = Instant::now() + limits::HEALTH_EVERY;
        loop {
            match errands.recv_timeout(next.saturating_duration_since(Instant::now())) {
                Ok(id) => {
                    let Some(_inside) = self.gate.enter() else { return };
                    self.instance.cancel(id);
                }
                Err(RecvTimeoutError::Timeout) => {
                    if !self.examine() {
                        return;
                    }
                }
                Err(RecvTimeoutError::Disconnected) => return,
            }
            if Instant::now() >= next {
                next = Instant::now() + limits::HEALTH_EVERY;
            }
        }
    }

    /// Asks how the plugin is. False: it has ended.
    fn examine(&self) -> bool {
        let Some(_inside) = self.gate.enter() else { return false };
        let _turn = match self.turn.as_ref().map(Mutex::try_lock) {
            // It is busy with an operation, whose own deadline watches it.
            Some(Err(TryLockError::WouldBlock)) => return true,
            Some(Err(TryLockError::Poisoned(turn))) => Some(turn.into_inner()),
            Some(Ok(turn)) => Some(turn),
            None => None,
        };
        let (plugin, counters) = (self.border.plugin.as_str(), &self.border.counters);
        match self.instance.health() {
            Health::Well if counters.diagnose(None) => tracing::info!(plugin, "the plugin is well again"),
            Health::Ill(why) if counters.diagnose(Some(why.clone())) => {
                tracing::warn!(plugin, why, "the plugin says that it is not well");
            }
            Health::Well | Health::Ill(_) => {}
        }
        true
    }
}
