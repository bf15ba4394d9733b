//! Questions about the end of a chat, for a machine.

use super::{Handler, Makers, Question};
use crate::point::Point;
use hark_core::Time;
use hark_core::policy::{LeftQuestion, LogQuestion};
use mlua::{Lua, Result, Value};

/// A question about a chat that ended, and which.
pub(crate) struct AboutLog<'a, 'q>(pub(crate) Point, pub(crate) &'a LogQuestion<'q>);

impl Question for AboutLog<'_, '_> {
    fn point(&self) -> Point {
        self.0
    }

    fn now(&self) -> Time {
        self.1.now
    }

    fn ask(&self, lua: &Lua, makers: &mut Makers, handler: &Handler) -> Result<Value> {
        let AboutLog(point, about) = self;
        let chat = makers.chat(lua, about.chat, about.queue.name)?;
        let agent = handler.takes(2, || makers.agent(lua, about.agent, about.agent.missed_on(about.now)))?;
        if *point == Point::PostProcessing {
            let queue = handler.takes(3, || makers.queue(lua, about.queue))?;
            return makers.ask(lua, handler.function(), about.now, (chat, agent, queue));
        }
        let customer = handler.takes(3, || chat.raw_get::<Value>("customer"))?;
        let queue = handler.takes(4, || makers.queue(lua, about.queue))?;
        makers.ask(lua, handler.function(), about.now, (chat, agent, customer, queue))
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

    fn ask(&self, lua: &Lua, makers: &mut Makers, handler: &Handler) -> Result<Value> {
        let about = self.1;
        let chat = makers.chat(lua, about.chat, about.queue.name)?;
        let agent = handler.takes(2, || makers.maybe_agent(lua, about.agent, about.now))?;
        let queue = handler.takes(3, || makers.queue(lua, about.queue))?;
        makers.ask(lua, handler.function(), about.now, (chat, agent, queue))
    }
}
