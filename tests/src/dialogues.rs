//! The real conversations and the nasty strings of `tests/data`, read as they lie there. Nothing is changed or left out.

use crate::data;
use serde_json::Value;
use std::fs;

/// One line of a conversation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    /// Whether the customer says it; the agent otherwise.
    pub by_customer: bool,
    /// What is said.
    pub text: String,
}

/// A two-sided conversation.
#[derive(Debug, Clone)]
pub struct Dialogue {
    /// Its id in the data.
    pub id: String,
    /// What it is about.
    pub topic: String,
    /// What is said, in order.
    pub lines: Vec<Line>,
}

/// All two-sided conversations, in their order.
///
/// # Panics
/// The data is not there, or not as its README says.
#[must_use]
pub fn dialogues() -> Vec<Dialogue> {
    let text = fs::read_to_string(data("conversations/service-dialogues.ndjson")).expect("the data is there");
    text.lines().map(|line| dialogue(&serde_json::from_str(line).expect("each line is JSON"))).collect()
}

fn dialogue(value: &Value) -> Dialogue {
    let text = |value: &Value| value.as_str().expect("the data has texts").to_owned();
    let line = |line: &Value| Line { by_customer: line["from"] == "customer", text: text(&line["text"]) };
    Dialogue {
        id: text(&value["id"]),
        topic: text(&value["topic"]),
        lines: value["messages"].as_array().expect("a conversation has messages").iter().map(line).collect(),
    }
}

/// Strings that break software.
///
/// # Panics
/// The data is not there.
#[must_use]
pub fn naughty_strings() -> Vec<String> {
    let text = fs::read_to_string(data("strings/naughty-strings.json")).expect("the data is there");
    serde_json::from_str(&text).expect("the data is a list of strings")
}
