//! What a script hands over, as JSON: plain data within bounds. Nothing of the script runs for it.

use crate::sandbox;
use mlua::{Table, Value};
use serde_json::{Map, Value as Json};

/// Deepest nesting.
const DEPTH: usize = 16;
/// Most values in one piece.
const MOST: usize = 10_000;

/// A value as JSON; none for nil and for an empty table, which is a list and a map at once.
///
/// # Errors
/// It holds what is no data, such as a function, or it is too deep or too large.
pub(crate) fn to_json(value: &Value) -> mlua::Result<Option<Json>> {
    let mut left = MOST;
    one(value, 0, &mut left)
}

fn one(value: &Value, depth: usize, left: &mut usize) -> mlua::Result<Option<Json>> {
    *left = left.checked_sub(1).filter(|_| depth <= DEPTH).ok_or_else(|| {
        mlua::Error::runtime(format!("at most {MOST} values are taken, {DEPTH} levels deep"))
    })?;
    Ok(match value {
        Value::Nil => None,
        Value::Boolean(yes) => Some(Json::Bool(*yes)),
        Value::Integer(number) => Some(Json::from(*number)),
        Value::Number(number) if number.fract() == 0.0 && number.abs() < 9e15 => {
            Some(Json::from(*number as i64))
        }
        Value::Number(number) => Some(Json::from(*number)),
        Value::String(text) => Some(Json::String(text.to_string_lossy())),
        Value::Table(table) => object(table, depth, left)?,
        other => {
            return Err(mlua::Error::runtime(format!("data cannot have {} in it", sandbox::kind(other))));
        }
    })
}

fn object(table: &Table, depth: usize, left: &mut usize) -> mlua::Result<Option<Json>> {
    let length = table.raw_len();
    if length > 0 {
        let items = (1..=length).map(|index| one(&table.raw_get(index)?, depth + 1, left));
        let items = items.map(|item| Ok(item?.unwrap_or(Json::Null))).collect::<mlua::Result<_>>()?;
        return Ok(Some(Json::Array(items)));
    }
    let mut map = Map::new();
    for pair in table.pairs::<String, Value>() {
        let (key, value) = pair?;
        if let Some(value) = one(&value, depth + 1, left)? {
            map.insert(key, value);
        }
    }
    Ok(if map.is_empty() { None } else { Some(Json::Object(map)) })
}
