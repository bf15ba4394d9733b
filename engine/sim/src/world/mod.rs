//! One replication: the desk, its people and its traffic, moment by moment.

mod agents;
mod customers;
mod notes;
mod recorded;
mod work;

use crate::agenda::Agenda;
use crate::arrivals::Coming;
use crate::books::Books;
use crate::desk::{Desk, Wishes};
use crate::random::Stream;
use crate::run::Fault;
use crate::scenario::{Handling, Scenario};
use agents::Person;
use customers::Visitors;
use hark_core::setup::Setup;
use hark_core::{Action, Actor, AgentId, Decision, OfferId, Policy, QueueId};
use std::collections::{BTreeMap, HashMap};

/// Purposes of random streams: parts of their paths.
const STREAM_SEEDS: u64 = 1;
const STREAM_COMING: u64 = 2;
const STREAM_CHATS: u64 = 3;
const STREAM_FORMS: u64 = 4;
/// Steps between two looks at how far a run is.
const STEPS_A_LOOK: u32 = 4096;
/// For how long the last counted spells are waited for, at most: a day.
const DRAIN_MS: u64 = 86_400_000;

/// Whoever wants to be told each turn, with the desk after it.
pub(crate) type Tap<'a> = dyn FnMut(&hark_core::Turn, &hark_core::State) + 'a;

/// What is due.
#[derive(Debug, Clone, Copy)]
enum Due {
    /// The next customer of a kind comes.
    Arrival(u32),
    /// A customer's patience is over.
    Leave(Visit),
    /// An agent answers an offer.
    Answer { agent: u32, offer: OfferId, rejects: bool },
    /// An agent is done with a chat, unless their chats have changed since.
    Done { agent: u32, version: u32 },
    /// An agent has wrapped up.
    Wrapped(Visit),
    /// An agent is back from the break that a missed offer brought.
    Back(u32),
    /// An agent's shift begins.
    ShiftBegins(u32),
    /// An agent's shift ends.
    ShiftEnds(u32),
    /// A bound between two slices of the measured time.
    Bound,
    /// A moment at which the desk is looked at.
    Moment,
    /// A recorded chat is requested.
    Recorded(u32),
    /// An agent does what was recorded.
    Deed(u32),
}

/// One chat: a place that is used again, and the number of who is in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Visit {
    slot: u32,
    number: u64,
}

/// One queue, as configured and as the scenario has it.
struct Line<'a> {
    name: String,
    service_level_ms: u64,
    handling: Option<&'a Handling>,
    /// Its code lists that must be answered, each with the code that is chosen.
    codes: Vec<hark_core::state::ChosenCode>,
}

/// See the module.
pub(crate) struct World<'a> {
    plan: &'a Scenario,
    desk: Desk<'a>,
    agenda: Agenda<Due>,
    /// Milliseconds since the begin.
    clock: u64,
    lines: Vec<Line<'a>>,
    line_of: BTreeMap<QueueId, u32>,
    people: Vec<Person<'a>>,
    person_of: HashMap<AgentId, u32>,
    coming: Vec<Coming<'a>>,
    wishes: Vec<Wishes>,
    visitors: Visitors,
    books: Books,
    /// Counted spells that have not ended.
    open: u64,
    seeds: [u64; 2],
    means: crate::recorded::Means,
    /// Told each turn.
    tap: Option<&'a mut Tap<'a>>,
}

impl<'a> World<'a> {
    /// A desk before its first customer.
    ///
    /// # Errors
    /// The core does not take an agent or knows not a queue that the scenario names.
    pub(crate) fn new(
        plan: &'a Scenario,
        setup: &Setup,
        rules: &'a mut dyn Policy,
        replication: u32,
    ) -> Result<Self, Fault> {
        let seeds = [plan.seed, u64::from(replication)];
        let mut setup = setup.clone();
        // Logs settle at once: nobody reads them, and they change no offer.
        setup.limits.log_edit_days = 0;
        setup.crm = false;
        let before_ms = plan.recorded.as_ref().map_or(0, |recorded| recorded.agents.len() as u64);
        let desk = Desk::new(setup, rules, plan.begins, stream(seeds, STREAM_SEEDS, 0, 0), before_ms);
        // By name: their ids are others in each replication.
        let mut queues: Vec<_> = desk.state.queues().collect();
        queues.sort_by(|a, b| a.name.cmp(&b.name));
        let ids = queues.iter().map(|queue| queue.id).zip(0..).collect();
        let lines: Vec<Line<'_>> = queues.into_iter().map(|queue| line(plan, &desk, queue)).collect();
        let comes = |(kind, number): (&'a crate::Kind, u64)| {
            Coming::new(&kind.arrivals, stream(seeds, STREAM_COMING, number, 0))
        };
        let wish = |kind: &crate::Kind| Wishes { priority: kind.priority, skills: kind.skills.clone() };
        let mut world = Self {
            desk,
            agenda: Agenda::default(),
            clock: 0,
            line_of: ids,
            people: Vec::new(),
            person_of: HashMap::new(),
            coming: plan.traffic.iter().zip(0..).map(comes).collect(),
            wishes: plan.traffic.iter().map(wish).collect(),
            visitors: Visitors::default(),
            books: Books::default(),
            open: 0,
            seeds,
            means: plan.recorded.as_ref().map(crate::recorded::Recorded::means).unwrap_or_default(),
            tap: None,
            lines,
            plan,
        };
        world.hire()?;
        let (queues, people) = (world.lines.len(), world.people.len());
        world.books = Books::new(queues, plan.traffic.len(), people, plan.slices as usize);
        world.begin();
        Ok(world)
    }

    /// Puts the first of everything on the agenda.
    fn begin(&mut self) {
        for kind in 0..self.coming.len() {
            self.next_arrival(kind as u32);
        }
        let slices = u64::from(self.plan.slices.max(1));
        for slice in 0..=slices {
            self.agenda.put(self.plan.warm_up_ms + self.plan.length_ms * slice / slices, Due::Bound);
        }
        for moment in &self.plan.moments_ms {
            self.agenda.put(*moment, Due::Moment);
        }
        self.begin_recorded();
        self.begin_shifts();
    }

    fn next_arrival(&mut self, kind: u32) {
        if let Some(at) = self.coming[kind as usize].next() {
            self.agenda.put(at, Due::Arrival(kind));
        }
    }

    /// Runs to the end. `look` is told now and then how far it is, from 0 to 1.
    pub(crate) fn run(mut self, look: &mut dyn FnMut(f64)) -> (Books, Vec<String>, Vec<String>) {
        let end = self.plan.end_ms();
        // What is recorded ends with the record.
        let drain = if self.plan.recorded.is_some() { 0 } else { self.plan.length_ms.min(DRAIN_MS) };
        let last = end + drain;
        let mut steps = 0_u32;
        while let Some(at) = self.next_at() {
            if at > last || (at > end && self.open == 0) {
                break;
            }
            self.clock = at;
            self.step();
            steps = steps.wrapping_add(1);
            if steps.is_multiple_of(STEPS_A_LOOK) {
                look((at as f64 / end as f64).min(1.0));
            }
        }
        self.close_books();
        let queues = self.lines.into_iter().map(|line| line.name).collect();
        (self.books, queues, self.people.into_iter().map(|person| person.login).collect())
    }

    fn next_at(&self) -> Option<u64> {
        self.agenda.next_at().into_iter().chain(self.next_deadline()).min()
    }

    /// When the desk does something by itself: as late as it was in the record, where it had the same to do.
    fn next_deadline(&self) -> Option<u64> {
        let due = self.desk.next_deadline()?;
        let late = self.plan.recorded.as_ref().and_then(|recorded| recorded.late.get(&due));
        Some(late.copied().unwrap_or(due))
    }

    /// The core's own deadlines come first: what is due has happened before somebody acts at the same moment.
    fn step(&mut self) {
        if self.next_deadline().is_some_and(|due| due <= self.clock) {
            self.send(Actor::Engine, Action::Tick);
            return;
        }
        let Some(due) = self.agenda.pop() else { return };
        match due {
            Due::Arrival(kind) => self.arrive(kind),
            Due::Leave(visit) => self.leave(visit),
            Due::Answer { agent, offer, rejects } => self.answer(agent, offer, rejects),
            Due::Done { agent, version } => self.done(agent, version),
            Due::Wrapped(visit) => self.wrapped(visit),
            Due::Back(agent) => self.come_back(agent),
            Due::ShiftBegins(agent) => self.shift_begins(agent),
            Due::ShiftEnds(agent) => self.shift_ends(agent),
            Due::Bound => self.books.bound(self.clock),
            Due::Moment => self.books.moment(),
            Due::Recorded(chat) => self.ask_again(chat),
            Due::Deed(number) => self.do_again(number),
        }
    }

    /// Sends a command and takes in what happened. Tells whether the core took it.
    fn send(&mut self, by: Actor, action: Action) -> bool {
        let decision = self.desk.send(self.clock, by, action);
        self.take_in(&decision);
        decision.reply.is_ok()
    }

    fn take_in(&mut self, decision: &Decision) {
        if let Some(tap) = &mut self.tap {
            decision.turns.iter().for_each(|turn| tap(turn, &self.desk.state));
        }
        for scoped in decision.turns.iter().flat_map(|turn| &turn.events) {
            self.note(&scoped.event);
        }
    }

    fn counts(&self) -> bool {
        (self.plan.warm_up_ms..self.plan.end_ms()).contains(&self.clock)
    }

    fn close_books(&mut self) {
        for visitor in self.visitors.waiting() {
            self.books.queues[visitor.line as usize].open += 1;
            if let Some(kind) = self.books.kinds.get_mut(visitor.kind as usize) {
                kind.open += 1;
            }
        }
    }
}

fn stream(seeds: [u64; 2], purpose: u64, which: u64, number: u64) -> Stream {
    Stream::of(&[seeds[0], seeds[1], purpose, which, number])
}

fn line<'a>(plan: &'a Scenario, desk: &Desk<'_>, queue: &hark_core::state::Queue) -> Line<'a> {
    let mandatory = queue.setup.codes.iter().filter(|rule| rule.mandatory);
    let codes = mandatory.filter_map(|rule| {
        let code = desk.state.setup().code_lists.get(&rule.list)?.first()?;
        Some(hark_core::state::ChosenCode { list: rule.list.clone(), code: code.code.clone() })
    });
    Line {
        name: queue.name.clone(),
        service_level_ms: u64::from(queue.setup.service_level_s) * 1000,
        handling: plan.queues.get(&queue.name),
        codes: codes.collect(),
    }
}
