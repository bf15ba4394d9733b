//! What a reaction's machine has beyond a decision's: `hark.after` while it is loaded; `hark.call`, `hark.chat` and
//! `hark.commands` while it reacts. In a decision they are there and say that they are not for it.

use super::commands;
use super::outside::{Missed, Outside, Wish};
use super::strict;
use crate::json::to_json;
use crate::sandbox;
use hark_core::{ChatId, IdempotencyKey};
use mlua::{Function, Lua, MultiValue, Result, Table, Value};
use serde_json::{Map, Value as Json};
use sha2::{Digest, Sha256};
use std::sync::{Arc, Mutex};

/// Most commands and calls of one reaction to one event.
pub(crate) const MOST_DEEDS: u32 = 100;

/// What is said of a door in a decision.
const NOT_HERE: &str = "is for reactions (hark.after), not for decisions or loading";
/// Bytes of the hash that tells commands apart.
const HASH_BYTES: usize = 8;

/// A reaction under way.
pub(crate) struct Deed {
    pub(crate) outside: Arc<dyn Outside>,
    pub(crate) file: String,
    /// The event's place in the journal.
    pub(crate) place: String,
    /// Commands and calls so far.
    pub(crate) count: u32,
    /// Why something outside could not be had, if that is so.
    pub(crate) later: Option<String>,
}

/// Holds the reaction under way, if one is. Shared by a machine's doors.
#[derive(Clone, Default)]
pub(crate) struct Running(Arc<Mutex<Option<Deed>>>);

impl std::fmt::Debug for Running {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Running")
    }
}

impl Running {
    /// From here on the doors are open.
    pub(crate) fn begin_deed(&self, deed: Deed) {
        if let Ok(mut running) = self.0.lock() {
            *running = Some(deed);
        }
    }

    /// They are closed again; why something outside could not be had, if that is so.
    pub(crate) fn end_deed(&self) -> Option<String> {
        self.0.lock().ok().and_then(|mut running| running.take()).and_then(|deed| deed.later)
    }

    /// The place of the next deed: who it is for, and how it is told apart from the others.
    fn begin(&self, door: &str) -> Result<(Arc<dyn Outside>, String, String)> {
        let mut running = self.0.lock().map_err(|_| mlua::Error::runtime("reactions ended early"))?;
        let deed = running.as_mut().ok_or_else(|| mlua::Error::runtime(format!("{door} {NOT_HERE}")))?;
        deed.count += 1;
        if deed.count > MOST_DEEDS {
            return Err(mlua::Error::runtime(format!(
                "a reaction to one event does at most {MOST_DEEDS} things"
            )));
        }
        Ok((Arc::clone(&deed.outside), deed.file.clone(), format!("{}#{}", deed.place, deed.count)))
    }

    /// What a script is told of something that it did not get: nil, a code and a sentence; or an error, so that the event
    /// comes again.
    fn missed(&self, lua: &Lua, nothing: Value, missed: Missed) -> Result<MultiValue> {
        match missed {
            Missed::Refused { code, message } => {
                let (code, message) = (lua.create_string(code)?, lua.create_string(message)?);
                Ok(MultiValue::from_vec(vec![nothing, Value::String(code), Value::String(message)]))
            }
            Missed::Later(why) => {
                if let Ok(mut running) = self.0.lock()
                    && let Some(deed) = running.as_mut()
                {
                    deed.later = Some(why.clone());
                }
                Err(mlua::Error::runtime(why))
            }
        }
    }
}

/// The doors of a machine, for the prelude: `after` takes what is registered.
pub(crate) fn doors(lua: &Lua, after: Function, running: &Running) -> Result<Table> {
    let doors = lua.create_table()?;
    doors.raw_set("after", after)?;
    doors.raw_set("call", call(lua, running.clone())?)?;
    doors.raw_set("chat", chat(lua, running.clone())?)?;
    let all = lua.create_table()?;
    for name in commands::NAMES {
        all.raw_set(name, command(lua, name, running.clone())?)?;
    }
    doors.raw_set("commands", strict::close(lua, &all, "hark.commands", &commands::NAMES)?)?;
    Ok(doors)
}

/// `hark.call(operation, request)`.
fn call(lua: &Lua, running: Running) -> Result<Function> {
    lua.create_function(move |lua, (operation, request): (String, Value)| {
        let (outside, ..) = running.begin("hark.call")?;
        let request = to_json(&request)?.unwrap_or_else(|| Json::Object(Map::new()));
        match outside.call(&operation, request) {
            Ok(answer) => Ok(MultiValue::from_vec(vec![sandbox::frozen(lua, &answer, 0)?])),
            Err(missed) => running.missed(lua, Value::Nil, missed),
        }
    })
}

/// `hark.chat(id)`.
fn chat(lua: &Lua, running: Running) -> Result<Function> {
    lua.create_function(move |lua, id: String| {
        let (outside, ..) = running.begin("hark.chat")?;
        let Ok(id) = id.parse::<ChatId>() else {
            return Err(mlua::Error::runtime(format!("'{id}' is not the id of a chat")));
        };
        match outside.chat(id) {
            Ok(None) => Ok(MultiValue::from_vec(vec![Value::Nil])),
            Ok(Some(chat)) => Ok(MultiValue::from_vec(vec![strict::object(lua, "chat", &chat)?])),
            Err(missed) => running.missed(lua, Value::Nil, missed),
        }
    })
}

/// `hark.commands.<name>(table)`: true, or false with a code and a sentence.
fn command(lua: &Lua, name: &'static str, running: Running) -> Result<Function> {
    lua.create_function(move |lua, words: Value| {
        let (outside, file, place) = running.begin("hark.commands")?;
        let words = to_json(&words)?.unwrap_or_else(|| Json::Object(Map::new()));
        let hash = hash(&[&file, &place, name, &words.to_string()]);
        let once = format!("script-{hash:016x}");
        let action = commands::action(name, &words, &once).map_err(mlua::Error::runtime)?;
        let key = IdempotencyKey { key: format!("script:{file}:{place}:{hash:016x}"), request: hash };
        match outside.command(Wish { file: &file, name, words: &words, action, key }) {
            Ok(()) => Ok(MultiValue::from_vec(vec![Value::Boolean(true)])),
            Err(missed) => running.missed(lua, Value::Boolean(false), missed),
        }
    })
}

/// The same at every try: a repeat of the same command at the same place is the same command.
fn hash(parts: &[&str]) -> u64 {
    let mut hash = Sha256::new();
    for part in parts {
        hash.update((part.len() as u64).to_le_bytes());
        hash.update(part);
    }
    let digest = hash.finalize();
    digest.iter().take(HASH_BYTES).fold(0, |hash, byte| hash << 8 | u64::from(*byte))
}
