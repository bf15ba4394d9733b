//! A plugin in the engine's own process: threads for its operations, and one for the small errands (cancel, health) that
//! must get through while the others are stuck. No function of the plugin ever runs on a thread of the engine's.

use crate::failure::Failure;
use crate::gate::Gate;
use crate::instance::{Health, Instance};
use crate::limits;
use crate::listener::Listener;
use crate::manifest::{Manifest, Threading};
use crate::pool::Pool;
use crate::transport::{Ending, Order, Transport};
use std::io;
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, sync_channel};
use std::sync::{Arc, Mutex, PoisonError, TryLockError};
use std::time::{Duration, Instant};

/// What the threads share.
struct Inner {
    plugin: String,
    listener: Arc<dyn Listener>,
    instance: Instance,
    gate: Gate,
    /// Held during `call`, `health` and `drain` by a plugin that wants one at a time.
    turn: Option<Mutex<()>>,
}

/// See the module.
pub(crate) struct InProcess {
    inner: Arc<Inner>,
    pool: Pool,
    quick: bool,
    cancels: SyncSender<u64>,
}

impl InProcess {
    /// Puts a new instance to work. `quick`: its operations are over in no time, and the asker is in this process, so
    /// that staying awake for the next one is worth it; in a child it only takes a core from those who carry the
    /// answers.
    pub(crate) fn start(
        plugin: &str,
        listener: Arc<dyn Listener>,
        manifest: &Manifest,
        instance: Instance,
        quick: bool,
    ) -> io::Result<Self> {
        let turn = (manifest.threading == Threading::Serialized).then(Mutex::default);
        let inner =
            Arc::new(Inner { plugin: plugin.to_owned(), listener, instance, gate: Gate::default(), turn });
        let (cancels, errands) = sync_channel(limits::CANCELS);
        let runner = Arc::clone(&inner);
        std::thread::Builder::new()
            .name(format!("errand-{plugin}"))
            .spawn(move || runner.run_errands(&errands))?;
        Ok(Self { inner, quick, pool: Pool::new(plugin, manifest.threads(), quick), cancels })
    }
}

impl Transport for InProcess {
    fn start(&self, order: Order) {
        let inner = Arc::clone(&self.inner);
        let id = order.id;
        if !self.pool.run(Box::new(move || inner.call(&order))) {
            let why = format!("there is no thread for {}", self.inner.plugin);
            self.inner.listener.keep_back(id, &why);
            self.inner.listener.left(id);
        }
    }

    fn is_quick(&self) -> bool {
        self.quick
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
        let plugin = &self.inner.plugin;
        self.inner.listener.fail_all(&Failure::kept_back(format!("{plugin} is being stopped")));
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
        let inside = self.gate.enter();
        match &inside {
            Some(_) => self.call_inside(order),
            None => self.listener.keep_back(order.id, &format!("{} is being stopped", self.plugin)),
        }
        // Said while it still counts as inside: a copy that the plugin forked is to end here, before it takes a lock.
        self.listener.left(order.id);
    }

    fn call_inside(&self, order: &Order) {
        let _turn = self.turn.as_ref().map(|turn| turn.lock().unwrap_or_else(PoisonError::into_inner));
        let left = order.until.saturating_duration_since(Instant::now()).as_millis();
        let left = u32::try_from(left).unwrap_or(u32::MAX);
        if left > 0 && self.listener.is_open(order.id) {
            self.instance.call(order, left);
        }
    }

    fn run_errands(&self, errands: &Receiver<u64>) {
        // At once for the first time: a new build is judged by its first word.
        let mut next = Instant::now();
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
        self.listener.diagnose(match self.instance.health() {
            Health::Well => None,
            Health::Ill(why) => Some(why),
        });
        true
    }
}
