//! What admins did to the desk's rules and systems: who, when, and from what to what. The journal has all of it; here
//! are the last of them, for people to see. It decides nothing.

use crate::command::Actor;
use crate::time::Time;
use alloc::collections::VecDeque;
use alloc::string::String;
use serde::{Deserialize, Serialize};

/// Something that an admin did.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Deed {
    /// What was done, such as `script.published`.
    pub what: String,
    /// To what: the name of a script or a plugin.
    pub subject: String,
    /// The version before, a hash; none where there was none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub before: Option<String>,
    /// The version after, a hash; none where there is none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub after: Option<String>,
    /// What there is to add.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub note: String,
}

impl Deed {
    /// Longest text of a deed, in characters.
    pub const TEXT_LIMIT: u32 = 500;

    /// Its texts.
    pub(crate) fn texts(&self) -> impl Iterator<Item = &str> {
        let versions = self.before.iter().chain(&self.after).map(String::as_str);
        [self.what.as_str(), &self.subject, &self.note].into_iter().chain(versions)
    }
}

/// A deed with its doer and its time.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Audited {
    /// Counts the deeds of the desk, from 1.
    pub number: u64,
    /// When.
    pub at: Time,
    /// Who.
    pub by: Actor,
    /// What.
    #[serde(flatten)]
    pub deed: Deed,
}

/// The last deeds.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Audit {
    made: u64,
    last: VecDeque<Audited>,
}

impl Audit {
    /// Deeds that are remembered.
    pub const LIMIT: usize = 1000;

    /// The remembered deeds, newest first.
    pub fn newest(&self) -> impl Iterator<Item = &Audited> {
        self.last.iter().rev()
    }

    pub(crate) fn remember(&mut self, at: Time, by: &Actor, deed: &Deed) {
        self.made += 1;
        if self.last.len() == Self::LIMIT {
            self.last.pop_front();
        }
        self.last.push_back(Audited { number: self.made, at, by: by.clone(), deed: deed.clone() });
    }
}
