//! Makes a failing list of steps short: leaves out more and more of it as long as it still fails (delta debugging:
//! Zeller and Hildebrandt, 2002), and of what is left by then pairs too, such as a chat and its end. Time that passed
//! before a step that is left out passes before the next one, so that timers stay where they were. Knows nothing of what
//! fails, nor of clocks.

use crate::step::Step;

/// Pairs are tried once so few steps are left.
const FEW: usize = 80;

/// Leaves out what is not needed for `fails`, as long as `goes_on`. Unless that ends it, no step of what it answers can
/// be left out alone, and of a short list no two together.
pub(crate) fn shrink(
    steps: &[Step],
    fails: impl FnMut(&[Step]) -> bool,
    goes_on: impl FnMut() -> bool,
) -> Vec<Step> {
    let mut shrinker = Shrinker { steps: steps.to_vec(), fails, goes_on };
    shrinker.pieces();
    while shrinker.steps.len() <= FEW && shrinker.pairs() {
        shrinker.pieces();
    }
    shrinker.steps
}

struct Shrinker<F, G> {
    steps: Vec<Step>,
    fails: F,
    goes_on: G,
}

impl<F: FnMut(&[Step]) -> bool, G: FnMut() -> bool> Shrinker<F, G> {
    /// Leaves out pieces, large ones first, until no single step can be left out.
    fn pieces(&mut self) {
        let mut piece = self.steps.len().div_ceil(2);
        while piece > 0 {
            let before = self.steps.len();
            let mut from = 0;
            while from < self.steps.len() {
                match self.tried(without(&self.steps, from, piece)) {
                    None => return,
                    Some(true) => {}
                    Some(false) => from += piece,
                }
            }
            if piece > 1 || self.steps.len() == before {
                piece /= 2;
            }
        }
    }

    /// Leaves out two steps that lie apart, wherever that is possible. Whether it was.
    fn pairs(&mut self) -> bool {
        let before = self.steps.len();
        let mut first = 0;
        while first < self.steps.len() {
            let mut second = first + 1;
            while second < self.steps.len() {
                match self.tried(without(&without(&self.steps, second, 1), first, 1)) {
                    None => return false,
                    Some(true) => second = first + 1,
                    Some(false) => second += 1,
                }
            }
            first += 1;
        }
        self.steps.len() < before
    }

    /// Keeps a shorter list if it fails too. Whether it does, or nothing when it is time to end.
    fn tried(&mut self, shorter: Vec<Step>) -> Option<bool> {
        if !(self.goes_on)() {
            return None;
        }
        let fails = (self.fails)(&shorter);
        if fails {
            self.steps = shorter;
        }
        Some(fails)
    }
}

/// The list without some of its steps.
pub(crate) fn without(steps: &[Step], from: usize, count: usize) -> Vec<Step> {
    let to = (from + count).min(steps.len());
    let passed: u64 = steps[from..to].iter().map(|step| step.after_ms).sum();
    let mut rest: Vec<Step> = steps[..from].iter().chain(&steps[to..]).cloned().collect();
    if let Some(next) = rest.get_mut(from) {
        next.after_ms += passed;
    }
    rest
}
