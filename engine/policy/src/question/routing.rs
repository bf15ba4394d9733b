//! Questions about where a chat goes, for a machine.

use super::{Makers, Question, millis, number};
use crate::point::Point;
use hark_core::Time;
use hark_core::policy::{RankAgents, Relax, RouteChat};
use mlua::{Function, Lua, Result, Value};

impl Question for RouteChat<'_> {
    fn point(&self) -> Point {
        Point::RouteChat
    }

    fn now(&self) -> Time {
        self.now
    }

    fn ask(&self, lua: &Lua, makers: &mut Makers, handler: &Function) -> Result<Value> {
        // Each queue costs a look at the state and a table: they are made for handlers that take them.
        let info = handler.info();
        let queues = if info.num_params > 1 || info.is_vararg { Some(makers.glances(self)?) } else { None };
        let chat = makers.chat(lua, self.chat, self.queue.name)?;
        makers.route.call((handler, millis(self.now), queues, chat))
    }
}

impl Question for RankAgents<'_> {
    fn point(&self) -> Point {
        Point::RankAgents
    }

    fn now(&self) -> Time {
        self.now
    }

    fn ask(&self, lua: &Lua, makers: &mut Makers, handler: &Function) -> Result<Value> {
        let queue = makers.queue(lua, self.queue)?;
        let candidates = makers.candidates(lua, self.candidates, self.now)?;
        let chat = makers.chat(lua, self.chat, self.queue.name)?;
        makers.rank.call((handler, millis(self.now), queue, candidates, chat))
    }
}

impl Question for Relax<'_> {
    fn point(&self) -> Point {
        Point::Relax
    }

    fn now(&self) -> Time {
        self.now
    }

    fn ask(&self, lua: &Lua, makers: &mut Makers, handler: &Function) -> Result<Value> {
        let queue = makers.queue(lua, self.queue)?;
        let candidates = makers.candidates(lua, self.candidates, self.now)?;
        let chat = makers.chat(lua, self.chat, self.queue.name)?;
        let (step, waited_ms, position) = (self.step, number(self.waited_ms), self.position);
        makers.relax.call((handler, millis(self.now), queue, candidates, step, waited_ms, position, chat))
    }
}
