//! What a policy said of a chat that waits, is left or whose offer was missed, in sentences for the story.

use super::told::{Teller, agent_name};
use super::value::{Kind, RuleName, ScriptSay};
use super::words::skills_of;
use crate::event::{Event, RequeuedBecause};
use crate::id::AgentId;
use crate::policy::{Left, MissedOffer, Say};
use crate::state::{Side, State, Status};
use crate::time::Time;
use alloc::borrow::ToOwned;
use alloc::format;
use alloc::string::{String, ToString};

/// What was asked and said, for a step's list.
pub(super) fn script_say(point: &str, answer: String, say: &Say) -> ScriptSay {
    let (answered, policy) = (Some(say.answered.clone()), say.policy.clone());
    ScriptSay { point: point.to_owned(), answer, answered, policy }
}

impl Teller {
    /// Tells a step of the wait, or that somebody did not come back.
    pub(super) fn tell_said(&mut self, state: &State, at: Time, event: &Event) {
        match event {
            Event::ChatRelaxed { step, priority, requirements, say: Some(say), .. } => {
                let skills = match requirements.len() {
                    0 => "no skills".to_owned(),
                    _ => skills_of(requirements),
                };
                let answer = format!("priority {priority}, {skills}");
                let says =
                    format!("At step {step} of its wait it asks for {skills}, with priority {priority}.");
                self.rule_step(at, Kind::Relaxed, says, RuleName::Relaxing)
                    .push(script_say("relax", answer, say));
                self.waits = None;
            }
            Event::ChatLeft { side, then, say: Some(say), .. } => {
                let (point, who) = match side {
                    Side::Customer => ("customer_left", "The customer"),
                    Side::Agent => ("agent_left", "The agent"),
                };
                let says = format!("{who} did not come back in time: the chat {}.", becomes(*then));
                self.rule_step(at, Kind::Left, says, RuleName::Grace).push(script_say(
                    point,
                    becomes(*then).to_owned(),
                    say,
                ));
            }
            Event::ChatRequeued { agent, because, .. } => {
                let name = match because {
                    RequeuedBecause::AgentGone => agent_name(state, *agent),
                    RequeuedBecause::CustomerGone => "The customer".to_owned(),
                };
                let says =
                    format!("{name} was gone and did not come back in time, so it went back to its place.");
                self.rule_step(at, Kind::Requeued, says, RuleName::Grace);
                self.about(*agent);
                self.waits = None;
            }
            _ => {}
        }
    }

    fn about(&mut self, agent: AgentId) {
        if let Some(step) = self.steps.last_mut() {
            step.agent_id = Some(agent);
        }
    }
}

fn becomes(then: Left) -> &'static str {
    match then {
        Left::End => "ends",
        Left::Requeue => "goes back to its place",
        Left::Keep => "stays as it is",
    }
}

/// What became of an agent who missed an offer, after their name and what they did.
pub(super) fn missed(then: Option<&MissedOffer>, by_themselves: bool) -> String {
    match then.map(|then| then.status) {
        None | Some(Status::OnBreak) if by_themselves => " and went on a break".to_owned(),
        None | Some(Status::OnBreak) => " and was put on a break".to_owned(),
        Some(Status::WorkOffline) => " and works offline now".to_owned(),
        Some(Status::LoggedOut) => " and was logged out".to_owned(),
        Some(Status::Available) => {
            let pause = then.map_or(0, |then| then.pause_s).to_string();
            format!(" and is offered nothing for {pause} s")
        }
    }
}
