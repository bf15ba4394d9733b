//! Questions about what is said, for a machine.

use super::{Makers, Question, agent, millis};
use crate::point::Point;
use hark_core::Time;
use hark_core::policy::{GreetMoment, GreetQuestion, MessageQuestion};
use hark_core::state::MessageKind;
use mlua::{Function, Lua, Result, Value};

impl Question for MessageQuestion<'_> {
    fn point(&self) -> Point {
        Point::Message
    }

    fn now(&self) -> Time {
        self.now
    }

    fn ask(&self, lua: &Lua, makers: &mut Makers, handler: &Function) -> Result<Value> {
        let queue = makers.queue(lua, self.queue)?;
        let chat = makers.chat(lua, self.chat, self.queue.name)?;
        let (at, kind) = (millis(self.now), kind(self.kind));
        match self.agent {
            None => makers.customers_message.call((handler, at, queue, kind, self.text, chat)),
            Some(sender) => {
                let rest = agent(lua, sender, sender.missed_on(self.now), chat)?;
                makers.agents_message.call((handler, at, queue, kind, self.text, rest))
            }
        }
    }
}

impl Question for GreetQuestion<'_> {
    fn point(&self) -> Point {
        Point::Greet
    }

    fn now(&self) -> Time {
        self.now
    }

    fn ask(&self, lua: &Lua, makers: &mut Makers, handler: &Function) -> Result<Value> {
        let queue = makers.queue(lua, self.queue)?;
        let (at, chat) = (millis(self.now), makers.chat(lua, self.chat, self.queue.name)?);
        let on = match self.on {
            GreetMoment::Queued => "queued",
            GreetMoment::Accepted => "accepted",
        };
        let (position, estimate_s) =
            (self.pace.map(|pace| pace.position), self.pace.and_then(|pace| pace.estimate_s));
        match self.agent {
            None => makers.greet_waiting.call((handler, at, queue, on, position, estimate_s, chat)),
            Some(accepted) => {
                let rest = agent(lua, accepted, accepted.missed_on(self.now), chat)?;
                makers.greet_accepted.call((handler, at, queue, on, rest))
            }
        }
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
