//! Chance that can be replayed: a story prints its seed, and `HARK_SEED` gives it back. It is no secret's source.

use std::env;
use std::time::{SystemTime, UNIX_EPOCH};

/// A stream of numbers (SplitMix64), the same for the same seed.
#[derive(Debug, Clone)]
pub struct Seed {
    state: u64,
}

impl Seed {
    /// The seed of this run: `HARK_SEED`, or one of the clock. It is printed with the story's name.
    ///
    /// # Panics
    /// `HARK_SEED` is no number.
    #[must_use]
    pub fn of_run(story: &str) -> Self {
        let given = env::var("HARK_SEED").ok().map(|text| text.parse().expect("HARK_SEED is a number"));
        let clock =
            || SystemTime::now().duration_since(UNIX_EPOCH).map_or(1, |since| since.subsec_nanos().into());
        let state = given.unwrap_or_else(clock);
        eprintln!("{story}: seed {state} (again: HARK_SEED={state})");
        Self { state }
    }

    /// A given seed, for a test that takes it as an argument.
    #[must_use]
    pub fn told(story: &str, state: u64) -> Self {
        eprintln!("{story}: seed {state}");
        Self { state }
    }

    /// The next number.
    pub fn number(&mut self) -> u64 {
        self.state = self.state.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.state;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    /// A number below `bound`, which is not 0.
    pub fn below(&mut self, bound: u64) -> u64 {
        self.number() % bound
    }

    /// True for `percent` in a hundred.
    pub fn chance(&mut self, percent: u64) -> bool {
        self.below(100) < percent
    }

    /// Another stream, for somebody who draws by themselves.
    #[must_use]
    pub fn split(&mut self) -> Self {
        Self { state: self.number() }
    }

    /// Mixes a list.
    pub fn shuffle<T>(&mut self, list: &mut [T]) {
        for place in (1..list.len()).rev() {
            let other = usize::try_from(self.below(place as u64 + 1)).expect("a place in a list");
            list.swap(place, other);
        }
    }
}
