//! The door to the desk's scripts: to look at them, to try a change, and to let it answer. Whoever loads scripts
//! implements it; what a script is, and when one is fit to answer, is not known here.

use hark_core::{AgentId, Time};
use schemars::JsonSchema;
use serde::Serialize;
use std::future::Future;
use std::pin::Pin;

/// What comes of a wish about scripts.
pub type Doing<'a, T> = Pin<Box<dyn Future<Output = Result<T, ScriptRefusal>> + Send + 'a>>;

/// The desk's scripts, with their versions and their numbers.
pub trait Rulebook: Send + Sync {
    /// All scripts: those that are asked, in their order, then the others.
    fn list(&self) -> Doing<'_, Vec<ScriptView>>;

    /// One script and its text.
    fn read(&self, name: String) -> Doing<'_, ScriptText>;

    /// Tries a text in the place of a script, and changes nothing. Without a text, the script as it is.
    fn attempt(&self, name: String, text: Option<String>, wish: Attempt) -> Doing<'_, Trial>;

    /// A text takes the place of a script: from the next command on it answers, if it passes everything.
    fn publish(&self, wish: Publication) -> Doing<'_, Published>;

    /// Sets a script aside, or lets it answer (again).
    fn switch(&self, name: String, on: bool, by: Author) -> Doing<'_, ScriptView>;

    /// The versions of a script that are kept, newest first.
    fn versions(&self, name: String) -> Doing<'_, Vec<VersionView>>;

    /// The text of a kept version.
    fn version(&self, name: String, number: u64) -> Doing<'_, String>;
}

/// Who changes something.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Author {
    /// Their id.
    pub id: AgentId,
    /// Their name.
    pub name: String,
}

/// How much of a trial is wanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Attempt {
    /// All scripts are loaded with the text in its place.
    Validate,
    /// And all tests of the scripts are run.
    Test,
    /// The scripts are loaded, and asked recorded questions again.
    DryRun,
}

/// A text that is to answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Publication {
    /// The script's name.
    pub name: String,
    /// Its new text.
    pub text: String,
    /// The version that the author has seen; none for a script that is new.
    pub seen: Option<String>,
    /// The kept version that it goes back to, if it does.
    pub back_to: Option<u64>,
    /// Who publishes it.
    pub by: Author,
}

/// What a file of the scripts' folder is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum ScriptKind {
    /// A script that answers decision points, or could.
    Policy,
    /// Tests of scripts.
    Test,
}

/// Whether a script answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum ScriptState {
    /// It is asked.
    On,
    /// An admin set it aside: others answer in its place.
    Off,
    /// It failed too often and was set aside by Hark: the stated defaults answer in its place.
    SetAside,
    /// Nobody names it: a draft, a part of another script, or a test.
    NotAsked,
}

/// A script's numbers at one decision point, since its present text answers.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct PointView {
    /// The decision point.
    pub point: String,
    /// How often it was asked.
    pub calls: u64,
    /// How often it answered something else than nil.
    pub answers: u64,
    /// Calls a minute, over about the last minute.
    pub calls_per_minute: f64,
    /// Half of the decisions took at most this long, in microseconds.
    pub p50_us: f64,
    /// 95 of 100 decisions took at most this long, in microseconds.
    pub p95_us: f64,
    /// How often it failed.
    pub errors: u64,
    /// How often it failed within the last hour.
    pub errors_last_hour: u64,
    /// How often the stated default answered in its place.
    pub defaults: u64,
    /// The last failure.
    pub last_error: Option<LastError>,
}

/// The last failure of a script.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct LastError {
    /// When.
    pub at: Time,
    /// The decision point.
    pub point: String,
    /// Where and what.
    #[serde(flatten)]
    pub fault: ScriptFault,
}

/// A script in the list.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct ScriptView {
    /// Its file, relative to the scripts' folder.
    pub name: String,
    /// What it is.
    pub kind: ScriptKind,
    /// Whether it answers.
    pub state: ScriptState,
    /// Its place in the order of asking, from 1; none while it is not asked.
    pub place: Option<usize>,
    /// Its version: the first digits of the SHA-256 of its text.
    pub version: String,
    /// When it was changed last.
    pub changed_at: Option<Time>,
    /// Who published it last; none when the file was changed by hand.
    pub changed_by: Option<String>,
    /// How often it was asked.
    pub calls: u64,
    /// Calls a minute, over about the last minute.
    pub calls_per_minute: f64,
    /// Of its slowest point: half of the decisions took at most this long, in microseconds.
    pub p50_us: f64,
    /// Of its slowest point: 95 of 100 decisions took at most this long, in microseconds.
    pub p95_us: f64,
    /// How often it failed.
    pub errors: u64,
    /// How often it failed within the last hour.
    pub errors_last_hour: u64,
    /// The last failure.
    pub last_error: Option<LastError>,
    /// The decision points that it answers, with their numbers.
    pub points: Vec<PointView>,
}

/// A script and its text.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct ScriptText {
    /// The script.
    #[serde(flatten)]
    pub script: ScriptView,
    /// Its text.
    pub text: String,
}

/// Something wrong with a script.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct ScriptFault {
    /// The file, relative to the scripts' folder.
    pub file: String,
    /// The line, from 1; 0 when it concerns the file as a whole.
    pub line: u32,
    /// The column, from 1, where it is known.
    pub column: Option<u32>,
    /// What is wrong.
    pub message: String,
}

/// One test of the scripts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct TestView {
    /// Its file and name.
    pub name: String,
    /// Why it failed, with file and line; none when it passed.
    pub failure: Option<String>,
}

/// What recorded questions were answered, compared with what was answered then.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, JsonSchema)]
pub struct RecordedView {
    /// Questions asked again.
    pub asked: u64,
    /// Answered as before.
    pub same: u64,
    /// Answered otherwise.
    pub different: u64,
    /// Why scripts failed at some, each reason once.
    pub failures: Vec<String>,
    /// Some of the differences.
    pub changes: Vec<ChangeView>,
    /// In words.
    pub says: String,
}

/// A recorded question that would be answered otherwise.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct ChangeView {
    /// When it was asked.
    pub at: Time,
    /// The chat that it was about.
    pub chat_id: String,
    /// The decision point.
    pub point: String,
    /// The answer then.
    pub was: String,
    /// The answer now.
    pub would_be: String,
}

/// What came of trying a text.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, JsonSchema)]
pub struct Trial {
    /// Whether all that was wanted went well.
    pub ok: bool,
    /// Version of the text that was tried.
    pub version: String,
    /// Everything that is wrong with the scripts.
    pub faults: Vec<ScriptFault>,
    /// The tests that were run; none when they were not.
    pub tests: Option<Vec<TestView>>,
    /// What recorded questions were answered; none when none were asked.
    pub recorded: Option<RecordedView>,
    /// Milliseconds that it took.
    pub took_ms: u64,
}

/// What was published.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct Published {
    /// The script as it is now.
    #[serde(flatten)]
    pub script: ScriptView,
    /// The version before.
    pub before: Option<String>,
    /// What it had to pass.
    pub trial: Trial,
}

/// A kept version of a script.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct VersionView {
    /// Counts the versions of the script, from 1.
    pub number: u64,
    /// The first digits of the SHA-256 of its text.
    pub version: String,
    /// When it was published, or found.
    pub at: Time,
    /// Who published it; none when the file was changed by hand.
    pub by: Option<String>,
    /// What it had to pass, in words.
    pub note: String,
    /// Whether it is the present one.
    pub live: bool,
}

/// Why a wish about scripts was not done.
#[derive(Debug, Clone, PartialEq)]
pub enum ScriptRefusal {
    /// There is no such script or version.
    NotFound,
    /// A script of this name is there already.
    Exists,
    /// The name cannot be a script's: why.
    BadName(String),
    /// The script was changed since it was seen: its present version.
    Stale(String),
    /// The text is the one that is there.
    Unchanged,
    /// It is longer than a script may be, in bytes.
    TooLarge(u64),
    /// The scripts would have faults.
    Faulty(Box<Trial>),
    /// Tests of the scripts fail.
    TestsFail(Box<Trial>),
    /// The scripts fail at recorded questions.
    RecordedFail(Box<Trial>),
    /// Hark failed at it: why, for the log and the admin.
    Failed(String),
}
