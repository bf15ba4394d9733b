//! What would have changed: a recorded stretch beside the same customers and agents under another configuration or other
//! scripts. It compares, and runs nothing but that.

use crate::books::Outcome;
use crate::recorded::{Recorded, RecordedChat, Routed};
use crate::recorder::Recorder;
use crate::run::{Fault, replay};
use hark_core::setup::Setup;
use hark_core::{ChatId, Policy, State, Turn};
use serde::Serialize;
use std::collections::BTreeMap;

/// Both sides, and each chat that went another way.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct WhatIf {
    /// As it was, by queue; `all` is all of them.
    pub was: BTreeMap<String, Side>,
    /// As it would have been.
    pub would_be: BTreeMap<String, Side>,
    /// Chats that another agent would have got, or none.
    pub other_agent: u64,
    /// Chats for which the policy answers something else.
    pub other_answers: u64,
    /// All chats that differ in who got them, by more than a second in when, or in a policy's answer.
    pub changes: Vec<Change>,
}

/// One side.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct Side {
    /// Chats asked for.
    pub chats: u64,
    /// Chats that an agent accepted.
    pub answered: u64,
    /// Chats whose customer left first.
    pub left: u64,
    /// Chats that were refused. Of the record none are known: a refusal is not written down.
    pub refused: u64,
    /// Chats that still waited at the end.
    pub waiting: u64,
    /// Mean seconds until an agent accepted.
    pub answer_s: f64,
    /// Nine of ten were accepted within so many seconds.
    pub nine_of_ten_s: f64,
    /// Part of all that was accepted within the service level.
    pub service_level: f64,
}

/// One chat that went another way.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Change {
    /// It.
    pub chat: ChatId,
    /// Who got it, by login.
    pub agent: Option<String>,
    /// Who would have got it.
    pub would_get: Option<String>,
    /// After how many seconds it was accepted.
    pub answered_s: Option<f64>,
    /// After how many seconds it would have been.
    pub would_be_s: Option<f64>,
    /// Why it would have been refused.
    pub refused: Option<String>,
    /// What the policy answered, and what it would have; none when both are the same.
    pub answers: Option<(Routed, Routed)>,
}

/// Differences of waits that are told, in seconds.
const TOLD_S: f64 = 1.0;

impl WhatIf {
    /// Plays a recorded stretch again under this configuration and these rules, and compares.
    ///
    /// # Errors
    /// An agent cannot be made under this configuration.
    pub fn ask(
        recorded: &Recorded,
        setup: &Setup,
        rules: &mut dyn Policy,
        look: &mut dyn FnMut(f64),
    ) -> Result<Self, Fault> {
        let mut again = Recorder::new(recorded.begins, &State::new());
        let mut tap = |turn: &Turn, state: &State| again.note(turn, state);
        let (_, outcomes) = replay(&recorded.scenario(), setup, rules, look, &mut tap)?;
        let again = again.finish(setup.clone());
        let pairs = pair(recorded, &outcomes, &again);
        let changes: Vec<Change> = pairs.iter().filter_map(change).collect();
        Ok(Self {
            was: recorded.sides(0),
            would_be: sides(setup, pairs.iter().map(|pair| (&pair.was.queue, pair.is.clone()))),
            other_agent: changes.iter().filter(|change| change.agent != change.would_get).count() as u64,
            other_answers: changes.iter().filter(|change| change.answers.is_some()).count() as u64,
            changes,
        })
    }
}

impl Recorded {
    /// As it was, by queue, of who asked after the first so many milliseconds; `all` is all of them.
    pub fn sides(&self, after_ms: u64) -> BTreeMap<String, Side> {
        let chats = self.chats.iter().filter(|chat| chat.at_ms >= after_ms);
        sides(&self.setup, chats.map(|chat| (&chat.queue, of_record(chat))))
    }
}

/// One chat on both sides.
struct Pair<'p> {
    was: &'p RecordedChat,
    is: Outcome,
    routed: Option<&'p Routed>,
}

/// Those that are not refused come again in their order.
fn pair<'p>(recorded: &'p Recorded, outcomes: &[Outcome], again: &'p Recorded) -> Vec<Pair<'p>> {
    let mut made = again.chats.iter();
    let both = recorded.chats.iter().zip(outcomes).map(|(was, is)| {
        let routed = if is.refused.is_none() { made.next().map(|chat| &chat.routed) } else { None };
        Pair { was, is: is.clone(), routed }
    });
    both.collect()
}

fn of_record(chat: &RecordedChat) -> Outcome {
    Outcome {
        agent: chat.answered.as_ref().map(|(agent, _)| agent.clone()),
        answered_ms: chat.answered.as_ref().map(|(_, after)| *after),
        left_ms: chat.left_ms,
        refused: None,
    }
}

fn change(pair: &Pair<'_>) -> Option<Change> {
    let was = of_record(pair.was);
    let seconds = |millis: Option<u64>| millis.map(|millis| millis as f64 / 1000.0);
    let (answered_s, would_be_s) = (seconds(was.answered_ms), seconds(pair.is.answered_ms));
    let apart = answered_s.zip(would_be_s).is_some_and(|(a, b)| (a - b).abs() > TOLD_S);
    let answers = pair.routed.filter(|routed| differs(&pair.was.routed, routed));
    let answers = answers.map(|routed| (pair.was.routed.clone(), routed.clone()));
    let same = was.agent == pair.is.agent && !apart && answers.is_none() && pair.is.refused.is_none();
    (!same).then(|| Change {
        chat: pair.was.id,
        agent: was.agent,
        would_get: pair.is.agent.clone(),
        answered_s,
        would_be_s,
        refused: pair.is.refused.clone(),
        answers,
    })
}

/// Whether a rejection is permitted can be compared only where both were offered.
fn differs(was: &Routed, is: &Routed) -> bool {
    let permission = was.may_reject.zip(is.may_reject).is_some_and(|(was, is)| was != is);
    permission || (&was.queue, was.priority, &was.skills) != (&is.queue, is.priority, &is.skills)
}

fn sides<'p>(setup: &Setup, chats: impl Iterator<Item = (&'p String, Outcome)>) -> BTreeMap<String, Side> {
    let mut by_queue: BTreeMap<String, Vec<(Outcome, u64)>> = BTreeMap::new();
    for (queue, outcome) in chats {
        let level = setup.queues.get(queue).map_or(60, |queue| queue.service_level_s);
        for name in [queue.as_str(), "all"] {
            by_queue.entry(name.to_owned()).or_default().push((outcome.clone(), u64::from(level) * 1000));
        }
    }
    by_queue.into_iter().map(|(queue, outcomes)| (queue, side(&outcomes))).collect()
}

fn side(outcomes: &[(Outcome, u64)]) -> Side {
    let count = |of: &dyn Fn(&Outcome) -> bool| outcomes.iter().filter(|(o, _)| of(o)).count() as u64;
    let mut answers: Vec<u64> = outcomes.iter().filter_map(|(outcome, _)| outcome.answered_ms).collect();
    answers.sort_unstable();
    let in_time =
        |(outcome, level): &&(Outcome, u64)| outcome.answered_ms.is_some_and(|after| after <= *level);
    let nine = answers.get((answers.len() * 9 / 10).min(answers.len().saturating_sub(1)));
    let chats = outcomes.len() as u64;
    let (answered, refused) = (answers.len() as u64, count(&|o| o.refused.is_some()));
    let left = count(&|o| o.answered_ms.is_none() && o.left_ms.is_some());
    Side {
        chats,
        answered,
        left,
        refused,
        waiting: chats - answered - left - refused,
        answer_s: answers.iter().sum::<u64>() as f64 / 1000.0 / answers.len().max(1) as f64,
        nine_of_ten_s: nine.map_or(0.0, |millis| *millis as f64 / 1000.0),
        service_level: outcomes.iter().filter(in_time).count() as f64 / chats.max(1) as f64,
    }
}
