//! Questions about offers and what goes with them, for a machine.

use super::{Handler, Makers, Question};
use crate::point::Point;
use hark_core::Time;
use hark_core::policy::{AfterMissedOffer, PopMoment, RejectPermission, ScreenPopQuestion};
use mlua::{Lua, Result, Table, Value};

impl Question for RejectPermission<'_> {
    fn point(&self) -> Point {
        Point::RejectPermission
    }

    fn now(&self) -> Time {
        self.now
    }

    fn ask(&self, lua: &Lua, makers: &mut Makers, handler: &Handler) -> Result<Value> {
        let agent = makers.agent(lua, self.agent, self.missed_today)?;
        let chat = handler.takes(2, || makers.chat(lua, self.chat, self.queue.name))?;
        let queue = handler.takes(3, || makers.queue(lua, self.queue))?;
        makers.ask(lua, handler.function(), self.now, (agent, chat, queue))
    }
}

impl Question for ScreenPopQuestion<'_> {
    fn point(&self) -> Point {
        Point::ScreenPop
    }

    fn now(&self) -> Time {
        self.now
    }

    fn ask(&self, lua: &Lua, makers: &mut Makers, handler: &Handler) -> Result<Value> {
        let chat = makers.chat(lua, self.chat, self.queue.name)?;
        let agent = handler.takes(2, || makers.agent(lua, self.agent, self.agent.missed_on(self.now)))?;
        let matches = handler.takes(3, || makers.matches(lua, self))?;
        let queue = handler.takes(5, || makers.queue(lua, self.queue))?;
        makers.ask(lua, handler.function(), self.now, (chat, agent, matches, moment(self.on), queue))
    }
}

impl Question for AfterMissedOffer<'_> {
    fn point(&self) -> Point {
        Point::AfterMissedOffer
    }

    fn now(&self) -> Time {
        self.now
    }

    fn ask(&self, lua: &Lua, makers: &mut Makers, handler: &Handler) -> Result<Value> {
        let agent = makers.agent(lua, self.agent, self.missed_today)?;
        let chat = handler.takes(2, || makers.chat(lua, self.chat, self.queue.name))?;
        let how = if self.rejected { "rejected" } else { "expired" };
        let missed = handler.takes(3, || makers.missed.call::<Table>((how, self.missed_today)))?;
        let queue = handler.takes(4, || makers.queue(lua, self.queue))?;
        makers.ask(lua, handler.function(), self.now, (agent, chat, missed, queue))
    }
}

fn moment(on: PopMoment) -> &'static str {
    match on {
        PopMoment::Offered => "offered",
        PopMoment::Accepted => "accepted",
        PopMoment::Ended => "ended",
    }
}
