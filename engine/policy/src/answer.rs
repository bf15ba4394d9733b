//! Checks what a script answered, field by field, and makes the core's answer of it. Only raw access: nothing of the
//! script runs while its answer is read, and nothing is read beyond the bounds below.

use crate::fault::did_you_mean;
use hark_core::policy::{
    AutoLog, LogMode, MessageQuestion, Permission, Route, RouteChat, ScreenPop, ScreenPopQuestion, Verdict,
};
use hark_core::state::LogBody;
use mlua::{Table, Value};
use std::collections::BTreeMap;

/// Longest text for a person, in characters: a reason, a text that turns away.
pub(crate) const TEXT_LIMIT: usize = 1000;
/// Longest name, key or id, in characters.
pub(crate) const NAME_LIMIT: usize = 200;
/// Longest address, in characters.
pub(crate) const URL_LIMIT: usize = 2000;
/// Most entries of a map.
pub(crate) const MAP_LIMIT: usize = 64;
/// Highest priority, and highest level of a skill.
const TOP_PRIORITY: u8 = 9;
const TOP_LEVEL: u8 = 10;

/// What is wrong with an answer.
type Wrong = String;

/// Reads the fields of an answer; names what is unknown, and what was expected.
struct Fields<'a> {
    table: &'a Table,
}

impl<'a> Fields<'a> {
    /// # Errors
    /// A key that is none of `known`.
    fn of(table: &'a Table, known: &[&str]) -> Result<Self, Wrong> {
        for pair in table.pairs::<Value, Value>() {
            let (key, _) = pair.map_err(|error| error.to_string())?;
            let Value::String(key) = key else {
                return Err(format!("the answer has the key {}, expected are names", describe(&key)));
            };
            let key = shortened(&key.to_string_lossy());
            if !known.contains(&key.as_str()) {
                let near = did_you_mean(&key, known.iter().copied());
                return Err(format!("unknown field '{key}' in the answer{near}"));
            }
        }
        Ok(Self { table })
    }

    fn get(&self, field: &str) -> Result<Option<Value>, Wrong> {
        let value: Value = self.table.raw_get(field).map_err(|error| error.to_string())?;
        Ok(if value.is_nil() { None } else { Some(value) })
    }

    fn text(&self, field: &str, limit: usize) -> Result<Option<String>, Wrong> {
        self.get(field)?.map(|value| text(field, &value, limit)).transpose()
    }

    fn flag(&self, field: &str) -> Result<Option<bool>, Wrong> {
        match self.get(field)? {
            None => Ok(None),
            Some(Value::Boolean(yes)) => Ok(Some(yes)),
            Some(other) => Err(expected(field, "true or false", &other)),
        }
    }

    fn whole(&self, field: &str, least: u32, most: u32) -> Result<Option<u32>, Wrong> {
        self.get(field)?.map(|value| whole(field, &value, least, most)).transpose()
    }

    fn map<T>(
        &self,
        field: &str,
        read: impl Fn(&str, &Value) -> Result<T, Wrong>,
    ) -> Result<Option<BTreeMap<String, T>>, Wrong> {
        let Some(value) = self.get(field)? else { return Ok(None) };
        let Value::Table(table) = &value else { return Err(expected(field, "a table", &value)) };
        let mut map = BTreeMap::new();
        for pair in table.pairs::<Value, Value>() {
            let (key, value) = pair.map_err(|error| error.to_string())?;
            let Value::String(_) = key else { return Err(expected(field, "names as keys", &key)) };
            let key = text(field, &key, NAME_LIMIT)?;
            let place = format!("{field}.{key}");
            map.insert(key, read(&place, &value)?);
            if map.len() > MAP_LIMIT {
                return Err(format!("field '{field}' has more than {MAP_LIMIT} entries"));
            }
        }
        Ok(Some(map))
    }
}

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

pub(crate) fn permission(value: &Value) -> Result<Permission, Wrong> {
    match value {
        Value::Boolean(allowed) => Ok(Permission { allowed: *allowed, reason: None }),
        Value::Table(table) => {
            let fields = Fields::of(table, &["allowed", "reason"])?;
            let allowed = fields.flag("allowed")?.ok_or("field 'allowed' is missing")?;
            Ok(Permission { allowed, reason: fields.text("reason", TEXT_LIMIT)? })
        }
        other => Err(expected_answer("true, false, a table, or nil", other)),
    }
}

pub(crate) fn screen_pop(value: &Value, question: &ScreenPopQuestion<'_>) -> Result<ScreenPop, Wrong> {
    match value {
        Value::String(_) => pop_of_kind(&text("kind", value, NAME_LIMIT)?, None, question),
        Value::Table(table) => {
            let kind = Fields { table }.text("kind", NAME_LIMIT)?.ok_or("field 'kind' is missing")?;
            pop_of_kind(&kind, Some(table), question)
        }
        other => Err(expected_answer("a kind, a table, or nil", other)),
    }
}

const POPS: [&str; 6] = ["record", "case", "list", "blank", "url", "nothing"];

fn pop_of_kind(
    kind: &str,
    table: Option<&Table>,
    question: &ScreenPopQuestion<'_>,
) -> Result<ScreenPop, Wrong> {
    let extra: &[&str] = match kind {
        "record" | "case" => &["kind", "index"],
        "blank" => &["kind", "fields"],
        "url" => &["kind", "url"],
        _ => &["kind"],
    };
    let fields = table.map(|table| Fields::of(table, extra)).transpose()?;
    let fields = fields.as_ref();
    match kind {
        "record" => Ok(ScreenPop::Record { index: place_in(fields, question.matches.len())? }),
        "case" => {
            let index = place_in(fields, question.matches.len())?;
            let has_case = question.matches.get(index as usize).is_some_and(|found| found.case.is_some());
            if has_case {
                Ok(ScreenPop::Case { index })
            } else {
                Err(format!("match {} has no case to show", index + 1))
            }
        }
        "list" => Ok(ScreenPop::List),
        "nothing" => Ok(ScreenPop::Nothing),
        "blank" => {
            let value = |place: &str, value: &Value| text(place, value, TEXT_LIMIT);
            let given = fields.map(|fields| fields.map("fields", value)).transpose()?.flatten();
            Ok(ScreenPop::Blank { fields: given.unwrap_or_else(|| question.chat.form.known()) })
        }
        "url" => {
            let url = fields.map(|fields| fields.text("url", URL_LIMIT)).transpose()?.flatten();
            let url = url.ok_or("field 'url' is missing")?;
            let safe = url.starts_with("https://") || url.starts_with("http://");
            if safe && !url.contains(char::is_control) {
                Ok(ScreenPop::Url { url })
            } else {
                Err("field 'url': expected https://… or http://…".to_owned())
            }
        }
        other => Err(format!("unknown kind '{other}'{}", did_you_mean(other, POPS))),
    }
}

/// The place in the matches, from 1 in a script, from 0 in the core. The first one when it is left out.
fn place_in(fields: Option<&Fields<'_>>, found: usize) -> Result<u32, Wrong> {
    if found == 0 {
        return Err("there is no match to show".to_owned());
    }
    let most = u32::try_from(found).unwrap_or(u32::MAX);
    let index = fields.map(|fields| fields.whole("index", 1, most)).transpose()?.flatten();
    Ok(index.unwrap_or(1) - 1)
}

pub(crate) fn verdict(value: &Value, question: &MessageQuestion<'_>) -> Result<Verdict, Wrong> {
    match value {
        Value::Boolean(true) => Ok(Verdict::Pass),
        Value::Table(table) => {
            let fields = Fields::of(table, &["text", "refuse"])?;
            let limit = usize::try_from(question.limit).unwrap_or(usize::MAX);
            match (fields.text("text", limit)?, fields.text("refuse", TEXT_LIMIT)?) {
                (Some(text), None) if text.trim().is_empty() => {
                    Err("field 'text': expected a text that is not blank".to_owned())
                }
                (Some(text), None) => Ok(Verdict::Change(text)),
                (None, Some(reason)) => Ok(Verdict::Refuse(reason)),
                (Some(_), Some(_)) => Err("a message is changed or refused, not both".to_owned()),
                (None, None) => Err("field 'text' or 'refuse' is missing".to_owned()),
            }
        }
        other => Err(expected_answer("true, a table with text or refuse, or nil", other)),
    }
}

pub(crate) fn log_mode(value: &Value) -> Result<LogMode, Wrong> {
    let Value::String(_) = value else {
        return Err(expected_answer("\"view\", \"edit\", \"none\", or nil", value));
    };
    match text("mode", value, NAME_LIMIT)?.as_str() {
        "view" => Ok(LogMode::View),
        "edit" => Ok(LogMode::Edit),
        "none" => Ok(LogMode::None),
        other => Err(format!("unknown mode '{other}'{}", did_you_mean(other, ["view", "edit", "none"]))),
    }
}

pub(crate) fn auto_log(value: &Value) -> Result<AutoLog, Wrong> {
    match value {
        Value::Boolean(log) => Ok(AutoLog { log: *log, ..AutoLog::default() }),
        Value::Table(table) => {
            let fields = Fields::of(table, &["log", "title", "case", "fields"])?;
            let value = |place: &str, value: &Value| text(place, value, TEXT_LIMIT);
            Ok(AutoLog {
                log: fields.flag("log")?.unwrap_or(true),
                title: fields.text("title", LogBody::SUBJECT_LIMIT as usize)?,
                case: fields.text("case", NAME_LIMIT)?,
                fields: fields.map("fields", value)?.unwrap_or_default(),
            })
        }
        other => Err(expected_answer("true, false, a table, or nil", other)),
    }
}

fn text(field: &str, value: &Value, limit: usize) -> Result<String, Wrong> {
    let Value::String(text) = value else { return Err(expected(field, "a string", value)) };
    // A character has at most four bytes: what has more bytes is never copied.
    let bytes = text.as_bytes();
    let text = if bytes.len() > limit * 4 { None } else { Some(std::str::from_utf8(&bytes)) };
    match text {
        Some(Err(_)) => Err(format!("field '{field}' is not UTF-8")),
        Some(Ok(text)) if text.chars().count() <= limit => Ok(text.to_owned()),
        _ => Err(format!("field '{field}' is longer than {limit} characters")),
    }
}

fn whole(field: &str, value: &Value, least: u32, most: u32) -> Result<u32, Wrong> {
    let number = match value {
        Value::Integer(number) => *number as f64,
        Value::Number(number) => *number,
        other => return Err(expected(field, "a number", other)),
    };
    if number.fract() == 0.0 && number >= f64::from(least) && number <= f64::from(most) {
        Ok(number as u32)
    } else {
        Err(format!("field '{field}': expected a whole number from {least} to {most}, got {number}"))
    }
}

fn small(number: u32) -> u8 {
    u8::try_from(number).unwrap_or(u8::MAX)
}

fn expected(field: &str, what: &str, got: &Value) -> Wrong {
    format!("field '{field}': expected {what}, got {}", describe(got))
}

fn expected_answer(what: &str, got: &Value) -> Wrong {
    format!("wrong answer: expected {what}, got {}", describe(got))
}

fn describe(value: &Value) -> String {
    match value {
        Value::Integer(number) => number.to_string(),
        Value::Number(number) => number.to_string(),
        Value::Boolean(yes) => yes.to_string(),
        Value::String(text) if text.as_bytes().len() <= 40 => format!("\"{}\"", text.to_string_lossy()),
        other => crate::sandbox::kind(other).to_owned(),
    }
}

fn shortened(text: &str) -> String {
    text.chars().take(NAME_LIMIT).collect()
}
