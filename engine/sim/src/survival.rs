//! How long something lasts, from observations of which some were cut short: who was served would have waited longer, a
//! chat that goes on will end some time. Pure arithmetic.

use crate::random::Stream;

/// The product-limit curve (Kaplan and Meier, "Nonparametric estimation from incomplete observations", 1958), and beyond
/// what was observed an exponential tail.
#[derive(Debug, Clone, PartialEq)]
pub struct Survival {
    /// Ends in milliseconds, ascending, each with the part that has ended by then.
    steps: Vec<(u64, f64)>,
    /// Mean of what lasts longer than all that ended, in milliseconds beyond the last end.
    tail_ms: f64,
    /// How many ends were observed.
    ends: u64,
}

impl Survival {
    /// From durations in milliseconds, each with whether it ended then; it was cut short otherwise. None when nothing
    /// ended: nothing is known then but that it takes longer.
    pub fn fit(spans: impl IntoIterator<Item = (u64, bool)>) -> Option<Self> {
        let mut spans: Vec<(u64, bool)> = spans.into_iter().collect();
        spans.sort_unstable();
        let (mut steps, mut survives, mut place) = (Vec::new(), 1.0, 0);
        let (mut ends, mut lasted) = (0, 0);
        while let Some(&(at, _)) = spans.get(place) {
            // What was cut short at the moment of an end was still there when it came.
            let at_risk = spans.len() - place;
            let equal = &spans[place..place + spans[place..].partition_point(|span| span.0 == at)];
            let ended = equal.iter().filter(|span| span.1).count();
            if ended > 0 {
                survives *= 1.0 - ended as f64 / at_risk as f64;
                steps.push((at, 1.0 - survives));
            }
            ends += ended as u64;
            lasted += at * equal.len() as u64;
            place += equal.len();
        }
        (ends > 0).then(|| Self { steps, tail_ms: lasted as f64 / ends as f64, ends })
    }

    /// How many ends were observed.
    pub fn ends(&self) -> u64 {
        self.ends
    }

    /// The part that lasts longer than so many milliseconds.
    pub fn longer_than(&self, millis: u64) -> f64 {
        let before = self.steps.partition_point(|step| step.0 <= millis);
        let (last, ended) = before.checked_sub(1).map_or((0, 0.0), |step| self.steps[step]);
        if before < self.steps.len() {
            return 1.0 - ended;
        }
        (1.0 - ended) * (-((millis - last) as f64) / self.tail_ms.max(1.0)).exp()
    }

    /// The mean in milliseconds.
    pub fn mean_ms(&self) -> f64 {
        let (mut sum, mut before) = (0.0, (0, 0.0));
        for step in &self.steps {
            sum += (step.0 - before.0) as f64 * (1.0 - before.1);
            before = *step;
        }
        sum + (1.0 - before.1) * self.tail_ms
    }

    /// One of them, in milliseconds.
    pub(crate) fn draw(&self, stream: &mut Stream) -> f64 {
        let part = stream.unit();
        let step = self.steps.partition_point(|step| step.1 < part);
        match (self.steps.get(step), self.steps.last()) {
            (Some(step), _) => step.0 as f64,
            (None, last) => last.map_or(0.0, |last| last.0 as f64) + self.tail_ms * stream.exponential(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_textbook_curve() {
        // Nine of twenty-one patients, Freireich et al. 1963 (Cox and Oakes, "Analysis of Survival Data", table 1.1).
        let ends = [6, 6, 6, 7, 10, 13, 16, 22, 23].map(|at| (at, true));
        let cut = [6, 9, 10, 11, 17, 19, 20, 25, 32, 32, 34, 35].map(|at| (at, false));
        let curve = Survival::fit(ends.into_iter().chain(cut)).expect("some ended");
        let known = [(5, 1.0), (6, 0.857), (7, 0.807), (10, 0.753), (13, 0.690), (16, 0.627), (22, 0.538)];
        for (at, part) in known {
            assert!((curve.longer_than(at) - part).abs() < 6e-4, "{at}: {}", curve.longer_than(at));
        }
        // 359 weeks were lived through, and nine ended: beyond the last end that is the hazard.
        let later = 0.448 * (-1.0 / (359.0_f64 / 9.0)).exp();
        assert!((curve.longer_than(24) - later).abs() < 6e-4, "{}", curve.longer_than(24));
        assert_eq!(curve.ends(), 9);
    }

    #[test]
    fn what_is_drawn_is_the_curve() {
        let mut stream = Stream::of(&[5]);
        let spans = (0..4000).map(|_| {
            let (lasts, cut) = (stream.exponential() * 60_000.0, stream.exponential() * 40_000.0);
            (lasts.min(cut) as u64, lasts < cut)
        });
        let curve = Survival::fit(spans.collect::<Vec<_>>()).expect("some ended");
        // Six in ten were cut short: the plain mean would be 24 s. Few are left late, so the mean is told less well than
        // the curve; four of Greenwood's standard errors of the curve are less than this.
        assert!((curve.mean_ms() / 60_000.0 - 1.0).abs() < 0.2, "{}", curve.mean_ms());
        for at in [10_000_u32, 30_000, 60_000, 90_000] {
            let truth = (-f64::from(at) / 60_000.0).exp();
            assert!(
                (curve.longer_than(at.into()) - truth).abs() < 0.06,
                "{at}: {}",
                curve.longer_than(at.into())
            );
        }
        let count = 100_000;
        let drawn: Vec<f64> = (0..count).map(|_| curve.draw(&mut stream)).collect();
        for at in [10_000, 60_000, 150_000, 400_000] {
            let part = drawn.iter().filter(|millis| **millis > at as f64).count() as f64 / f64::from(count);
            assert!((part - curve.longer_than(at)).abs() < 0.008, "{at}: {part} {}", curve.longer_than(at));
        }
    }

    #[test]
    fn nothing_that_ends_is_no_curve() {
        assert_eq!(Survival::fit([(5, false), (7, false)]), None);
        assert_eq!(Survival::fit([]), None);
    }
}
