//! A chat that still waits: who could take it by now, and what stands in their way. The desk may be another than it was when
//! the wait began.

use super::told::{Teller, agent_name, waiting_rules};
use super::value::{Explanation, Kind, Look};
use super::words::{duration, nobody, place};
use crate::state::{Chat, Stage, State};
use crate::time::Time;
use alloc::format;

impl Teller {
    /// The explanation; for a chat that still waits with the desk as it is after the last turn.
    pub fn finish_at(mut self, state: &State) -> Explanation {
        let live = state.chat(self.chat).filter(|chat| chat.stage == Stage::Waiting);
        if let Some(chat) = live {
            let told = self.waits.as_ref().map(|(since, _)| *since);
            // Where nothing has happened since it began to wait, all has been told.
            if told.is_none_or(|since| since < state.now()) {
                self.still_waits(state, chat, told.unwrap_or(chat.queued_at));
            }
        }
        self.finish()
    }

    fn still_waits(&mut self, state: &State, chat: &Chat, since: Time) {
        let (look, now) = (Look::of(state, chat, None), state.now());
        let held = state.index().held_for(chat.id).map(|agent| agent_name(state, agent));
        let kept = held.map(|name| format!(", kept for {name}")).unwrap_or_default();
        let after = duration(now.since(since));
        let says = format!("After {after} it still waited{kept}: {}. {}", nobody(&look), place(&look));
        let step = self.step(now, Kind::StillWaits, says);
        step.rules = waiting_rules(&look);
        step.desk = Some(look);
    }
}
