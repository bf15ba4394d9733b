//! `hark explain`: why a chat went to which agent, from the journal alone. It prints what the core tells, for people or
//! as the very JSON that the API answers.

use super::journal::{JournalFolder, chat_id};
use crate::error::Error;
use crate::progress::Bar;
use crate::say::say;
use clap::Args;
use hark_core::explain::{Candidate, Explanation, ScriptSay, Step, Teller};
use hark_core::policy::Answered;
use hark_core::{ChatId, State, Time};
use hark_journal::RealDisk;
use hark_journal::care::{Explained, explain};
use hark_journal::history::{OutsideError, events_outside};
use hark_runtime::Options;
use std::path::Path;
use std::sync::Arc;

/// How far the details of a step are moved in.
const INDENT: &str = "                       ";

/// How it is wanted.
#[derive(Debug, Args)]
pub(super) struct Explain {
    /// The chat, int_…
    #[arg(value_parser = chat_id)]
    chat: ChatId,
    #[command(flatten)]
    folder: JournalFolder,
    /// One JSON object instead of words: the same that the API answers
    #[arg(long)]
    json: bool,
}

pub(super) fn explanation(wish: &Explain) -> Result<(), Error> {
    let dir = wish.folder.find_filled()?;
    let mut bar = Bar::new("replaying");
    let told =
        explain(&(Arc::new(RealDisk) as _), &dir, wish.chat, &mut |done, total| bar.tell(done, total))?;
    drop(bar);
    match told {
        Explained::Told(told) => {
            print(wish, &told);
            Ok(())
        }
        Explained::Past(past) => recount(wish, &dir, *past),
        Explained::Unknown => Err(unknown(wish, &dir)),
    }
}

fn unknown(wish: &Explain, dir: &Path) -> Error {
    Error::told(format!("there is no chat {} in {}", wish.chat, dir.display()))
}

/// Tells what history kept, where no desk has it open; a running one has to be asked.
fn recount(wish: &Explain, dir: &Path, (state, mut teller): (State, Teller)) -> Result<(), Error> {
    let history = dir.with_file_name(Options::HISTORY);
    if !history.is_dir() {
        return Err(Error::told(format!(
            "the journal no longer reaches back to this chat, and there is no history in {}",
            history.display()
        )));
    }
    let kept = events_outside(&RealDisk, dir, &history, wish.chat).map_err(|error| {
        let why = match &error {
            OutsideError::Journal(hark_journal::Error::Locked { .. }) => {
                format!("and the running desk has history: ask it, GET /v1/chats/{}/explanation", wish.chat)
            }
            _ => format!("and what history kept cannot be read: {error}"),
        };
        Error::told(format!("the journal no longer reaches back to this chat, {why}"))
    })?;
    kept.iter().for_each(|past| teller.recount(&state, past.at, &past.event));
    if !teller.has_begun() {
        return Err(unknown(wish, dir));
    }
    print(wish, &teller.finish());
    Ok(())
}

fn print(wish: &Explain, told: &Explanation) {
    if wish.json {
        say(serde_json::to_string(told).expect("our own types are always JSON"));
    } else {
        lines(told).iter().for_each(say);
    }
}

/// The story for people.
fn lines(told: &Explanation) -> Vec<String> {
    let whose =
        if told.name.is_empty() { String::new() } else { format!(" of {}", told.name.escape_debug()) };
    let mut lines =
        vec![format!("Chat {}{whose}, requested {} (UTC)", told.chat_id, moment(told.requested_at))];
    lines.push(String::new());
    lines.push(told.summary.clone());
    if let Some(missing) = &told.missing {
        lines.push(missing.clone());
    }
    for step in &told.steps {
        lines.push(String::new());
        lines.push(format!("{}  {}", moment(step.at), step.says));
        details(step, &mut lines);
    }
    lines
}

/// `2026-11-22 12:00:00`.
fn moment(at: Time) -> String {
    at.to_string().replace('T', " ").chars().take(19).collect()
}

fn details(step: &Step, lines: &mut Vec<String>) {
    for rule in &step.rules {
        lines.push(format!("{INDENT}rule: {}", rule.says));
    }
    for script in &step.scripts {
        lines.push(format!("{INDENT}{}", asked(script)));
    }
    let Some(desk) = &step.desk else { return };
    let width = desk.candidates.iter().map(|one| one.name.chars().count()).max().unwrap_or(0);
    for candidate in &desk.candidates {
        let chosen = step.agent_id == Some(candidate.agent_id);
        lines.push(format!("{INDENT}{}", candidate_line(candidate, width, chosen, step.at)));
    }
    if desk.more_candidates > 0 {
        lines.push(format!("{INDENT}and {} more", desk.more_candidates));
    }
    if desk.logged_out > 0 {
        lines.push(format!("{INDENT}logged out: {}", desk.logged_out));
    }
    for ahead in &desk.ahead {
        lines.push(format!(
            "{INDENT}ahead: {} with priority {}, requested {}",
            ahead.chat_id,
            ahead.priority,
            moment(ahead.requested_at)
        ));
    }
}

fn asked(script: &ScriptSay) -> String {
    let who = match &script.answered {
        None => "the policy answered".to_owned(),
        Some(Answered::BuiltIn) => "no script had a say, the built-in rule answered".to_owned(),
        Some(Answered::Script { file }) => format!("{file} answered"),
        Some(Answered::Default { file, why }) => {
            format!("{file} failed ({}), the stated default answered", why.escape_debug())
        }
    };
    format!("asked {}: {who}: {}", script.point, script.answer.escape_debug())
}

fn candidate_line(candidate: &Candidate, width: usize, chosen: bool, at: Time) -> String {
    let Candidate { name, status, load, capacity, .. } = candidate;
    let idle = at.since(candidate.idle_since) / 1000;
    let skills: Vec<String> =
        candidate.skills.iter().map(|(skill, level)| format!("{skill} {level}")).collect();
    let skills = if skills.is_empty() { String::new() } else { format!(", {}", skills.join(", ")) };
    let verdict = match (&candidate.obstacle, chosen) {
        (_, true) => "  <- this one",
        (Some(_), _) => "  could not",
        (None, _) => "  could",
    };
    format!("{name:<width$}  {}, {load} of {capacity} chats, idle {idle} s{skills}{verdict}", status.word())
}
