//! JSON as frozen tables whose unknown fields are errors that name the nearest: a slip of the pen fails at once, and does
//! not read nil for ever.

use super::events;
use crate::fault::did_you_mean;
use mlua::{Lua, Result, Table, Value};
use serde_json::Value as Json;
use std::collections::BTreeSet;

/// Deepest nesting of what is told.
const DEPTH: usize = 32;

/// An event of a known name.
pub(super) fn event(lua: &Lua, name: &str, event: &Json) -> Result<Value> {
    let Json::Object(fields) = event else { return Err(mlua::Error::runtime("an event is an object")) };
    let table = lua.create_table()?;
    for (key, value) in fields {
        let value = match (key.as_str(), value) {
            ("data", Json::Object(_)) => {
                with_known(lua, &format!("{name}'s data"), value, events::fields(name), 1)?
            }
            _ => one(lua, key, value, 1)?,
        };
        table.raw_set(key.as_str(), value)?;
    }
    let told = fields.keys().map(String::as_str);
    let known: Vec<&str> = events::EVENT.iter().copied().chain(told).collect();
    close(lua, &table, &format!("event {name}"), &known).map(Value::Table)
}

/// An object of a known kind, such as `chat`.
pub(super) fn object(lua: &Lua, kind: &str, value: &Json) -> Result<Value> {
    one(lua, kind, value, 0)
}

fn one(lua: &Lua, kind: &str, value: &Json, depth: usize) -> Result<Value> {
    if depth > DEPTH {
        return Err(mlua::Error::runtime("what is told is nested too deeply"));
    }
    Ok(match value {
        Json::Null => Value::Nil,
        Json::Bool(yes) => Value::Boolean(*yes),
        Json::Number(number) => Value::Number(number.as_f64().unwrap_or(0.0)),
        Json::String(text) => Value::String(lua.create_string(text)?),
        Json::Array(items) => {
            let items = items.iter().map(|item| one(lua, kind, item, depth + 1));
            let table = lua.create_sequence_from(items.collect::<Result<Vec<_>>>()?)?;
            table.set_readonly(true);
            Value::Table(table)
        }
        Json::Object(_) => match events::inside(kind) {
            Some(known) => with_known(lua, kind, value, known, depth)?,
            None => Value::Table(open(lua, value, depth)?),
        },
    })
}

fn with_known(lua: &Lua, kind: &str, value: &Json, known: &[&str], depth: usize) -> Result<Value> {
    let table = filled(lua, value, depth)?;
    let told = value.as_object().into_iter().flat_map(|fields| fields.keys().map(String::as_str));
    let known: Vec<&str> = known.iter().copied().chain(told).collect();
    close(lua, &table, kind, &known).map(Value::Table)
}

/// Where any field may be, one that is not there is nil.
fn open(lua: &Lua, value: &Json, depth: usize) -> Result<Table> {
    let table = filled(lua, value, depth)?;
    table.set_readonly(true);
    Ok(table)
}

fn filled(lua: &Lua, value: &Json, depth: usize) -> Result<Table> {
    let table = lua.create_table()?;
    for (key, value) in value.as_object().into_iter().flatten() {
        table.raw_set(key.as_str(), one(lua, key, value, depth + 1)?)?;
    }
    Ok(table)
}

/// Freezes a table; what is not known is an error.
pub(super) fn close(lua: &Lua, table: &Table, kind: &str, known: &[&str]) -> Result<Table> {
    let kind = kind.to_owned();
    let known: BTreeSet<String> = known.iter().map(|name| (*name).to_owned()).collect();
    let unknown = lua.create_function(move |_, (_, field): (Value, Value)| -> Result<Value> {
        let name = match &field {
            Value::String(name) => name.to_string_lossy(),
            Value::Integer(_) | Value::Number(_) => return Ok(Value::Nil),
            other => other.type_name().to_owned(),
        };
        if known.contains(&name) {
            return Ok(Value::Nil);
        }
        let near = did_you_mean(&name, known.iter().map(String::as_str));
        Err(mlua::Error::runtime(format!("unknown field '{name}' of {kind}{near}")))
    })?;
    let guard = lua.create_table()?;
    guard.raw_set("__index", unknown)?;
    guard.set_readonly(true);
    table.set_metatable(Some(guard))?;
    table.set_readonly(true);
    Ok(table.clone())
}
