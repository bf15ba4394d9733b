//! Agents with several chats at a time, each slower for the others, the least loaded agent first: the birth-death chain of
//! how many agents have how many chats (Tezcan and Zhang 2014; Luo and Zhang 2013), with exponential patience.

use super::{Figures, exit_within};
use std::collections::BTreeMap;

/// Longest line looked at.
const LINE: usize = 400;
/// Sweeps of Gauss and Seidel at most.
const SWEEPS: usize = 200_000;
/// A change of all probabilities together that is none.
const STILL: f64 = 1e-15;

/// How many agents have 0, 1, 2, … chats.
type Loads = Vec<u32>;

/// `speeds` are an agent's total rates with one chat, two chats, …, per second.
pub(crate) fn least_loaded(agents: u32, rate: f64, speeds: &[f64], patience: f64, threshold: f64) -> Figures {
    let most = speeds.len();
    let (all, leave) = (f64::from(agents), 1.0 / patience);
    let loads = loads(agents, most);
    let full = loads.iter().position(|load| load[most] == agents).expect("everybody can be full");
    let full_rate = all * speeds[most - 1];
    let stationary = stationary(&loads, rate, speeds, &|line| full_rate + line as f64 * leave, full);
    let (free, line) = stationary.split_at(loads.len());
    let busy: Vec<f64> = std::iter::once(free[full]).chain(line.iter().copied()).collect();
    let waits: f64 = busy.iter().sum();
    let waiting: f64 = busy.iter().enumerate().map(|(number, state)| number as f64 * state).sum();
    let in_hand =
        |load: &Loads| load.iter().zip(0_u32..).map(|(agents, chats)| f64::from(agents * chats)).sum::<f64>();
    let slots = all * most as f64;
    let chats = loads.iter().zip(free).map(|(load, state)| in_hand(load) * state).sum::<f64>()
        + line.iter().sum::<f64>() * slots;
    let soon = exit_within(&busy, threshold, |j| full_rate + j as f64 * leave, |_| 0.0, leave);
    Figures {
        p_wait: Some(waits),
        wait_all: Some(waiting / rate),
        service_level: Some(1.0 - waits + soon),
        abandoned: Some(leave * waiting / rate),
        waiting: Some(waiting),
        occupancy: Some(chats / slots),
        ..Figures::default()
    }
}

fn loads(agents: u32, most: usize) -> Vec<Loads> {
    if most == 0 {
        return vec![vec![agents]];
    }
    let with = |top: u32| {
        loads(agents - top, most - 1).into_iter().map(move |mut rest| {
            rest.push(top);
            rest
        })
    };
    (0..=agents).flat_map(with).collect()
}

/// Probabilities of all loads, and of 1, 2, … customers in line while everybody is full.
fn stationary(
    loads: &[Loads],
    rate: f64,
    speeds: &[f64],
    out_of_line: &dyn Fn(usize) -> f64,
    full: usize,
) -> Vec<f64> {
    let place: BTreeMap<&Loads, usize> = loads.iter().zip(0..).collect();
    let count = loads.len() + LINE;
    let (mut into, mut out) = (vec![Vec::new(); count], vec![0.0; count]);
    let mut add = |from: usize, to: usize, rate: f64| {
        into[to].push((from, rate));
        out[from] += rate;
    };
    for (from, load) in loads.iter().enumerate() {
        let step = |down: usize, up: usize| {
            let mut next = load.clone();
            next[down] -= 1;
            next[up] += 1;
            place[&next]
        };
        match (0..speeds.len()).find(|chats| load[*chats] > 0) {
            Some(least) => add(from, step(least, least + 1), rate),
            None => add(from, loads.len(), rate),
        }
        for chats in (1..=speeds.len()).filter(|chats| load[*chats] > 0) {
            add(from, step(chats, chats - 1), f64::from(load[chats]) * speeds[chats - 1]);
        }
    }
    for line in 1..=LINE {
        let state = loads.len() + line - 1;
        add(state, if line == 1 { full } else { state - 1 }, out_of_line(line));
        if line < LINE {
            add(state, state + 1, rate);
        }
    }
    solve(&into, &out)
}

fn solve(into: &[Vec<(usize, f64)>], out: &[f64]) -> Vec<f64> {
    let mut states = vec![1.0 / out.len() as f64; out.len()];
    for _ in 0..SWEEPS {
        let mut moved = 0.0;
        for state in 0..states.len() {
            let flow: f64 = into[state].iter().map(|(from, rate)| states[*from] * rate).sum();
            let next = flow / out[state];
            moved += (next - states[state]).abs();
            states[state] = next;
        }
        let sum: f64 = states.iter().sum();
        states.iter_mut().for_each(|state| *state /= sum);
        if moved < STILL * 100.0 {
            break;
        }
    }
    states
}
