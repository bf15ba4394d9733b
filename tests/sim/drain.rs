//! The end of a run: the doors close, everybody goes home, and nothing may be left over.

use crate::step::{Ask, Label, Who, Wish};
use crate::world::World;
use hark_core::state::Status;

/// Longer than every grace, wrap-up, offer and retry of a desk, in seconds.
const LONG: u64 = 3600;
/// Longer than a log can be edited, in seconds.
const UNTIL_LOGS_SETTLE: u64 = 3 * 86_400;

impl World {
    /// Empties the desk and looks for what is left.
    pub(crate) fn drain(&mut self) {
        self.mend_disk();
        self.settle();
        for agent in 0..self.names.agents.len() {
            self.send_now(&engine(Ask::AgentGone(agent)));
        }
        let customers: Vec<Label> = self.told.chats().filter_map(|chat| self.names.label(chat.id)).collect();
        for customer in customers {
            self.send_now(&engine(Ask::CustomerGone(customer)));
        }
        self.live_through(LONG);
        self.close_what_waits_for_people();
        self.live_through(UNTIL_LOGS_SETTLE);
        self.nothing_is_left();
    }

    /// Two things wait for people and for nobody else: chats that no page watches, and wrap-ups without their codes.
    fn close_what_waits_for_people(&mut self) {
        let left: Vec<(Label, bool)> = self
            .told
            .chats()
            .filter_map(|chat| {
                let by_right = !chat.watched || chat.owner().is_some();
                assert!(by_right, "DRAIN chat {} is left over: {:?}", chat.id, chat.stage);
                Some((self.names.label(chat.id)?, chat.owner().is_some()))
            })
            .collect();
        for (chat, _) in &left {
            self.send_now(&engine(Ask::End(*chat)));
        }
        self.live_through(LONG);
        for (chat, _) in &left {
            for codes in [1, 0] {
                self.send_now(&engine(Ask::Codes { chat: *chat, codes, note: 0 }));
                self.send_now(&engine(Ask::Finish(*chat)));
            }
        }
    }

    fn nothing_is_left(&self) {
        let state = &self.told;
        let chat = state.chats().next();
        assert!(chat.is_none(), "DRAIN a chat is left: {chat:?}");
        for agent in state.agents() {
            let home = agent.status == Status::LoggedOut || agent.profile.disabled;
            assert!(home && agent.load() == 0, "DRAIN an agent is stuck: {agent:?}");
        }
        assert!(state.jobs().next().is_none(), "DRAIN a job is left");
        assert!(state.logs().next().is_none(), "DRAIN a log does not settle");
        let engine = self.engine.as_ref().expect("the engine runs");
        assert!(
            engine.state().next_deadline().is_none(),
            "DRAIN a timer is left: {:?}",
            engine.state().next_deadline()
        );
        let audit = &self.audit;
        assert!(audit.open() == 0, "DRAIN {} chats never ended", audit.open());
        let ended = audit.closed + audit.abandoned;
        assert!(audit.created == ended, "DRAIN {} chats began and {ended} ended", audit.created);
    }
}

fn engine(ask: Ask) -> Wish {
    Wish { by: Who::Engine, key: None, ask }
}
