//! A scenario that is like a recorded stretch: rates, patience, handle times, answers and shifts as they were, from which as
//! many further days can be drawn as are wanted. engine/SIMULATE.md tells how each is estimated. It estimates, and runs
//! nothing.

use crate::arrivals::{Arrivals, Rate};
use crate::draw::Draw;
use crate::recorded::{Deed, Reaction, Recorded, RecordedChat, Stretch, StretchEnd};
use crate::scenario::{Group, Handling, Kind, Scenario, Shift};
use crate::survival::Survival;
use hark_core::setup::Setup;
use hark_core::state::{OfferEnd, Status};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// A rate of its own is estimated for each stretch of this length, in milliseconds: an hour.
const SLOT_MS: u64 = 3_600_000;
/// With fewer observations of a queue's or an agent's own, those of all are taken.
const FEW: usize = 20;

impl Recorded {
    /// Further days like this one, for a desk of this configuration. A queue's `handle` is none when nobody was ever served.
    pub fn alike(&self, setup: &Setup) -> Scenario {
        let asked: BTreeSet<&str> = self.chats.iter().map(|chat| chat.queue.as_str()).collect();
        let handlings = setup.queues.keys().map(|queue| (queue.clone(), self.handling(queue, setup)));
        Scenario {
            begins: self.begins,
            length_ms: self.length_ms.max(1),
            traffic: asked.into_iter().map(|queue| self.kind(queue, setup)).collect(),
            queues: handlings.collect(),
            agents: (0..).zip(&self.agents).filter_map(|(n, agent)| self.agent(n, agent, setup)).collect(),
            ..Scenario::default()
        }
    }

    /// Who asked for this queue.
    fn kind(&self, queue: &str, setup: &Setup) -> Kind {
        let of_queue = || self.chats.iter().filter(|chat| chat.queue == queue);
        let patience = |chat: &RecordedChat| (chat.waited_ms(self.length_ms), chat.lost_patience().is_some());
        let left = of_queue().filter(|chat| chat.lost_patience().is_some()).count();
        let patience = match left < FEW {
            true => Survival::fit(self.chats.iter().map(patience)),
            false => Survival::fit(of_queue().map(patience)),
        };
        Kind {
            queue: setup.queues.contains_key(queue).then(|| queue.to_owned()),
            patience: measured(patience),
            forms: of_queue().map(|chat| chat.form.clone()).collect(),
            ..Kind::new(queue, Arrivals::Poisson(self.rate(of_queue())))
        }
    }

    /// As many an hour as there were, hour by hour.
    fn rate<'r>(&self, chats: impl Iterator<Item = &'r RecordedChat>) -> Rate {
        let length = self.length_ms.max(1);
        let mut counts = vec![0_u32; length.div_ceil(SLOT_MS) as usize];
        for chat in chats {
            if let Some(count) = counts.get_mut((chat.at_ms / SLOT_MS) as usize) {
                *count += 1;
            }
        }
        let step = |(slot, count): (u64, u32)| {
            let from = slot * SLOT_MS;
            let lasts = SLOT_MS.min(length - from);
            (from, f64::from(count) * SLOT_MS as f64 / lasts as f64)
        };
        Rate::Steps { steps: (0..).zip(counts).map(step).collect(), period_ms: length }
    }

    fn handling(&self, queue: &str, setup: &Setup) -> Handling {
        let of_queue = |stretch: &&Stretch| stretch.queue == queue;
        let stretches = || self.chats.iter().flat_map(|chat| &chat.stretches);
        let handle = |stretch: &Stretch| (stretch.millis, stretch.end != StretchEnd::Cut);
        // Where there is no wrap-up a chat is closed at once.
        let wrap_ups =
            || self.chats.iter().filter(|chat| chat.wrap_up.is_some_and(|wrap_up| wrap_up.millis > 0));
        let ended_in = |chat: &&RecordedChat| chat.stretches.last().is_some_and(|last| last.queue == queue);
        let wrap_up = |chat: &RecordedChat| chat.wrap_up.map(|wrap_up| (wrap_up.millis, wrap_up.by_hand));
        let handles = own(stretches().filter(of_queue).map(handle), || stretches().map(handle).collect());
        let wrap_ups =
            own(wrap_ups().filter(ended_in).filter_map(wrap_up), || wrap_ups().filter_map(wrap_up).collect());
        let mut on: BTreeMap<&str, u32> = BTreeMap::new();
        let mut over = 0_u32;
        for stretch in stretches().filter(of_queue) {
            match &stretch.end {
                StretchEnd::HandedOn(to) => *on.entry(to).or_default() += 1,
                StretchEnd::Ended => {}
                StretchEnd::Cut => continue,
            }
            over += 1;
        }
        on.retain(|to, _| setup.queues.contains_key(*to));
        let chance = |(to, count): (&str, u32)| (to.to_owned(), f64::from(count) / f64::from(over));
        Handling {
            handle: measured(Survival::fit(handles)),
            wrap_up: measured(Survival::fit(wrap_ups)),
            transfers: on.into_iter().map(chance).collect(),
        }
    }

    /// None who never worked.
    fn agent(&self, number: u32, agent: &Group, setup: &Setup) -> Option<Group> {
        let shifts = self.shifts(number, setup);
        if shifts.is_empty() {
            return None;
        }
        let reactions = || self.chats.iter().flat_map(|chat| &chat.reactions);
        let theirs = reactions().filter(|reaction| reaction.agent == number).copied();
        let offers = own(theirs, || reactions().copied().collect());
        let count = |of: &dyn Fn(&&Reaction) -> bool| offers.iter().filter(of).count() as f64;
        let answered =
            |reaction: &Reaction| matches!(reaction.end, Some(OfferEnd::Accepted | OfferEnd::Rejected));
        let missed = |reaction: &Reaction| reaction.end == Some(OfferEnd::Expired);
        let held = offers.iter().filter(|offer| !missed(offer) && offer.end.is_some());
        let answer = Survival::fit(held.map(|offer| (offer.after_ms, answered(offer))));
        let away = reactions().filter_map(|reaction| Some((reaction.away_ms?, true)));
        // Nobody ever came back: they do not until they begin to work again.
        let never = Draw::Fixed { mean_s: self.length_ms as f64 / 1000.0 };
        let part = |some: f64, all: f64| if all > 0.0 { some / all } else { 0.0 };
        Some(Group {
            queues: agent.queues.iter().filter(|queue| setup.queues.contains_key(*queue)).cloned().collect(),
            answer: measured(answer).unwrap_or(Draw::ZERO),
            miss: part(count(&|r| missed(r)), count(&|r| missed(r) || answered(r))),
            reject: part(
                count(&|r| r.may_reject && r.end == Some(OfferEnd::Rejected)),
                count(&|r| r.may_reject && answered(r)),
            ),
            back: measured(Survival::fit(away)).unwrap_or(never),
            shifts,
            ..agent.clone()
        })
    }

    /// When an agent could be offered chats, as far as that was theirs to choose.
    fn shifts(&self, number: u32, setup: &Setup) -> Vec<Shift> {
        let [stays, remains] = [setup.grace.agent_offers_s, setup.grace.agent_log_out_s]
            .map(|seconds| u64::from(seconds) * 1000);
        let mut works = Works::default();
        for (at, _, deed) in self.deeds.iter().filter(|deed| deed.1 == number) {
            match deed {
                Deed::Chose(status) => works.available = *status == Status::Available,
                Deed::StopNew(stop) => works.stopped = *stop,
                Deed::Disconnected => works.gone = Some(*at),
                Deed::Connected => {
                    let gone = works.gone.take().filter(|gone| at - gone > stays);
                    if let Some(gone) = gone {
                        works.change(gone + stays, false);
                        works.available &= at - gone <= remains;
                    }
                }
                Deed::Saved(_, disabled) => works.disabled = *disabled,
            }
            works.change(*at, works.available && !works.stopped && !works.disabled);
        }
        let gone = works.gone.map_or(self.length_ms, |gone| self.length_ms.min(gone + stays));
        works.change(gone, false);
        works.shifts
    }
}

/// What an agent has chosen so far.
#[derive(Default)]
struct Works {
    available: bool,
    stopped: bool,
    disabled: bool,
    /// When their connection went.
    gone: Option<u64>,
    since: Option<u64>,
    shifts: Vec<Shift>,
}

impl Works {
    fn change(&mut self, at: u64, works: bool) {
        match (self.since, works) {
            (None, true) => self.since = Some(at),
            (Some(from_ms), false) => {
                self.since = None;
                if from_ms < at {
                    self.shifts.push(Shift { from_ms, until_ms: at });
                }
            }
            _ => {}
        }
    }
}

/// One's own observations, or those of all when there are few.
fn own<T>(own: impl Iterator<Item = T>, all: impl FnOnce() -> Vec<T>) -> Vec<T> {
    let own: Vec<T> = own.collect();
    if own.len() < FEW { all() } else { own }
}

fn measured(survival: Option<Survival>) -> Option<Draw> {
    survival.map(|survival| Draw::Measured(Arc::new(survival)))
}
