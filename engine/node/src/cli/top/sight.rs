//! What is seen of a desk at one moment: the parts of the API's answers that are shown. Fields that another version of the
//! desk does not tell have their least value.

use hark_core::Time;
use hark_core::view::{QueueView, Wallboard};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// A list of the API.
#[derive(Debug, Deserialize)]
pub(super) struct List<T> {
    pub(super) data: Vec<T>,
}

/// Everything.
#[derive(Debug, Serialize)]
pub(super) struct Sight {
    /// Where it was seen.
    pub(super) url: String,
    pub(super) version: String,
    /// Whether commands are taken.
    pub(super) ready: bool,
    /// Why they are not.
    pub(super) not_ready: Option<String>,
    /// The desk's clock.
    pub(super) now: Time,
    /// How many agents there are, by status.
    pub(super) agents: BTreeMap<String, u32>,
    pub(super) queues: Vec<QueueView>,
    /// Those that are asked, and those that were set aside.
    pub(super) scripts: Vec<Script>,
    /// None for whom the desk does not show them.
    pub(super) reactions: Option<Vec<Reaction>>,
    pub(super) plugins: Vec<Plugin>,
}

/// A script.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Script {
    pub(super) name: String,
    /// `on`, `set_aside` (it failed too often), `off` (an admin did it), or `not_asked`.
    pub(super) state: String,
    #[serde(default)]
    pub(super) calls_per_minute: f64,
    #[serde(default)]
    pub(super) p95_us: f64,
    #[serde(default)]
    pub(super) errors_last_hour: u64,
    #[serde(default)]
    pub(super) points: Vec<Point>,
}

/// A script at one decision point.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Point {
    pub(super) point: String,
    #[serde(default)]
    pub(super) calls: u64,
    #[serde(default)]
    pub(super) calls_per_minute: f64,
    #[serde(default)]
    pub(super) p95_us: f64,
    #[serde(default)]
    pub(super) errors_last_hour: u64,
    #[serde(default)]
    pub(super) last_error: Option<LastError>,
}

/// The last failure.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct LastError {
    pub(super) at: Time,
    #[serde(default)]
    pub(super) file: String,
    #[serde(default)]
    pub(super) line: Option<u32>,
    #[serde(default)]
    pub(super) message: String,
}

/// Reactions, beside what scripts tell.
#[derive(Debug, Deserialize)]
pub(super) struct Policies {
    #[serde(default)]
    reactions: Vec<Reaction>,
}

/// What a script does after one kind of event.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Reaction {
    pub(super) script: String,
    pub(super) event: String,
    #[serde(default)]
    pub(super) calls: u64,
    #[serde(default)]
    pub(super) errors: u64,
    #[serde(default)]
    pub(super) retries: u64,
    #[serde(default)]
    pub(super) passed_over: u64,
    #[serde(default)]
    pub(super) p95_us: f64,
    #[serde(default)]
    pub(super) lag_ms: u64,
    #[serde(default)]
    pub(super) last_error: Option<LastError>,
}

/// A plugin.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Plugin {
    pub(super) name: String,
    #[serde(default)]
    pub(super) isolation: String,
    pub(super) state: String,
    #[serde(default)]
    pub(super) restarts: u64,
    #[serde(default)]
    pub(super) calls: u64,
    #[serde(default)]
    pub(super) errors: u64,
    #[serde(default)]
    pub(super) timeouts: u64,
    #[serde(default)]
    pub(super) p95_us: u64,
    #[serde(default)]
    pub(super) memory_kib: Option<u64>,
    #[serde(default)]
    pub(super) last_death: Option<String>,
    #[serde(default)]
    pub(super) last_error: Option<String>,
}

impl Sight {
    /// Puts together what was answered.
    pub(super) fn of(
        url: String,
        version: String,
        not_ready: Option<String>,
        board: Wallboard,
        scripts: Vec<Script>,
        plugins: Vec<Plugin>,
        policies: Option<Policies>,
    ) -> Self {
        let mut agents = BTreeMap::new();
        for agent in board.agents {
            *agents.entry(agent.status.status.word().to_owned()).or_default() += 1;
        }
        Self {
            url,
            version,
            ready: not_ready.is_none(),
            not_ready,
            now: board.now,
            agents,
            queues: board.queues,
            scripts: scripts.into_iter().filter(|script| script.state != "not_asked").collect(),
            reactions: policies.map(|policies| policies.reactions),
            plugins,
        }
    }
}
