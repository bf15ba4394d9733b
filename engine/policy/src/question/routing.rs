//! Questions about where a chat goes, for a machine.

use super::{Handler, Makers, Question, number};
use crate::point::Point;
use hark_core::Time;
use hark_core::policy::{RankAgents, Relax, RouteChat};
use mlua::{Lua, Result, Table, Value};

impl Question for RouteChat<'_> {
    fn point(&self) -> Point {
        Point::RouteChat
    }

    fn now(&self) -> Time {
        self.now
    }

    fn ask(&self, lua: &Lua, makers: &mut Makers, handler: &Handler) -> Result<Value> {
        let chat = makers.chat(lua, self.chat, self.queue.name)?;
        let queues = handler.takes(2, || makers.glances(self))?;
        makers.ask(lua, handler.function(), self.now, (chat, queues))
    }
}

impl Question for RankAgents<'_> {
    fn point(&self) -> Point {
        Point::RankAgents
    }

    fn now(&self) -> Time {
        self.now
    }

    fn ask(&self, lua: &Lua, makers: &mut Makers, handler: &Handler) -> Result<Value> {
        let chat = makers.chat(lua, self.chat, self.queue.name)?;
        let candidates = handler.takes(2, || makers.candidates(lua, self.candidates, self.now))?;
        let queue = handler.takes(3, || makers.queue(lua, self.queue))?;
        makers.ask(lua, handler.function(), self.now, (chat, candidates, queue))
    }
}

impl Question for Relax<'_> {
    fn point(&self) -> Point {
        Point::Relax
    }

    fn now(&self) -> Time {
        self.now
    }

    fn ask(&self, lua: &Lua, makers: &mut Makers, handler: &Handler) -> Result<Value> {
        let chat = makers.chat(lua, self.chat, self.queue.name)?;
        let wait = (self.step, number(self.waited_ms), self.position);
        let wait = handler.takes(2, || makers.wait.call::<Table>(wait))?;
        let candidates = handler.takes(3, || makers.candidates(lua, self.candidates, self.now))?;
        let queue = handler.takes(4, || makers.queue(lua, self.queue))?;
        makers.ask(lua, handler.function(), self.now, (chat, wait, candidates, queue))
    }
}
