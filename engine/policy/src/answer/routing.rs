//! Answers about where a chat goes.

use super::{
    Fields, NAME_LIMIT, TEXT_LIMIT, TOP_LEVEL, TOP_PRIORITY, Wrong, expected_answer, names, small, text,
    whole,
};
use crate::fault::did_you_mean;
use hark_core::AgentId;
use hark_core::policy::{RankAgents, Relax, Relaxed, Route, RouteChat};
use mlua::Value;

pub(crate) fn route(value: &Value, question: &RouteChat<'_>) -> Result<Route, Wrong> {
    let names = || question.queues.iter().map(|queue| queue.name);
    let known = |name: String| {
        if names().any(|known| known == name) {
            Ok(name)
        } else {
            let known: Vec<&str> = names().collect();
            Err(format!("unknown queue '{name}'{}", did_you_mean(&name, known)))
        }
    };
    match value {
        Value::String(_) => {
            let queue = known(text("queue", value, NAME_LIMIT)?)?;
            Ok(Route { queue: Some(queue), ..Route::default() })
        }
        Value::Table(table) => {
            let fields = Fields::of(table, &["queue", "priority", "skills", "preferred_agent", "turn_away"])?;
            let level = |place: &str, value: &Value| whole(place, value, 1, TOP_LEVEL.into()).map(small);
            Ok(Route {
                queue: fields.text("queue", NAME_LIMIT)?.map(known).transpose()?,
                priority: fields.whole("priority", 0, TOP_PRIORITY.into())?.map(small),
                skills: fields.map("skills", level)?,
                preferred_agent: fields.text("preferred_agent", NAME_LIMIT)?,
                turn_away: fields.text("turn_away", TEXT_LIMIT)?,
            })
        }
        other => Err(expected_answer("a queue's name, a table, or nil", other)),
    }
}

/// Logins in an order; each must be one of the candidates.
pub(crate) fn ranking(value: &Value, question: &RankAgents<'_>) -> Result<Vec<AgentId>, Wrong> {
    let Value::Table(_) = value else {
        return Err(expected_answer("a list of the candidates' logins, or nil", value));
    };
    let candidates = question.candidates.agents();
    let id = |login: String| {
        let found = candidates.iter().find(|agent| agent.profile.login == login).map(|agent| agent.id());
        found.ok_or_else(|| {
            let known = candidates.iter().map(|agent| agent.profile.login.as_str());
            format!("'{login}' is no candidate{}", did_you_mean(&login, known))
        })
    };
    names("order", value)?.into_iter().map(id).collect()
}

pub(crate) fn relaxed(value: &Value, question: &Relax<'_>) -> Result<Relaxed, Wrong> {
    let Value::Table(table) = value else { return Err(expected_answer("a table, or nil", value)) };
    let fields = Fields::of(table, &["drop", "skills", "priority", "queue"])?;
    let level = |place: &str, value: &Value| whole(place, value, 1, TOP_LEVEL.into()).map(small);
    let drop = fields.names("drop")?.unwrap_or_default();
    if let Some(skill) = drop.iter().find(|skill| !question.chat.requirements.contains_key(*skill)) {
        let asked = question.chat.requirements.keys().map(String::as_str);
        return Err(format!("the chat does not ask for '{skill}'{}", did_you_mean(skill, asked)));
    }
    Ok(Relaxed {
        drop: drop.into_iter().collect(),
        skills: fields.map("skills", level)?,
        priority: fields.whole("priority", 0, TOP_PRIORITY.into())?.map(small),
        queue: fields.text("queue", NAME_LIMIT)?,
    })
}
