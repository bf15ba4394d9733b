//! Reactions of scripts hear every event of the core, but for those that are told to nobody: a new event is either in the
//! policy room's table, on the reference page and in the stubs, or is named here as withheld.

use crate::house::{Fault, files_under, read, verdict};

const EVENTS: &str = "engine/core/src/event/scope.rs";
const TABLE: &str = "engine/policy/src/reaction/events.rs";
const PAGE: &str = "scripts/reference/after.md";
const STUBS: &str = "scripts/api/hark.d.luau";

/// What the event stream tells nobody: secrets, unsent texts, and the engine's own errands.
const WITHHELD: [&str; 10] = [
    "answer.remembered",
    "chat_log.draft_saved",
    "deed.recorded",
    "draft.updated",
    "engine.opened",
    "job.ended",
    "job.requested",
    "job.rested",
    "token.closed",
    "token.opened",
];

/// The names of events in a text of Rust: words in quotes with a dot between.
fn names(text: &str) -> Vec<String> {
    let is_word = |word: &str| {
        !word.is_empty() && word.bytes().all(|letter| letter.is_ascii_lowercase() || letter == b'_')
    };
    let quoted = text.split('"').skip(1).step_by(2);
    let named =
        quoted.filter(|text| text.split_once('.').is_some_and(|(one, other)| is_word(one) && is_word(other)));
    named.map(str::to_owned).collect()
}

fn faults(events: &[String], table: &[String], page: &str, stubs: &str) -> Vec<Fault> {
    let mut faults = Vec::new();
    for event in events {
        let withheld = WITHHELD.contains(&event.as_str());
        if table.contains(event) == withheld {
            let what =
                if withheld { "scripts hear of a withheld event" } else { "scripts do not hear of an event" };
            let remedy = "add it to EVENTS with its fields, or to WITHHELD of this rule";
            faults.push(Fault::new(TABLE, format!("{what}: {event}"), remedy));
        }
    }
    for event in table {
        let name = event.replace('.', "_");
        if !events.contains(event) {
            faults.push(Fault::new(
                TABLE,
                format!("{event} is no event of the core"),
                "remove it from EVENTS",
            ));
        }
        if !page.contains(&format!("`{name}`")) {
            faults.push(Fault::new(PAGE, format!("does not tell of `{name}`"), "add it to the page's table"));
        }
        if !stubs.contains(&format!("\"{name}\"")) {
            faults.push(Fault::new(STUBS, format!("EventName lacks \"{name}\""), "add it"));
        }
    }
    faults
}

#[test]
fn scripts_hear_of_what_the_stream_tells() {
    assert!(
        !files_under("scripts/templates/after", ".lua").is_empty(),
        "the templates of `after` are missing"
    );
    let (events, table) = (names(&read(EVENTS)), names(&read(TABLE)));
    verdict("scripts hear of what the stream tells", faults(&events, &table, &read(PAGE), &read(STUBS)));
}

#[test]
fn each_slip_is_found() {
    let text = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>();
    assert_eq!(
        names("\"chat.ended\" => \"v1.0\", \"chat_log.saved\", \"no\""),
        ["chat.ended", "chat_log.saved"]
    );
    let events = text(&["chat.ended", "token.opened"]);
    assert_eq!(faults(&events, &text(&["chat.ended"]), "`chat_ended`", "\"chat_ended\""), []);
    assert_eq!(faults(&events, &text(&["chat.ended"]), "", "").len(), 2);
    assert_eq!(faults(&events, &[], "", "").len(), 1);
    let told = text(&["chat.ended", "token.opened", "chat.gone"]);
    let page = "`chat_ended` `token_opened` `chat_gone`";
    assert_eq!(faults(&events, &told, page, "\"chat_ended\" \"token_opened\" \"chat_gone\"").len(), 2);
}
