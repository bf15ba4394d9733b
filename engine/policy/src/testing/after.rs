//! `policy(…).after(event, …)` of test files: the scripts react to a described event, and what they would have done is
//! told. Nothing is done: there is no desk.

use crate::reaction::{self, Missed, Outside, Reaction, Told, Wish};
use hark_core::{ChatId, Time};
use serde_json::{Map, Value as Json, json};
use std::sync::{Arc, Mutex, PoisonError};

/// When a described event happened unless the test says: 2026-11-23 09:00 UTC, a Monday.
const AT: u64 = 1_795_424_400_000;

/// What a test says about everything outside, and what the scripts did with it.
#[derive(Debug, Default)]
struct Recorder {
    /// What is answered, by operation: a table, or `{ refused = code }`, or `{ later = why }`.
    answers: Map<String, Json>,
    chats: Map<String, Json>,
    /// Commands that are refused, each with its code.
    refused: Map<String, Json>,
    did: Mutex<Did>,
}

#[derive(Debug, Default)]
struct Did {
    calls: Vec<Json>,
    commands: Vec<Json>,
}

impl Recorder {
    fn of(mut world: Map<String, Json>) -> Result<Self, String> {
        let mut part = |name: &str| match world.remove(name) {
            None => Ok(Map::new()),
            Some(Json::Object(part)) => Ok(part),
            Some(_) => Err(format!("'{name}' is a table")),
        };
        let recorder = Self {
            answers: part("answers")?,
            chats: part("chats")?,
            refused: part("refused")?,
            did: Mutex::default(),
        };
        match world.keys().next() {
            None => Ok(recorder),
            Some(unknown) => Err(format!("unknown field '{unknown}': there are answers, chats and refused")),
        }
    }

    fn did(&self) -> std::sync::MutexGuard<'_, Did> {
        self.did.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Outside for Recorder {
    fn call(&self, operation: &str, request: Json) -> Result<Json, Missed> {
        self.did().calls.push(json!({ "operation": operation, "request": request }));
        let refused = |code: &str, message: String| Missed::Refused { code: code.to_owned(), message };
        match self.answers.get(operation) {
            None => Err(refused("unknown_operation", format!("no plugin provides {operation}"))),
            Some(answer) => match (answer["refused"].as_str(), answer["later"].as_str()) {
                (Some(code), _) => Err(refused(code, format!("refused: {code}"))),
                (_, Some(why)) => Err(Missed::Later(why.to_owned())),
                _ => Ok(answer.clone()),
            },
        }
    }

    fn command(&self, command: Wish<'_>) -> Result<(), Missed> {
        let Wish { name, words, .. } = command;
        self.did().commands.push(json!({ "name": name, "with": words }));
        match self.refused.get(name).and_then(Json::as_str) {
            Some(code) => Err(Missed::Refused { code: code.to_owned(), message: format!("refused: {code}") }),
            None => Ok(()),
        }
    }

    fn chat(&self, id: ChatId) -> Result<Option<Json>, Missed> {
        Ok(self.chats.get(&id.to_string()).cloned())
    }
}

/// Lets the reactions to an event react, in order, and tells what they did.
///
/// # Errors
/// The event or the world is described wrongly, or a script failed.
pub(super) fn after(
    reactions: &mut [Reaction],
    name: &str,
    event: Option<Json>,
    world: Option<Json>,
) -> Result<Json, String> {
    let name = reaction::known(name)?;
    let Some(Json::Object(world)) = world.or_else(|| Some(Json::Object(Map::new()))) else {
        return Err("what lies outside is described by a table".to_owned());
    };
    let recorder = Arc::new(Recorder::of(world)?);
    let outside: Arc<dyn Outside> = Arc::clone(&recorder) as Arc<dyn Outside>;
    let told = told(name, event)?;
    let mut reacted = 0;
    for reaction in reactions.iter_mut().filter(|reaction| reaction.hears(name)) {
        reaction.react(&told, &outside).map_err(|failed| format!("the script failed: {}", failed.fault))?;
        reacted += 1;
    }
    if reacted == 0 {
        return Err(format!("none of these scripts reacts to '{name}'"));
    }
    let did = std::mem::take(&mut *recorder.did());
    Ok(json!({ "calls": did.calls, "commands": did.commands }))
}

/// The described event, with what a test need not say.
fn told(name: &'static str, event: Option<Json>) -> Result<Told, String> {
    let Some(Json::Object(given)) = event.or_else(|| Some(Json::Object(Map::new()))) else {
        return Err("an event is described by a table".to_owned());
    };
    let at = given.get("at").and_then(Json::as_u64).unwrap_or(AT);
    let mut json = json!({
        "id": "00000000-0000-7000-8000-000000000001", "cursor": "c_1_0", "type": reaction::wire(name),
        "ts": Time::from_millis(at), "actor": { "kind": "engine" }, "data": {}, "seq": 1, "at": at,
    });
    json.as_object_mut().expect("it was just made").extend(given);
    Ok(Told { name, place: "c_1_0".to_owned(), at: Time::from_millis(at), json })
}
