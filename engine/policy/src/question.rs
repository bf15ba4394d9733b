//! Turns the core's questions into what a machine's constructors take. It reads the core's state and changes nothing.

use crate::point::Point;
use hark_core::Time;
use hark_core::policy::{
    LogQuestion, MessageQuestion, PopMoment, QueueGlance, QueueView, RejectPermission, RouteChat,
    ScreenPopQuestion,
};
use hark_core::record::{Case, Customer, Match};
use hark_core::state::{Agent, Chat, EndedBy, MessageKind, Role, Stage};
use mlua::{Function, IntoLuaMulti, Lua, Result, Table, Value};
use std::collections::BTreeMap;

/// The constructors of the prelude.
#[derive(Debug)]
pub(crate) struct Makers {
    code: Function,
    customer: Function,
    case: Function,
    one_match: Function,
    queue: Function,
    glance: Function,
    list: Function,
    route: Function,
    reject: Function,
    pop: Function,
    customers_message: Function,
    agents_message: Function,
    log: Function,
    /// The last queue that was asked about: configuration seldom changes, and a made table never does.
    last_queue: Option<(String, Box<hark_core::setup::QueueSetup>, Table)>,
}

impl Makers {
    pub(crate) fn new(make: &Table, ask: &Table) -> Result<Self> {
        Ok(Self {
            code: make.raw_get("code")?,
            customer: make.raw_get("customer")?,
            case: make.raw_get("case")?,
            one_match: make.raw_get("match")?,
            queue: make.raw_get("queue")?,
            glance: make.raw_get("glance")?,
            list: make.raw_get("list")?,
            route: ask.raw_get("route")?,
            reject: ask.raw_get("reject")?,
            pop: ask.raw_get("pop")?,
            customers_message: ask.raw_get("customers_message")?,
            agents_message: ask.raw_get("agents_message")?,
            log: ask.raw_get("log")?,
            last_queue: None,
        })
    }

    fn queue(&mut self, lua: &Lua, view: QueueView<'_>) -> Result<Table> {
        if let Some((name, setup, table)) = &self.last_queue
            && name == view.name
            && **setup == *view.setup
        {
            return Ok(table.clone());
        }
        let setup = view.setup;
        let title = if setup.title.is_empty() { view.name } else { &setup.title };
        let table: Table = self.queue.call((
            view.name,
            title,
            setup.priority,
            setup.acceptance_s,
            setup.post_processing_s,
            setup.reject_allowed,
            setup.auto_log,
            levels(lua, &setup.skills)?,
        ))?;
        self.last_queue = Some((view.name.to_owned(), Box::new(setup.clone()), table.clone()));
        Ok(table)
    }

    fn customer(&self, lua: &Lua, customer: &Customer) -> Result<Table> {
        self.customer.call((
            customer.id.0.as_str(),
            customer.name.as_str(),
            customer.email.as_deref(),
            customer.phone.as_deref(),
            customer.account.as_deref(),
            customer.company.as_deref(),
            customer.language.as_deref(),
            customer.vip,
            customer.since.as_deref(),
            customer.notes.as_deref(),
            texts(lua, &customer.fields)?,
        ))
    }

    fn case(&self, case: &Case) -> Result<Table> {
        self.case.call((
            case.id.0.as_str(),
            case.number.as_str(),
            case.customer_id.as_ref().map(|id| id.0.as_str()),
            case.subject.as_str(),
            case.status.as_str(),
            case.opened_at.as_str(),
            case.updated_at.as_str(),
        ))
    }

    fn one_match(&self, lua: &Lua, found: &Match) -> Result<Table> {
        let case = found.case.as_ref().map(|case| self.case(case)).transpose()?;
        let customer = self.customer(lua, &found.customer)?;
        self.one_match.call((customer, case, found.open_cases, found.score, found.by.as_str()))
    }

    /// The open queues, by name.
    fn glances(&self, question: &RouteChat<'_>) -> Result<Table> {
        let mut queues: Vec<_> = question.queues.iter().collect();
        queues.sort_unstable_by_key(|queue| queue.name);
        let glance = |queue: QueueGlance<'_>| {
            self.glance.call((queue.name, queue.waiting, number(queue.oldest_wait_ms), queue.ready))
        };
        let queues = queues.into_iter().map(glance).collect::<Result<mlua::Variadic<Table>>>()?;
        self.list.call(queues)
    }

    /// The chat's arguments, in the order of the prelude's `chat_of`.
    fn chat<'a>(&self, lua: &Lua, chat: &'a Chat, queue: &'a str) -> Result<impl IntoLuaMulti + use<'a>> {
        let customer = chat.customer.as_deref().map(|customer| self.customer(lua, customer)).transpose()?;
        let codes = if chat.codes.is_empty() {
            None
        } else {
            let made = chat.codes.iter().map(|code| self.code.call((code.list.as_str(), code.code.as_str())));
            Some(self.list.call::<Table>(made.collect::<Result<mlua::Variadic<Table>>>()?)?)
        };
        let form = &chat.form;
        Ok((
            chat.id.to_string(),
            queue,
            chat.priority,
            millis(chat.arrived),
            millis(chat.queued_at),
            chat.offers_made,
            chat.last_seq(),
            customer,
            chat.case.as_deref(),
            codes,
            chat.note.as_str(),
            levels(lua, &chat.requirements)?,
            ended_by(&chat.stage),
            (
                form.name.as_str(),
                form.email.as_deref(),
                form.phone.as_deref(),
                form.account.as_deref(),
                form.case.as_deref(),
                form.question.as_deref(),
                form.language.as_deref(),
                form.page.as_deref(),
                form.faq.as_deref(),
            ),
        ))
    }
}

/// A question that a machine can be asked.
pub(crate) trait Question {
    /// The point it belongs to.
    fn point(&self) -> Point;
    /// The command's time.
    fn now(&self) -> Time;
    /// Asks a handler.
    fn ask(&self, lua: &Lua, makers: &mut Makers, handler: &Function) -> Result<Value>;
}

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

/// A question about a log, and which of the two.
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
        makers.log.call((handler, millis(question.now), queue, agent))
    }
}

/// The agent's arguments, in the order of the prelude's `agent_of`, and what follows them.
fn agent<'a>(
    lua: &Lua,
    agent: &'a Agent,
    missed_today: u32,
    rest: impl IntoLuaMulti + 'a,
) -> Result<impl IntoLuaMulti + 'a> {
    let profile = &agent.profile;
    Ok((
        profile.id.to_string(),
        profile.login.as_str(),
        profile.name.as_str(),
        role(profile.role),
        agent.shown().word(),
        profile.capacity,
        count(agent.chats.len()),
        count(agent.wrap_ups.len()),
        missed_today,
        levels(lua, &profile.skills)?,
        rest,
    ))
}

/// A map as a frozen table; none for an empty one, whose table the prelude has.
fn levels(lua: &Lua, map: &BTreeMap<String, u8>) -> Result<Option<Table>> {
    frozen(lua, map.iter().map(|(skill, level)| (skill.as_str(), *level)))
}

fn texts(lua: &Lua, map: &BTreeMap<String, String>) -> Result<Option<Table>> {
    frozen(lua, map.iter().map(|(key, value)| (key.as_str(), value.as_str())))
}

fn frozen<'a, V: mlua::IntoLua>(
    lua: &Lua,
    mut pairs: impl ExactSizeIterator<Item = (&'a str, V)>,
) -> Result<Option<Table>> {
    if pairs.len() == 0 {
        return Ok(None);
    }
    let table = lua.create_table_with_capacity(0, pairs.len())?;
    pairs.try_for_each(|(key, value)| table.raw_set(key, value))?;
    table.set_readonly(true);
    Ok(Some(table))
}

/// Luau's numbers are doubles: exact for every time until the year 9999.
fn millis(time: Time) -> f64 {
    number(time.millis())
}

fn number(value: u64) -> f64 {
    value as f64
}

fn count(value: usize) -> u32 {
    u32::try_from(value).unwrap_or(u32::MAX)
}

fn moment(on: PopMoment) -> &'static str {
    match on {
        PopMoment::Offered => "offered",
        PopMoment::Accepted => "accepted",
        PopMoment::Ended => "ended",
    }
}

fn kind(kind: MessageKind) -> &'static str {
    match kind {
        MessageKind::Text => "text",
        MessageKind::Note => "note",
        MessageKind::Faq => "faq",
    }
}

fn role(role: Role) -> &'static str {
    match role {
        Role::Agent => "agent",
        Role::Supervisor => "supervisor",
        Role::Admin => "admin",
    }
}

fn ended_by(stage: &Stage) -> Option<&'static str> {
    let Stage::Ended { by, .. } = stage else { return None };
    Some(match by {
        EndedBy::Agent => "agent",
        EndedBy::Customer => "customer",
        EndedBy::CustomerGone => "customer_gone",
        EndedBy::Supervisor => "supervisor",
        EndedBy::AgentGone => "agent_gone",
        EndedBy::Abandoned => "abandoned",
    })
}
