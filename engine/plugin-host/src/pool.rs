//! Threads made for waiting: one plugin's operations run here and never on the engine's own. As many as are needed, and
//! no more than allowed; a thread that a plugin never gives back costs that plugin, and nobody else.

use std::collections::VecDeque;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};

/// One piece of work.
pub(crate) type Work = Box<dyn FnOnce() + Send>;

#[derive(Default)]
struct State {
    waiting: VecDeque<Work>,
    idle: usize,
    threads: usize,
    closed: bool,
}

struct Shared {
    name: String,
    most: usize,
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
        state.idle += 1;
        let idle = |state: &mut State| state.waiting.is_empty() && !state.closed;
        let mut state = self.changed.wait_while(state, idle).unwrap_or_else(PoisonError::into_inner);
        state.idle -= 1;
        state.waiting.pop_front()
    }
}

impl Pool {
    pub(crate) fn new(plugin: &str, most: u32) -> Self {
        let (name, most) = (format!("plugin-{plugin}"), most.max(1) as usize);
        let shared = Shared { name, most, state: Mutex::default(), changed: Condvar::new() };
        Self { shared: Arc::new(shared) }
    }

    /// Hands work to a thread that has nothing to do, to a new one, or to the first that will be free. False: there is
    /// no thread and none can be made. The caller bounds how much waits.
    pub(crate) fn run(&self, work: Work) -> bool {
        let mut state = self.shared.state();
        state.waiting.push_back(work);
        if state.idle >= state.waiting.len() || state.threads == self.shared.most {
            drop(state);
            self.shared.changed.notify_one();
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
