//! `hark journal verify`: says what is wrong, where, and what to do about it. It changes nothing.

use super::JournalFolder;
use crate::error::Error;
use crate::progress::Bar;
use crate::say::say;
use clap::Args;
use hark_journal::care::{TurnReport, check_turns};
use hark_journal::{Checked, Disk, Error as JournalError, RealDisk, Report, verify_telling};
use serde_json::{Value, json};
use std::path::Path;
use std::sync::Arc;

/// How it is wanted.
#[derive(Debug, Args)]
pub(in crate::cli) struct Verify {
    #[command(flatten)]
    folder: JournalFolder,
    /// One JSON object instead of words
    #[arg(long)]
    json: bool,
}

/// What was found.
struct Found {
    report: Report,
    /// The turns, where the files are sound enough to read them all.
    turns: Option<Result<TurnReport, JournalError>>,
}

pub(super) fn verify(wish: &Verify) -> Result<(), Error> {
    let dir = wish.folder.find()?;
    let found = look(&dir)?;
    if wish.json {
        say(found.json(&dir));
    } else {
        found.lines(&dir).iter().for_each(say);
    }
    match found.faults() {
        0 => Ok(()),
        1 => Err(Error::told("1 fault in the journal")),
        many => Err(Error::told(format!("{many} faults in the journal"))),
    }
}

fn look(dir: &Path) -> Result<Found, Error> {
    let disk: Arc<dyn Disk> = Arc::new(RealDisk);
    let mut bar = Bar::new("checking bytes");
    let report = verify_telling(&*disk, dir, &mut |done, total| bar.tell(done, total))?;
    drop(bar);
    let mut bar = Bar::new("applying turns");
    let readable = report.is_sound() && !report.is_empty();
    let turns = readable.then(|| check_turns(&disk, dir, &mut |done, total| bar.tell(done, total)));
    Ok(Found { report, turns })
}

impl Found {
    fn faults(&self) -> u64 {
        let in_turns = match &self.turns {
            Some(Ok(turns)) => turns.fault_count,
            Some(Err(_)) => 1,
            None => 0,
        };
        let empty = u64::from(self.report.is_empty());
        self.report.faults.len() as u64 + in_turns + empty
    }

    fn lines(&self, dir: &Path) -> Vec<String> {
        let mut lines: Vec<String> = self.report.files.iter().map(file_line).collect();
        if self.report.is_empty() {
            lines.push(format!("{} holds no journal", dir.display()));
            lines.push(
                "  what to do: name the data folder with --dir; a desk that never ran has no journal"
                    .to_owned(),
            );
        }
        if let Some(torn) = &self.report.torn {
            lines.push(format!(
                "an unfinished append of {} bytes at byte {} of {}: nobody was told of it, and the next start cuts it \
                 (or the desk is writing it now)",
                torn.bytes,
                torn.offset,
                torn.file.display()
            ));
        }
        for fault in &self.report.faults {
            lines.push(format!("FAULT: {fault}"));
            lines.push(format!("  what to do: {}", remedy(fault)));
        }
        for file in &self.report.foreign {
            lines.push(format!("note: {} is none of the journal's files; it is left alone", file.display()));
        }
        lines.extend(self.turn_lines());
        lines.push(self.summary());
        lines
    }

    fn turn_lines(&self) -> Vec<String> {
        match &self.turns {
            Some(Ok(turns)) => {
                let fault = |fault| format!("FAULT: {fault}");
                let mut lines: Vec<String> = turns.faults.iter().map(fault).collect();
                if turns.fault_count > 0 {
                    lines.push(
                        "  what to do: the bytes are whole, so no repair can help: was the journal written by a newer \
                         version? Otherwise keep the folder and report it"
                            .to_owned(),
                    );
                }
                lines
            }
            Some(Err(error)) => vec![format!("FAULT: {error}"), format!("  what to do: {}", remedy(error))],
            None => Vec::new(),
        }
    }

    fn summary(&self) -> String {
        let report = &self.report;
        let span = format!("{} records ({} to {})", report.records, report.first, report.last);
        let turns = match &self.turns {
            Some(Ok(turns)) => format!("{} turns read, {} applied", turns.turns, turns.applied),
            _ => "turns not applied".to_owned(),
        };
        let snapshots: Vec<String> = report.snapshots.iter().map(ToString::to_string).collect();
        let snapshots = if snapshots.is_empty() { "none".to_owned() } else { snapshots.join(" and ") };
        let verdict = if self.faults() == 0 { "sound" } else { "NOT SOUND" };
        format!("{verdict}: {} segments, {span}, {turns}; whole snapshots: {snapshots}", report.segments)
    }

    fn json(&self, dir: &Path) -> Value {
        let report = &self.report;
        let file = |file: &Checked| {
            json!({
                "file": file.file, "bytes": file.bytes, "records": file.records, "sound": file.sound,
            })
        };
        let mut faults: Vec<Value> = report.faults.iter().map(fault_json).collect();
        let mut turns = Value::Null;
        match &self.turns {
            Some(Ok(found)) => {
                turns = json!({ "read": found.turns, "applied": found.applied, "faults": found.fault_count });
                faults.extend(
                    found.faults.iter().map(
                        |fault| json!({ "code": "turn_refused", "record": fault.seq, "what": fault.why }),
                    ),
                );
            }
            Some(Err(error)) => faults.push(fault_json(error)),
            None => {}
        }
        let torn = report
            .torn
            .as_ref()
            .map(|torn| json!({ "file": torn.file, "offset": torn.offset, "bytes": torn.bytes }));
        json!({
            "dir": dir, "sound": self.faults() == 0, "records": report.records, "first": report.first,
            "last": report.last, "snapshots": report.snapshots, "files": report.files.iter().map(file).collect::<Vec<_>>(),
            "torn": torn, "faults": faults, "foreign": report.foreign, "turns": turns,
        })
    }
}

fn file_line(file: &Checked) -> String {
    let name = file.file.file_name().unwrap_or_default().to_string_lossy();
    let verdict = if file.sound { "ok" } else { "DAMAGED" };
    format!("{name}  {} bytes  {} records  {verdict}", file.bytes, file.records)
}

fn fault_json(fault: &JournalError) -> Value {
    let (file, offset) = match fault {
        JournalError::Damaged { file, offset, .. } | JournalError::Unsupported { file, offset, .. } => {
            (Some(file), Some(offset))
        }
        JournalError::Io { path, .. } => (Some(path), None),
        JournalError::Missing { dir, .. } | JournalError::Locked { dir, .. } => (Some(dir), None),
        _ => (None, None),
    };
    json!({
        "code": fault.code(), "file": file, "offset": offset, "what": fault.to_string(), "what_to_do": remedy(fault),
    })
}

/// What to do about a fault.
pub(super) fn remedy(fault: &JournalError) -> &'static str {
    match fault {
        JournalError::Io { .. } => "look at the disk and the folder's permissions, then verify again",
        JournalError::Locked { .. } => "stop the desk first",
        JournalError::Unsupported { .. } | JournalError::Unreadable { .. } => {
            "use the version of hark that wrote it; nothing is wrong with the file"
        }
        JournalError::Damaged { .. } | JournalError::Missing { .. } | JournalError::Trimmed { .. } => {
            "copy the folder, put the file back from a backup if there is one, else see `hark journal repair`, which \
             first only tells what it would do"
        }
        JournalError::TooLarge { .. } | JournalError::AheadOfJournal { .. } => {
            "report it, and keep the folder"
        }
    }
}
