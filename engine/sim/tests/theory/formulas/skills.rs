//! Agents who serve some kinds of customers each, first come first served, the longest idle first: the product form of
//! Adan and Weiss ("A skill based parallel service system under FCFS-ALIS", 2014).

use super::Figures;

/// Sums over all states.
#[derive(Default)]
struct Sums {
    all: f64,
    waits: f64,
    waiting: f64,
}

/// Who can serve whom, and how fast.
struct Model<'m> {
    rates: &'m [f64],
    /// Agents of each kind of customers.
    can: &'m [Vec<usize>],
    agents: usize,
    handle: f64,
    kind: usize,
}

/// The figures of one kind of customers.
pub(crate) fn skills(rates: &[f64], can: &[Vec<usize>], agents: usize, handle: f64, kind: usize) -> Figures {
    let model = Model { rates, can, agents, handle, kind };
    let mut sums = Sums::default();
    each_order(agents, &mut Vec::new(), &mut |order| model.add(order, &mut sums));
    let waiting = sums.waiting / sums.all;
    Figures {
        p_wait: Some(sums.waits / sums.all),
        wait_all: Some(waiting / rates[kind]),
        waiting: Some(waiting),
        occupancy: Some(rates.iter().sum::<f64>() * handle / agents as f64),
        ..Figures::default()
    }
}

impl Model<'_> {
    /// Adds the states in which the first of `order` are busy, in the order of whom they serve, and the others idle, the
    /// last of them for the longest time. Between the busy ones wait those whom none of the busy before can be spared for.
    fn add(&self, order: &[usize], sums: &mut Sums) {
        for busy in 0..=self.agents {
            let (working, idle) = order.split_at(busy);
            let mut weight = 1.0;
            for from in 0..idle.len() {
                weight /= self.rate(|can| idle[from..].iter().any(|agent| can.contains(agent)));
            }
            let mut mean = 0.0;
            for upto in 1..=busy {
                let served = upto as f64 / self.handle;
                let only = |can: &Vec<usize>| can.iter().all(|agent| working[..upto].contains(agent));
                let stuck = self.rate(only);
                let part = stuck / served;
                weight /= served * (1.0 - part);
                if only(&self.can[self.kind]) {
                    mean += part / (1.0 - part) * self.rates[self.kind] / stuck;
                }
            }
            sums.all += weight;
            sums.waiting += weight * mean;
            if self.can[self.kind].iter().all(|agent| working.contains(agent)) {
                sums.waits += weight;
            }
        }
    }

    fn rate(&self, of: impl Fn(&Vec<usize>) -> bool) -> f64 {
        self.rates.iter().zip(self.can).filter(|(_, can)| of(can)).map(|(rate, _)| rate).sum()
    }
}

fn each_order(agents: usize, order: &mut Vec<usize>, see: &mut impl FnMut(&[usize])) {
    if order.len() == agents {
        return see(order);
    }
    for agent in (0..agents).filter(|agent| !order.contains(agent)).collect::<Vec<_>>() {
        order.push(agent);
        each_order(agents, order, see);
        order.pop();
    }
}
