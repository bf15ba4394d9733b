//! What the core has promised to do by itself, when, and why. A deadline that is due comes back as a `Tick`.

use crate::id::{AgentId, ChatId, JobId, OfferId};
use crate::time::Time;
use alloc::collections::{BTreeMap, BTreeSet};

/// A deadline and its reason.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Deadline {
    /// The acceptance interval of an offer is over.
    OfferExpires(OfferId),
    /// A wrap-up's time is over.
    PostProcessingEnds(ChatId),
    /// The customer did not come back.
    CustomerGone(ChatId),
    /// The agent did not come back: no offers from now on.
    AgentUnreachable(AgentId),
    /// The agent did not come back: they are logged out.
    AgentGone(AgentId),
    /// The pause after a missed offer is over.
    AgentRested(AgentId),
    /// The preferred agent has been waited for long enough.
    PreferenceEnds(ChatId),
    /// The chat has waited until the next of its queue's steps.
    Relaxes(ChatId),
    /// The chat has waited long enough for another queue.
    Overflows(ChatId),
    /// A plugin has not answered, or the next try starts.
    JobDue(JobId),
    /// A log can no longer change.
    LogSettles(ChatId),
}

/// All deadlines, each at most once.
#[derive(Debug, Clone, Default)]
pub(crate) struct Deadlines {
    by_time: BTreeSet<(Time, Deadline)>,
    times: BTreeMap<Deadline, Time>,
}

impl Deadlines {
    pub(crate) fn set(&mut self, deadline: Deadline, at: Option<Time>) {
        let old = match at {
            Some(at) => self.times.insert(deadline, at),
            None => self.times.remove(&deadline),
        };
        if old == at {
            return;
        }
        if let Some(old) = old {
            self.by_time.remove(&(old, deadline));
        }
        if let Some(at) = at {
            self.by_time.insert((at, deadline));
        }
    }

    pub(crate) fn first(&self) -> Option<(Time, Deadline)> {
        self.by_time.first().copied()
    }

    pub(crate) fn due(&self, now: Time) -> Option<Deadline> {
        self.first().filter(|(at, _)| *at <= now).map(|(_, deadline)| deadline)
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = &(Time, Deadline)> {
        self.by_time.iter()
    }
}
