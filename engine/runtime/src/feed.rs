//! The feed: tells every subscriber what happened, in order and without a gap, and keeps the latest so that one who
//! reconnects can go on from a cursor. A subscriber who is too slow is let go; they resume from their cursor.

use crate::bell::Bell;
use crate::cursor::Cursor;
use crate::happened::{Happened, Whisper};
use hark_core::{AgentId, ChatId};
use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use tokio::sync::mpsc;
use tokio::sync::mpsc::error::TrySendError;

/// Events that wait for one subscriber at most; beyond it they are let go.
const QUEUE: usize = 1024;

/// What a subscriber wants to hear.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Interest {
    /// Everything.
    All,
    /// What concerns an agent: events whose scope names them.
    Agent(AgentId),
    /// What concerns a chat.
    Chat(ChatId),
}

impl Interest {
    fn in_event(self, happened: &Happened) -> bool {
        match self {
            Self::All => true,
            Self::Agent(agent) => happened.scope.agent == Some(agent),
            Self::Chat(chat) => happened.scope.chat == Some(chat),
        }
    }
}

/// The cursor is older than what is kept: begin again from a snapshot.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Reset;

/// What a subscription tells.
#[derive(Debug, Clone)]
pub enum Told {
    /// An event that is durable.
    Event(Arc<Happened>),
    /// Something that is not kept.
    Whisper(Arc<Whisper>),
    /// The backlog is over: what follows is live.
    CaughtUp,
    /// The subscriber was too slow, and hears no more.
    Lagged,
    /// The engine has stopped.
    Stopped,
}

type SubscriberId = u64;

#[derive(Default)]
struct Subscribers {
    next: SubscriberId,
    queues: HashMap<SubscriberId, (Interest, mpsc::Sender<Told>)>,
    all: Vec<SubscriberId>,
    agents: HashMap<AgentId, Vec<SubscriberId>>,
    chats: HashMap<ChatId, Vec<SubscriberId>>,
}

impl Subscribers {
    fn line(&mut self, interest: Interest) -> &mut Vec<SubscriberId> {
        match interest {
            Interest::All => &mut self.all,
            Interest::Agent(agent) => self.agents.entry(agent).or_default(),
            Interest::Chat(chat) => self.chats.entry(chat).or_default(),
        }
    }

    fn remove(&mut self, id: SubscriberId) {
        let Some((interest, _)) = self.queues.remove(&id) else { return };
        let line = self.line(interest);
        line.retain(|other| *other != id);
        if line.is_empty() {
            match interest {
                Interest::All => {}
                Interest::Agent(agent) => drop(self.agents.remove(&agent)),
                Interest::Chat(chat) => drop(self.chats.remove(&chat)),
            }
        }
    }

    fn tell(&mut self, chat: Option<ChatId>, agent: Option<AgentId>, told: &Told) {
        let by_chat = chat.and_then(|chat| self.chats.get(&chat));
        let by_agent = agent.and_then(|agent| self.agents.get(&agent));
        let listeners =
            self.all.iter().chain(by_chat.into_iter().flatten()).chain(by_agent.into_iter().flatten());
        let mut gone = Vec::new();
        for id in listeners {
            let Some((_, queue)) = self.queues.get(id) else { continue };
            match queue.try_send(told.clone()) {
                Ok(()) => {}
                // A whisper is not worth a connection.
                Err(TrySendError::Full(Told::Whisper(_))) => {}
                Err(TrySendError::Full(_) | TrySendError::Closed(_)) => gone.push(*id),
            }
        }
        for id in gone {
            self.remove(id);
        }
    }
}

struct Inner {
    kept: VecDeque<Arc<Happened>>,
    keep: usize,
    /// Everything up to here has been told; nothing before `floor` is kept.
    floor: Cursor,
    subscribers: Subscribers,
    stopped: bool,
}

/// See the module.
#[derive(Clone)]
pub(crate) struct Feed {
    inner: Arc<Mutex<Inner>>,
    bell: Bell,
}

impl Feed {
    /// A feed that keeps the last `keep` events and knows nothing from before `floor`.
    pub(crate) fn new(keep: usize, floor: Cursor) -> Self {
        let subscribers = Subscribers::default();
        let inner = Inner { kept: VecDeque::new(), keep, floor, subscribers, stopped: false };
        Self { inner: Arc::new(Mutex::new(inner)), bell: Bell::default() }
    }

    fn lock(&self) -> MutexGuard<'_, Inner> {
        // Nothing in here panics halfway through a change, so a poisoned lock still guards a whole feed.
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Tells what has become durable.
    pub(crate) fn publish(&self, events: impl Iterator<Item = Arc<Happened>>) {
        let mut inner = self.lock();
        for happened in events {
            let (chat, agent) = (happened.scope.chat, happened.scope.agent);
            inner.subscribers.tell(chat, agent, &Told::Event(Arc::clone(&happened)));
            inner.kept.push_back(happened);
            if inner.kept.len() > inner.keep
                && let Some(oldest) = inner.kept.pop_front()
            {
                inner.floor = oldest.cursor;
            }
        }
        drop(inner);
        self.bell.ring();
    }

    /// Rings after each publication, and at the end.
    pub(crate) fn bell(&self) -> Bell {
        self.bell.clone()
    }

    /// Tells something that is not kept.
    pub(crate) fn whisper(&self, whisper: Whisper) {
        let (chat, agent) = (whisper.chat, whisper.agent);
        self.lock().subscribers.tell(chat, agent, &Told::Whisper(Arc::new(whisper)));
    }

    /// Begins a subscription just after a cursor, or now.
    pub(crate) fn subscribe(&self, after: Option<Cursor>, interest: Interest) -> Result<Subscription, Reset> {
        let mut inner = self.lock();
        let backlog = match after {
            Some(after) if after < inner.floor => return Err(Reset),
            Some(after) => {
                let from = inner.kept.partition_point(|happened| happened.cursor <= after);
                let missed = inner.kept.range(from..).filter(|happened| interest.in_event(happened));
                missed.cloned().collect()
            }
            None => VecDeque::new(),
        };
        let (sender, queue) = mpsc::channel(QUEUE);
        let id = inner.subscribers.next;
        inner.subscribers.next += 1;
        if !inner.stopped {
            inner.subscribers.queues.insert(id, (interest, sender));
            inner.subscribers.line(interest).push(id);
        }
        Ok(Subscription { id, feed: self.clone(), backlog, caught_up: false, over: false, queue })
    }

    /// Lets every subscriber go.
    pub(crate) fn stop(&self) {
        let mut inner = self.lock();
        inner.stopped = true;
        inner.subscribers = Subscribers::default();
        drop(inner);
        self.bell.ring();
    }

    fn has_stopped(&self) -> bool {
        self.lock().stopped
    }
}

/// One subscriber's line.
pub struct Subscription {
    id: SubscriberId,
    feed: Feed,
    backlog: VecDeque<Arc<Happened>>,
    caught_up: bool,
    over: bool,
    queue: mpsc::Receiver<Told>,
}

impl Subscription {
    /// What comes next: the backlog, once [`Told::CaughtUp`], then what happens. After [`Told::Lagged`] or
    /// [`Told::Stopped`] it says the same for ever. Safe to cancel.
    pub async fn next(&mut self) -> Told {
        if let Some(happened) = self.backlog.pop_front() {
            return Told::Event(happened);
        }
        if !self.caught_up {
            self.caught_up = true;
            return Told::CaughtUp;
        }
        if !self.over
            && let Some(told) = self.queue.recv().await
        {
            return told;
        }
        self.over = true;
        if self.feed.has_stopped() { Told::Stopped } else { Told::Lagged }
    }
}

impl Drop for Subscription {
    fn drop(&mut self) {
        self.feed.lock().subscribers.remove(self.id);
    }
}
