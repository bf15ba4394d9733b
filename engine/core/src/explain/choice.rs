//! Why this agent among those who could: the rule that set them apart, and by how much. It repeats no comparison of its
//! own: the candidates come in the order in which matching takes them.

use super::value::{Candidate, Look, Rule, RuleName, StrategyName};
use super::words::{duration, skills_of};
use crate::time::Time;
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

/// How an offer came about.
pub(super) enum Way<'a> {
    /// Another agent handed the chat to this one.
    Handed(&'a str),
    /// The chat was held for this agent.
    Preferred,
    /// A policy put this agent first.
    Ranked,
    /// The queue's strategy.
    Chosen,
}

/// The rules that led to the offer, the deciding one first, and the sentence about it.
pub(super) fn why(look: &Look, chosen: &Candidate, way: &Way<'_>, now: Time) -> (Vec<Rule>, String) {
    let says = match way {
        Way::Handed(giver) => format!("because {giver} handed it to {}", chosen.name),
        Way::Preferred => format!("because it was being kept for {}", chosen.name),
        Way::Ranked => format!("because the policy put {} first", chosen.name),
        Way::Chosen => compared(look, chosen, now),
    };
    let rule = match way {
        Way::Handed(_) => RuleName::Transfer,
        Way::Preferred => RuleName::PreferredAgent,
        Way::Ranked => RuleName::Ranking,
        Way::Chosen => RuleName::Strategy,
    };
    let mut rules = Vec::from([Rule { rule, says: sentence(&says) }]);
    rules.push(Rule {
        rule: RuleName::Capacity,
        says: format!("{} had {} of {} chats.", chosen.name, chosen.load, chosen.capacity),
    });
    if !chosen.skills.is_empty() {
        rules.push(Rule {
            rule: RuleName::Skills,
            says: format!("{} has {}.", chosen.name, skills_of(&chosen.skills)),
        });
    }
    (rules, says)
}

/// `because …` as a sentence of its own.
fn sentence(says: &str) -> String {
    let mut letters = says.trim_start_matches("because ").chars();
    let first = letters.next().map(|letter| letter.to_uppercase().to_string()).unwrap_or_default();
    format!("{first}{}.", letters.as_str())
}

fn compared(look: &Look, chosen: &Candidate, now: Time) -> String {
    let name = &chosen.name;
    let idle = |candidate: &Candidate| duration(now.since(candidate.idle_since));
    let Some(next) = look.able().find(|other| other.agent_id != chosen.agent_id) else {
        return format!("because {name} was the only one who could take it");
    };
    let other = &next.name;
    let by_idle = || {
        let (own, others) = (idle(chosen), idle(next));
        format!("because {name} had been without a new chat for longest ({own}; {other} {others})")
    };
    match look.strategy {
        StrategyName::LeastBusy if chosen.load != next.load => {
            format!("because {name} had the fewest chats ({}; {other} {})", chosen.load, next.load)
        }
        StrategyName::RoundRobin => format!("because it was {name}'s turn, before {other}"),
        StrategyName::MostSkilled if levels(chosen) != levels(next) => format!(
            "because {name} has the highest levels ({}; {other} {})",
            skills_of(&chosen.skills),
            skills_of(&next.skills)
        ),
        _ if chosen.idle_since == next.idle_since => {
            format!("because {name} and {other} were equal, and {name} is the first by id")
        }
        _ => by_idle(),
    }
}

fn levels(candidate: &Candidate) -> u32 {
    candidate.skills.values().map(|level| u32::from(*level)).sum()
}
