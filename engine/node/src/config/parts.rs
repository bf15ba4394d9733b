//! The parts of the configuration that the core does not see: server, log, journal, scripts, plugins and widgets.

use super::desk::Names;
use super::read::Section;
use hark_http::{Limits, Widget};
use hark_plugin_host::{Isolation, limits};
use hark_policy::{Budget, SetAside};
use serde_json::{Map, Value, json};
use std::collections::{BTreeMap, BTreeSet};
use std::net::SocketAddr;
use std::ops::RangeInclusive;
use std::path::PathBuf;

/// What a bound of requests a minute may be.
const RATE: RangeInclusive<i64> = 1..=10_000_000;

/// Where people reach the desk, and how much of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Server {
    /// Address to listen on.
    pub(crate) listen: SocketAddr,
    /// Folder of everything that lasts.
    pub(crate) data_dir: PathBuf,
    /// For how long a log-in lasts, in hours.
    pub(crate) log_in_hours: u32,
    /// Whether a proxy in front is believed who the client is.
    pub(crate) trusted_proxy: bool,
    /// Requests that may wait for the one writer.
    pub(crate) inbox: usize,
    /// Events that are kept in memory for pages that reconnect.
    pub(crate) replay_events: usize,
}

impl Default for Server {
    fn default() -> Self {
        Self {
            listen: SocketAddr::from(([127, 0, 0, 1], 7070)),
            data_dir: "data".into(),
            log_in_hours: 12,
            trusted_proxy: false,
            inbox: hark_runtime::Options::INBOX,
            replay_events: hark_runtime::Options::FEED_EVENTS,
        }
    }
}

pub(super) fn server(section: &mut Section<'_>) -> Server {
    let default = Server::default();
    Server {
        listen: address(section, "listen", default.listen),
        data_dir: path(section, "data_dir", "data"),
        log_in_hours: section.whole("log_in_hours", default.log_in_hours, 1..=8760),
        trusted_proxy: section.flag("trusted_proxy", default.trusted_proxy),
        inbox: section.whole("inbox", default.inbox, 64..=1_048_576),
        replay_events: section.whole("replay_events", default.replay_events, 1024..=16_777_216),
    }
}

pub(super) fn http(section: &mut Section<'_>) -> Limits {
    let default = Limits::default();
    let mut number = |key, default, range| section.whole(key, default, range);
    Limits {
        connections: number("connections", default.connections, 16..=1_000_000),
        connections_per_address: number(
            "connections_per_address",
            default.connections_per_address,
            1..=1_000_000,
        ),
        body_bytes: number("body_bytes", default.body_bytes, 16_384..=16_777_216),
        header_s: number("header_s", default.header_s, 1..=60),
        body_s: number("body_s", default.body_s, 1..=300),
        idle_s: number("idle_s", default.idle_s, 1..=3600),
        write_s: number("write_s", default.write_s, 1..=300),
        guest_requests_per_minute: number(
            "guest_requests_per_minute",
            default.guest_requests_per_minute,
            RATE,
        ),
        address_requests_per_minute: number(
            "address_requests_per_minute",
            default.address_requests_per_minute,
            RATE,
        ),
        address_chats_per_minute: number("address_chats_per_minute", default.address_chats_per_minute, RATE),
        log_in_failures_per_minute: number(
            "log_in_failures_per_minute",
            default.log_in_failures_per_minute,
            RATE,
        ),
        drain_s: number("drain_s", default.drain_s, 0..=300),
    }
}

fn address(section: &mut Section<'_>, key: &'static str, default: SocketAddr) -> SocketAddr {
    let Some(text) = section.text_if_there(key) else { return default };
    text.parse().unwrap_or_else(|_| {
        section.fault_at(
            key,
            format!(
                "server.{key} must be an address and a port, such as \"127.0.0.1:7070\"; it is \"{text}\""
            ),
        );
        default
    })
}

fn path(section: &mut Section<'_>, key: &'static str, default: &str) -> PathBuf {
    let path = section.text(key, default);
    if path.trim().is_empty() {
        section.fault_at(key, format!("{key} is empty; leave it out for \"{default}\""));
    }
    path.into()
}

/// How the log is written. It goes to standard error.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Log {
    /// Lines for people, or JSON for machines.
    pub(crate) format: Format,
    /// What is logged: a level, or `tracing` directives such as `info,hark_http=debug`.
    pub(crate) level: String,
}

/// See [`Log::format`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Format {
    /// Lines for people.
    Text,
    /// One JSON object a line.
    Json,
}

impl Default for Log {
    fn default() -> Self {
        Self { format: Format::Text, level: "info".to_owned() }
    }
}

pub(super) fn log(section: &mut Section<'_>) -> Log {
    let default = Log::default();
    let log = Log {
        format: section.choice("format", default.format, &[("text", Format::Text), ("json", Format::Json)]),
        level: section.text("level", &default.level),
    };
    if let Err(error) = log.level.parse::<tracing_subscriber::filter::Targets>() {
        section.fault_at("level", format!("log.level is no level and no list of directives: {error}"));
    }
    log
}

/// How the journal is written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Journal {
    /// Size of a segment file, in MiB.
    pub(crate) segment_mib: u64,
    /// Commands between two snapshots.
    pub(crate) snapshot_every: u64,
    /// Whole months of closed chats that are kept beside the current one; 0 keeps all.
    pub(crate) keep_months: u32,
}

impl Default for Journal {
    fn default() -> Self {
        Self {
            segment_mib: hark_runtime::Options::SEGMENT_BYTES >> 20,
            snapshot_every: hark_runtime::Options::SNAPSHOT_TURNS,
            keep_months: 0,
        }
    }
}

pub(super) fn journal(section: &mut Section<'_>) -> Journal {
    let default = Journal::default();
    Journal {
        segment_mib: section.whole("segment_mib", default.segment_mib, 1..=1024),
        snapshot_every: section.whole("snapshot_every", default.snapshot_every, 100..=100_000_000),
        keep_months: section.whole("keep_months", default.keep_months, 0..=1200),
    }
}

/// The scripts that are asked at decision points.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Scripts {
    /// Folder that scripts and what they `require` lie in.
    pub(crate) root: PathBuf,
    /// Files in the order in which they are asked.
    pub(crate) files: Vec<String>,
    /// What one decision may cost.
    pub(crate) budget: Budget,
    /// When a failing script is set aside.
    pub(crate) set_aside: SetAside,
    /// How long a reload may take to ask the recorded questions again, in milliseconds.
    pub(crate) recorded_ms: u64,
    /// Whether files changed by hand answer without SIGHUP.
    pub(crate) reload_on_change: bool,
    /// Each file's own table, `hark.config` in it.
    pub(crate) config: BTreeMap<String, Value>,
}

impl Default for Scripts {
    fn default() -> Self {
        Self {
            root: "scripts".into(),
            files: vec!["default.lua".to_owned()],
            budget: Budget::default(),
            set_aside: SetAside::default(),
            recorded_ms: 100,
            reload_on_change: false,
            config: BTreeMap::new(),
        }
    }
}

pub(super) fn scripts(section: &mut Section<'_>) -> Scripts {
    let default = Scripts::default();
    let files = section.texts("files").unwrap_or(default.files);
    let config = section.json("config");
    for (file, table) in &config {
        section.must_be_known("config", file, "script in scripts.files named", &files);
        if !table.is_object() {
            section.fault_at("config", format!("scripts.config.\"{file}\" must be a table"));
        }
    }
    Scripts {
        root: path(section, "root", "scripts"),
        files,
        budget: budget(section),
        set_aside: SetAside {
            failures: section.whole("set_aside_failures", default.set_aside.failures, 0..=1_000_000),
            window_s: section.whole("set_aside_window_s", default.set_aside.window_s, 1..=86_400),
        },
        recorded_ms: section.whole("recorded_ms", default.recorded_ms, 0..=60_000),
        reload_on_change: section.flag("reload_on_change", default.reload_on_change),
        config: config.into_iter().collect(),
    }
}

fn budget(section: &mut Section<'_>) -> Budget {
    let default = Budget::default();
    Budget {
        cpu_ms: section.whole("cpu_ms", default.cpu_ms, 1..=1000),
        wall_ms: section.whole("wall_ms", default.wall_ms, 1..=10_000),
        memory_bytes: section.whole("memory_kib", default.memory_bytes >> 10, 256..=1_048_576) << 10,
    }
}

/// One plugin.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct PluginEntry {
    /// What logs and pages call it.
    pub(crate) name: String,
    /// A file, or the bare name of a plugin that ships with Hark.
    pub(crate) path: String,
    /// Where it runs.
    pub(crate) isolation: Isolation,
    /// Longest wait for one answer, in milliseconds.
    pub(crate) deadline_ms: u32,
    /// Memory that its child process may write to, in MiB.
    pub(crate) memory_mib: u32,
    /// Questions that it may work on at a time; 0 leaves it to the plugin.
    pub(crate) max_in_flight: u32,
    /// Questions that may wait for their turn.
    pub(crate) queue: u32,
    /// Its own configuration, checked against its own schema.
    pub(crate) config: Map<String, Value>,
}

impl PluginEntry {
    /// The plugins that there are when none is configured.
    pub(super) fn shipped() -> Vec<Self> {
        let plugin = |name: &str, config: Value| Self {
            name: name.to_owned(),
            path: name.to_owned(),
            isolation: Isolation::InProcess,
            deadline_ms: limits::DEADLINE_MS,
            memory_mib: limits::MEMORY_MIB,
            max_in_flight: 0,
            queue: limits::QUEUE,
            config: config.as_object().cloned().unwrap_or_default(),
        };
        vec![
            plugin("crm-sqlite", json!({ "path": "{data}/crm.sqlite" })),
            plugin(
                "faq-search",
                json!({ "folder": "{config}/faq", "state_path": "{data}/faq-feedback.json" }),
            ),
        ]
    }
}

pub(super) fn plugins(top: &mut Section<'_>) -> Option<Vec<PluginEntry>> {
    let plugins = top.list("plugins", plugin)?;
    let mut names = BTreeSet::new();
    for plugin in plugins.iter().filter(|plugin| !names.insert(&plugin.name)) {
        top.fault_at("plugins", format!("two plugins are named '{}'", plugin.name));
    }
    Some(plugins)
}

fn plugin(section: &mut Section<'_>) -> PluginEntry {
    let name = section.needed("name");
    let isolation = section.choice(
        "isolation",
        Isolation::Process,
        &[("in_process", Isolation::InProcess), ("process", Isolation::Process)],
    );
    PluginEntry {
        path: section.text_if_there("path").unwrap_or_else(|| name.clone()),
        isolation,
        deadline_ms: section.whole("deadline_ms", limits::DEADLINE_MS, 1..=limits::MAX_DEADLINE_MS.into()),
        memory_mib: section.whole(
            "memory_mib",
            limits::MEMORY_MIB,
            limits::MIN_MEMORY_MIB.into()..=limits::MAX_MEMORY_MIB.into(),
        ),
        max_in_flight: section.whole("max_in_flight", 0, 0..=limits::MAX_IN_FLIGHT.into()),
        queue: section.whole("queue", limits::QUEUE, 0..=limits::MAX_QUEUE.into()),
        config: section.json("config"),
        name,
    }
}

/// The entrance for customers that is there when none is configured.
pub(super) fn first_widget() -> Widget {
    Widget { key: "main".to_owned(), title: "Support".to_owned(), queues: Vec::new(), languages: Vec::new() }
}

pub(super) fn widgets(top: &mut Section<'_>, names: &Names) -> Option<Vec<Widget>> {
    let widgets = top.list("widgets", |section| {
        let widget = Widget {
            key: section.needed("key"),
            title: section.text("title", &first_widget().title),
            queues: section.texts("queues").unwrap_or_default(),
            languages: section.texts("languages").unwrap_or_default(),
        };
        names.must_be_queues(section, "queues", &widget.queues);
        widget
    })?;
    let mut keys = BTreeSet::new();
    for widget in widgets.iter().filter(|widget| !keys.insert(&widget.key)) {
        top.fault_at("widgets", format!("two widgets have the key '{}'", widget.key));
    }
    Some(widgets)
}
