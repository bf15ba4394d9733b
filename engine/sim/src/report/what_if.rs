//! What would have changed, as people read it. The caveats stand under the figures, always.

use super::chart::escape;
use super::html::{grid, page};
use super::table::lay_out;
use crate::what_if::{Change, Side, WhatIf};

/// Chats told one by one in a terminal; the JSON and the report have all.
const MOST_CHATS: usize = 20;
/// Columns of a side.
pub(super) const HEADS: [&str; 8] =
    ["", "chats", "answered", "left", "refused", "answer s", "90 % within s", "service level"];
/// What no replay can know.
const CAVEATS: &str = "Handle and wrap-up times are those of the record: another agent might need another time. Of who was served \
it is known only that they would have waited at least so long; how much longer is drawn from the patience that fits the record \
best. Offers are answered as the recorded ones were, in their order. The CRM is not asked, refused requests are not in the \
record, and chats that were under way when the period began are left out.";

/// As a table for a terminal, without a last line break.
pub fn what_if(told: &WhatIf) -> String {
    let heads: Vec<String> = HEADS.iter().map(|head| (*head).to_owned()).collect();
    let mut parts = vec![lay_out(&heads, rows(told)), summary(told)];
    let chats: Vec<String> = told.changes.iter().take(MOST_CHATS).map(line).collect();
    if !chats.is_empty() {
        parts.push(chats.join("\n"));
    }
    parts.push(CAVEATS.to_owned());
    parts.join("\n\n")
}

/// As one HTML file.
pub fn what_if_html(title: &str, told: &WhatIf) -> String {
    let named = |row: Vec<String>| {
        let mut cells = row.into_iter();
        (cells.next().unwrap_or_default(), cells.collect::<Vec<_>>())
    };
    let sides: Vec<_> = rows(told).into_iter().map(named).collect();
    let chats: Vec<_> = told.changes.iter().map(|change| named(cells(change))).collect();
    let heads = ["got", "would get", "after s", "would be s", "policy"];
    let body = format!(
        "<h2>Was and would be</h2>{}<p>{}</p><p>{}</p><h2>Chats that would go another way</h2>{}",
        grid("queue", HEADS[1..].iter().copied(), &sides),
        escape(&summary(told)),
        escape(CAVEATS),
        grid("chat", heads.into_iter(), &chats)
    );
    page(title, &body)
}

fn rows(told: &WhatIf) -> Vec<Vec<String>> {
    let both = |queue: &String| {
        let none = Side::default();
        let (was, is) = (told.was.get(queue).unwrap_or(&none), told.would_be.get(queue).unwrap_or(&none));
        [row(format!("{queue} was"), was), row(format!("{queue} would be"), is)]
    };
    told.was.keys().flat_map(both).collect()
}

pub(super) fn row(name: String, side: &Side) -> Vec<String> {
    let counts = [side.chats, side.answered, side.left, side.refused].map(|count| count.to_string());
    let times = [side.answer_s, side.nine_of_ten_s].map(|seconds| format!("{seconds:.1}"));
    let level = format!("{:.1} %", side.service_level * 100.0);
    [vec![name], counts.to_vec(), times.to_vec(), vec![level]].concat()
}

fn summary(told: &WhatIf) -> String {
    format!(
        "{} chats would have gone to another agent or to none; the policy answers something else for {}.",
        told.other_agent, told.other_answers
    )
}

fn line(change: &Change) -> String {
    let cells = cells(change);
    let told = format!(
        "{}: {} after {} s, would be {} after {} s",
        cells[0], cells[1], cells[3], cells[2], cells[4]
    );
    if cells[5] == "-" { told } else { format!("{told}; {}", cells[5]) }
}

fn cells(change: &Change) -> Vec<String> {
    let who = |agent: &Option<String>| agent.clone().unwrap_or_else(|| "nobody".to_owned());
    let after = |seconds: Option<f64>| seconds.map_or("-".to_owned(), |seconds| format!("{seconds:.1}"));
    let policy = match (&change.answers, &change.refused) {
        (_, Some(why)) => format!("refused: {why}"),
        (Some((was, is)), _) => format!(
            "{} with priority {}, would be {} with priority {}",
            was.queue, was.priority, is.queue, is.priority
        ),
        _ => "-".to_owned(),
    };
    vec![
        change.chat.to_string(),
        who(&change.agent),
        who(&change.would_get),
        after(change.answered_s),
        after(change.would_be_s),
        policy,
    ]
}
