//! Checks what a script answered, field by field, and makes the core's answer of it. Only raw access: nothing of the
//! script runs while its answer is read, and nothing is read beyond the bounds below.

mod ending;
mod offers;
mod routing;
mod words;

pub(crate) use ending::{auto_log, left, log_mode, wrap_up};
pub(crate) use offers::{missed_offer, permission, screen_pop};
pub(crate) use routing::{ranking, relaxed, route};
pub(crate) use words::{greeting, verdict};

use crate::fault::did_you_mean;
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

    /// A list of names, each once.
    fn names(&self, field: &str) -> Result<Option<Vec<String>>, Wrong> {
        self.get(field)?.map(|value| names(field, &value)).transpose()
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

/// A list of names, at most [`MAP_LIMIT`], each once.
fn names(field: &str, value: &Value) -> Result<Vec<String>, Wrong> {
    let Value::Table(table) = value else { return Err(expected(field, "a list of names", value)) };
    if table.raw_len() > MAP_LIMIT {
        return Err(format!("field '{field}' has more than {MAP_LIMIT} entries"));
    }
    let mut names = Vec::new();
    for pair in table.pairs::<Value, Value>() {
        let (key, value) = pair.map_err(|error| error.to_string())?;
        if !matches!(key, Value::Integer(_) | Value::Number(_)) {
            return Err(expected(field, "a list of names", &key));
        }
        let name = text(field, &value, NAME_LIMIT)?;
        if !names.contains(&name) {
            names.push(name);
        }
    }
    Ok(names)
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
