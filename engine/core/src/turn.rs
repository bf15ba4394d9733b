//! One turn: due deadlines first, then the command, then matching. What it emits is applied at once and recorded.

use crate::command::{Action, Actor, Command};
use crate::deadlines::Deadline;
use crate::event::{Event, Turn};
use crate::handle;
use crate::id::Maker;
use crate::matching;
use crate::policy::Policy;
use crate::refusal::Refusal;
use crate::reply::Reply;
use crate::state::State;
use crate::time::Time;
use crate::writer::Writer;
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
        fire_deadlines(&mut due);
        finish(due, &mut turns);
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
    // What may be forgotten counts as forgotten: else a repeat would be told the old reply or act anew by chance.
    if let Some(key) = &key
        && let Some(answer) = state.answer(&key.key).filter(|answer| answer.until > now)
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
    let reply = handle::handle(&mut writer, action).inspect_err(|refusal| {
        // What was applied and not recorded would part the state from the journal.
        assert!(writer.events.is_empty(), "a refusal ({}) left something behind", refusal.code());
    })?;
    if let Some(key) = key {
        let hours = u64::from(writer.state.setup().limits.answers_kept_hours);
        let until = now.plus_s(hours * 3600);
        writer.emit(Event::AnswerRemembered { key: key.key, request: key.request, reply, until });
    }
    finish(writer, turns);
    Ok(reply)
}

fn fire_deadlines(writer: &mut Writer<'_>) {
    while let Some(deadline) = writer.state.index().deadlines.due(writer.now) {
        let at = writer.state.index().deadlines.first();
        handle::fire(writer, deadline);
        assert_moved(writer, at, deadline);
    }
}

/// A deadline that stays where it was would be fired for ever. One that moves may be due again: two steps of a wait that
/// were both passed while the chat was offered.
fn assert_moved(writer: &Writer<'_>, before: Option<(Time, Deadline)>, deadline: Deadline) {
    let now = writer.state.index().deadlines.first();
    assert!(now.is_none() || now != before, "the deadline {deadline:?} did not move when it was fired");
}

/// Ends a turn. What the command brought back into force may be due already, such as an overflow that rested while its
/// chat was offered.
fn finish(mut writer: Writer<'_>, turns: &mut Vec<Turn>) {
    fire_deadlines(&mut writer);
    matching::settle(&mut writer);
    if !writer.events.is_empty() {
        writer.state.set_now(writer.now);
        turns.push(Turn { at: writer.now, by: writer.by, events: writer.events });
    }
}
