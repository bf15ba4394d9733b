//! One turn: due deadlines first, then the command, then matching. What it emits is applied at once and recorded.

use crate::command::{Action, Actor, Command};
use crate::deadlines::Deadline;
use crate::event::{Event, Scoped, Turn};
use crate::handle;
use crate::id::Maker;
use crate::matching;
use crate::policy::Policy;
use crate::refusal::Refusal;
use crate::reply::Reply;
use crate::state::State;
use crate::time::Time;
use alloc::vec::Vec;

/// Sets the ids of due deadlines apart from those of the command that came with them.
const SEED_OF_DEADLINES: u64 = 0xD1B5_4A32_D192_ED03;

/// What came of a command.
#[derive(Debug, Clone, PartialEq)]
pub struct Decision {
    /// What happened, to be made durable in this order before anybody is told. Deadlines that were due come first,
    /// whether or not the command was refused.
    pub turns: Vec<Turn>,
    /// What the sender is told.
    pub reply: Result<Reply, Refusal>,
}

/// Decides a command and applies what it brings about. A refusal changes nothing but what was due anyway.
pub fn decide(state: &mut State, command: Command, policy: &mut dyn Policy) -> Decision {
    let now = command.at.max(state.now());
    let mut turns = Vec::new();
    if state.index().deadlines.due(now).is_some() {
        let ids = Maker::new(now.millis(), command.seed ^ SEED_OF_DEADLINES);
        let mut due = Writer { state, policy, now, by: Actor::Engine, ids, events: Vec::new() };
        due.fire_deadlines();
        due.finish(&mut turns);
    }
    let reply = command_reply(state, command, policy, now, &mut turns);
    Decision { turns, reply }
}

fn command_reply(
    state: &mut State,
    command: Command,
    policy: &mut dyn Policy,
    now: Time,
    turns: &mut Vec<Turn>,
) -> Result<Reply, Refusal> {
    let Command { seed, by, key, action, .. } = command;
    if let Some(key) = &key
        && let Some(answer) = state.answer(&key.key)
    {
        return if answer.request == key.request {
            Ok(answer.reply)
        } else {
            Err(Refusal::IdempotencyKeyReused)
        };
    }
    if matches!(action, Action::Tick) {
        return Ok(Reply::Done);
    }
    let mut writer =
        Writer { state, policy, now, by, ids: Maker::new(now.millis(), seed), events: Vec::new() };
    let reply = handle::handle(&mut writer, action)?;
    if let Some(key) = key {
        let hours = u64::from(writer.state.setup().limits.answers_kept_hours);
        let until = now.plus_s(hours * 3600);
        writer.emit(Event::AnswerRemembered { key: key.key, request: key.request, reply, until });
    }
    writer.finish(turns);
    Ok(reply)
}

/// The one hand that writes during a turn.
pub(crate) struct Writer<'a> {
    pub(crate) state: &'a mut State,
    pub(crate) policy: &'a mut dyn Policy,
    pub(crate) now: Time,
    pub(crate) by: Actor,
    ids: Maker,
    events: Vec<Scoped>,
}

impl Writer<'_> {
    /// Applies an event and records it.
    pub(crate) fn emit(&mut self, event: Event) {
        let mut scope = event.scope(self.state);
        self.state.apply(self.now, &event);
        if scope.queue.is_none() {
            scope = event.scope(self.state);
        }
        self.events.push(Scoped { scope, event });
    }

    /// A new id.
    pub(crate) fn id<T: From<u128>>(&mut self) -> T {
        self.ids.next()
    }

    fn fire_deadlines(&mut self) {
        while let Some(deadline) = self.state.index().deadlines.due(self.now) {
            handle::fire(self, deadline);
            self.assert_moved(deadline);
        }
    }

    /// A deadline that stays due would be fired for ever.
    fn assert_moved(&self, deadline: Deadline) {
        let still = self.state.index().deadlines.due(self.now);
        assert!(still != Some(deadline), "the deadline {deadline:?} did not move when it was fired");
    }

    /// What the command brought back into force may be due already: an overflow that rested while its chat was offered.
    fn finish(mut self, turns: &mut Vec<Turn>) {
        self.fire_deadlines();
        matching::settle(&mut self);
        if !self.events.is_empty() {
            self.state.set_now(self.now);
            turns.push(Turn { at: self.now, by: self.by, events: self.events });
        }
    }
}
