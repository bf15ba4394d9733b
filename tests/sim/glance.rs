//! What somebody sees who looks at the desk now and then: a few figures of the state. Who is told them is told nothing
//! that is not durable, and exactly how it was at the place in the feed that they are told too.

use hark_core::{State, Time};
use hark_journal::Seq;
use hark_runtime::Seen;

/// See the module.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Glance {
    now: Time,
    chats: usize,
    messages: u64,
    waiting: usize,
    jobs: usize,
    logs: usize,
}

impl Glance {
    /// At this state.
    pub(crate) fn at(state: &State) -> Self {
        Self {
            now: state.now(),
            chats: state.chat_count(),
            messages: state.chats().map(|chat| u64::from(chat.last_seq())).sum(),
            waiting: state.chats().filter(|chat| chat.holder().is_none()).count(),
            jobs: state.jobs().count(),
            logs: state.logs().count(),
        }
    }
}

/// Holds what was seen just after this turn against the state as it was told so far.
pub(crate) fn check(seen: &[Seen<Glance>], turn: Seq, told: &State) {
    for seen in seen.iter().filter(|seen| seen.cursor.turn() == turn) {
        let was = Glance::at(told);
        assert!(seen.value == was, "GLANCE after turn {turn} somebody saw {:?}, it was {was:?}", seen.value);
    }
}
