//! A closed machine: what scripts can reach, and nothing else. What is withheld here is withheld for good.

use crate::calendar;
use crate::fault::did_you_mean;
use crate::folder::Sources;
use crate::meter::Meter;
use mlua::chunk::{ChunkMode, Compiler};
use mlua::{Buffer, Function, Lua, LuaOptions, Result, StdLib, Table, Value, Variadic};
use serde_json::Value as Json;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::atomic::{AtomicU32, Ordering::Relaxed};
use std::sync::{Arc, Mutex, Once};

/// Without it `table.move` over a huge range cannot be interrupted.
pub(crate) const MOVE_FLAG: &str = "LuauTableMoveTimeoutFix";
/// Globals that scripts do not get: they reach out of the machine, read clocks, or make code of text.
pub(crate) const WITHHELD: [&str; 17] = [
    "_G",
    "collectgarbage",
    "coroutine",
    "debug",
    "dofile",
    "gcinfo",
    "getfenv",
    "io",
    "load",
    "loadfile",
    "loadstring",
    "newproxy",
    "os",
    "package",
    "print",
    "require",
    "setfenv",
];
/// Functions of `math` that answer differently each time.
const UNSEEDED: [&str; 2] = ["random", "randomseed"];
/// Deepest nesting of a configuration.
const CONFIG_DEPTH: usize = 32;
/// Longest line that a script logs, in characters, and the most values in it.
const LOG_LIMIT: usize = 2000;
const LOG_VALUES: usize = 32;
/// Most lines that one decision logs: what writes them out may be slower than what makes them.
const LOG_LINES: u32 = 20;

const PRELUDE: &str = include_str!("prelude.luau");

/// A machine with the libraries that scripts may have, still open.
pub(crate) fn machine() -> Result<Lua> {
    static FLAG: Once = Once::new();
    FLAG.call_once(|| {
        if Lua::set_fflag(MOVE_FLAG, true).is_err() {
            tracing::error!(
                "the Lua machine does not know the flag {MOVE_FLAG}: table.move cannot be stopped"
            );
        }
    });
    let libraries =
        StdLib::TABLE | StdLib::STRING | StdLib::UTF8 | StdLib::BIT | StdLib::MATH | StdLib::BUFFER;
    Lua::new_with(libraries, LuaOptions::default())
}

/// Runs the trusted part: constructors, and the maker of `hark`, which reads the time of the decision from `clock`.
pub(crate) fn prelude(lua: &Lua, clock: &Buffer, meter: &Arc<Meter>) -> Result<(Table, Function)> {
    let unknown = lua.create_function(|_, (kind, field, known): (String, String, Vec<String>)| {
        let near = did_you_mean(&field, known.iter().map(String::as_str));
        Ok(format!("unknown field '{field}' of {kind}{near}"))
    })?;
    let meter = Arc::clone(meter);
    let look_closely = lua.create_function(move |_, ()| {
        meter.look_closely();
        Ok(())
    })?;
    // Its small functions are put where they are used.
    let compiler = Compiler::new().set_optimization_level(2);
    let prelude = lua.load(PRELUDE).set_name("=prelude").set_mode(ChunkMode::Text).set_compiler(compiler);
    prelude.call((unknown, calendar::function(lua)?, clock, look_closely))
}

/// `hark.log`: lines go where the engine's own go, with the script's name. `logged` counts those of one decision.
pub(crate) fn log(lua: &Lua, file: &str, logged: &Arc<AtomicU32>) -> Result<Table> {
    let table = lua.create_table()?;
    let line = |level: tracing::Level| {
        let (file, logged) = (file.to_owned(), Arc::clone(logged));
        lua.create_function(move |_, words: Variadic<Value>| {
            if logged.fetch_add(1, Relaxed) >= LOG_LINES {
                return Ok(());
            }
            let line = words.iter().take(LOG_VALUES).map(in_words).collect::<Vec<_>>().join(" ");
            // What a customer wrote may be in it: it must not begin a line of its own.
            let one_line = |letter: char| if letter.is_control() { ' ' } else { letter };
            let line: String = line.chars().take(LOG_LIMIT).map(one_line).collect();
            match level {
                tracing::Level::ERROR => tracing::error!(target: "hark::script", script = %file, "{line}"),
                tracing::Level::WARN => tracing::warn!(target: "hark::script", script = %file, "{line}"),
                _ => tracing::info!(target: "hark::script", script = %file, "{line}"),
            }
            Ok(())
        })
    };
    table.raw_set("info", line(tracing::Level::INFO)?)?;
    table.raw_set("warn", line(tracing::Level::WARN)?)?;
    table.raw_set("error", line(tracing::Level::ERROR)?)?;
    Ok(table)
}

/// A value for a log line; nothing of the script runs for it.
fn in_words(value: &Value) -> String {
    match value {
        Value::String(text) => text.to_string_lossy().chars().take(LOG_LIMIT).collect(),
        Value::Integer(number) => number.to_string(),
        Value::Number(number) => number.to_string(),
        Value::Boolean(yes) => yes.to_string(),
        Value::Nil => "nil".to_owned(),
        other => format!("<{}>", other.type_name()),
    }
}

/// What a value is, in words: scripts know one kind of number.
pub(crate) fn kind(value: &Value) -> &'static str {
    match value {
        Value::Integer(_) | Value::Number(_) => "a number",
        Value::String(_) => "a string",
        Value::Table(_) => "a table",
        Value::Function(_) => "a function",
        Value::Boolean(_) => "a boolean",
        Value::Nil => "nil",
        _ => "something else",
    }
}

/// `hark.config`: the script's own table, frozen.
pub(crate) fn config(lua: &Lua, config: &Json) -> Result<Value> {
    match config {
        Json::Null => frozen(lua, &Json::Object(serde_json::Map::new()), 0),
        config => frozen(lua, config, 0),
    }
}

/// JSON as frozen tables.
pub(crate) fn frozen(lua: &Lua, value: &Json, depth: usize) -> Result<Value> {
    if depth > CONFIG_DEPTH {
        return Err(mlua::Error::runtime("the script's configuration is nested too deeply"));
    }
    let table = match value {
        Json::Null => return Ok(Value::Nil),
        Json::Bool(yes) => return Ok(Value::Boolean(*yes)),
        Json::Number(number) => return Ok(Value::Number(number.as_f64().unwrap_or(0.0))),
        Json::String(text) => return Ok(Value::String(lua.create_string(text)?)),
        Json::Array(items) => {
            let items = items.iter().map(|item| frozen(lua, item, depth + 1)).collect::<Result<Vec<_>>>()?;
            lua.create_sequence_from(items)?
        }
        Json::Object(fields) => {
            let table = lua.create_table()?;
            for (key, value) in fields {
                table.raw_set(key.as_str(), frozen(lua, value, depth + 1)?)?;
            }
            table
        }
    };
    table.set_readonly(true);
    Ok(Value::Table(table))
}

/// `require`: scripts of the same folder, each run once, while the script is loaded.
pub(crate) fn require(
    lua: &Lua,
    sources: &Arc<Mutex<Sources>>,
    is_loading: impl Fn() -> bool + Send + 'static,
) -> Result<Function> {
    let sources = Arc::clone(sources);
    let loaded: Mutex<BTreeMap<String, Option<Value>>> = Mutex::default();
    lua.create_function(move |lua, name: String| {
        if !is_loading() {
            return Err(mlua::Error::runtime("require is for the time of loading, not for decisions"));
        }
        let poisoned = || mlua::Error::runtime("scripts cannot be read any more");
        let (file, text) = {
            let mut sources = sources.lock().map_err(|_| poisoned())?;
            let file = sources.module(&name).map_err(mlua::Error::runtime)?;
            let text = sources.read(&file).map_err(|fault| mlua::Error::runtime(fault.to_string()))?;
            (file, text)
        };
        match loaded.lock().map_err(|_| poisoned())?.get(&file) {
            Some(Some(value)) => return Ok(value.clone()),
            Some(None) => return Err(mlua::Error::runtime(format!("'{file}' requires itself"))),
            None => {}
        }
        loaded.lock().map_err(|_| poisoned())?.insert(file.clone(), None);
        let result = compile(lua, &file, &text).and_then(|chunk| chunk.call::<Value>(()));
        let mut loaded = loaded.lock().map_err(|_| poisoned())?;
        match &result {
            Ok(value) => loaded.insert(file, Some(value.clone())),
            Err(_) => loaded.remove(&file),
        };
        result
    })
}

/// Compiles a script; bytecode is refused.
pub(crate) fn compile(lua: &Lua, file: &str, text: &str) -> Result<Function> {
    lua.load(text).set_name(format!("={file}")).set_mode(ChunkMode::Text).into_function()
}

/// Takes away what is withheld, gives what is ours, and closes the sandbox: from here on every global is read-only.
pub(crate) fn close(lua: &Lua, hark: Table, require: Function) -> Result<()> {
    let globals = lua.globals();
    for name in WITHHELD {
        globals.raw_remove(name)?;
    }
    let math: Table = globals.raw_get("math")?;
    for name in UNSEEDED {
        math.raw_remove(name)?;
    }
    globals.raw_set("hark", hark)?;
    globals.raw_set("require", require)?;
    let mut known = Vec::new();
    for pair in globals.pairs::<String, Value>() {
        known.push(pair?.0);
    }
    let strict = lua.create_table()?;
    let unknown = lua.create_function(move |_, (_, name): (Value, Value)| -> Result<()> {
        let name = in_words(&name);
        Err(mlua::Error::runtime(unknown_global(&name, known.iter().map(String::as_str))))
    })?;
    strict.raw_set("__index", unknown)?;
    strict.set_readonly(true);
    globals.set_metatable(Some(strict))?;
    lua.sandbox(true)?;
    lua.globals().set_readonly(true);
    Ok(())
}

/// The globals that scripts have, and a machine that compiles but runs nothing.
pub(crate) fn names() -> Result<(Lua, BTreeSet<String>)> {
    let lua = machine()?;
    let mut names = BTreeSet::from(["hark".to_owned(), "require".to_owned()]);
    for pair in lua.globals().pairs::<String, Value>() {
        let (name, _) = pair?;
        if !WITHHELD.contains(&name.as_str()) {
            names.insert(name);
        }
    }
    Ok((lua, names))
}

/// What is said about a name that nobody gave a value.
pub(crate) fn unknown_global<'a>(name: &str, known: impl IntoIterator<Item = &'a str>) -> String {
    if WITHHELD.contains(&name) {
        return format!("'{name}' is not available to scripts");
    }
    format!("unknown global '{name}'{}", did_you_mean(name, known))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_machine_knows_the_flag_that_lets_table_move_be_stopped() {
        assert!(Lua::set_fflag(MOVE_FLAG, true).is_ok(), "{MOVE_FLAG} is gone: is table.move still stopped?");
    }
}
