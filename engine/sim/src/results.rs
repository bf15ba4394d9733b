//! Figures with intervals, from the books of all replications.

use crate::books::{AgentBound, Books, Bound, Spells, bound_s};
use crate::estimate::Estimate;
use crate::scenario::Scenario;
use crate::what_if::Side;
use serde::Serialize;
use std::collections::BTreeMap;
use std::ops::Range;

/// Milliseconds of a second.
const SECOND: f64 = 1000.0;

/// What a simulation found. Estimates are none where nothing was counted.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Results {
    /// Independent replications.
    pub replications: u32,
    /// Confidence of the intervals.
    pub confidence: f64,
    /// Seed of everything random.
    pub seed: u64,
    /// Chats asked for in all replications, warm-up included.
    pub chats: u64,
    /// Transfers that were refused, in all replications.
    pub refused_transfers: u64,
    /// All queues together.
    pub all: SpellFigures,
    /// By queue.
    pub queues: BTreeMap<String, SpellFigures>,
    /// By kind of customers.
    pub kinds: BTreeMap<String, SpellFigures>,
    /// By agent.
    pub agents: BTreeMap<String, AgentFigures>,
    /// By group of agents, an agent's share of each.
    pub groups: BTreeMap<String, AgentFigures>,
    /// Part of all agents' capacity that is taken up, over their time on duty.
    pub occupancy: Option<Estimate>,
    /// Equal parts of the measured time.
    pub slices: Vec<Slice>,
    /// Looks at the desk.
    pub moments: Vec<Moment>,
    /// As it really was, by queue; empty where the scenario was not taken from a record.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub recorded: BTreeMap<String, Side>,
}

/// Waits of a queue, or of a kind of customers. A wait ends with the first offer; an answer is the acceptance.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct SpellFigures {
    /// Requests a replication, those refused included.
    pub asked: f64,
    /// Part of the requests that were refused.
    pub blocked: Option<Estimate>,
    /// Part that no agent was offered at once.
    pub waited: Option<Estimate>,
    /// Mean wait until the first offer, or until the customer left, in seconds.
    pub wait_s: Option<Estimate>,
    /// The same of those that were served.
    pub served_wait_s: Option<Estimate>,
    /// Mean time until an agent accepted, in seconds.
    pub answer_s: Option<Estimate>,
    /// Part accepted within the queue's service level.
    pub service_level: Option<Estimate>,
    /// Part of which the customer left first.
    pub abandoned: Option<Estimate>,
    /// Mean number that wait without an offer.
    pub waiting: Option<Estimate>,
    /// Mean number of active chats.
    pub active: Option<Estimate>,
    /// Half, nine of ten and nineteen of twenty were accepted within so many seconds, to a tenth.
    pub quantiles_s: Option<[f64; 3]>,
    /// Spells that had not ended when the runs did.
    pub open: u64,
    /// Upper bounds in seconds, and how many were accepted within each and above the one before.
    pub histogram: Vec<(f64, u64)>,
}

/// Work of an agent.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct AgentFigures {
    /// Part of their capacity that offers, chats and wrap-ups take up, over their time on duty.
    pub occupancy: Option<Estimate>,
    /// Mean number of active chats while on duty.
    pub chats: Option<Estimate>,
    /// Chats accepted a replication.
    pub accepted: f64,
    /// Offers missed or rejected a replication.
    pub missed: f64,
}

/// A part of the measured time.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Slice {
    /// Its begin, in hours since the scenario's.
    pub from_h: f64,
    /// Requests a replication.
    pub asked: f64,
    /// Mean wait in seconds of those that came in it.
    pub wait_s: Option<Estimate>,
    /// Part of them accepted within the service level.
    pub service_level: Option<Estimate>,
    /// Mean number that wait.
    pub waiting: f64,
    /// Mean number of active chats.
    pub active: f64,
    /// Mean number of agents on duty.
    pub on_duty: f64,
    /// Mean number of busy agents.
    pub busy: f64,
}

/// The desk at one moment.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Moment {
    /// In hours since the scenario's begin.
    pub at_h: f64,
    /// Chats that wait, by queue.
    pub waiting: BTreeMap<String, Option<Estimate>>,
    /// Active chats, by queue.
    pub active: BTreeMap<String, Option<Estimate>>,
}

/// One replication as it came from the world: its books, the names of its queues, and its agents' logins.
type Run = (Books, Vec<String>, Vec<String>);

/// Reads one figure from all replications.
struct Reader<'r> {
    books: Vec<&'r Books>,
    confidence: f64,
    length_ms: f64,
}

impl Results {
    pub(crate) fn of(scenario: &Scenario, runs: &[Run]) -> Self {
        let (queues, logins) = runs.first().map(|run| (run.1.clone(), run.2.clone())).unwrap_or_default();
        let books: Vec<&Books> = runs.iter().map(|run| &run.0).collect();
        let reader = Reader { books, confidence: scenario.confidence, length_ms: scenario.length_ms as f64 };
        let each = reader.books.len().max(1) as f64;
        let names = |kind: (usize, &crate::Kind)| (kind.1.name.clone(), reader.kind(kind.0));
        Self {
            replications: scenario.replications.max(1),
            confidence: scenario.confidence,
            seed: scenario.seed,
            chats: reader.books.iter().map(|books| books.chats).sum(),
            refused_transfers: reader.books.iter().map(|books| books.refused_transfers).sum(),
            all: reader.whole(),
            queues: queues.iter().cloned().enumerate().map(|(n, name)| (name, reader.queue(n))).collect(),
            kinds: scenario.traffic.iter().enumerate().map(names).collect(),
            agents: logins
                .into_iter()
                .enumerate()
                .map(|(n, login)| (login, reader.agents(n..n + 1, each)))
                .collect(),
            groups: reader.groups(scenario, each),
            occupancy: reader.occupancy(),
            slices: (0..scenario.slices as usize).map(|n| reader.slice(n, scenario)).collect(),
            moments: reader.moments(&scenario.moments_ms, &queues),
            recorded: BTreeMap::new(),
        }
    }
}

impl Reader<'_> {
    fn ratio(&self, share: impl Fn(&Books) -> (f64, f64) + Copy) -> Option<Estimate> {
        Estimate::ratio(self.books.iter().map(move |books| share(books)), self.confidence)
    }

    /// Waits of what `spells` takes from each replication's books.
    fn spells(&self, spells: impl Fn(&Books) -> Spells) -> SpellFigures {
        let each: Vec<Spells> = self.books.iter().map(|books| spells(books)).collect();
        let ratio = |share: fn(&Spells) -> (u64, u64), scale: f64| {
            let shares = each.iter().map(|spells| {
                let (above, below) = share(spells);
                (above as f64 / scale, below as f64)
            });
            Estimate::ratio(shares, self.confidence)
        };
        let mut sum = Spells::default();
        each.iter().for_each(|spells| sum.add(spells));
        let quantile = |part| sum.quantile_s(part);
        let quantiles = quantile(0.5).zip(quantile(0.9)).zip(quantile(0.95));
        SpellFigures {
            asked: sum.asked as f64 / each.len().max(1) as f64,
            blocked: ratio(|s| (s.blocked, s.asked), 1.0),
            waited: ratio(|s| (s.waited, s.ended), 1.0),
            wait_s: ratio(|s| (s.to_offer_ms, s.ended), SECOND),
            served_wait_s: ratio(|s| (s.served_to_offer_ms, s.served), SECOND),
            answer_s: ratio(|s| (s.to_answer_ms, s.served), SECOND),
            service_level: ratio(|s| (s.in_time, s.ended), 1.0),
            abandoned: ratio(|s| (s.abandoned, s.ended), 1.0),
            waiting: None,
            active: None,
            quantiles_s: quantiles.map(|((half, nine), nineteen)| [half, nine, nineteen]),
            open: sum.open,
            histogram: sum.buckets.iter().map(|(bucket, n)| (bound_s(*bucket), u64::from(*n))).collect(),
        }
    }

    fn queue(&self, number: usize) -> SpellFigures {
        SpellFigures {
            waiting: self
                .ratio(|books| (between(books, |bound| bound.queues[number].0 as f64), self.length_ms)),
            active: self
                .ratio(|books| (between(books, |bound| bound.queues[number].1 as f64), self.length_ms)),
            ..self.spells(|books| books.queues[number].clone())
        }
    }

    fn kind(&self, number: usize) -> SpellFigures {
        self.spells(|books| books.kinds[number].clone())
    }

    fn whole(&self) -> SpellFigures {
        let all = |books: &Books| {
            let mut sum = Spells::default();
            books.queues.iter().for_each(|queue| sum.add(queue));
            sum
        };
        SpellFigures {
            waiting: self
                .ratio(|books| (between(books, |bound| sum(bound, |queue| queue.0) as f64), self.length_ms)),
            active: self
                .ratio(|books| (between(books, |bound| sum(bound, |queue| queue.1) as f64), self.length_ms)),
            ..self.spells(all)
        }
    }

    /// Of several agents together.
    fn agents(&self, numbers: Range<usize>, replications: f64) -> AgentFigures {
        let sum = |books: &Books, part: fn(&AgentBound) -> f64| {
            between(books, |bound| bound.agents[numbers.clone()].iter().map(part).sum())
        };
        let on_duty = |books: &Books| sum(books, |agent| agent.on_duty as f64);
        let count = |count: fn(&crate::books::AgentLevels) -> u64| {
            let of = |books: &&Books| books.agent_levels[numbers.clone()].iter().map(count).sum::<u64>();
            self.books.iter().map(of).sum::<u64>() as f64 / replications / numbers.len().max(1) as f64
        };
        AgentFigures {
            occupancy: self.ratio(|books| (sum(books, |agent| agent.taken), on_duty(books))),
            chats: self.ratio(|books| (sum(books, |agent| agent.chats as f64), on_duty(books))),
            accepted: count(|levels| levels.accepted),
            missed: count(|levels| levels.missed),
        }
    }

    fn groups(&self, scenario: &Scenario, replications: f64) -> BTreeMap<String, AgentFigures> {
        let mut first = 0;
        let groups = scenario.agents.iter().map(|group| {
            let numbers = first..first + group.count as usize;
            first = numbers.end;
            (group.name.clone(), self.agents(numbers, replications))
        });
        groups.collect()
    }

    fn occupancy(&self) -> Option<Estimate> {
        let taken = |bound: &Bound| bound.agents.iter().map(|agent| agent.taken).sum();
        let on_duty = |bound: &Bound| bound.agents.iter().map(|agent| agent.on_duty as f64).sum();
        self.ratio(|books| (between(books, taken), between(books, on_duty)))
    }

    fn slice(&self, number: usize, scenario: &Scenario) -> Slice {
        let spells = self.spells(|books| books.slices[number].clone());
        let length = self.length_ms / f64::from(scenario.slices);
        let mean = |of: fn(&Bound) -> u64| {
            let grown = |books: &&Books| (of(&books.bounds[number + 1]) - of(&books.bounds[number])) as f64;
            self.books.iter().map(grown).sum::<f64>() / length / self.books.len() as f64
        };
        Slice {
            from_h: (scenario.warm_up_ms as f64 + length * number as f64) / 3_600_000.0,
            asked: spells.asked,
            wait_s: spells.wait_s,
            service_level: spells.service_level,
            waiting: mean(|bound| sum(bound, |queue| queue.0)),
            active: mean(|bound| sum(bound, |queue| queue.1)),
            on_duty: mean(|bound| bound.agents.iter().map(|agent| agent.on_duty).sum()),
            busy: mean(|bound| bound.agents.iter().map(|agent| agent.busy).sum()),
        }
    }

    fn moments(&self, at: &[u64], queues: &[String]) -> Vec<Moment> {
        let mut order: Vec<u64> = at.to_vec();
        order.sort_unstable();
        let looks = order.iter().enumerate().map(|(look, at)| {
            let by_queue = |count: fn(&(u32, u32)) -> u32| {
                let queue = |(number, name): (usize, &String)| {
                    let estimate = self.ratio(|books| {
                        let seen = books.moments.get(look).map_or(0, |queues| count(&queues[number]));
                        (f64::from(seen), 1.0)
                    });
                    (name.clone(), estimate)
                };
                queues.iter().enumerate().map(queue).collect()
            };
            let at_h = *at as f64 / 3_600_000.0;
            Moment { at_h, waiting: by_queue(|seen| seen.0), active: by_queue(|seen| seen.1) }
        });
        looks.collect()
    }
}

fn sum(bound: &Bound, part: fn(&(u64, u64)) -> u64) -> u64 {
    bound.queues.iter().map(part).sum()
}

/// How much an integral grew over the measured time.
fn between(books: &Books, of: impl Fn(&Bound) -> f64) -> f64 {
    match (books.bounds.first(), books.bounds.last()) {
        (Some(first), Some(last)) => of(last) - of(first),
        _ => 0.0,
    }
}
