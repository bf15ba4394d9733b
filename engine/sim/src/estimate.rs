//! What independent replications say of a figure: its estimate with an interval. Pure arithmetic.

use serde::Serialize;

/// A figure and how far off it may be.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Estimate {
    /// The estimate.
    pub value: f64,
    /// Half of the interval's width; infinite with a single replication.
    pub half_width: f64,
}

impl Estimate {
    /// Whether the interval, made wider or narrower by `factor`, holds `value`.
    pub fn holds(&self, value: f64, factor: f64) -> bool {
        (self.value - value).abs() <= self.half_width * factor
    }

    /// The ratio of two sums, from each replication's share of them: Σy/Σx with the interval of the delta method
    /// (Law and Kelton, "Simulation Modeling and Analysis", §9.5). None when nothing was counted.
    pub fn ratio(shares: impl Iterator<Item = (f64, f64)> + Clone, confidence: f64) -> Option<Self> {
        let (count, above, below) =
            shares.clone().fold((0_u32, 0.0, 0.0), |(n, y, x), share| (n + 1, y + share.0, x + share.1));
        if below <= 0.0 {
            return None;
        }
        let value = above / below;
        let squares: f64 = shares.map(|(y, x)| (y - value * x).powi(2)).sum();
        let half_width = match count {
            1 => f64::INFINITY,
            _ => {
                let n = f64::from(count);
                let error = (squares / (n - 1.0) / n).sqrt() / (below / n);
                student_t(1.0 - (1.0 - confidence) / 2.0, n - 1.0) * error
            }
        };
        Some(Self { value, half_width })
    }
}

/// The quantile of Student's distribution, by bisection of its distribution function.
pub fn student_t(probability: f64, freedom: f64) -> f64 {
    let (mut low, mut high) = (0.0, 1.0e6);
    for _ in 0..200 {
        let middle = (low + high) / 2.0;
        if student_cdf(middle, freedom) < probability {
            low = middle;
        } else {
            high = middle;
        }
    }
    (low + high) / 2.0
}

/// P(T ≤ t) for t ≥ 0: 1 − I_x(ν/2, 1/2)/2 with x = ν/(ν+t²) (Abramowitz and Stegun 26.5.27, 26.7.1).
fn student_cdf(t: f64, freedom: f64) -> f64 {
    1.0 - incomplete_beta(freedom / 2.0, 0.5, freedom / (freedom + t * t)) / 2.0
}

/// The regularised incomplete beta function by its continued fraction (Press et al., "Numerical Recipes", §6.4).
fn incomplete_beta(a: f64, b: f64, x: f64) -> f64 {
    if x <= 0.0 || x >= 1.0 {
        return x.clamp(0.0, 1.0);
    }
    let front = (ln_gamma(a + b) - ln_gamma(a) - ln_gamma(b) + a * x.ln() + b * (1.0 - x).ln()).exp();
    if x < (a + 1.0) / (a + b + 2.0) {
        front * beta_fraction(a, b, x) / a
    } else {
        1.0 - front * beta_fraction(b, a, 1.0 - x) / b
    }
}

fn beta_fraction(a: f64, b: f64, x: f64) -> f64 {
    const TINY: f64 = 1.0e-300;
    let away = |value: f64| if value.abs() < TINY { TINY } else { value };
    let (mut c, mut d) = (1.0, 1.0 / away(1.0 - (a + b) * x / (a + 1.0)));
    let mut fraction = d;
    for step in 1..500 {
        let m = f64::from(step);
        for term in [
            m * (b - m) * x / ((a + 2.0 * m - 1.0) * (a + 2.0 * m)),
            -(a + m) * (a + b + m) * x / ((a + 2.0 * m) * (a + 2.0 * m + 1.0)),
        ] {
            d = 1.0 / away(1.0 + term * d);
            c = away(1.0 + term / c);
            fraction *= c * d;
        }
        if (c * d - 1.0).abs() < 1.0e-15 {
            break;
        }
    }
    fraction
}

/// ln Γ(x) for x > 0 (Lanczos 1964, g = 7, nine terms).
fn ln_gamma(x: f64) -> f64 {
    const TERMS: [f64; 9] = [
        0.999_999_999_999_809_9,
        676.520_368_121_885_1,
        -1_259.139_216_722_402_8,
        771.323_428_777_653_1,
        -176.615_029_162_140_6,
        12.507_343_278_686_905,
        -0.138_571_095_265_720_12,
        9.984_369_578_019_572e-6,
        1.505_632_735_149_311_6e-7,
    ];
    let x = x - 1.0;
    let base = x + 7.5;
    let sum = TERMS.iter().enumerate().skip(1).map(|(place, term)| term / (x + place as f64));
    0.5 * std::f64::consts::TAU.ln() + (x + 0.5) * base.ln() - base + (TERMS[0] + sum.sum::<f64>()).ln()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quantiles_are_those_of_the_tables() {
        let known =
            [(0.975, 1.0, 12.7062), (0.975, 9.0, 2.2622), (0.9995, 29.0, 3.6594), (0.975, 1e6, 1.95997)];
        for (probability, freedom, quantile) in known {
            assert!((student_t(probability, freedom) - quantile).abs() < 1e-3, "{probability} {freedom}");
        }
    }

    #[test]
    fn the_ratio_of_equal_denominators_is_the_mean() {
        let shares = [1.0, 2.0, 3.0].map(|y| (y, 1.0));
        let estimate = Estimate::ratio(shares.into_iter(), 0.95).expect("something was counted");
        assert!((estimate.value - 2.0).abs() < 1e-12);
        assert!((estimate.half_width - 4.3027 / 3_f64.sqrt()).abs() < 1e-3);
        assert_eq!(Estimate::ratio([(0.0, 0.0)].into_iter(), 0.95), None);
    }
}
