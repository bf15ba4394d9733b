//! The wait of a class by another way: its Laplace transform, inverted numerically. It shares nothing with the walk of
//! `priority` but the probability of waiting, so that where both agree neither is wrong.

use super::line::p_wait;
use std::f64::consts::PI;

/// Bound of the inversion's error from its grid: about e to the power of minus this.
const EXACT: f64 = 23.0;
/// Terms that are summed before the averaging, and how many partial sums are averaged (Euler summation).
const TERMS: u32 = 60;
const AVERAGED: u32 = 14;

/// A complex number: what the inversion needs of them.
#[derive(Debug, Clone, Copy)]
struct Complex(f64, f64);

impl Complex {
    fn plus(self, real: f64) -> Self {
        Self(self.0 + real, self.1)
    }

    fn minus(self, other: Self) -> Self {
        Self(self.0 - other.0, self.1 - other.1)
    }

    fn times(self, other: Self) -> Self {
        Self(self.0 * other.0 - self.1 * other.1, self.0 * other.1 + self.1 * other.0)
    }

    fn scaled(self, by: f64) -> Self {
        Self(self.0 * by, self.1 * by)
    }

    fn inverse(self) -> Self {
        let square = self.0 * self.0 + self.1 * self.1;
        Self(self.0 / square, -self.1 / square)
    }

    /// The root with a real part of at least 0.
    fn root(self) -> Self {
        let size = self.0.hypot(self.1);
        Self(
            ((size + self.0) / 2.0).max(0.0).sqrt(),
            ((size - self.0) / 2.0).max(0.0).sqrt().copysign(self.1),
        )
    }
}

/// Part of class `class` that waits at most `threshold`.
///
/// Who waits finds work that is exponential with rate θ = Nμ - λ₁ - … - λ_class (a geometric number of exponential parts).
/// Each more urgent customer who comes meanwhile puts a whole busy period of their like before them, with transform β:
/// λβ² - (s + λ + Nμ)β + Nμ = 0. So the wait has the transform θ / (θ + s + λ(1 - β(s))) (Kella and Yechiali 1985).
pub(crate) fn within(agents: u32, rates: &[f64], class: usize, handle: f64, threshold: f64) -> f64 {
    let full = f64::from(agents) / handle;
    let before: f64 = rates[..class].iter().sum();
    let spare = full - before - rates[class];
    let later = |s: Complex| {
        let sum = s.plus(before + full);
        let root = sum.times(sum).plus(-4.0 * before * full).root();
        let busy = match before > 0.0 {
            true => sum.minus(root).scaled(0.5 / before),
            false => Complex(0.0, 0.0),
        };
        let v = Complex(1.0, 0.0).minus(busy).scaled(before);
        let v = Complex(s.0 + v.0, s.1 + v.1);
        // (1 - w(s)) / s: the transform of the probability of waiting longer.
        v.times(v.plus(spare).inverse()).times(s.inverse())
    };
    1.0 - p_wait(agents, rates.iter().sum::<f64>() * handle) * inverted(later, threshold)
}

/// The function with this transform at `at`, by the Fourier series method with Euler summation (Abate and Whitt 1995).
fn inverted(transform: impl Fn(Complex) -> Complex, at: f64) -> f64 {
    let real = EXACT / (2.0 * at);
    let scale = (EXACT / 2.0).exp() / at;
    let mut sum = scale / 2.0 * transform(Complex(real, 0.0)).0;
    let (mut mean, mut weight) = (0.0, 0.5_f64.powi(AVERAGED as i32));
    for term in 1..=TERMS + AVERAGED {
        let sign = if term % 2 == 0 { 1.0 } else { -1.0 };
        sum += sign * scale * transform(Complex(real, f64::from(term) * PI / at)).0;
        if let Some(place) = term.checked_sub(TERMS) {
            // Binomial weights: that of the next place follows from this one's.
            mean += weight * sum;
            weight *= f64::from(AVERAGED - place) / f64::from(place + 1);
        }
    }
    mean
}
