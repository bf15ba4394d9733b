//! Answers about what is said.

use super::{Fields, TEXT_LIMIT, Wrong, expected_answer, text};
use hark_core::policy::{GreetQuestion, MessageQuestion, Verdict};
use mlua::Value;

pub(crate) fn verdict(value: &Value, question: &MessageQuestion<'_>) -> Result<Verdict, Wrong> {
    match value {
        Value::Boolean(true) => Ok(Verdict::Pass),
        Value::Table(table) => {
            let fields = Fields::of(table, &["text", "refuse"])?;
            let limit = usize::try_from(question.limit).unwrap_or(usize::MAX);
            match (fields.text("text", limit)?, fields.text("refuse", TEXT_LIMIT)?) {
                (Some(text), None) if text.trim().is_empty() => {
                    Err("field 'text': expected a text that is not blank".to_owned())
                }
                (Some(text), None) => Ok(Verdict::Change(text)),
                (None, Some(reason)) => Ok(Verdict::Refuse(reason)),
                (Some(_), Some(_)) => Err("a message is changed or refused, not both".to_owned()),
                (None, None) => Err("field 'text' or 'refuse' is missing".to_owned()),
            }
        }
        other => Err(expected_answer("true, a table with text or refuse, or nil", other)),
    }
}

/// A text for the customer, or `false` for none.
pub(crate) fn greeting(value: &Value, question: &GreetQuestion<'_>) -> Result<Option<String>, Wrong> {
    match value {
        Value::Boolean(false) => Ok(None),
        Value::String(_) => {
            let said = text("text", value, usize::try_from(question.limit).unwrap_or(usize::MAX))?;
            if said.trim().is_empty() {
                return Err("expected a text that is not blank, or false to say nothing".to_owned());
            }
            Ok(Some(said))
        }
        other => Err(expected_answer("a text, false, or nil", other)),
    }
}
