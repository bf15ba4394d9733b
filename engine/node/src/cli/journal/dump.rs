//! `hark journal dump`: what happened, one event a line, for people or for programs. It changes nothing.

use super::{JournalFolder, redact};
use crate::error::Error;
use crate::say::Lines;
use clap::Args;
use hark_core::command::Actor;
use hark_core::id::NotAnId;
use hark_core::{ChatId, Event, Scoped, Time, Turn};
use hark_journal::care::{Scan, is_lost};
use hark_journal::{Barrier, RealDisk, Record, RecordKind, Seq, decode_turn};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::sync::Arc;

/// Longest value shown in words, in characters; the JSON has all of it.
const SHOWN: usize = 60;

/// How it is wanted.
#[derive(Debug, Args)]
pub(in crate::cli) struct Dump {
    #[command(flatten)]
    folder: JournalFolder,
    /// The first record, by its number
    #[arg(long, value_name = "SEQ", default_value_t = 0)]
    from: u64,
    /// The last record, by its number
    #[arg(long, value_name = "SEQ", default_value_t = u64::MAX)]
    until: u64,
    /// Only what concerns this chat, int_…
    #[arg(long, value_name = "ID", value_parser = chat_id)]
    chat: Option<ChatId>,
    /// One JSON object a line
    #[arg(long)]
    json: bool,
}

/// Fields that the beginning of a line has told, or that tell people nothing.
const SAID: [&str; 7] = ["chat", "agent", "agent_id", "queue", "at", "id", "client_id"];

pub(in crate::cli) fn chat_id(text: &str) -> Result<ChatId, String> {
    text.parse().map_err(|error: NotAnId| error.to_string())
}

pub(super) fn dump(wish: &Dump) -> Result<(), Error> {
    let dir = wish.folder.find_filled()?;
    let mut scan = Scan::open(Arc::new(RealDisk), &dir, Seq(wish.from))?;
    let mut names = BTreeMap::new();
    let mut out = Lines::new();
    for record in &mut scan {
        let record = record?;
        if record.seq.0 > wish.until || out.closed() {
            break;
        }
        dump_record(wish, &record, &mut names, &mut out)?;
    }
    Ok(())
}

/// Names of agents and queues by their ids, as far as they were told on the way.
type Names = BTreeMap<String, String>;

fn dump_record(wish: &Dump, record: &Record, names: &mut Names, out: &mut Lines) -> Result<(), Error> {
    if record.kind == RecordKind::Barrier {
        if wish.chat.is_none() {
            out.line(barrier(wish, record));
        }
        return Ok(());
    }
    let turn = decode_turn(&record.payload)
        .map_err(|why| Error::told(format!("record {} cannot be read as a turn: {why}", record.seq)))?;
    for scoped in &turn.events {
        learn(names, &scoped.event);
        if wish.chat.is_none_or(|chat| scoped.scope.chat == Some(chat)) {
            let line = if wish.json {
                json_line(record.seq, &turn, scoped)
            } else {
                line(record.seq, &turn, scoped, names)
            };
            out.line(line);
        }
    }
    Ok(())
}

fn barrier(wish: &Dump, record: &Record) -> String {
    if is_lost(record) {
        return lost(wish, record.seq);
    }
    let Some(Barrier { epoch, wall_ms, program }) = Barrier::decode(&record.payload) else {
        return format!("{:>8}  a barrier that cannot be read", record.seq);
    };
    let at = Time::from_millis(wall_ms);
    if wish.json {
        let data = json!({ "epoch": epoch.0, "program": program });
        return json!({ "seq": record.seq, "at": at, "event": "journal.opened", "data": data }).to_string();
    }
    format!("{:>8}  {at}  journal.opened  epoch={} program={}", record.seq, epoch.0, program.escape_debug())
}

/// What stands where a repair could not keep a record.
fn lost(wish: &Dump, seq: Seq) -> String {
    if wish.json {
        json!({ "seq": seq, "event": "record.lost" }).to_string()
    } else {
        format!("{seq:>8}  record.lost")
    }
}

fn learn(names: &mut Names, event: &Event) {
    match event {
        Event::AgentSaved { profile } => {
            names.insert(profile.id.to_string(), profile.login.clone());
        }
        Event::Configured { queues, .. } => {
            names.extend(queues.iter().map(|(name, id)| (id.to_string(), name.clone())));
        }
        _ => {}
    }
}

fn json_line(seq: Seq, turn: &Turn, scoped: &Scoped) -> String {
    let scope = scoped.scope;
    json!({
        "seq": seq, "at": turn.at, "by": turn.by, "event": scoped.event.name(), "chat_id": scope.chat,
        "agent_id": scope.agent, "queue_id": scope.queue, "data": redact::fields(&scoped.event),
    })
    .to_string()
}

fn line(seq: Seq, turn: &Turn, scoped: &Scoped, names: &Names) -> String {
    let named = |id: String| names.get(&id).cloned().unwrap_or(id);
    let by = match &turn.by {
        Actor::Engine => "engine".to_owned(),
        Actor::Agent { id } => named(id.to_string()),
        Actor::Customer { .. } => "customer".to_owned(),
        Actor::Plugin { name } => format!("plugin {name}"),
        Actor::Script { file } => format!("script {file}"),
    };
    let mut line = format!("{seq:>8}  {}  {:<24} by {by}", turn.at, scoped.event.name());
    let scope = scoped.scope;
    let parts = [
        ("chat", scope.chat.map(|id| id.to_string())),
        ("agent", scope.agent.map(|id| named(id.to_string()))),
        ("queue", scope.queue.map(|id| named(id.to_string()))),
    ];
    for (name, value) in parts {
        if let Some(value) = value {
            line += &format!("  {name}={}", value.escape_debug());
        }
    }
    line + &details(&redact::fields(&scoped.event))
}

/// The rest of an event's fields, one level deep; what is inside of those only as JSON.
fn details(fields: &Value) -> String {
    let Value::Object(fields) = fields else { return String::new() };
    let mut told = String::new();
    for (name, value) in fields.iter().filter(|(name, _)| !SAID.contains(&name.as_str())) {
        match value {
            Value::Null => {}
            Value::Object(inner) => {
                let inner =
                    inner.iter().filter(|(name, value)| !SAID.contains(&name.as_str()) && !value.is_null());
                inner.for_each(|(part, value)| told += &format!("  {name}.{part}={}", shown(value)));
            }
            value => told += &format!("  {name}={}", shown(value)),
        }
    }
    told
}

/// A value in one line without control characters, cut when it is long.
fn shown(value: &Value) -> String {
    let text = match value {
        Value::String(text) => format!("\"{}\"", text.escape_debug()),
        other => other.to_string().replace(char::is_control, "\u{fffd}"),
    };
    if text.chars().count() <= SHOWN {
        return text;
    }
    text.chars().take(SHOWN).chain(['…']).collect()
}
