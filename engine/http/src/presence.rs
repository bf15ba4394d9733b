//! Who is connected: streams are counted, requests are good for a lease. The first sign of somebody and the last are
//! told to the engine, which alone decides what follows.

use crate::app::App;
use crate::auth::Caller;
use crate::options::Limits;
use futures_util::stream::{self, StreamExt};
use hark_core::{Action, Actor, AgentId, ChatId};
use std::collections::{HashMap, HashSet};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};
use tokio::sync::Notify;

/// How often leases are looked at.
const SWEEP: Duration = Duration::from_secs(1);
/// Changes told to the engine at a time.
const AT_A_TIME: usize = 64;

/// Somebody who can be connected.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Somebody {
    Agent(AgentId),
    Customer(ChatId),
}

impl Somebody {
    pub(crate) fn of(caller: &Caller) -> Option<Self> {
        match caller {
            Caller::Nobody => None,
            Caller::Guest(chat) => Some(Self::Customer(*chat)),
            Caller::Person(person) => Some(Self::Agent(person.id)),
        }
    }

    fn action(self, here: bool) -> Action {
        match (self, here) {
            (Self::Agent(agent), true) => Action::AgentConnected(agent),
            (Self::Agent(agent), false) => Action::AgentDisconnected(agent),
            (Self::Customer(chat), true) => Action::CustomerConnected(chat),
            (Self::Customer(chat), false) => Action::CustomerDisconnected(chat),
        }
    }

    fn actor(self) -> Actor {
        match self {
            Self::Agent(id) => Actor::Agent { id },
            Self::Customer(chat_id) => Actor::Customer { chat_id },
        }
    }
}

#[derive(Debug, Default)]
struct Signs {
    streams: u32,
    lease: Option<Instant>,
    /// What the engine was told last.
    told: Option<bool>,
}

impl Signs {
    fn here(&self) -> bool {
        self.streams > 0 || self.lease.is_some()
    }
}

#[derive(Default)]
struct Book {
    people: HashMap<Somebody, Signs>,
    /// Those of whom the engine may have to be told.
    changed: HashSet<Somebody>,
}

/// See the module.
#[derive(Default)]
pub(crate) struct Presence {
    book: Mutex<Book>,
    news: Notify,
}

impl Presence {
    fn lock(&self) -> MutexGuard<'_, Book> {
        self.book.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Somebody has sent a request.
    pub(crate) fn seen(&self, somebody: Somebody) {
        self.change(somebody, |signs| signs.lease = Some(Instant::now() + Limits::LEASE));
    }

    /// Somebody has logged out, or their chat is over: no lease keeps them here.
    pub(crate) fn left(&self, somebody: Somebody) {
        self.change(somebody, |signs| signs.lease = None);
    }

    fn change(&self, somebody: Somebody, change: impl FnOnce(&mut Signs)) {
        let mut book = self.lock();
        let signs = book.people.entry(somebody).or_default();
        change(signs);
        if signs.told != Some(signs.here()) {
            book.changed.insert(somebody);
            self.news.notify_one();
        }
    }

    /// Leases that are over end.
    fn sweep(&self, now: Instant) {
        let mut book = self.lock();
        let Book { people, changed } = &mut *book;
        people.retain(|somebody, signs| {
            if signs.lease.is_some_and(|until| until <= now) {
                signs.lease = None;
                changed.insert(*somebody);
            }
            signs.here() || signs.told != Some(false) || changed.contains(somebody)
        });
        if !book.changed.is_empty() {
            self.news.notify_one();
        }
    }

    /// What the engine must be told now; it counts as told.
    fn untold(&self) -> Vec<(Somebody, bool)> {
        let mut book = self.lock();
        let changed: Vec<Somebody> = book.changed.drain().collect();
        let mut untold = Vec::new();
        for somebody in changed {
            let Some(signs) = book.people.get_mut(&somebody) else { continue };
            let here = signs.here();
            if signs.told != Some(here) {
                signs.told = Some(here);
                untold.push((somebody, here));
            }
        }
        untold
    }

    /// The engine did not take it: tell it again.
    fn retry(&self, somebody: Somebody) {
        let mut book = self.lock();
        if let Some(signs) = book.people.get_mut(&somebody) {
            signs.told = None;
            book.changed.insert(somebody);
        }
    }
}

/// Holds somebody here for as long as it lives.
pub(crate) struct Here {
    app: Arc<App>,
    somebody: Somebody,
}

impl Here {
    pub(crate) fn new(app: &Arc<App>, somebody: Somebody) -> Self {
        app.presence.change(somebody, |signs| signs.streams += 1);
        Self { app: Arc::clone(app), somebody }
    }
}

impl Drop for Here {
    /// The end of the last stream is a departure, whatever was asked shortly before.
    fn drop(&mut self) {
        self.app.presence.change(self.somebody, |signs| {
            signs.streams = signs.streams.saturating_sub(1);
            if signs.streams == 0 {
                signs.lease = None;
            }
        });
    }
}

/// Tells the engine who comes and goes, until the service stops. One round is told whole before the next, so that one
/// person's news never overtake each other.
pub(crate) async fn tell_engine(app: Arc<App>) {
    let mut sweep = tokio::time::interval(SWEEP);
    loop {
        tokio::select! {
            () = app.presence.news.notified() => {}
            _ = sweep.tick() => app.presence.sweep(Instant::now()),
        }
        let untold = app.presence.untold();
        stream::iter(untold)
            .for_each_concurrent(AT_A_TIME, |(somebody, here)| tell(&app, somebody, here))
            .await;
    }
}

async fn tell(app: &App, somebody: Somebody, here: bool) {
    match app.handle.submit(somebody.actor(), somebody.action(here), None).await {
        // A chat that is over has nobody to wait for.
        Ok(_) | Err(hark_runtime::Error::Refused(_)) => {}
        Err(hark_runtime::Error::Busy | hark_runtime::Error::NoRoom) => app.presence.retry(somebody),
        Err(hark_runtime::Error::Stopped(_)) => {}
    }
}

#[cfg(test)]
mod tests {
    use super::{Presence, Somebody};
    use crate::options::Limits;
    use hark_core::AgentId;
    use std::time::{Duration, Instant};

    fn ana() -> Somebody {
        Somebody::Agent(AgentId::from(1))
    }

    #[test]
    fn a_lease_is_one_coming_and_one_going() {
        let presence = Presence::default();
        presence.seen(ana());
        presence.seen(ana());
        assert_eq!(presence.untold(), [(ana(), true)]);
        presence.seen(ana());
        presence.sweep(Instant::now());
        assert_eq!(presence.untold(), []);
        presence.sweep(Instant::now() + Limits::LEASE + Duration::from_secs(1));
        assert_eq!(presence.untold(), [(ana(), false)]);
        presence.sweep(Instant::now());
        assert!(presence.lock().people.is_empty(), "those who are gone are forgotten");
    }

    #[test]
    fn tabs_are_counted_and_the_last_one_is_a_departure() {
        let presence = Presence::default();
        presence.change(ana(), |signs| signs.streams += 1);
        presence.change(ana(), |signs| signs.streams += 1);
        assert_eq!(presence.untold(), [(ana(), true)]);
        presence.change(ana(), |signs| signs.streams -= 1);
        assert_eq!(presence.untold(), []);
        presence.change(ana(), |signs| signs.streams -= 1);
        presence.change(ana(), |signs| signs.streams += 1);
        assert_eq!(presence.untold(), [], "a reload that nobody noticed");
        presence.change(ana(), |signs| signs.streams -= 1);
        assert_eq!(presence.untold(), [(ana(), false)]);
    }
}
