//! Running one probe in a child process: it may crash, hang, print or close what it likes, and the parent still knows what
//! became of it. The child's verdict comes in a file, because a plugin may do anything to the child's outputs.

use super::probe::{Verdict, Wish};
use crate::error::Error;
use std::fs::File;
use std::os::unix::process::ExitStatusExt as _;
use std::path::Path;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::time::{Duration, Instant};

/// Longest that one probe may take.
const LONGEST: Duration = Duration::from_secs(120);
/// How often the child is looked at.
const GLANCE: Duration = Duration::from_millis(2);
/// Lines of the child's standard error that are told when it failed.
const LAST_LINES: usize = 20;

/// What became of a probe.
#[derive(Debug)]
pub(super) enum Outcome {
    /// It came to its end.
    Verdict(Verdict),
    /// The child died or was ended; in words, and what it had printed last.
    Died {
        /// How.
        how: String,
        /// The last lines of its standard error.
        printed: String,
    },
}

/// Runs a probe in a child and waits for it.
pub(super) fn run(wish: &Wish) -> Result<Outcome, Error> {
    let folder = tempfile::tempdir().map_err(Error::io("make a folder in", std::env::temp_dir()))?;
    let (verdict, printed) = (folder.path().join("verdict"), folder.path().join("printed"));
    let binary = std::env::current_exe().map_err(Error::io("find", "the running binary"))?;
    let output = File::create(&printed).map_err(Error::io("write", &printed))?;
    let wish = serde_json::to_string(wish).expect("a wish is plain data");
    let child = Command::new(binary)
        .args(["plugin", "probe", "run", &wish])
        .arg(&verdict)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(output)
        .spawn()
        .map_err(Error::io("start", "a child process"))?;
    let ended = wait(child)?;
    let read = std::fs::read(&verdict).ok().and_then(|bytes| serde_json::from_slice(&bytes).ok());
    Ok(match (read, ended) {
        // A plugin that breaks after its probe has passed has not passed.
        (Some(verdict), Some(status)) if status.success() => Outcome::Verdict(verdict),
        (_, ended) => Outcome::Died { how: how(ended), printed: last_lines(&printed) },
    })
}

/// None: it took too long and was ended.
fn wait(mut child: Child) -> Result<Option<ExitStatus>, Error> {
    let end = Instant::now() + LONGEST;
    loop {
        if let Some(status) = child.try_wait().map_err(Error::io("wait for", "a child process"))? {
            return Ok(Some(status));
        }
        if Instant::now() >= end {
            // It may have ended in this moment.
            let _ = child.kill();
            let _ = child.wait();
            return Ok(None);
        }
        std::thread::sleep(GLANCE);
    }
}

fn how(ended: Option<ExitStatus>) -> String {
    let Some(status) = ended else {
        return format!("it hung: nothing came within {} s", LONGEST.as_secs());
    };
    match (status.signal(), status.code()) {
        (Some(signal), _) => format!("it crashed with signal {signal} ({})", signal_name(signal)),
        (None, Some(code)) => format!("it ended the process with code {code}"),
        (None, None) => "it ended the process".to_owned(),
    }
}

/// The signals that crashes are made of, as Linux numbers them.
const fn signal_name(signal: i32) -> &'static str {
    match signal {
        4 => "illegal instruction",
        6 => "abort",
        7 => "bus error",
        8 => "arithmetic error",
        9 => "killed",
        11 => "segmentation fault",
        13 => "broken pipe",
        15 => "ended from outside",
        _ => "see signal(7)",
    }
}

fn last_lines(file: &Path) -> String {
    let bytes = std::fs::read(file).unwrap_or_default();
    let text = String::from_utf8_lossy(&bytes);
    let lines: Vec<&str> = text.lines().collect();
    lines[lines.len().saturating_sub(LAST_LINES)..].join("\n")
}
