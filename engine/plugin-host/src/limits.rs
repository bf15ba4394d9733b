//! Every limit of the host, by name. Values only.

use std::time::Duration;

/// Time for one operation with its waiting, unless configured, in milliseconds.
pub const DEADLINE_MS: u32 = 2000;
/// The longest deadline that can be configured, in milliseconds.
pub const MAX_DEADLINE_MS: u32 = 600_000;
/// Operations that may wait for their turn, unless configured.
pub const QUEUE: u32 = 256;
/// The most operations that can be configured to wait.
pub const MAX_QUEUE: u32 = 65_536;
/// The most operations that a plugin is given at once, whatever its manifest says.
pub const MAX_IN_FLIGHT: u32 = 1024;
/// The most threads of one plugin that says that it blocks.
pub const BLOCKING_THREADS: u32 = 32;
/// The most threads of one plugin that says that it does not block: one, and one should the first be wrong.
pub const QUICK_THREADS: u32 = 2;

/// Bytes of a request.
pub const REQUEST_BYTES: usize = 4 << 20;
/// Bytes of an answer, as the header promises.
pub const ANSWER_BYTES: usize = 1 << 20;
/// Bytes of one frame between the host and a child process, beside its length.
pub const FRAME_BYTES: usize = REQUEST_BYTES + (1 << 20);
/// Bytes that are read from a child's line, or by it, at a time.
pub const CHUNK_BYTES: usize = 64 << 10;
/// Bytes that may wait for a child to read them; more operations are told that it does not read.
pub const BACKLOG_BYTES: usize = 16 << 20;
/// Memory of a child process that can be written to, unless configured, in MiB.
pub const MEMORY_MIB: u32 = 1024;
/// The least memory that can be configured for a child process, in MiB.
pub const MIN_MEMORY_MIB: u32 = 64;
/// The most memory that can be configured for a child process, in MiB.
pub const MAX_MEMORY_MIB: u32 = 1 << 20;
/// A child process that has all but one such part of its memory has used it up.
pub const MEMORY_SLACK: u64 = 16;
/// Bytes of a chat log's text that is handed to a CRM; the rest is cut.
pub const LOG_TEXT_BYTES: usize = 1 << 20;
/// Bytes of a manifest.
pub const MANIFEST_BYTES: usize = 256 << 10;
/// Bytes of a library's file.
pub const LIBRARY_BYTES: u64 = 1 << 30;
/// Bytes of a message that an agent or admin reads.
pub const MESSAGE_BYTES: usize = 600;
/// Bytes of a log line.
pub const LOG_LINE_BYTES: usize = 2048;
/// Log lines of one plugin in a second; more are dropped and counted.
pub const LOG_LINES: u32 = 200;

/// Time for loading, for describing itself, and for starting.
pub const START: Duration = Duration::from_secs(10);
/// First pause before a plugin that could not start is started again; it doubles with each try.
pub const FIRST_RESTART: Duration = Duration::from_secs(1);
/// Longest pause before a plugin is started again.
pub const LAST_RESTART: Duration = Duration::from_secs(60);
/// Time for finishing what is open when the host stops.
pub const DRAIN: Duration = Duration::from_secs(5);
/// Between two questions after a plugin's health.
pub const HEALTH_EVERY: Duration = Duration::from_secs(5);
/// Cancels that may wait to be told; cancelling is advice, so more are left out.
pub const CANCELS: usize = 1024;

/// Pause before a child process that died is started again; it doubles with each death.
pub const FIRST_RESPAWN: Duration = Duration::from_millis(10);
/// Longest pause before a child process that died is started again.
pub const LAST_RESPAWN: Duration = Duration::from_secs(30);
/// A child process that lived this long had behaved well: after its death the pauses begin from the first again.
pub const GOOD_LIFE: Duration = Duration::from_secs(60);
/// Between two looks after a child process: a ping, its seats, its memory.
pub const LOOK_EVERY: Duration = Duration::from_secs(1);
/// Looks in a row at which a child process did not answer, or had all its seats stuck, after which it is killed.
pub const LOOKS: u32 = 5;

/// For how long a thread of a plugin that does not block looks for the next operation before it sleeps.
pub const AWAKE: Duration = Duration::from_micros(50);
/// For how long an asker looks for the answer of a plugin that does not block before it lets others run.
pub const ATTENTION: Duration = Duration::from_micros(10);
/// A plugin whose last answer took longer than this is not looked for.
pub const QUICK: Duration = Duration::from_micros(100);

/// Failures in a row that open the circuit.
pub const FAILURES: u32 = 5;
/// How long the circuit stays open at first; it doubles with each failed trial.
pub const FIRST_REST: Duration = Duration::from_secs(1);
/// The longest that the circuit stays open.
pub const LAST_REST: Duration = Duration::from_secs(30);
/// Answers that the median is made of.
pub const LATENCIES: usize = 128;

/// Jobs of the engine that are carried out at once.
pub const JOBS_AT_ONCE: usize = 64;
