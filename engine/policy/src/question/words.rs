//! Questions about what is said, for a machine.

use super::{Handler, Makers, Question, count};
use crate::point::Point;
use hark_core::Time;
use hark_core::policy::{GreetMoment, GreetQuestion, MessageQuestion};
use hark_core::state::{MessageKind, Pace};
use mlua::{Lua, Result, Table, Value};

impl Question for MessageQuestion<'_> {
    fn point(&self) -> Point {
        Point::Message
    }

    fn now(&self) -> Time {
        self.now
    }

    fn ask(&self, lua: &Lua, makers: &mut Makers, handler: &Handler) -> Result<Value> {
        let from = if self.agent.is_some() { "agent" } else { "customer" };
        let digits = count(self.text.bytes().filter(u8::is_ascii_digit).count());
        let message: Table = makers.message.call((from, kind(self.kind), self.text, digits))?;
        let chat = handler.takes(2, || makers.chat(lua, self.chat, self.queue.name))?;
        let agent = handler.takes(3, || makers.maybe_agent(lua, self.agent, self.now))?;
        let queue = handler.takes(4, || makers.queue(lua, self.queue))?;
        makers.ask(lua, handler.function(), self.now, (message, chat, agent, queue))
    }
}

impl Question for GreetQuestion<'_> {
    fn point(&self) -> Point {
        Point::Greet
    }

    fn now(&self) -> Time {
        self.now
    }

    fn ask(&self, lua: &Lua, makers: &mut Makers, handler: &Handler) -> Result<Value> {
        let chat = makers.chat(lua, self.chat, self.queue.name)?;
        let queue = handler.takes(2, || makers.queue(lua, self.queue))?;
        let on = match self.on {
            GreetMoment::Queued => "queued",
            GreetMoment::Accepted => "accepted",
        };
        let wait = |pace: Pace| makers.pace.call::<Table>((pace.position, pace.estimate_s));
        let wait = handler.takes(4, || self.pace.map(wait).transpose())?;
        let agent = handler.takes(5, || makers.maybe_agent(lua, self.agent, self.now))?;
        makers.ask(lua, handler.function(), self.now, (chat, queue, on, wait, agent))
    }
}

fn kind(kind: MessageKind) -> &'static str {
    match kind {
        MessageKind::Text => "text",
        MessageKind::Note => "note",
        MessageKind::Faq => "faq",
        MessageKind::Greeting => "greeting",
    }
}
