//! Asks a loaded policy what a test described, and tells the answer as the test compares it.

use super::described::{self, Described, Scene};
use crate::scripts::Scripts;
use hark_core::policy::{
    AfterMissedOffer, Candidates, GreetMoment, GreetQuestion, Left, LeftQuestion, LogQuestion,
    MessageQuestion, RankAgents, RejectPermission, Relax, ScreenPop, ScreenPopQuestion, Verdict,
};
use hark_core::setup::Limits;
use hark_core::state::{Pace, Side};
use hark_core::{AgentId, Policy};
use serde_json::{Value as Json, json};

/// What the scripts answer to a described question, as a test compares it.
///
/// # Errors
/// A point that is not there, and what the core refuses about what was described.
pub(super) fn answer(scripts: &mut Scripts, point: &str, described: &Described) -> Result<Json, String> {
    let scene = described.scene()?;
    let answer = match point {
        "route_chat" => serde_json::to_value(described::route(scripts, described)?),
        "rank_agents" | "relax" => return waiting(scripts, point, described, &scene),
        "reject_permission" | "after_missed_offer" | "screen_pop" => {
            offers(scripts, point, described, &scene)
        }
        "greet" => Ok(greeting(scripts, described, &scene)),
        "message" => Ok(message(scripts, described, &scene)),
        _ => return ending(scripts, point, described, &scene),
    };
    answer.map_err(|error| error.to_string())
}

fn waiting(scripts: &mut Scripts, point: &str, described: &Described, scene: &Scene) -> Result<Json, String> {
    let (now, chat, queue) = (scene.now, &scene.chat, scene.queue());
    let agents = described.candidates()?;
    let candidates = Candidates::given(&agents);
    if point == "rank_agents" {
        let order = scripts.rank_agents(&RankAgents { now, chat, queue, candidates });
        let named = |id: &AgentId| agents.iter().find(|agent| agent.id() == *id);
        let logins = order.iter().filter_map(named).map(|agent| json!(agent.profile.login));
        return Ok(logins.collect());
    }
    let wait = &described.wait;
    let (step, position) = (wait.step.unwrap_or(1), wait.position.unwrap_or(1));
    let question = Relax { now, chat, queue, step, waited_ms: wait.waited_ms, position, candidates };
    serde_json::to_value(scripts.relax(&question)).map(without_nothing).map_err(|error| error.to_string())
}

fn offers(
    scripts: &mut Scripts,
    point: &str,
    described: &Described,
    scene: &Scene,
) -> serde_json::Result<Json> {
    let (now, chat, agent, queue) = (scene.now, &scene.chat, &scene.agent, scene.queue());
    let missed_today = agent.missed_on(now);
    match point {
        "reject_permission" => {
            let question = RejectPermission { now, agent, chat, queue, missed_today };
            serde_json::to_value(scripts.reject_permission(&question))
        }
        "after_missed_offer" => {
            let rejected = described.rejected;
            let question = AfterMissedOffer { now, agent, chat, queue, rejected, missed_today };
            serde_json::to_value(scripts.after_missed_offer(&question))
        }
        _ => {
            let (on, matches) = (scene.on, &described.matches);
            let question = ScreenPopQuestion { now, on, chat, agent, queue, matches, why_none: None };
            serde_json::to_value(from_one(scripts.screen_pop(&question)))
        }
    }
}

fn message(scripts: &mut Scripts, described: &Described, scene: &Scene) -> Json {
    let words = &described.message;
    let question = MessageQuestion {
        now: scene.now,
        chat: &scene.chat,
        queue: scene.queue(),
        agent: (words.from == Some(Side::Agent)).then_some(&scene.agent),
        kind: words.kind,
        text: &words.text,
        limit: Limits::default().agent_message_chars,
    };
    match scripts.message(&question) {
        Verdict::Pass => json!(true),
        Verdict::Change(text) => json!({ "text": text }),
        Verdict::Refuse(reason) => json!({ "refuse": reason }),
    }
}

fn greeting(scripts: &mut Scripts, described: &Described, scene: &Scene) -> Json {
    let wait = &described.wait;
    let pace = Pace { position: wait.position.unwrap_or(1), estimate_s: wait.estimate_s };
    let (on, agent, pace) = if described.accepted {
        (GreetMoment::Accepted, Some(&scene.agent), None)
    } else {
        (GreetMoment::Queued, None, Some(pace))
    };
    let limit = Limits::default().agent_message_chars;
    let (now, chat, queue) = (scene.now, &scene.chat, scene.queue());
    let text = scripts.greet(&GreetQuestion { now, on, chat, queue, agent, pace, limit });
    text.map_or(json!(false), Json::String)
}

fn ending(scripts: &mut Scripts, point: &str, described: &Described, scene: &Scene) -> Result<Json, String> {
    let (now, chat, agent, queue) = (scene.now, &scene.chat, &scene.agent, scene.queue());
    let log = LogQuestion { now, chat, agent, queue };
    let owner = (described.accepted || point == "agent_left").then_some(agent);
    let left = LeftQuestion { now, chat, queue, agent: owner, configured: Left::End };
    let answer = match point {
        "customer_left" => serde_json::to_value(scripts.customer_left(&left)),
        "agent_left" => serde_json::to_value(scripts.agent_left(&left)),
        "post_processing" => serde_json::to_value(scripts.post_processing(&log)).map(without_nothing),
        "chat_log_mode" => serde_json::to_value(scripts.chat_log_mode(&log)),
        "auto_log" => serde_json::to_value(scripts.auto_log(&log)),
        other => return Err(format!("unknown point '{other}'")),
    };
    answer.map_err(|error| error.to_string())
}

/// Places are counted from 1 in scripts.
fn from_one(pop: ScreenPop) -> ScreenPop {
    match pop {
        ScreenPop::Record { index } => ScreenPop::Record { index: index + 1 },
        ScreenPop::Case { index } => ScreenPop::Case { index: index + 1 },
        pop => pop,
    }
}

/// Only what an answer says: parts that it leaves out, and empty ones, are not told.
fn without_nothing(answer: Json) -> Json {
    match answer {
        Json::Object(fields) => {
            let nothing = |value: &Json| value.is_null() || value.as_array().is_some_and(Vec::is_empty);
            Json::Object(fields.into_iter().filter(|(_, value)| !nothing(value)).collect())
        }
        other => other,
    }
}
