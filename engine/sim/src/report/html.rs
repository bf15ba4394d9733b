//! Results as one HTML file: tables and charts, light and dark, without scripts and without anything from elsewhere.

use super::chart::{Line, bars, escape, lines};
use super::what_if::{HEADS as SIDE_HEADS, row as side_row};
use super::{COLUMNS, number, percent};
use crate::results::{Results, Slice};
use std::fmt::Write as _;

const STYLE: &str = ":root{color-scheme:light dark;--ink:#1c2430;--dim:#5b6675;--line:#d8dee6;--paper:#fff;\
--c0:#1f6feb;--c1:#b35900;--c2:#1a7f37}\
@media(prefers-color-scheme:dark){:root{--ink:#e6edf3;--dim:#9aa7b5;--line:#30363d;--paper:#0d1117;\
--c0:#58a6ff;--c1:#f0883e;--c2:#56d364}}\
body{font:15px/1.5 system-ui,sans-serif;color:var(--ink);background:var(--paper);max-width:72rem;margin:2rem auto;\
padding:0 1rem}h1{font-size:1.5rem}h2{font-size:1.15rem;margin-top:2rem}p,figcaption{color:var(--dim)}\
.wide{overflow-x:auto}table{border-collapse:collapse;font-variant-numeric:tabular-nums}\
th,td{padding:.3rem .7rem;border-bottom:1px solid var(--line);text-align:right;white-space:nowrap}\
th:first-child,td:first-child{text-align:left}figure{margin:1rem 0}svg{width:100%;max-width:60rem;height:auto}\
svg text{font:11px system-ui,sans-serif;fill:var(--dim)}svg .e{text-anchor:end}svg .m{text-anchor:middle}\
svg line{stroke:var(--line)}svg polyline{fill:none;stroke-width:2}svg polygon{opacity:.16}\
.l0{stroke:var(--c0)}.l1{stroke:var(--c1)}.l2{stroke:var(--c2)}\
.b0,.k0{fill:var(--c0)}.b1,.k1{fill:var(--c1)}.b2,.k2{fill:var(--c2)}";

/// The report of a simulation.
pub fn html(title: &str, results: &Results) -> String {
    let mut body = format!(
        "<p>{} chats in {} independent replications, seed {}. ± is half of an interval that holds with {} %.</p>",
        results.chats,
        results.replications,
        results.seed,
        results.confidence * 100.0
    );
    waits(&mut body, results);
    as_it_was(&mut body, results);
    over_time(&mut body, results);
    distribution(&mut body, results);
    agents(&mut body, results);
    page(title, &body)
}

/// A whole page around a body. The title is text, the body is markup.
pub fn page(title: &str, body: &str) -> String {
    let title = escape(title);
    format!(
        "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">\
         <meta name=\"viewport\" content=\"width=device-width\"><title>{title} · Hark</title>\
         <style>{STYLE}</style></head><body><h1>{title}</h1>{body}</body></html>\n"
    )
}

fn waits(out: &mut String, results: &Results) {
    let heads = COLUMNS.iter().map(|(head, _)| *head);
    let cells = |figures: &crate::SpellFigures| COLUMNS.iter().map(|(_, cell)| cell(figures)).collect();
    let mut rows: Vec<(String, Vec<String>)> =
        results.queues.iter().map(|(name, figures)| (name.clone(), cells(figures))).collect();
    rows.push(("all".to_owned(), cells(&results.all)));
    rows.extend(results.kinds.iter().map(|(name, figures)| (format!("customers: {name}"), cells(figures))));
    out.push_str("<h2>Waits</h2>");
    out.push_str(&grid("queue", heads, &rows));
    out.push_str(
        "<p>A wait ends with the first offer or with leaving, an answer is the acceptance. Waits are counted from \
         the request, a transfer or a return to the queue.</p>",
    );
}

fn as_it_was(out: &mut String, results: &Results) {
    if results.recorded.is_empty() {
        return;
    }
    let row = |(queue, side): (&String, &crate::Side)| {
        (queue.clone(), side_row(String::new(), side).into_iter().skip(1).collect())
    };
    let rows: Vec<_> = results.recorded.iter().map(row).collect();
    out.push_str("<h2>As it was in the record</h2>");
    out.push_str(&grid("queue", SIDE_HEADS[1..].iter().copied(), &rows));
    out.push_str(
        "<p>Chats by the queue that was asked for; requests that were refused are not in a journal.</p>",
    );
}

fn over_time(out: &mut String, results: &Results) {
    if results.slices.len() < 2 {
        return;
    }
    let line = |name, value: &dyn Fn(&Slice) -> (f64, f64)| Line {
        name,
        points: results
            .slices
            .iter()
            .map(|slice| {
                let (height, band) = value(slice);
                (slice.from_h, height, if band.is_finite() { band } else { 0.0 })
            })
            .collect(),
    };
    let estimate = |estimate: Option<crate::Estimate>, scale: f64| {
        estimate.map_or((0.0, 0.0), |estimate| (estimate.value * scale, estimate.half_width * scale))
    };
    let wait = line("mean wait", &|slice| estimate(slice.wait_s, 1.0));
    let level = line("service level", &|slice| estimate(slice.service_level, 100.0));
    let waiting = line("in line", &|slice| (slice.waiting, 0.0));
    let on_duty = line("agents on duty", &|slice| (slice.on_duty, 0.0));
    let busy = line("busy agents", &|slice| (slice.busy, 0.0));
    let active = line("active chats", &|slice| (slice.active, 0.0));
    out.push_str("<h2>Over time</h2>");
    figure(out, "Mean wait of those who came then, with its interval", &lines("Mean wait", " s", &[wait]));
    figure(
        out,
        "Part accepted within the service level, with its interval",
        &lines("Service level", " %", &[level]),
    );
    figure(out, "Agents", &lines("Agents and active chats", "", &[on_duty, busy, active]));
    figure(out, "Chats in line", &lines("Chats in line", "", &[waiting]));
}

fn distribution(out: &mut String, results: &Results) {
    let all = &results.all.histogram;
    let sum: u64 = all.iter().map(|(_, count)| count).sum();
    if sum == 0 {
        return;
    }
    let bar = |(upto, count): &(f64, u64)| (format!("{upto:.0} s"), 100.0 * *count as f64 / sum as f64);
    let heights: Vec<_> = all.iter().map(bar).collect();
    out.push_str("<h2>How long it took until an agent accepted</h2>");
    figure(out, "Part of the served chats, by at most how many seconds", &bars("Answers", " %", &heights));
}

fn agents(out: &mut String, results: &Results) {
    let row = |(name, figures): (&String, &crate::AgentFigures)| {
        let counts = [figures.accepted, figures.missed].map(|count| format!("{count:.1}"));
        let cells = [vec![percent(figures.occupancy), number(figures.chats)], counts.to_vec()].concat();
        (name.clone(), cells)
    };
    out.push_str("<h2>Agents</h2>");
    let occupancy = |(name, figures): (&String, &crate::AgentFigures)| {
        (name.clone(), figures.occupancy.map_or(0.0, |estimate| estimate.value * 100.0))
    };
    let heights: Vec<_> = results.agents.iter().map(occupancy).collect();
    figure(out, "Occupancy", &bars("Occupancy by agent", " %", &heights));
    let rows: Vec<_> = results.agents.iter().map(row).collect();
    let heads = ["occupancy", "chats at a time", "accepted", "missed"];
    out.push_str(&grid("agent", heads.into_iter(), &rows));
}

fn figure(out: &mut String, caption: &str, drawing: &str) {
    let _ = write!(out, "<figure>{drawing}<figcaption>{}</figcaption></figure>", escape(caption));
}

pub(super) fn grid<'h>(
    first: &str,
    heads: impl Iterator<Item = &'h str>,
    rows: &[(String, Vec<String>)],
) -> String {
    let mut out = format!("<div class=\"wide\"><table><thead><tr><th>{first}</th>");
    for head in heads {
        let _ = write!(out, "<th>{}</th>", escape(head));
    }
    out.push_str("</tr></thead><tbody>");
    for (name, cells) in rows {
        let _ = write!(out, "<tr><td>{}</td>", escape(name));
        for cell in cells {
            let _ = write!(out, "<td>{}</td>", escape(cell));
        }
        out.push_str("</tr>");
    }
    out.push_str("</tbody></table></div>");
    out
}
