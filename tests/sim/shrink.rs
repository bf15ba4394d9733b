//! Makes a failing list of steps short: leaves out more and more of it as long as the same rule breaks at the same
//! place (delta debugging: Zeller and Hildebrandt, 2002). Time that passed before a step that is left out passes before
//! the next one, so that timers stay where they were.

use crate::run::{Broken, again};
use crate::step::Step;
use std::time::{Duration, Instant};

/// Leaves out what is not needed, for at most `patience`.
pub(crate) fn shrink(seed: u64, steps: &[Step], broken: &Broken, patience: Duration) -> Vec<Step> {
    let until = Instant::now() + patience;
    let careful = broken.is_seen_late();
    let mut steps = steps.to_vec();
    let mut piece = steps.len().div_ceil(2);
    while piece > 0 && Instant::now() < until {
        let before = steps.len();
        let mut from = 0;
        while from < steps.len() && Instant::now() < until {
            let shorter = without(&steps, from, piece);
            if again(seed, &shorter, careful).is_some_and(|found| found.place == broken.place) {
                steps = shorter;
            } else {
                from += piece;
            }
        }
        if piece > 1 || steps.len() == before {
            piece /= 2;
        }
    }
    steps
}

fn without(steps: &[Step], from: usize, count: usize) -> Vec<Step> {
    let to = (from + count).min(steps.len());
    let passed: u64 = steps[from..to].iter().map(|step| step.after_ms).sum();
    let mut rest: Vec<Step> = steps[..from].iter().chain(&steps[to..]).cloned().collect();
    if let Some(next) = rest.get_mut(from) {
        next.after_ms += passed;
    }
    rest
}
