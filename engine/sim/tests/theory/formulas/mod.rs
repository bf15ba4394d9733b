//! Queueing theory. Rates are per second, times in seconds.

mod concurrency;
mod line;
mod priority;
mod skills;
pub(crate) mod transform;

pub(crate) use concurrency::least_loaded;
pub(crate) use line::{erlang_a, erlang_b, erlang_c};
pub(crate) use priority::priority;
pub(crate) use skills::skills;

/// What theory says of a queue; a figure that it does not speak of is none.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub(crate) struct Figures {
    /// Probability of waiting at all.
    pub(crate) p_wait: Option<f64>,
    /// Mean wait of everybody, until the first offer or until they leave.
    pub(crate) wait_all: Option<f64>,
    /// Mean wait of those who are served.
    pub(crate) wait_served: Option<f64>,
    /// Mean time until the acceptance, of those who are served.
    pub(crate) answer: Option<f64>,
    /// Part that is served within the threshold.
    pub(crate) service_level: Option<f64>,
    /// Part that leaves.
    pub(crate) abandoned: Option<f64>,
    /// Part that is refused.
    pub(crate) blocked: Option<f64>,
    /// Mean number that waits.
    pub(crate) waiting: Option<f64>,
    /// Busy part of the agents.
    pub(crate) occupancy: Option<f64>,
    /// Mean number of active chats at a moment.
    pub(crate) active: Option<f64>,
}

impl Figures {
    /// The figures that theory speaks of, with their names.
    pub(crate) fn told(&self) -> impl Iterator<Item = (&'static str, f64)> {
        let all = [
            ("P(wait)", self.p_wait),
            ("wait", self.wait_all),
            ("served wait", self.wait_served),
            ("answer", self.answer),
            ("service level", self.service_level),
            ("abandoned", self.abandoned),
            ("blocked", self.blocked),
            ("waiting", self.waiting),
            ("occupancy", self.occupancy),
            ("active", self.active),
        ];
        all.into_iter().filter_map(|(name, figure)| Some((name, figure?)))
    }
}

/// A desk of one agent whose work on a chat is more than the handling (Pollaczek 1930, Khinchine 1932): each offer is
/// missed with probability `miss` and then lost for `expires`; the rest is `delay`, an exponential `handle` and `wrap`.
pub(crate) fn pollaczek_khinchine(rate: f64, handle: f64, [delay, wrap, miss, expires]: [f64; 4]) -> Figures {
    let misses = miss / (1.0 - miss);
    let mean = misses * expires + delay + handle + wrap;
    // Misses are geometric: their variance is p/(1-p)².
    let variance = miss / (1.0 - miss).powi(2) * expires * expires + handle * handle;
    let load = rate * mean;
    let wait = rate * (variance + mean * mean) / (2.0 * (1.0 - load));
    Figures {
        p_wait: Some(load),
        wait_all: Some(wait),
        wait_served: Some(wait),
        answer: Some(wait + misses * expires + delay),
        waiting: Some(rate * wait),
        occupancy: Some(load),
        ..Figures::default()
    }
}

/// Mean number of chats at `at` with agents for all and a sine wave of arrivals (Eick, Massey, Whitt 1993).
pub(crate) fn many_servers(rate: f64, amplitude: f64, period: f64, handle: f64, at: f64) -> f64 {
    let turn = std::f64::consts::TAU / period;
    let lag = turn * handle;
    let wave = ((turn * at).sin() - lag * (turn * at).cos()) / (1.0 + lag * lag);
    rate * handle + amplitude * handle * wave
}

/// Probability that a walk on 0, 1, 2, … that starts as `start` says has reached the exit by `within`, by uniformisation
/// (Jensen 1953). From place j it goes down with `down(j)`, from 0 out by the exit; up with `up(j)`; it vanishes with
/// `gone`.
pub(crate) fn exit_within(
    start: &[f64],
    within: f64,
    down: impl Fn(usize) -> f64,
    up: impl Fn(usize) -> f64,
    gone: f64,
) -> f64 {
    let last = start.len() - 1;
    let clock = (0..=last).map(|j| down(j) + up(j)).fold(0.0, f64::max) + gone;
    let (mut places, mut out) = (start.to_vec(), 0.0);
    let mean = clock * within;
    let (mut reached, mut seen, mut step) = (0.0, 0.0, 0.0_f64);
    let mut log_weight = -mean;
    while seen < 1.0 - 1e-13 && step < mean + 60.0 * (mean + 20.0).sqrt() {
        let weight = log_weight.exp();
        reached += weight * out;
        seen += weight;
        let mut next = vec![0.0; places.len()];
        for (j, here) in places.iter().enumerate() {
            let (falls, rises) = (here * down(j) / clock, here * up(j) / clock);
            next[j] += here * (1.0 - gone / clock) - falls - if j < last { rises } else { 0.0 };
            match j.checked_sub(1) {
                None => out += falls,
                Some(before) => next[before] += falls,
            }
            if j < last {
                next[j + 1] += rises;
            }
        }
        places = next;
        step += 1.0;
        log_weight += mean.ln() - step.ln();
    }
    reached
}
