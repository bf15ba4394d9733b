//! The door to systems outside: CRMs and FAQs behind plugins. Whoever hosts them implements it; nobody who asks needs
//! to know what a plugin is.

use serde::Serialize;
use std::fmt;
use std::future::Future;
use std::pin::Pin;

/// What a question is answered with: UTF-8 JSON, or why not.
pub type Answer<'a> = Pin<Box<dyn Future<Output = Result<Vec<u8>, SystemError>> + Send + 'a>>;

/// Systems outside that answer questions.
pub trait Systems: Send + Sync {
    /// Asks the system that provides `operation`, such as `crm.search/1`, with a JSON request. Always answers within
    /// the system's deadline.
    fn ask(&self, operation: &'static str, request: Vec<u8>) -> Answer<'_>;

    /// Whether some system provides the operation.
    fn has(&self, operation: &str) -> bool;

    /// How the systems are, for people to see.
    fn report(&self) -> Vec<SystemReport>;
}

/// What kind of failure it was.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum SystemErrorKind {
    /// There is no such record.
    NotFound,
    /// The system is down, slow or wrong. Later it may answer.
    Unavailable,
    /// The system will not do this.
    Refused,
    /// The request is wrong.
    Invalid,
    /// No system provides the operation.
    UnknownOperation,
}

/// Why a system did not do what it was asked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct SystemError {
    /// What kind of failure.
    pub kind: SystemErrorKind,
    /// For an agent to read.
    pub message: String,
}

impl fmt::Display for SystemError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for SystemError {}

/// How one system is.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct SystemReport {
    /// Its configured name.
    pub name: String,
    /// The file that it was loaded from.
    pub path: String,
    /// SHA-256 of that file as it was loaded, in lower-case hexadecimal.
    pub sha256: String,
    /// The system's own version, as its manifest says.
    pub version: String,
    /// Version of the plugin ABI that it was built for, such as `1.0`.
    pub abi: String,
    /// Where it runs: `in_process` or `process`.
    pub isolation: String,
    /// The child process that it runs in now; none in the engine's own process, or while no child runs.
    pub pid: Option<u32>,
    /// Resident memory of that child, in KiB.
    pub memory_kib: Option<u64>,
    /// A word for its state. `starting`: not started yet, tried again; `serving`; `failing`: failed lately or says that
    /// it is not well; `open`: set aside for a while after failures; `half_open`: one question tries how it is;
    /// `restarting`: its child process died and is started again; `refused`: it will not start as it is configured;
    /// `unloaded`: an admin took it out, until it is loaded again or the desk starts; `stopped`.
    pub state: String,
    /// How often its child process was started again.
    pub restarts: u64,
    /// How often another build took its place while the desk ran.
    pub reloads: u64,
    /// How its child process died last, such as "was ended by signal 11 (segmentation fault)".
    pub last_death: Option<String>,
    /// What it provides.
    pub operations: Vec<String>,
    /// Questions asked.
    pub calls: u64,
    /// Questions answered with a failure.
    pub errors: u64,
    /// Questions whose deadline passed.
    pub timeouts: u64,
    /// Answers that came late or twice, and were dropped.
    pub dropped: u64,
    /// What is wrong now, or else the last failure.
    pub last_error: Option<String>,
    /// Median of the last answers, in microseconds; 0 before the first.
    pub median_us: u64,
    /// The time in which 95 of 100 of the last answers came, in microseconds; 0 before the first.
    pub p95_us: u64,
}
