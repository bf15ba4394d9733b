//! Questions about offers and what goes with them, for a machine.

use super::{Makers, Question, agent, millis};
use crate::point::Point;
use hark_core::Time;
use hark_core::policy::{AfterMissedOffer, PopMoment, RejectPermission, ScreenPopQuestion};
use mlua::{Function, Lua, Result, Value};

impl Question for RejectPermission<'_> {
    fn point(&self) -> Point {
        Point::RejectPermission
    }

    fn now(&self) -> Time {
        self.now
    }

    fn ask(&self, lua: &Lua, makers: &mut Makers, handler: &Function) -> Result<Value> {
        let queue = makers.queue(lua, self.queue)?;
        let chat = makers.chat(lua, self.chat, self.queue.name)?;
        makers.reject.call((
            handler,
            millis(self.now),
            queue,
            agent(lua, self.agent, self.missed_today, chat)?,
        ))
    }
}

impl Question for ScreenPopQuestion<'_> {
    fn point(&self) -> Point {
        Point::ScreenPop
    }

    fn now(&self) -> Time {
        self.now
    }

    fn ask(&self, lua: &Lua, makers: &mut Makers, handler: &Function) -> Result<Value> {
        let queue = makers.queue(lua, self.queue)?;
        let matches = if self.matches.is_empty() {
            None
        } else {
            let made = self.matches.iter().map(|found| makers.one_match(lua, found));
            Some(lua.create_sequence_from(made.collect::<Result<Vec<_>>>()?)?)
        };
        let chat = makers.chat(lua, self.chat, self.queue.name)?;
        let agent = agent(lua, self.agent, self.agent.missed_on(self.now), chat)?;
        makers.pop.call((handler, millis(self.now), queue, moment(self.on), matches, self.why_none, agent))
    }
}

impl Question for AfterMissedOffer<'_> {
    fn point(&self) -> Point {
        Point::AfterMissedOffer
    }

    fn now(&self) -> Time {
        self.now
    }

    fn ask(&self, lua: &Lua, makers: &mut Makers, handler: &Function) -> Result<Value> {
        let queue = makers.queue(lua, self.queue)?;
        let chat = makers.chat(lua, self.chat, self.queue.name)?;
        let how = if self.rejected { "rejected" } else { "expired" };
        let rest = agent(lua, self.agent, self.missed_today, chat)?;
        makers.missed.call((handler, millis(self.now), queue, how, self.missed_today, rest))
    }
}

fn moment(on: PopMoment) -> &'static str {
    match on {
        PopMoment::Offered => "offered",
        PopMoment::Accepted => "accepted",
        PopMoment::Ended => "ended",
    }
}
