//! Threads made for waiting: one plugin's operations run here and never on the engine's own. As many as are needed, and
//! no more than allowed; a thread that a plugin never gives back costs that plugin, and nobody else. For a plugin that
//! does not block, one of them stays awake for a moment after its work: the next operation needs no system call.

use crate::limits;
use std::collections::VecDeque;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Instant;

/// One piece of work.
pub(crate) type Work = Box<dyn FnOnce() + Send>;

#[derive(Default)]
struct State {
    waiting: VecDeque<Work>,
    idle: usize,
    /// Threads that look for work without sleeping: at most one.
    awake: usize,
    threads: usize,
    closed: bool,
}

struct Shared {
    name: String,
    most: usize,
    /// Whether one thread stays awake for a moment.
    keen: bool,
    /// How much waits; for the one that is awake.
    waiting: AtomicUsize,
    state: Mutex<State>,
    changed: Condvar,
}

/// See the module. The threads end when it is dropped, each after its own work.
pub(crate) struct Pool {
    shared: Arc<Shared>,
}

impl Shared {
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn next(&self) -> Option<Work> {
        let mut state = self.state();
        if self.keen && state.awake == 0 && state.waiting.is_empty() && !state.closed {
            state.awake = 1;
            drop(state);
            self.stay_awake();
            state = self.state();
            state.awake = 0;
        }
        state.idle += 1;
        let idle = |state: &mut State| state.waiting.is_empty() && !state.closed;
        let mut state = self.changed.wait_while(state, idle).unwrap_or_else(PoisonError::into_inner);
        state.idle -= 1;
        let work = state.waiting.pop_front();
        self.waiting.store(state.waiting.len(), Ordering::Relaxed);
        work
    }

    /// Looks for work for a moment. What came is found under the lock, so nothing can be missed here.
    fn stay_awake(&self) {
        let end = Instant::now() + limits::AWAKE;
        while self.waiting.load(Ordering::Relaxed) == 0 && Instant::now() < end {
            std::hint::spin_loop();
        }
    }
}

impl Pool {
    /// `keen` is for work that is over in no time.
    pub(crate) fn new(plugin: &str, most: u32, keen: bool) -> Self {
        // Where there is one core, staying awake keeps everybody else from theirs.
        let keen = keen && std::thread::available_parallelism().is_ok_and(|cores| cores.get() > 1);
        let (name, most) = (format!("plugin-{plugin}"), most.max(1) as usize);
        let shared = Shared {
            name,
            most,
            keen,
            waiting: AtomicUsize::new(0),
            state: Mutex::default(),
            changed: Condvar::new(),
        };
        Self { shared: Arc::new(shared) }
    }

    /// Hands work to a thread that has nothing to do, to a new one, or to the first that will be free. False: there is
    /// no thread and none can be made. The caller bounds how much waits.
    pub(crate) fn run(&self, work: Work) -> bool {
        let mut state = self.shared.state();
        state.waiting.push_back(work);
        let waiting = state.waiting.len();
        self.shared.waiting.store(waiting, Ordering::Relaxed);
        if state.idle + state.awake >= waiting || state.threads == self.shared.most {
            let enough_awake = state.awake >= waiting;
            drop(state);
            if !enough_awake {
                self.shared.changed.notify_one();
            }
            return true;
        }
        let shared = Arc::clone(&self.shared);
        let body = move || {
            while let Some(work) = shared.next() {
                work();
            }
        };
        match std::thread::Builder::new().name(self.shared.name.clone()).spawn(body) {
            Ok(_) => state.threads += 1,
            Err(_) if state.threads == 0 => {
                state.waiting.pop_back();
                self.shared.waiting.store(state.waiting.len(), Ordering::Relaxed);
                return false;
            }
            Err(_) => {}
        }
        true
    }
}

impl Drop for Pool {
    fn drop(&mut self) {
        self.shared.state().closed = true;
        self.shared.changed.notify_all();
    }
}
