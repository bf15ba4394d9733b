//! How long something takes: distributions of durations. Each is stated by its mean, so that shapes can be exchanged.

use crate::random::Stream;
use crate::survival::Survival;
use std::sync::Arc;

/// A distribution of durations.
#[derive(Debug, Clone, PartialEq)]
pub enum Draw {
    /// Always the same.
    Fixed {
        /// Seconds.
        mean_s: f64,
    },
    /// Memoryless.
    Exponential {
        /// Mean in seconds.
        mean_s: f64,
    },
    /// The logarithm is normal: what handle times of people look like.
    LogNormal {
        /// Mean in seconds.
        mean_s: f64,
        /// Standard deviation as a part of the mean.
        cv: f64,
    },
    /// What was measured, some of it cut short.
    Measured(Arc<Survival>),
}

impl Draw {
    /// No time at all.
    pub const ZERO: Self = Self::Fixed { mean_s: 0.0 };

    /// The mean in seconds.
    pub fn mean_s(&self) -> f64 {
        match self {
            Self::Fixed { mean_s } | Self::Exponential { mean_s } | Self::LogNormal { mean_s, .. } => *mean_s,
            Self::Measured(survival) => survival.mean_ms() / 1000.0,
        }
    }

    /// A duration in milliseconds, as exact as numbers are.
    pub(crate) fn millis(&self, stream: &mut Stream) -> f64 {
        match self {
            Self::Fixed { mean_s } => mean_s * 1000.0,
            Self::Exponential { mean_s } => mean_s * 1000.0 * stream.exponential(),
            Self::LogNormal { mean_s, cv } => {
                let variance = (1.0 + cv * cv).ln();
                mean_s * 1000.0 * (variance.sqrt() * stream.normal() - variance / 2.0).exp()
            }
            Self::Measured(survival) => survival.draw(stream),
        }
    }

    /// A duration in whole milliseconds: the core knows no finer ones.
    pub(crate) fn whole(&self, stream: &mut Stream) -> u64 {
        self.millis(stream).round() as u64
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn means_and_spreads_are_as_stated() {
        let shapes = [
            (Draw::Fixed { mean_s: 30.0 }, 0.0),
            (Draw::Exponential { mean_s: 30.0 }, 1.0),
            (Draw::LogNormal { mean_s: 30.0, cv: 0.5 }, 0.5),
        ];
        for (draw, cv) in shapes {
            let mut stream = Stream::of(&[11]);
            let drawn: Vec<_> = (0..200_000).map(|_| draw.millis(&mut stream) / 30_000.0).collect();
            let mean = drawn.iter().sum::<f64>() / drawn.len() as f64;
            let variance = drawn.iter().map(|value| (value - mean).powi(2)).sum::<f64>() / drawn.len() as f64;
            assert!((mean - 1.0).abs() <= 5.0 * cv / 447.0, "{draw:?}: {mean}");
            assert!((variance.sqrt() - cv).abs() < 0.02, "{draw:?}: {variance}");
        }
    }
}
