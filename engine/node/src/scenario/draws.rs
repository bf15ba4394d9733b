//! Durations and rates of a scenario.

use super::{MOST_H, hours};
use crate::config::read::Section;
use hark_sim::{Arrivals, Draw, Rate};

/// Longest mean duration, in seconds: thirty days.
const MOST_S: f64 = 2_592_000.0;
/// Most customers an hour.
const MOST_PER_HOUR: f64 = 1_000_000.0;

/// A duration; none when its table is left out.
pub(super) fn draw(section: &mut Section<'_>, key: &'static str) -> Option<Draw> {
    section.table(key, |section| {
        if !section.is_there() {
            return None;
        }
        let mean_s = section.real_needed("mean_s", 0.0..=MOST_S);
        let shapes = [("exponential", 'e'), ("fixed", 'f'), ("log_normal", 'l')];
        let shape = section.choice("shape", 'e', &shapes);
        let cv = section.real("cv", 1.0, 0.0..=100.0);
        Some(match shape {
            'f' => Draw::Fixed { mean_s },
            'l' => Draw::LogNormal { mean_s, cv },
            _ => Draw::Exponential { mean_s },
        })
    })
}

/// When customers come.
pub(super) fn arrivals(section: &mut Section<'_>) -> Arrivals {
    let per_hour = section.real("per_hour", 0.0, 0.0..=MOST_PER_HOUR);
    let regular = section.choice("arrivals", false, &[("poisson", false), ("regular", true)]);
    let swing = section.table("swing", |section| section.is_there().then(|| swing(section, per_hour)));
    let steps = steps(section);
    if swing.is_some() && steps.is_some() {
        section.fault("a kind of customers swings or goes by steps, not both");
    }
    let varies = swing.or(steps);
    match (regular, varies) {
        (true, Some(_)) => {
            section.fault_at("arrivals", "regular arrivals have one rate: leave out swing and steps");
            Arrivals::Regular { per_hour }
        }
        (true, None) => Arrivals::Regular { per_hour },
        (false, varies) => Arrivals::Poisson(varies.unwrap_or(Rate::Constant { per_hour })),
    }
}

fn swing(section: &mut Section<'_>, per_hour: f64) -> Rate {
    let amplitude_per_hour = section.real_needed("amplitude_per_hour", 0.0..=MOST_PER_HOUR);
    if amplitude_per_hour > per_hour {
        section
            .fault_at("amplitude_per_hour", "a rate cannot swing below 0: the amplitude is above per_hour");
    }
    Rate::Swing {
        per_hour,
        amplitude_per_hour,
        period_ms: hours(section.real("period_h", 24.0, 0.01..=MOST_H)),
        begins_ms: hours(section.real("begins_h", 0.0, 0.0..=MOST_H)),
    }
}

fn steps(section: &mut Section<'_>) -> Option<Rate> {
    let period_ms = hours(section.real("steps_period_h", 24.0, 0.01..=MOST_H));
    let step = |section: &mut Section<'_>| {
        let from = hours(section.real_needed("from_h", 0.0..=MOST_H));
        (from, section.real_needed("per_hour", 0.0..=MOST_PER_HOUR))
    };
    let steps = section.list("steps", step)?;
    let in_order = steps.windows(2).all(|pair| pair[0].0 < pair[1].0);
    if !in_order
        || steps.first().is_none_or(|step| step.0 != 0)
        || steps.iter().any(|step| step.0 >= period_ms)
    {
        section.fault_at("steps", "steps begin at from_h = 0, go up, and end within steps_period_h");
    }
    Some(Rate::Steps { steps, period_ms })
}
