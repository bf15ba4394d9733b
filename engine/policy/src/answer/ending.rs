//! Answers about the end of a chat.

use super::{Fields, NAME_LIMIT, TEXT_LIMIT, Wrong, expected_answer, text, whole};
use crate::fault::did_you_mean;
use hark_core::policy::{AutoLog, Left, LogMode, WrapUp, WrapUpQuestion};
use hark_core::state::LogBody;
use mlua::Value;

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

pub(crate) fn wrap_up(value: &Value, question: &WrapUpQuestion<'_>) -> Result<WrapUp, Wrong> {
    let Value::Table(table) = value else {
        if let Value::Integer(_) | Value::Number(_) = value {
            let seconds = Some(whole("seconds", value, 0, WrapUp::SECONDS_LIMIT)?);
            return Ok(WrapUp { seconds, ..WrapUp::default() });
        }
        return Err(expected_answer("seconds, a table, or nil", value));
    };
    let fields = Fields::of(table, &["seconds", "mandatory"])?;
    let mandatory = fields.names("mandatory")?;
    let known = || question.queue.setup.codes.iter().map(|rule| rule.list.as_str());
    if let Some(list) = mandatory.iter().flatten().find(|list| !known().any(|name| name == *list)) {
        return Err(format!(
            "the queue '{}' has no code list '{list}'{}",
            question.queue.name,
            did_you_mean(list, known())
        ));
    }
    Ok(WrapUp { seconds: fields.whole("seconds", 0, WrapUp::SECONDS_LIMIT)?, mandatory })
}

const LEFT: [&str; 3] = ["end", "requeue", "keep"];

pub(crate) fn left(value: &Value) -> Result<Left, Wrong> {
    let Value::String(_) = value else {
        return Err(expected_answer("\"end\", \"requeue\", \"keep\", or nil", value));
    };
    match text("then", value, NAME_LIMIT)?.as_str() {
        "end" => Ok(Left::End),
        "requeue" => Ok(Left::Requeue),
        "keep" => Ok(Left::Keep),
        other => Err(format!("unknown answer '{other}'{}", did_you_mean(other, LEFT))),
    }
}
