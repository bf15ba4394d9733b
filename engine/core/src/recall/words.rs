//! Answers in words: equal exactly when the answers have the same effect.

use crate::event::Event;
use crate::handle::Placed;
use crate::id::{AgentId, QueueId};
use crate::policy::{AutoLog, Left, LogMode, MissedOffer, Permission, ScreenPop, Verdict};
use crate::setup::{Level, Skill};
use crate::state::{State, Status};
use alloc::borrow::ToOwned;
use alloc::collections::BTreeMap;
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

/// How the note of a transfer is known: nobody was asked about it.
pub(super) const TRANSFER_NOTE: &str = "transfer-";
/// Of a message.
pub(super) const PASSES: &str = "it passes";

pub(super) fn login(state: &State, id: AgentId) -> String {
    state.agent(id).map_or_else(|| id.to_string(), |agent| agent.profile.login.clone())
}

fn queue(state: &State, id: QueueId) -> String {
    state.queue(id).map_or_else(|| id.to_string(), |queue| queue.name.clone())
}

fn skills(of: &BTreeMap<Skill, Level>) -> String {
    let named: Vec<String> = of.iter().map(|(skill, level)| format!("{skill} {level}")).collect();
    if named.is_empty() { "no skills".to_owned() } else { named.join(", ") }
}

pub(super) fn turned_away(text: &str) -> String {
    format!("turned away: {text}")
}

pub(super) fn placed(state: &State, place: &Placed) -> String {
    let preferred = place.preferred.map(|preference| login(state, preference.agent));
    let kept = preferred.map(|login| format!(", kept for {login}")).unwrap_or_default();
    let queue = queue(state, place.queue);
    format!("{queue}, priority {}, {}{kept}", place.priority, skills(&place.requirements))
}

/// Where an event put a chat.
pub(super) fn placed_of(state: &State, event: &Event) -> Option<String> {
    let Event::ChatQueued { queue, priority, requirements, preferred, .. } = event else { return None };
    let (requirements, preferred) = (requirements.clone(), *preferred);
    Some(placed(state, &Placed { queue: *queue, priority: *priority, requirements, preferred }))
}

pub(super) fn relaxed(
    state: &State,
    priority: u8,
    requirements: &BTreeMap<Skill, Level>,
    to: Option<QueueId>,
) -> String {
    let over = to.map(|to| format!(", over to {}", queue(state, to))).unwrap_or_default();
    format!("priority {priority}, {}{over}", skills(requirements))
}

pub(super) fn permission(of: &Permission) -> String {
    match (of.allowed, &of.reason) {
        (true, _) => "yes".to_owned(),
        (false, None) => "no".to_owned(),
        (false, Some(reason)) => format!("no: {reason}"),
    }
}

pub(super) fn missed(then: &MissedOffer) -> String {
    let reason = then.reason.as_ref().map(|reason| format!(": {reason}")).unwrap_or_default();
    match then.status {
        Status::OnBreak => format!("on break{reason}"),
        Status::WorkOffline => format!("work offline{reason}"),
        Status::LoggedOut => format!("logged out{reason}"),
        Status::Available => format!("available after {} s", then.pause_s),
    }
}

pub(super) fn verdict(of: &Verdict) -> String {
    match of {
        Verdict::Pass => PASSES.to_owned(),
        Verdict::Change(text) => format!("changed to: {text}"),
        Verdict::Refuse(why) => format!("refused: {why}"),
    }
}

pub(super) fn left(then: Left) -> String {
    match then {
        Left::End => "end",
        Left::Requeue => "requeue",
        Left::Keep => "keep",
    }
    .to_owned()
}

pub(super) fn greeting(text: Option<&str>) -> String {
    text.map_or_else(|| "nothing".to_owned(), |text| format!("says: {text}"))
}

pub(super) fn pop(of: &ScreenPop) -> String {
    match of {
        ScreenPop::Record { index } => format!("record {}", index + 1),
        ScreenPop::Case { index } => format!("case {}", index + 1),
        ScreenPop::List => "list".to_owned(),
        ScreenPop::Blank { fields } => {
            let fields: Vec<String> = fields.iter().map(|(key, value)| format!("{key} {value}")).collect();
            format!("blank form: {}", fields.join(", "))
        }
        ScreenPop::Url { url } => url.clone(),
        ScreenPop::Nothing => "nothing".to_owned(),
    }
}

pub(super) fn mode(of: LogMode) -> String {
    match of {
        LogMode::View => "view",
        LogMode::Edit => "edit",
        LogMode::None => "none",
    }
    .to_owned()
}

pub(super) fn auto_log(of: &AutoLog) -> String {
    if !of.log {
        return "no".to_owned();
    }
    let mut said = "yes".to_owned();
    for (what, value) in [("title", &of.title), ("case", &of.case)] {
        if let Some(value) = value {
            said += &format!(", {what} {value}");
        }
    }
    of.fields.iter().for_each(|(key, value)| said += &format!(", {key} {value}"));
    said
}

pub(super) fn wrap_up(seconds: u64, mandatory: Option<&[String]>) -> String {
    let needs = mandatory.map(|lists| format!(", needs {}", lists.join(", "))).unwrap_or_default();
    format!("{seconds} s{needs}")
}
