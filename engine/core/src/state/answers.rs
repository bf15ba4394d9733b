//! Replies remembered for their idempotency keys, so that a repeat is told what the first was told.

use crate::reply::Reply;
use crate::time::Time;
use alloc::collections::{BTreeMap, BTreeSet};
use alloc::string::String;
use serde::{Deserialize, Serialize};

/// One remembered reply.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Answer {
    /// Hash of the request that came with the key.
    pub request: u64,
    /// What was told.
    pub reply: Reply,
    /// When it may be forgotten.
    pub until: Time,
}

/// All remembered replies.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Answers {
    by_key: BTreeMap<String, Answer>,
    by_end: BTreeSet<(Time, String)>,
}

impl Answers {
    /// The reply for a key.
    pub fn get(&self, key: &str) -> Option<&Answer> {
        self.by_key.get(key)
    }

    /// Remembers a reply and forgets those whose time was over at `now`.
    pub(crate) fn remember(&mut self, key: &str, answer: Answer, now: Time) {
        while let Some((until, _)) = self.by_end.first()
            && *until <= now
        {
            let (_, old) = self.by_end.pop_first().expect("there is a first one");
            self.by_key.remove(&old);
        }
        self.by_end.insert((answer.until, key.into()));
        self.by_key.insert(key.into(), answer);
    }
}
