//! Results as a table for a terminal.

use super::what_if::{HEADS as SIDE_HEADS, row as side_row};
use super::{COLUMNS, number, percent};
use crate::results::Results;
use crate::what_if::Side;
use std::collections::BTreeMap;

/// Agents that are told one by one; more are told by their groups.
const MOST_AGENTS: usize = 30;

/// The whole table, without a last line break.
pub fn table(results: &Results) -> String {
    let mut parts = vec![head(results), waits("queue", results)];
    if results.kinds.len() > 1 {
        let kinds = results.kinds.iter().map(|(name, figures)| row(name, figures));
        parts.push(lay_out(&heads("customers"), kinds.collect()));
    }
    if !results.recorded.is_empty() {
        parts.push(format!("As it was in the record:\n{}", as_it_was(&results.recorded)));
    }
    parts.push(agents(results));
    if !results.moments.is_empty() {
        parts.push(moments(results));
    }
    parts.push(notes(results));
    parts.retain(|part| !part.is_empty());
    parts.join("\n\n")
}

fn head(results: &Results) -> String {
    format!(
        "{} chats in {} replications, seed {}; intervals hold with {} %",
        results.chats,
        results.replications,
        results.seed,
        results.confidence * 100.0
    )
}

fn heads(first: &str) -> Vec<String> {
    std::iter::once(first.to_owned()).chain(COLUMNS.iter().map(|(head, _)| (*head).to_owned())).collect()
}

fn row(name: &str, figures: &crate::SpellFigures) -> Vec<String> {
    std::iter::once(name.to_owned()).chain(COLUMNS.iter().map(|(_, cell)| cell(figures))).collect()
}

fn waits(first: &str, results: &Results) -> String {
    let mut rows: Vec<_> = results.queues.iter().map(|(name, figures)| row(name, figures)).collect();
    if rows.len() > 1 {
        rows.push(row("all", &results.all));
    }
    lay_out(&heads(first), rows)
}

fn agents(results: &Results) -> String {
    let told = if results.agents.len() > MOST_AGENTS { &results.groups } else { &results.agents };
    let heads = ["agent", "occupancy", "chats at a time", "accepted", "missed"].map(str::to_owned);
    let row = |(name, figures): (&String, &crate::AgentFigures)| {
        let counts = [figures.accepted, figures.missed].map(|count| format!("{count:.1}"));
        [vec![name.clone(), percent(figures.occupancy), number(figures.chats)], counts.to_vec()].concat()
    };
    let mut rows: Vec<_> = told.iter().map(row).collect();
    rows.push(vec![
        "all".to_owned(),
        percent(results.occupancy),
        String::new(),
        String::new(),
        String::new(),
    ]);
    lay_out(&heads, rows)
}

fn as_it_was(recorded: &BTreeMap<String, Side>) -> String {
    let heads: Vec<String> = SIDE_HEADS.iter().map(|head| (*head).to_owned()).collect();
    lay_out(&heads, recorded.iter().map(|(queue, side)| side_row(queue.clone(), side)).collect())
}

fn moments(results: &Results) -> String {
    let heads = ["at h", "queue", "in line", "active"].map(str::to_owned);
    let rows = results.moments.iter().flat_map(|moment| {
        moment.waiting.iter().map(|(queue, waiting)| {
            let active = moment.active.get(queue).copied().flatten();
            vec![format!("{:.2}", moment.at_h), queue.clone(), number(*waiting), number(active)]
        })
    });
    lay_out(&heads, rows.collect())
}

fn notes(results: &Results) -> String {
    let mut notes = Vec::new();
    if results.replications < 2 {
        notes.push("One replication has no interval: ask for more with --replications.".to_owned());
    }
    if results.all.open > 0 {
        let open = results.all.open;
        notes.push(format!("{open} chats still waited when the runs ended; no figure of waits counts them."));
    }
    if results.refused_transfers > 0 {
        notes.push(format!(
            "{} transfers were refused: those chats ended instead.",
            results.refused_transfers
        ));
    }
    notes.join("\n")
}

/// Names to the left, numbers to the right.
pub(super) fn lay_out(heads: &[String], rows: Vec<Vec<String>>) -> String {
    let lines: Vec<Vec<String>> = std::iter::once(heads.to_vec()).chain(rows).collect();
    let width = |column: usize| lines.iter().map(|line| line[column].chars().count()).max().unwrap_or(0);
    let widths: Vec<usize> = (0..heads.len()).map(width).collect();
    let line = |cells: &Vec<String>| {
        let cells = cells.iter().zip(&widths).enumerate().map(|(column, (cell, width))| {
            if column == 0 { format!("{cell:<width$}") } else { format!("{cell:>width$}") }
        });
        cells.collect::<Vec<_>>().join("  ").trim_end().to_owned()
    };
    lines.iter().map(line).collect::<Vec<_>>().join("\n")
}
