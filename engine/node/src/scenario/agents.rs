//! Who answers.

use super::draws::draw;
use super::{Known, MOST_H, hours};
use crate::config::read::Section;
use hark_sim::{Draw, Group, Shift};
use std::collections::BTreeSet;

/// How long an agent takes to answer an offer, unless the scenario says otherwise, in seconds.
const ANSWER_S: f64 = 5.0;
/// How long an agent stays away after a missed offer, unless the scenario says otherwise, in seconds.
const BACK_S: f64 = 60.0;
/// Most agents of one group.
const MOST: i64 = 100_000;

/// Reads all `[[agents]]`.
pub(super) fn agents(top: &mut Section<'_>, known: &Known<'_>) -> Vec<Group> {
    let mut names = BTreeSet::new();
    let groups = top.list("agents", |section| {
        let group = group(section, known);
        if !names.insert(group.name.clone()) {
            section.fault_at("name", format!("there are two groups of agents named '{}'", group.name));
        }
        group
    });
    groups.unwrap_or_default()
}

fn group(section: &mut Section<'_>, known: &Known<'_>) -> Group {
    let queues = section.texts("queues").unwrap_or_else(|| known.queues.clone());
    for queue in &queues {
        section.must_be_known("queues", queue, "queue", &known.queues);
    }
    let most = i64::from(known.setup.limits.capacity);
    let group = Group {
        name: section.needed("name"),
        count: section.whole("count", 1, 1..=MOST),
        queues,
        skills: section.numbers("skills", 1..=10).unwrap_or_default(),
        capacity: section.whole("capacity", 1, 1..=most),
        speeds: section.reals("speeds", 0.001..=1000.0).unwrap_or_default(),
        answer: draw(section, "answer").unwrap_or(Draw::Fixed { mean_s: ANSWER_S }),
        miss: section.real("miss", 0.0, 0.0..=0.999),
        reject: section.real("reject", 0.0, 0.0..=0.999),
        back: draw(section, "back").unwrap_or(Draw::Fixed { mean_s: BACK_S }),
        shifts: shifts(section),
    };
    if !group.speeds.is_empty() && group.speeds.len() != usize::from(group.capacity) {
        let (speeds, capacity) = (group.speeds.len(), group.capacity);
        section.fault_at("speeds", format!("speeds has {speeds} numbers, the capacity is {capacity}"));
    }
    group
}

fn shifts(section: &mut Section<'_>) -> Vec<Shift> {
    let shift = |section: &mut Section<'_>| {
        let from_ms = hours(section.real_needed("from_h", 0.0..=MOST_H));
        let until_ms = hours(section.real_needed("until_h", 0.0..=MOST_H));
        if until_ms <= from_ms {
            section.fault_at("until_h", "a shift ends after it begins");
        }
        Shift { from_ms, until_ms }
    };
    section.list("shifts", shift).unwrap_or_default()
}
