//! Turns the core's questions into what a machine's constructors take. It reads the core's state and changes nothing.

mod ending;
mod handler;
mod offers;
mod routing;
mod words;

pub(crate) use ending::{AboutLeft, AboutLog};
pub(crate) use handler::Handler;

use crate::point::Point;
use hark_core::Time;
use hark_core::policy::{Candidates, QueueGlance, QueueView, RouteChat, ScreenPopQuestion};
use hark_core::record::{Case, Customer, Match};
use hark_core::state::{Agent, Chat, EndedBy, Role, Stage};
use mlua::{Buffer, Function, IntoLuaMulti, Lua, Result, Table, Value};
use std::collections::BTreeMap;

/// The constructors of the prelude, and what is set before a handler is asked.
#[derive(Debug)]
pub(crate) struct Makers {
    agent: Function,
    case: Function,
    chat: Function,
    code: Function,
    customer: Function,
    glance: Function,
    list: Function,
    matches: Function,
    message: Function,
    missed: Function,
    one_match: Function,
    pace: Function,
    queue: Function,
    wait: Function,
    /// Where scripts read the time of a decision.
    clock: Buffer,
    /// Bytes that the machine may use while its script runs.
    limit: usize,
    /// The last queue that was asked about: configuration seldom changes, and a made table never does.
    last_queue: Option<(String, Box<hark_core::setup::QueueSetup>, Table)>,
}

impl Makers {
    pub(crate) fn new(make: &Table, clock: Buffer) -> Result<Self> {
        Ok(Self {
            agent: make.raw_get("agent")?,
            case: make.raw_get("case")?,
            chat: make.raw_get("chat")?,
            code: make.raw_get("code")?,
            customer: make.raw_get("customer")?,
            glance: make.raw_get("glance")?,
            list: make.raw_get("list")?,
            matches: make.raw_get("matches")?,
            message: make.raw_get("message")?,
            missed: make.raw_get("missed")?,
            one_match: make.raw_get("match")?,
            pace: make.raw_get("pace")?,
            queue: make.raw_get("queue")?,
            wait: make.raw_get("wait")?,
            clock,
            limit: 0,
            last_queue: None,
        })
    }

    /// Sets how many bytes the machine may use from the next asking on.
    pub(crate) fn limit(&mut self, bytes: usize) {
        self.limit = bytes;
    }

    /// Asks a handler. The memory limit is on from here on, when the question's parts are made: under it every text that
    /// is handed over costs a protected call of its own.
    pub(crate) fn ask(
        &self,
        lua: &Lua,
        handler: &Function,
        now: Time,
        parts: impl IntoLuaMulti,
    ) -> Result<Value> {
        self.clock.write_bytes(0, &millis(now).to_le_bytes());
        lua.set_memory_limit(self.limit)?;
        handler.call(parts)
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

    /// What the CRM found, and why nothing where that is known.
    fn matches(&self, lua: &Lua, question: &ScreenPopQuestion<'_>) -> Result<Table> {
        let made = question.matches.iter().map(|found| self.one_match(lua, found));
        self.matches.call((question.why_none, made.collect::<Result<mlua::Variadic<Table>>>()?))
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
        let made = agents.into_iter().map(|one| self.agent(lua, one, one.missed_on(now)));
        self.list.call(made.collect::<Result<mlua::Variadic<Table>>>()?)
    }

    fn chat(&self, lua: &Lua, chat: &Chat, queue: &str) -> Result<Table> {
        let customer = chat.customer.as_deref().map(|customer| self.customer(lua, customer)).transpose()?;
        let codes = if chat.codes.is_empty() {
            None
        } else {
            let made = chat.codes.iter().map(|code| self.code.call((code.list.as_str(), code.code.as_str())));
            Some(self.list.call::<Table>(made.collect::<Result<mlua::Variadic<Table>>>()?)?)
        };
        let form = &chat.form;
        self.chat.call((
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

    /// Of somebody who may not be there.
    fn maybe_agent(&self, lua: &Lua, agent: Option<&Agent>, now: Time) -> Result<Option<Table>> {
        agent.map(|agent| self.agent(lua, agent, agent.missed_on(now))).transpose()
    }

    fn agent(&self, lua: &Lua, agent: &Agent, missed_today: u32) -> Result<Table> {
        let profile = &agent.profile;
        self.agent.call((
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
    fn ask(&self, lua: &Lua, makers: &mut Makers, handler: &Handler) -> Result<Value>;
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
