//! Chance, from a seed: SplitMix64 (Steele, Lea, Flood 2014), the generator of the simulated disk.

pub(crate) use crate::disk::Dice;

/// Denominator of a rate.
const WHOLE: u64 = 10_000;

impl Dice {
    /// Whether something with this chance in 10,000 happens.
    pub(crate) fn happens(&mut self, rate: u64) -> bool {
        rate > 0 && self.roll(WHOLE) < rate
    }

    /// One of these.
    pub(crate) fn pick<T: Copy>(&mut self, from: &[T]) -> Option<T> {
        if from.is_empty() { None } else { Some(from[self.below(from.len())]) }
    }

    /// A number below this one.
    pub(crate) fn below(&mut self, limit: usize) -> usize {
        usize::try_from(self.roll(limit as u64)).expect("it is below a usize")
    }

    /// A small number, below this one.
    pub(crate) fn small(&mut self, limit: u32) -> u32 {
        u32::try_from(self.roll(limit.into())).expect("it is below a u32")
    }
}

/// A number that follows from others, for what must not depend on the order of things.
pub(crate) fn mixed(parts: &[u64]) -> u64 {
    parts
        .iter()
        .fold(0x9E37_79B9_7F4A_7C15, |so_far, part| Dice(so_far ^ part.rotate_left(17)).roll(u64::MAX))
}
