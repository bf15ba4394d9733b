//! What was seen of a desk, as lines of a given width. It adds nothing up that the desk does not tell.

use super::sight::{LastError, Plugin, Point, Reaction, Script, Sight};
use super::table::{Line, Paint, Piece, Table, piece, plain};
use hark_core::Time;
use hark_core::view::QueueView;

/// Statuses of agents, in the order in which they are told, as people read them.
const STATUSES: [(&str, &str); 6] = [
    ("available", "available"),
    ("busy", "busy"),
    ("post_processing", "wrapping up"),
    ("on_break", "on break"),
    ("work_offline", "working offline"),
    ("logged_out", "logged out"),
];

/// The whole page. `trouble` is why the desk was not seen since.
pub(super) fn lines(sight: &Sight, trouble: Option<&str>, width: usize) -> Vec<Line> {
    let mut lines = head(sight, trouble, width);
    let mut part = |table: Option<Table>| {
        if let Some(table) = table {
            lines.push(Line::default());
            lines.extend(table.lines(width));
        }
    };
    part(queues(sight));
    part(scripts(&sight.scripts));
    part(sight.reactions.as_deref().and_then(reactions));
    part(plugins(&sight.plugins));
    lines
}

fn head(sight: &Sight, trouble: Option<&str>, width: usize) -> Vec<Line> {
    let how = match &sight.not_ready {
        None => piece(Paint::Good, "takes commands"),
        Some(why) => piece(Paint::Bad, format!("not ready: {why}")),
    };
    let first = vec![
        piece(Paint::Head, format!("hark {}", sight.version)),
        plain(format!("  {}  ", sight.url)),
        how,
        piece(Paint::Faint, format!("  {} UTC", clock(sight.now))),
    ];
    let sum = |of: fn(&QueueView) -> u32| sight.queues.iter().map(of).sum::<u32>();
    let chats = format!(
        "chats: {} waiting, {} offered, {} active",
        sum(|queue| queue.waiting),
        sum(|queue| queue.offered),
        sum(|queue| queue.active)
    );
    let mut lines = vec![
        Line::of(first, width),
        Line::of(vec![plain(chats)], width),
        Line::of(vec![plain(format!("agents: {}", agents(&sight.agents)))], width),
    ];
    if let Some(trouble) = trouble {
        lines.push(Line::of(vec![piece(Paint::Bad, trouble)], width));
    }
    lines
}

/// How many agents are how.
fn agents(counts: &std::collections::BTreeMap<String, u32>) -> String {
    let told = STATUSES.iter().filter_map(|(status, word)| Some(format!("{} {word}", counts.get(*status)?)));
    let told: Vec<_> = told.collect();
    if told.is_empty() { "none".to_owned() } else { told.join(", ") }
}

fn queues(sight: &Sight) -> Option<Table> {
    let mut table = Table::new(&["QUEUE", "WAITING", "LONGEST", "OFFERED", "ACTIVE", "READY", "AGENTS"]);
    for queue in &sight.queues {
        let waited = queue.oldest_at.map(|since| sight.now.millis().saturating_sub(since.millis()));
        let late = waited.is_some_and(|waited| waited > u64::from(queue.service_level_s) * 1000);
        table.row(vec![
            plain(queue.title.clone()),
            plain(queue.waiting.to_string()),
            piece(if late { Paint::Bad } else { Paint::Plain }, waited.map_or("-".to_owned(), wait)),
            plain(queue.offered.to_string()),
            plain(queue.active.to_string()),
            plain(queue.ready.to_string()),
            piece(Paint::Faint, agents(&queue.agents)),
        ]);
    }
    (!sight.queues.is_empty()).then_some(table)
}

fn scripts(scripts: &[Script]) -> Option<Table> {
    let mut table = Table::new(&["SCRIPT", "CALLS/MIN", "P95", "ERRORS/HOUR", "STATE"]);
    for script in scripts {
        table.row(vec![
            plain(script.name.clone()),
            plain(rate(script.calls_per_minute)),
            plain(micros(script.p95_us)),
            count(script.errors_last_hour),
            script_state(&script.state),
        ]);
        for point in script.points.iter().filter(|point| point.calls > 0) {
            table.row(point_cells(point));
            if let Some(last) = &point.last_error {
                table.note(last_error(last));
            }
        }
    }
    (!scripts.is_empty()).then_some(table)
}

fn point_cells(point: &Point) -> Vec<Piece> {
    vec![
        piece(Paint::Faint, format!("  {}", point.point)),
        plain(rate(point.calls_per_minute)),
        plain(micros(point.p95_us)),
        count(point.errors_last_hour),
        plain(""),
    ]
}

fn script_state(state: &str) -> Piece {
    match state {
        "on" => piece(Paint::Good, "on"),
        "set_aside" => piece(Paint::Bad, "set aside: it failed too often"),
        "off" => piece(Paint::Faint, "set aside by an admin"),
        other => plain(other),
    }
}

fn reactions(reactions: &[Reaction]) -> Option<Table> {
    let heads = ["REACTION", "CALLS", "ERRORS", "RETRIES", "PASSED OVER", "P95", "BEHIND"];
    let mut table = Table::new(&heads);
    for reaction in reactions {
        table.row(vec![
            plain(format!("{} {}", reaction.script, reaction.event)),
            plain(reaction.calls.to_string()),
            count(reaction.errors),
            plain(reaction.retries.to_string()),
            count(reaction.passed_over),
            plain(micros(reaction.p95_us)),
            plain(wait(reaction.lag_ms)),
        ]);
        if let Some(last) = &reaction.last_error {
            table.note(last_error(last));
        }
    }
    (!reactions.is_empty()).then_some(table)
}

fn plugins(plugins: &[Plugin]) -> Option<Table> {
    let heads = ["PLUGIN", "RUNS", "CALLS", "ERRORS", "TIMEOUTS", "P95", "RESTARTS", "STATE"];
    let mut table = Table::new(&heads);
    for plugin in plugins {
        let serving = plugin.state == "serving";
        table.row(vec![
            plain(plugin.name.clone()),
            plain(if plugin.isolation == "process" { "apart" } else { "inside" }),
            plain(plugin.calls.to_string()),
            count(plugin.errors),
            count(plugin.timeouts),
            plain(micros(float(plugin.p95_us))),
            count(plugin.restarts),
            piece(if serving { Paint::Good } else { Paint::Bad }, plugin.state.clone()),
        ]);
        for (what, why) in [("last error", &plugin.last_error), ("last death", &plugin.last_death)] {
            if let Some(why) = why {
                table.note(piece(Paint::Bad, format!("{what}: {why}")));
            }
        }
    }
    (!plugins.is_empty()).then_some(table)
}

fn last_error(last: &LastError) -> Piece {
    let line = last.line.map(|line| format!(":{line}")).unwrap_or_default();
    piece(Paint::Bad, format!("{} {}{line}: {}", clock(last.at), last.file, last.message))
}

/// A count of what should be none.
fn count(number: u64) -> Piece {
    piece(if number == 0 { Paint::Plain } else { Paint::Bad }, number.to_string())
}

/// Exact below 2^53, which is more than anybody counts.
fn float(number: u64) -> f64 {
    u32::try_from(number).map_or(f64::from(u32::MAX), f64::from)
}

/// The time of day.
fn clock(at: Time) -> String {
    at.to_string().chars().skip(11).take(8).collect()
}

/// How long something has been: `45s`, `3m05s`, `2h10m`.
fn wait(millis: u64) -> String {
    let seconds = millis / 1000;
    match seconds {
        0..60 => format!("{seconds}s"),
        60..3600 => format!("{}m{:02}s", seconds / 60, seconds % 60),
        _ => format!("{}h{:02}m", seconds / 3600, seconds / 60 % 60),
    }
}

fn rate(a_minute: f64) -> String {
    format!("{:.0}", a_minute.abs())
}

/// Microseconds in the unit that suits them.
fn micros(micros: f64) -> String {
    match micros {
        none if none <= 0.0 => "-".to_owned(),
        short if short < 1000.0 => format!("{short:.0} µs"),
        middle if middle < 1e6 => format!("{:.1} ms", middle / 1e3),
        long => format!("{:.1} s", long / 1e6),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{Value, from_value, json};

    /// A desk in which everything is wrong that can be.
    fn troubled() -> Sight {
        let error = json!({ "at": "2026-11-23T06:55:45.494Z", "file": "rules.lua", "line": 4, "message": "attempt to index nil\u{1b}[2J\nwith 'vip'" });
        let board = json!({
            "now": "2026-11-23T07:00:00.000Z", "agents": [],
            "queues": [{
                "id": "que_01M83K0WSTEE9VB3GYMYCZRSG5", "queue": "support", "service_level_s": 60,
                "title": "Technical support for customers with very long names of queues", "waiting": 12, "offered": 1,
                "active": 3, "oldest_at": "2026-11-23T06:55:00.000Z", "ready": 0,
                "agents": { "busy": 3, "logged_out": 2, "on_break": 1 },
            }],
        });
        let script = json!([{
            "name": "rules.lua", "state": "set_aside", "calls_per_minute": 61.2, "p95_us": 131.07, "errors_last_hour": 20,
            "points": [
                { "point": "route_chat", "calls": 61, "calls_per_minute": 61.2, "p95_us": 131.07, "errors_last_hour": 20, "last_error": error },
                { "point": "greet", "calls": 0 },
            ],
        }, { "name": "spare.lua", "state": "not_asked" }]);
        let plugins = json!([
            { "name": "crm", "isolation": "process", "state": "restarting", "restarts": 3, "calls": 9, "errors": 2, "p95_us": 1_500_000, "last_death": "was ended by signal 11" },
        ]);
        let reactions = json!({ "reactions": [{ "script": "cases.lua", "event": "chat_abandoned", "calls": 4, "lag_ms": 7_800_000 }] });
        let version = "0.1.0".to_owned();
        Sight::of(
            "http://127.0.0.1:7070".to_owned(),
            version,
            Some("the disk is full".to_owned()),
            from_value(board).expect("a board"),
            from_value(script).expect("scripts"),
            from_value(plugins).expect("plugins"),
            Some(from_value(reactions).expect("policies")),
        )
    }

    fn text(width: usize, colour: bool) -> Vec<String> {
        lines(&troubled(), Some("it does not answer"), width).iter().map(|line| line.paint(colour)).collect()
    }

    #[test]
    fn everything_is_told_within_the_width() {
        for width in [40, 80, 120, 200] {
            let lines = text(width, false);
            for line in &lines {
                assert!(line.chars().count() <= width, "{width}: {line}");
                assert!(!line.contains('\u{1b}'), "{line}");
            }
            let all = lines.join("\n");
            let starts = ["hark 0.1.0", "it does not answer", "QUEUE", "SCRIPT", "REACTION", "PLUGIN"];
            for start in starts {
                assert!(lines.iter().any(|line| line.starts_with(start)), "{start} is not in\n{all}");
            }
            assert!(!all.contains("greet") && !all.contains("spare.lua"), "{all}");
        }
    }

    #[test]
    fn at_eighty_columns_all_figures_can_be_read() {
        let all = text(80, false).join("\n");
        for part in [
            "not ready: the disk is full",
            "chats: 12 waiting, 1 offered, 3 active",
            "5m00s",
            "set aside: it failed too often",
            "06:55:45 rules.lua:4: attempt to index nil [2J with 'vip'",
            "2h10m",
            "1.5 s",
            "restarting",
            "last death: was ended by signal 11",
        ] {
            assert!(all.contains(part), "{part} is not in\n{all}");
        }
    }

    #[test]
    fn colours_are_only_paint() {
        let painted = text(100, true).join("\n");
        assert!(painted.contains("\u{1b}[31m"));
        let mut bare = painted;
        for code in ["\u{1b}[0m", "\u{1b}[1m", "\u{1b}[2m", "\u{1b}[31m", "\u{1b}[32m"] {
            bare = bare.replace(code, "");
        }
        assert!(!bare.contains('\u{1b}'), "{bare}");
        let trimmed: Vec<_> = bare.lines().map(str::trim_end).collect();
        assert_eq!(trimmed, text(100, false));
    }

    #[test]
    fn what_was_seen_is_one_object() {
        let told: Value = serde_json::to_value(troubled()).expect("it is JSON");
        assert_eq!((&told["ready"], &told["queues"][0]["waiting"]), (&json!(false), &json!(12)));
        assert_eq!(told["scripts"].as_array().map(Vec::len), Some(1), "only those that can answer");
    }
}
