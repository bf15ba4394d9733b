//! Results as people read them: a table for a terminal, and one HTML file with charts. It computes nothing new.

mod chart;
mod html;
mod table;
mod what_if;

pub use html::{html, page};
pub use table::table;
pub use what_if::{what_if, what_if_html};

use crate::estimate::Estimate;

/// A part of a whole as a percentage with its half-width.
fn percent(estimate: Option<Estimate>) -> String {
    with(estimate, 100.0, 1, " %")
}

/// A number with its half-width.
fn number(estimate: Option<Estimate>) -> String {
    with(estimate, 1.0, 2, "")
}

/// A duration in seconds with its half-width.
fn seconds(estimate: Option<Estimate>) -> String {
    with(estimate, 1.0, 1, "")
}

fn with(estimate: Option<Estimate>, scale: f64, digits: usize, unit: &str) -> String {
    match estimate {
        None => "-".to_owned(),
        Some(Estimate { value, half_width }) if half_width.is_finite() => {
            format!("{:.digits$} ±{:.digits$}{unit}", value * scale, half_width * scale)
        }
        Some(Estimate { value, .. }) => format!("{:.digits$}{unit}", value * scale),
    }
}

/// The columns of waits: their heads, and how each is written.
type Column = (&'static str, fn(&crate::SpellFigures) -> String);

const COLUMNS: [Column; 10] = [
    ("asked", |s| format!("{:.1}", s.asked)),
    ("blocked", |s| percent(s.blocked)),
    ("waited", |s| percent(s.waited)),
    ("wait s", |s| seconds(s.wait_s)),
    ("answer s", |s| seconds(s.answer_s)),
    ("90 % within s", |s| s.quantiles_s.map_or("-".to_owned(), |q| format!("{:.1}", q[1]))),
    ("service level", |s| percent(s.service_level)),
    ("left", |s| percent(s.abandoned)),
    ("in line", |s| number(s.waiting)),
    ("active", |s| number(s.active)),
];
