//! One line of customers before equal agents: Erlang's formulas (1917) and Palm's (1946).

use super::{Figures, exit_within};

/// Part that is refused by `agents` without a place to wait, whatever the handle times' distribution (Erlang B). `load`
/// is rate times mean handle time.
pub(crate) fn erlang_b(agents: u32, load: f64) -> f64 {
    (1..=agents).fold(1.0, |blocked, agent| load * blocked / (f64::from(agent) + load * blocked))
}

/// Probability of waiting where nobody leaves (Erlang C).
pub(crate) fn p_wait(agents: u32, load: f64) -> f64 {
    let (agents_f, blocked) = (f64::from(agents), erlang_b(agents, load));
    agents_f * blocked / (agents_f - load * (1.0 - blocked))
}

/// M/M/N.
pub(crate) fn erlang_c(agents: u32, rate: f64, handle: f64, threshold: f64) -> Figures {
    let (load, waits) = (rate * handle, p_wait(agents, rate * handle));
    let spare = f64::from(agents) / handle - rate;
    let wait = waits / spare;
    Figures {
        p_wait: Some(waits),
        wait_all: Some(wait),
        wait_served: Some(wait),
        service_level: Some(1.0 - waits * (-spare * threshold).exp()),
        abandoned: Some(0.0),
        waiting: Some(rate * wait),
        occupancy: Some(load / f64::from(agents)),
        ..Figures::default()
    }
}

/// M/M/N+M: patience is exponential with mean `patience` (Erlang A).
pub(crate) fn erlang_a(agents: u32, rate: f64, handle: f64, patience: f64, threshold: f64) -> Figures {
    let (full, leave) = (f64::from(agents) / handle, 1.0 / patience);
    let mut states = vec![1.0];
    loop {
        let number = states.len() as f64;
        let served = number.min(f64::from(agents)) / handle;
        let out = served + (number - f64::from(agents)).max(0.0) * leave;
        let next = states[states.len() - 1] * rate / out;
        states.push(next);
        if number > f64::from(agents) && next < 1e-20 * states.iter().sum::<f64>() {
            break;
        }
    }
    let sum: f64 = states.iter().sum();
    let busy: Vec<f64> = states.iter().skip(agents as usize).map(|state| state / sum).collect();
    let waits: f64 = busy.iter().sum();
    let waiting: f64 = busy.iter().zip(0_u32..).map(|(state, number)| state * f64::from(number)).sum();
    let abandoned = leave * waiting / rate;
    // Who waits behind j others moves up whenever one of those is served or leaves, and may leave.
    let soon = exit_within(&busy, threshold, |j| full + j as f64 * leave, |_| 0.0, leave);
    Figures {
        p_wait: Some(waits),
        wait_all: Some(waiting / rate),
        wait_served: Some(served_wait(&busy, full, leave) / (1.0 - abandoned)),
        service_level: Some(1.0 - waits + soon),
        abandoned: Some(abandoned),
        waiting: Some(waiting),
        occupancy: Some(rate * (1.0 - abandoned) * handle / f64::from(agents)),
        ..Figures::default()
    }
}

/// E[W; served] over everybody: first-step equations for who waits behind j others.
fn served_wait(busy: &[f64], full: f64, leave: f64) -> f64 {
    let (mut served, mut time, mut sum) = (1.0, 0.0, 0.0);
    for (state, j) in busy.iter().zip(0_u32..) {
        // From place j up to place j - 1 (or to an agent) before leaving.
        let up = full + f64::from(j) * leave;
        let stays = up / (up + leave);
        time = stays * (time + served / (up + leave));
        served *= stays;
        sum += state * time;
    }
    sum
}
