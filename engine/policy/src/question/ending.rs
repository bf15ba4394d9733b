//! Questions about the end of a chat, for a machine.

use super::{Makers, Question, agent, millis};
use crate::point::Point;
use hark_core::Time;
use hark_core::policy::{LeftQuestion, LogQuestion};
use mlua::{Function, Lua, Result, Value};

/// A question about a chat that ended, and which.
pub(crate) struct AboutLog<'a, 'q>(pub(crate) Point, pub(crate) &'a LogQuestion<'q>);

impl Question for AboutLog<'_, '_> {
    fn point(&self) -> Point {
        self.0
    }

    fn now(&self) -> Time {
        self.1.now
    }

    fn ask(&self, lua: &Lua, makers: &mut Makers, handler: &Function) -> Result<Value> {
        let question = self.1;
        let queue = makers.queue(lua, question.queue)?;
        let chat = makers.chat(lua, question.chat, question.queue.name)?;
        let agent = agent(lua, question.agent, question.agent.missed_on(question.now), chat)?;
        let ask = if self.0 == Point::PostProcessing { &makers.wrap_up } else { &makers.log };
        ask.call((handler, millis(question.now), queue, agent))
    }
}

/// A question about somebody who did not come back, and which of the two.
pub(crate) struct AboutLeft<'a, 'q>(pub(crate) Point, pub(crate) &'a LeftQuestion<'q>);

impl Question for AboutLeft<'_, '_> {
    fn point(&self) -> Point {
        self.0
    }

    fn now(&self) -> Time {
        self.1.now
    }

    fn ask(&self, lua: &Lua, makers: &mut Makers, handler: &Function) -> Result<Value> {
        let question = self.1;
        let queue = makers.queue(lua, question.queue)?;
        let (at, chat) = (millis(question.now), makers.chat(lua, question.chat, question.queue.name)?);
        match question.agent {
            None => makers.left_waiting.call((handler, at, queue, chat)),
            Some(owner) => {
                let rest = agent(lua, owner, owner.missed_on(question.now), chat)?;
                makers.left_active.call((handler, at, queue, rest))
            }
        }
    }
}
