//! Why a chat went to which agent and when: a story told from the events alone. Pure: whoever has the journal replays
//! its turns through a [`Teller`], and each time something was decided about the chat it looks at the desk as it was at
//! that moment. It decides nothing, asks no script, and changes nothing but the state that it is given to replay into.

mod before;
mod choice;
mod look;
mod said;
mod still;
mod told;
mod value;
mod words;

pub use told::Teller;
pub use value::{
    Ahead, Before, Candidate, Explanation, Kind, Look, Obstacle, Rule, RuleName, ScriptSay, Step,
    StrategyName,
};

use crate::id::ChatId;
use crate::time::Time;

/// When a chat was requested: its id tells (RFC 9562 §5.7, the first 48 bits are milliseconds since 1970).
pub fn requested_at(chat: ChatId) -> Time {
    Time::from_millis(u64::try_from(chat.bits() >> 80).unwrap_or(u64::MAX))
}
