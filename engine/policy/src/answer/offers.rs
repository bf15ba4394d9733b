//! Answers about offers and what goes with them.

use super::{Fields, NAME_LIMIT, TEXT_LIMIT, URL_LIMIT, Wrong, expected_answer, text};
use crate::fault::did_you_mean;
use hark_core::policy::{MissedOffer, Permission, ScreenPop, ScreenPopQuestion};
use hark_core::state::Status;
use mlua::{Table, Value};

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

const STATUSES: [&str; 4] = ["on_break", "work_offline", "logged_out", "available"];

pub(crate) fn missed_offer(value: &Value) -> Result<MissedOffer, Wrong> {
    let (status, reason, pause_s) = match value {
        Value::String(_) => (text("status", value, NAME_LIMIT)?, None, None),
        Value::Table(table) => {
            let fields = Fields::of(table, &["status", "reason", "pause_s"])?;
            let status = fields.text("status", NAME_LIMIT)?.ok_or("field 'status' is missing")?;
            let pause = MissedOffer::PAUSE_S;
            let pause_s = fields.whole("pause_s", *pause.start(), *pause.end())?;
            (status, fields.text("reason", NAME_LIMIT)?, pause_s)
        }
        other => return Err(expected_answer("a status, a table, or nil", other)),
    };
    let status = match status.as_str() {
        "on_break" => Status::OnBreak,
        "work_offline" => Status::WorkOffline,
        "logged_out" => Status::LoggedOut,
        "available" => Status::Available,
        other => return Err(format!("unknown status '{other}'{}", did_you_mean(other, STATUSES))),
    };
    match (status, pause_s) {
        (Status::Available, None) => {
            Err("field 'pause_s' is missing: who stays available is offered nothing for a while".to_owned())
        }
        (Status::Available, Some(pause_s)) => Ok(MissedOffer { status, reason: None, pause_s }),
        (_, Some(_)) => Err("field 'pause_s' is for who stays available".to_owned()),
        (_, None) => Ok(MissedOffer { status, reason, pause_s: 0 }),
    }
}
