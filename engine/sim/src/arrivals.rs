//! When customers come: constant, swinging and stepwise rates. It draws moments and knows nothing of chats.

use crate::random::Stream;

/// Milliseconds of an hour.
const HOUR_MS: f64 = 3_600_000.0;

/// How many customers come in an hour.
#[derive(Debug, Clone, PartialEq)]
pub enum Rate {
    /// Always as many.
    Constant {
        /// Customers an hour.
        per_hour: f64,
    },
    /// A sine wave around a mean.
    Swing {
        /// Mean customers an hour.
        per_hour: f64,
        /// How far the rate goes up and down from it, at most the mean.
        amplitude_per_hour: f64,
        /// Length of a wave, in milliseconds.
        period_ms: u64,
        /// When a wave begins, rising from the mean, in milliseconds.
        begins_ms: u64,
    },
    /// One rate after the other, over and over.
    Steps {
        /// From when on, in milliseconds since a period's begin, and customers an hour; in order, the first from 0.
        steps: Vec<(u64, f64)>,
        /// After how long the first step comes again, in milliseconds.
        period_ms: u64,
    },
}

impl Rate {
    /// Customers an hour at this moment.
    pub fn at(&self, millis: f64) -> f64 {
        match self {
            Self::Constant { per_hour } => *per_hour,
            Self::Swing { per_hour, amplitude_per_hour, period_ms, begins_ms } => {
                let turn = (millis - *begins_ms as f64) / *period_ms as f64;
                per_hour + amplitude_per_hour * (turn * std::f64::consts::TAU).sin()
            }
            Self::Steps { steps, period_ms } => {
                let within = millis % *period_ms as f64;
                let behind = steps.partition_point(|(from, _)| *from as f64 <= within);
                behind.checked_sub(1).map_or(0.0, |step| steps[step].1)
            }
        }
    }

    fn times(&self, factor: f64) -> Self {
        let mut rate = self.clone();
        match &mut rate {
            Self::Constant { per_hour } => *per_hour *= factor,
            Self::Swing { per_hour, amplitude_per_hour, .. } => {
                *per_hour *= factor;
                *amplitude_per_hour *= factor;
            }
            Self::Steps { steps, .. } => steps.iter_mut().for_each(|step| step.1 *= factor),
        }
        rate
    }

    /// The highest rate that there ever is, in customers an hour.
    fn highest(&self) -> f64 {
        match self {
            Self::Constant { per_hour } => *per_hour,
            Self::Swing { per_hour, amplitude_per_hour, .. } => per_hour + amplitude_per_hour.abs(),
            Self::Steps { steps, .. } => steps.iter().map(|(_, per_hour)| *per_hour).fold(0.0, f64::max),
        }
    }
}

/// How customers come.
#[derive(Debug, Clone, PartialEq)]
pub enum Arrivals {
    /// Independently of one another: a Poisson process, thinned where its rate varies (Lewis and Shedler 1979).
    Poisson(Rate),
    /// One after the other at equal distances.
    Regular {
        /// Customers an hour.
        per_hour: f64,
    },
}

impl Arrivals {
    /// So many times as many.
    #[must_use]
    pub fn times(&self, factor: f64) -> Self {
        match self {
            Self::Poisson(rate) => Self::Poisson(rate.times(factor)),
            Self::Regular { per_hour } => Self::Regular { per_hour: per_hour * factor },
        }
    }
}

/// One run's arrivals of one kind.
#[derive(Debug)]
pub(crate) struct Coming<'a> {
    arrivals: &'a Arrivals,
    stream: Stream,
    /// The last moment, in milliseconds.
    at: f64,
}

impl<'a> Coming<'a> {
    pub(crate) fn new(arrivals: &'a Arrivals, stream: Stream) -> Self {
        Self { arrivals, stream, at: 0.0 }
    }

    /// The next arrival, in whole milliseconds since the begin; none when nobody ever comes.
    pub(crate) fn next(&mut self) -> Option<u64> {
        match self.arrivals {
            Arrivals::Regular { per_hour } if *per_hour > 0.0 => self.at += HOUR_MS / per_hour,
            Arrivals::Poisson(rate) if rate.highest() > 0.0 => self.thin(rate),
            _ => return None,
        }
        Some(self.at.round() as u64)
    }

    fn thin(&mut self, rate: &Rate) {
        let highest = rate.highest();
        loop {
            self.at += self.stream.exponential() * HOUR_MS / highest;
            if let Rate::Constant { .. } = rate {
                return;
            }
            if self.stream.chance(rate.at(self.at) / highest) {
                return;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn count(arrivals: &Arrivals, from_h: u64, to_h: u64) -> usize {
        let mut coming = Coming::new(arrivals, Stream::of(&[3]));
        let moments = std::iter::from_fn(|| coming.next()).take_while(|at| *at < to_h * 3_600_000);
        moments.filter(|at| *at >= from_h * 3_600_000).count()
    }

    #[test]
    fn thinning_keeps_the_rate_of_each_hour() {
        let steps = vec![(0, 1000.0), (3_600_000, 0.0), (7_200_000, 4000.0)];
        let stepwise = Arrivals::Poisson(Rate::Steps { steps, period_ms: 3 * 3_600_000 });
        assert_eq!(count(&stepwise, 1, 2), 0);
        assert_eq!(count(&stepwise, 4, 5), 0, "the period comes again");
        let (few, many) = (count(&stepwise, 0, 1) as f64, count(&stepwise, 2, 3) as f64);
        assert!(
            (few - 1000.0).abs() < 5.0 * 1000_f64.sqrt() && (many - 4000.0).abs() < 5.0 * 4000_f64.sqrt()
        );
    }

    #[test]
    fn a_wave_rises_and_falls() {
        let swing = Rate::Swing {
            per_hour: 6000.0,
            amplitude_per_hour: 6000.0,
            period_ms: 4 * 3_600_000,
            begins_ms: 0,
        };
        let wave = Arrivals::Poisson(swing);
        // The mean of the sine over its half wave is 2/π.
        let up = 12_000.0 * (1.0 + 2.0 / std::f64::consts::PI);
        let down = 12_000.0 * (1.0 - 2.0 / std::f64::consts::PI);
        assert!((count(&wave, 0, 2) as f64 - up).abs() < 5.0 * up.sqrt());
        assert!((count(&wave, 2, 4) as f64 - down).abs() < 5.0 * down.sqrt());
    }

    #[test]
    fn regular_customers_come_at_equal_distances() {
        assert_eq!(count(&Arrivals::Regular { per_hour: 10.0 }, 1, 3), 20);
    }
}
