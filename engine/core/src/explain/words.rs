//! Words of the story: durations, lists, what stood in whose way. Everything that a person reads of an explanation is
//! made here and in its neighbours, so that the command, the API and the page say the same.

use super::value::{Candidate, Look, Obstacle};
use crate::setup::{Level, Skill};
use alloc::collections::BTreeMap;
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

/// Most agents that a sentence names one by one.
const NAMED: usize = 5;

/// A duration of so many milliseconds, in the two largest units that matter.
pub(super) fn duration(millis: u64) -> String {
    let seconds = millis / 1000;
    match (seconds / 3600, seconds / 60 % 60, seconds % 60) {
        (0, 0, 0) => "less than 1 s".to_string(),
        (0, 0, seconds) => format!("{seconds} s"),
        (0, minutes, 0) => format!("{minutes} min"),
        (0, minutes, seconds) => format!("{minutes} min {seconds} s"),
        (hours, 0, _) => format!("{hours} h"),
        (hours, minutes, _) => format!("{hours} h {minutes} min"),
    }
}

/// `a, b and c`.
pub(super) fn listed(parts: &[String]) -> String {
    match parts {
        [] => String::new(),
        [one] => one.clone(),
        [begin @ .., last] => format!("{} and {last}", begin.join(", ")),
    }
}

/// `german 6 and french 3`.
pub(super) fn skills_of(skills: &BTreeMap<Skill, Level>) -> String {
    listed(&skills.iter().map(|(skill, level)| format!("{skill} {level}")).collect::<Vec<_>>())
}

/// `1 chat`, `2 chats`.
pub(super) fn counted(number: u32, what: &str) -> String {
    format!("{number} {what}{}", if number == 1 { "" } else { "s" })
}

/// What stood in an agent's way, after their name.
pub(super) fn stood_in_the_way(candidate: &Candidate) -> String {
    let Candidate { name, load, capacity, .. } = candidate;
    let Some(obstacle) = &candidate.obstacle else { return format!("{name} was free") };
    let what = match obstacle {
        Obstacle::LoggedOut => "was logged out".to_string(),
        Obstacle::Disabled => "may not work any more".to_string(),
        Obstacle::OnBreak => "was on a break".to_string(),
        Obstacle::WorkOffline => "was working offline".to_string(),
        Obstacle::LeavesNext => "had another status coming next".to_string(),
        Obstacle::StopNew => "wanted no further chat".to_string(),
        Obstacle::Unreachable => "had no connection".to_string(),
        Obstacle::Resting => "had missed an offer just before".to_string(),
        Obstacle::Offered => "was just being offered another chat".to_string(),
        Obstacle::PostProcessing => "was in post processing".to_string(),
        Obstacle::AtCapacity => format!("had {load} of {capacity} chats"),
        Obstacle::OtherQueue => "does not serve the queue".to_string(),
        Obstacle::LacksSkill { skill, has: 0, .. } => format!("does not have {skill}"),
        Obstacle::LacksSkill { skill, needs, has } => format!("has {skill} {has}, and {needs} was asked for"),
        Obstacle::HeldForAnother => "had to leave it to the agent it was kept for".to_string(),
    };
    format!("{name} {what}")
}

/// Why nobody could take the chat.
pub(super) fn nobody(look: &Look) -> String {
    let named = look.candidates.iter().take(NAMED).map(stood_in_the_way);
    let mut parts: Vec<String> = named.collect();
    let more = u32::try_from(look.candidates.len().saturating_sub(NAMED)).unwrap_or(u32::MAX);
    let more = more.saturating_add(look.more_candidates);
    if more > 0 {
        parts.push(format!("{} could not either", counted(more, "more agent")));
    }
    if look.logged_out > 0 {
        let were = if look.logged_out == 1 { "was" } else { "were" };
        parts.push(format!("{} {were} logged out", counted(look.logged_out, "agent")));
    }
    if parts.is_empty() {
        return "no agent serves the queue".to_string();
    }
    listed(&parts)
}

/// The chat's place and what was ahead.
pub(super) fn place(look: &Look) -> String {
    match look.place {
        None | Some(1) => "It was the first in line.".to_string(),
        Some(place) => {
            let ahead = place - 1;
            let were = if ahead == 1 { "was" } else { "were" };
            format!("It was number {place} in line: {} {were} ahead of it.", counted(ahead, "chat"))
        }
    }
}
