//! The board: figures for supervisors, the queue strip for agents, places for customers who wait. Looked at once a
//! second for all who watch, only while somebody does, and kept nowhere.

use super::envelope::Audience;
use crate::app::App;
use crate::options::Limits;
use hark_core::state::State;
use hark_core::view::{QueueStrip, Wallboard};
use hark_core::{ChatId, Time};
use serde_json::Value;
use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use tokio::sync::watch;
use tokio::time::MissedTickBehavior;

/// What was seen at one moment.
#[derive(Debug, Default)]
pub(crate) struct Sight {
    pub(crate) at: Time,
    /// For supervisors, while one watches.
    pub(crate) wallboard: Option<Value>,
    /// Open queues, for people.
    pub(crate) strips: Vec<QueueStrip>,
    /// Places of the chats that wait, for customers.
    pub(crate) places: HashMap<ChatId, u32>,
}

/// Who watches.
#[derive(Debug, Default)]
struct Watchers {
    supervisors: AtomicUsize,
    agents: AtomicUsize,
    guests: AtomicUsize,
}

/// See the module.
pub(crate) struct Board {
    watchers: Arc<Watchers>,
    sight: watch::Sender<Arc<Sight>>,
}

impl Default for Board {
    fn default() -> Self {
        Self { watchers: Arc::default(), sight: watch::Sender::new(Arc::default()) }
    }
}

impl Board {
    /// Begins to watch.
    pub(crate) fn watch(&self, audience: Audience) -> Watching {
        let watching =
            Watching { watchers: Arc::clone(&self.watchers), audience, sight: self.sight.subscribe() };
        watching.count().fetch_add(1, Ordering::Relaxed);
        watching
    }
}

/// Somebody who watches, for as long as it lives.
pub(crate) struct Watching {
    watchers: Arc<Watchers>,
    audience: Audience,
    sight: watch::Receiver<Arc<Sight>>,
}

impl Watching {
    fn count(&self) -> &AtomicUsize {
        match self.audience {
            Audience::Supervisor(_) => &self.watchers.supervisors,
            Audience::Agent(_) => &self.watchers.agents,
            Audience::Guest(_) => &self.watchers.guests,
        }
    }

    /// The next sight. Safe to cancel.
    pub(crate) async fn next(&mut self) -> Arc<Sight> {
        if self.sight.changed().await.is_err() {
            // The board has ended with the service: nothing more is to be seen.
            std::future::pending::<()>().await;
        }
        Arc::clone(&self.sight.borrow_and_update())
    }
}

impl Drop for Watching {
    fn drop(&mut self) {
        self.count().fetch_sub(1, Ordering::Relaxed);
    }
}

/// Looks once a second for all who watch.
pub(crate) async fn watch(app: Arc<App>) {
    let mut tick = tokio::time::interval(Limits::BOARD);
    tick.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        tick.tick().await;
        let watchers = &app.board.watchers;
        let supervisors = watchers.supervisors.load(Ordering::Relaxed) > 0;
        let agents = supervisors || watchers.agents.load(Ordering::Relaxed) > 0;
        let guests = watchers.guests.load(Ordering::Relaxed) > 0;
        if !agents && !guests {
            continue;
        }
        let now = app.handle.now();
        let look = move |state: &State| Sight {
            at: now,
            wallboard: supervisors.then(|| wallboard(state, now)),
            strips: if agents { strips(state) } else { Vec::new() },
            places: if guests { places(state) } else { HashMap::new() },
        };
        // An engine that is busy is not asked again before the next second.
        if let Ok(seen) = app.handle.read(look).await {
            app.board.sight.send_replace(Arc::new(seen.value));
        }
    }
}

fn wallboard(state: &State, now: Time) -> Value {
    serde_json::to_value(Wallboard::of(state, now)).expect("our own types are always JSON")
}

fn strips(state: &State) -> Vec<QueueStrip> {
    let open = state.queues().filter(|queue| queue.open);
    open.filter_map(|queue| QueueStrip::of(state, queue.id)).collect()
}

fn places(state: &State) -> HashMap<ChatId, u32> {
    let waiting = state.queues().flat_map(|queue| state.waiting(queue.id).into_iter().zip(1_u32..));
    waiting.map(|(chat, place)| (chat.id, place)).collect()
}
