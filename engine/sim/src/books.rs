//! What one replication adds up to: waits, refusals, and how long how many of what were there. It counts what happens
//! after the warm-up only, and never guesses.

use std::collections::BTreeMap;

/// Bounds of the buckets of waits: each is this much longer than the one before.
const BUCKET_GROWTH: f64 = 1.1;
/// Upper bound of the first bucket, in milliseconds.
const FIRST_BUCKET_MS: f64 = 100.0;
/// Buckets: the last one begins at more than two days.
const BUCKETS: usize = 152;

/// Waits of one queue or of one kind of customers. A spell is one stretch of waiting: from the request, a transfer or a
/// return to the queue until an agent accepts or the customer leaves.
#[derive(Debug, Clone, Default)]
pub(crate) struct Spells {
    /// Requests, those refused included.
    pub(crate) asked: u64,
    /// Requests that were refused.
    pub(crate) blocked: u64,
    /// Spells that ended.
    pub(crate) ended: u64,
    /// Spells that no agent was offered at once.
    pub(crate) waited: u64,
    /// Spells that ended with an agent.
    pub(crate) served: u64,
    /// Those within the queue's service level.
    pub(crate) in_time: u64,
    /// Spells that ended with the customer's leaving.
    pub(crate) abandoned: u64,
    /// Milliseconds until the first offer, or until the customer left without one.
    pub(crate) to_offer_ms: u64,
    /// The same of those that were served.
    pub(crate) served_to_offer_ms: u64,
    /// Milliseconds until an agent accepted, of those that were served.
    pub(crate) to_answer_ms: u64,
    /// Spells that still went on when the run ended.
    pub(crate) open: u64,
    /// Spells that were served, by how long they took.
    pub(crate) buckets: BTreeMap<u16, u32>,
}

/// How one spell ended.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Spell {
    /// Milliseconds until the first offer.
    pub(crate) to_offer_ms: u64,
    /// Milliseconds until the end.
    pub(crate) whole_ms: u64,
    /// Whether an agent accepted.
    pub(crate) served: bool,
    /// Whether that was within the service level.
    pub(crate) in_time: bool,
}

impl Spells {
    pub(crate) fn end(&mut self, spell: Spell) {
        self.ended += 1;
        self.waited += u64::from(spell.to_offer_ms > 0);
        self.to_offer_ms += spell.to_offer_ms;
        if spell.served {
            self.served += 1;
            self.in_time += u64::from(spell.in_time);
            self.served_to_offer_ms += spell.to_offer_ms;
            self.to_answer_ms += spell.whole_ms;
            *self.buckets.entry(bucket(spell.whole_ms)).or_default() += 1;
        } else {
            self.abandoned += 1;
        }
    }

    pub(crate) fn add(&mut self, other: &Self) {
        self.asked += other.asked;
        self.blocked += other.blocked;
        self.ended += other.ended;
        self.waited += other.waited;
        self.served += other.served;
        self.in_time += other.in_time;
        self.abandoned += other.abandoned;
        self.to_offer_ms += other.to_offer_ms;
        self.served_to_offer_ms += other.served_to_offer_ms;
        self.to_answer_ms += other.to_answer_ms;
        self.open += other.open;
        for (bucket, count) in &other.buckets {
            *self.buckets.entry(*bucket).or_default() += count;
        }
    }

    /// Within how many seconds this part of the served spells was answered, to a tenth of itself.
    pub(crate) fn quantile_s(&self, part: f64) -> Option<f64> {
        let wanted = (self.served as f64 * part).ceil().max(1.0);
        let mut seen = 0.0;
        self.buckets.iter().find_map(|(bucket, count)| {
            seen += f64::from(*count);
            (seen >= wanted).then(|| bound_s(*bucket))
        })
    }
}

fn bucket(millis: u64) -> u16 {
    if millis == 0 {
        return 0;
    }
    let steps = (millis as f64 / FIRST_BUCKET_MS).ln() / BUCKET_GROWTH.ln();
    1 + (steps.ceil().max(0.0) as usize).min(BUCKETS - 1) as u16
}

/// Upper bound of a bucket, in seconds; no wait at all is bucket 0.
pub(crate) fn bound_s(bucket: u16) -> f64 {
    match bucket {
        0 => 0.0,
        bucket => FIRST_BUCKET_MS * BUCKET_GROWTH.powi(i32::from(bucket) - 1) / 1000.0,
    }
}

/// How long how many of something were there: the integral of a count over time.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Level {
    pub(crate) now: u32,
    since: u64,
    total_ms: u64,
}

impl Level {
    pub(crate) fn change(&mut self, clock: u64, by: i32) {
        self.total_ms = self.total_at(clock);
        self.since = clock;
        self.now = self.now.checked_add_signed(by).expect("nothing leaves that was not there");
    }

    /// Count times milliseconds until now.
    pub(crate) fn total_at(&self, clock: u64) -> u64 {
        self.total_ms + u64::from(self.now) * (clock - self.since)
    }
}

/// The same for a part of a whole.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Part {
    now: f64,
    since: u64,
    total_ms: f64,
}

impl Part {
    pub(crate) fn set(&mut self, clock: u64, now: f64) {
        *self = Self { now, since: clock, total_ms: self.total_at(clock) };
    }

    fn total_at(&self, clock: u64) -> f64 {
        self.total_ms + self.now * (clock - self.since) as f64
    }
}

/// Levels of one queue.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct QueueLevels {
    /// Chats that wait without an offer.
    pub(crate) waiting: Level,
    /// Chats in which both sides write.
    pub(crate) active: Level,
}

/// Levels of one agent.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct AgentLevels {
    /// 1 while at work: Available, or busy whatever was chosen for later.
    pub(crate) on_duty: Level,
    /// 1 while there is an offer, a chat or a wrap-up.
    pub(crate) busy: Level,
    /// Part of their capacity that offers, chats and wrap-ups take up.
    pub(crate) taken: Part,
    /// Active chats.
    pub(crate) chats: Level,
    /// Chats accepted after the warm-up.
    pub(crate) accepted: u64,
    /// Offers missed or rejected after the warm-up.
    pub(crate) missed: u64,
}

/// Everything that one replication counts.
#[derive(Debug, Clone, Default)]
pub(crate) struct Books {
    pub(crate) queues: Vec<Spells>,
    pub(crate) kinds: Vec<Spells>,
    pub(crate) slices: Vec<Spells>,
    pub(crate) queue_levels: Vec<QueueLevels>,
    pub(crate) agent_levels: Vec<AgentLevels>,
    /// The levels at the bounds of the slices, from the end of the warm-up on.
    pub(crate) bounds: Vec<Bound>,
    /// Waiting and active chats of each queue at each moment that was asked for.
    pub(crate) moments: Vec<Vec<(u32, u32)>>,
    /// Chats asked for, warm-up included.
    pub(crate) chats: u64,
    /// What became of each recorded chat.
    pub(crate) outcomes: Vec<Outcome>,
    /// Transfers that the core refused: the chat ended instead.
    pub(crate) refused_transfers: u64,
}

/// What became of a recorded chat when it was played again.
#[derive(Debug, Clone, Default, PartialEq, Eq, serde::Serialize)]
pub struct Outcome {
    /// Who accepted it first, by login.
    pub agent: Option<String>,
    /// After how many milliseconds since its request.
    pub answered_ms: Option<u64>,
    /// After how many milliseconds its customer left without an agent.
    pub left_ms: Option<u64>,
    /// Why it was not taken at all.
    pub refused: Option<String>,
}

/// Integrals at one moment.
#[derive(Debug, Clone, Default)]
pub(crate) struct Bound {
    /// Waiting and active, by queue.
    pub(crate) queues: Vec<(u64, u64)>,
    /// By agent.
    pub(crate) agents: Vec<AgentBound>,
}

/// Integrals of one agent at one moment.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct AgentBound {
    pub(crate) on_duty: u64,
    pub(crate) busy: u64,
    pub(crate) chats: u64,
    pub(crate) taken: f64,
}

impl Books {
    pub(crate) fn new(queues: usize, kinds: usize, agents: usize, slices: usize) -> Self {
        Self {
            queues: vec![Spells::default(); queues],
            kinds: vec![Spells::default(); kinds],
            slices: vec![Spells::default(); slices],
            queue_levels: vec![QueueLevels::default(); queues],
            agent_levels: vec![AgentLevels::default(); agents],
            ..Self::default()
        }
    }

    /// Keeps all integrals of this moment.
    pub(crate) fn bound(&mut self, clock: u64) {
        let queue = |levels: &QueueLevels| (levels.waiting.total_at(clock), levels.active.total_at(clock));
        let agent = |levels: &AgentLevels| AgentBound {
            on_duty: levels.on_duty.total_at(clock),
            busy: levels.busy.total_at(clock),
            chats: levels.chats.total_at(clock),
            taken: levels.taken.total_at(clock),
        };
        let queues = self.queue_levels.iter().map(queue).collect();
        self.bounds.push(Bound { queues, agents: self.agent_levels.iter().map(agent).collect() });
    }

    /// Looks at the desk.
    pub(crate) fn moment(&mut self) {
        let counts = self.queue_levels.iter().map(|levels| (levels.waiting.now, levels.active.now));
        self.moments.push(counts.collect());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bucket_holds_the_wait_that_fell_into_it() {
        for millis in [1, 99, 100, 101, 5000, 60_000, 86_400_000] {
            let seconds = bound_s(bucket(millis));
            assert!(seconds >= millis as f64 / 1000.0 - 1e-9, "{millis} in {seconds}");
            assert!(millis <= 100 || seconds < millis as f64 / 1000.0 * 1.101, "{millis} in {seconds}");
        }
    }

    #[test]
    fn a_level_is_integrated_exactly() {
        let mut level = Level::default();
        level.change(10, 1);
        level.change(30, 1);
        level.change(40, -2);
        assert_eq!(level.total_at(100), 20 + 20);
    }
}
