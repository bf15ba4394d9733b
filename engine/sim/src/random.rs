//! Randomness that is data: a seed makes the same numbers on every machine. It never asks the system for any.

/// A stream of random numbers: SplitMix64 (Steele, Lea, Flood: "Fast splittable pseudorandom number generators", 2014).
#[derive(Debug, Clone)]
pub(crate) struct Stream(u64);

/// Difference of two states that follow each other.
const STEP: u64 = 0x9E37_79B9_7F4A_7C15;

fn mix(mut z: u64) -> u64 {
    z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    z ^ (z >> 31)
}

impl Stream {
    /// The stream of a place in a tree of purposes: the same path always gives the same stream, whatever else is drawn.
    pub(crate) fn of(path: &[u64]) -> Self {
        let seed = path.iter().fold(0x4861_726B, |seed: u64, part| {
            mix(mix(seed.wrapping_add(STEP)) ^ part.wrapping_mul(0xD1B5_4A32_D192_ED03))
        });
        Self(seed)
    }

    /// 64 random bits.
    pub(crate) fn bits(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(STEP);
        mix(self.0)
    }

    /// Evenly from 0 to 1, without 0.
    pub(crate) fn unit(&mut self) -> f64 {
        ((self.bits() >> 11) + 1) as f64 / (1_u64 << 53) as f64
    }

    /// True with this probability.
    pub(crate) fn chance(&mut self, probability: f64) -> bool {
        probability > 0.0 && self.unit() <= probability
    }

    /// A place of a list of this length.
    pub(crate) fn place(&mut self, length: usize) -> usize {
        (self.bits() % length.max(1) as u64) as usize
    }

    /// Standard exponential.
    pub(crate) fn exponential(&mut self) -> f64 {
        -self.unit().ln()
    }

    /// Standard normal (Box and Muller 1958).
    pub(crate) fn normal(&mut self) -> f64 {
        (-2.0 * self.unit().ln()).sqrt() * (std::f64::consts::TAU * self.unit()).cos()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_is_a_stream_and_neighbours_differ() {
        let first = |path: &[u64]| Stream::of(path).bits();
        assert_eq!(first(&[1, 2, 3]), first(&[1, 2, 3]));
        let firsts: std::collections::BTreeSet<_> = (0..1000).map(|number| first(&[1, 2, number])).collect();
        assert_eq!(firsts.len(), 1000);
    }

    #[test]
    fn moments_are_those_of_the_distributions() {
        let mut stream = Stream::of(&[7]);
        let count = 200_000;
        let mean = |values: &[f64]| values.iter().sum::<f64>() / values.len() as f64;
        let exponential: Vec<_> = (0..count).map(|_| stream.exponential()).collect();
        let normal: Vec<_> = (0..count).map(|_| stream.normal()).collect();
        let squares: Vec<_> = normal.iter().map(|value| value * value).collect();
        // Five standard errors each.
        assert!((mean(&exponential) - 1.0).abs() < 5.0 / 447.0);
        assert!(mean(&normal).abs() < 5.0 / 447.0);
        assert!((mean(&squares) - 1.0).abs() < 5.0 * 1.42 / 447.0);
    }
}
