//! Turns the core's questions into what a machine's constructors take. It reads the core's state and changes nothing.

mod ending;
mod offers;
mod routing;
mod words;

pub(crate) use ending::{AboutLeft, AboutLog};

use crate::point::Point;
use hark_core::Time;
use hark_core::policy::{Candidates, QueueGlance, QueueView, RouteChat};
use hark_core::record::{Case, Customer, Match};
use hark_core::state::{Agent, Chat, EndedBy, Role, Stage};
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
    agent: Function,
    rank: Function,
    relax: Function,
    missed: Function,
    greet_waiting: Function,
    greet_accepted: Function,
    left_waiting: Function,
    left_active: Function,
    wrap_up: Function,
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
            agent: make.raw_get("agent")?,
            rank: ask.raw_get("rank")?,
            relax: ask.raw_get("relax")?,
            missed: ask.raw_get("missed")?,
            greet_waiting: ask.raw_get("greet_waiting")?,
            greet_accepted: ask.raw_get("greet_accepted")?,
            left_waiting: ask.raw_get("left_waiting")?,
            left_active: ask.raw_get("left_active")?,
            wrap_up: ask.raw_get("wrap_up")?,
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

    /// The agents, in the given order.
    fn candidates(&self, lua: &Lua, candidates: Candidates<'_>, now: Time) -> Result<Table> {
        let agents = candidates.agents();
        let made = agents.into_iter().map(|one| self.agent.call(agent(lua, one, one.missed_on(now), ())?));
        self.list.call(made.collect::<Result<mlua::Variadic<Table>>>()?)
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
