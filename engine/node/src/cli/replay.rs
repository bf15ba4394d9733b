//! `hark replay`: what would have changed, had another configuration or other scripts decided. It reads a journal, beside
//! a running desk if need be, and changes nothing.

use super::journal::JournalFolder;
use super::simulate::{desk, tell_failures};
use crate::error::Error;
use crate::progress::Bar;
use crate::say::say;
use crate::serve;
use crate::when::moment;
use clap::Args;
use hark_core::Time;
use hark_journal::care::{Scan, begin_before};
use hark_journal::{RealDisk, RecordKind, decode_turn};
use hark_sim::{Recorded, Recorder, WhatIf, report};
use std::path::PathBuf;
use std::sync::Arc;

/// Parts of a run that the progress tells apart.
const PARTS: f64 = 1000.0;

/// How it is wanted.
#[derive(Debug, Args)]
pub(super) struct Replay {
    /// The data folder, or the journal's own
    #[arg(long, value_name = "DIR", default_value = "data")]
    dir: PathBuf,
    /// From this moment on, such as 2026-11-23 or 2026-11-23T08:00:00Z; the journal's beginning when left out
    #[arg(long, value_name = "TIME", value_parser = moment)]
    from: Option<Time>,
    /// Until this moment; the journal's end when left out
    #[arg(long, value_name = "TIME", value_parser = moment)]
    until: Option<Time>,
    /// The configuration to try; the recorded queues and the built-in answers when left out
    #[arg(long, short, value_name = "FILE")]
    config: Option<PathBuf>,
    /// Folder of the scripts to try, in place of that configuration's
    #[arg(long, value_name = "DIR", requires = "config")]
    scripts: Option<PathBuf>,
    /// Print one JSON object instead of tables
    #[arg(long)]
    json: bool,
    /// Write a report, one HTML file
    #[arg(long, value_name = "FILE")]
    report: Option<PathBuf>,
}

pub(super) fn replay(wish: &Replay) -> Result<(), Error> {
    let recorded = read(wish)?;
    if recorded.chats.is_empty() {
        return Err(Error::told(
            "nobody asked for a chat in this period: choose another with --from and --until",
        ));
    }
    let told = ask(wish, &recorded)?;
    if let Some(file) = &wish.report {
        let page = report::what_if_html("What would have changed", &told);
        std::fs::write(file, page).map_err(Error::io("write", file))?;
    }
    if wish.json {
        say(serde_json::to_string_pretty(&told).map_err(|error| Error::told(error.to_string()))?);
    } else {
        say(report::what_if(&told));
    }
    Ok(())
}

/// Reads the period from the journal.
fn read(wish: &Replay) -> Result<Recorded, Error> {
    let dir = JournalFolder::of(wish.dir.clone()).find_filled()?;
    let disk: Arc<dyn hark_journal::Disk> = Arc::new(RealDisk);
    let begin = begin_before(&*disk, &dir, wish.from)?;
    let (mut state, mut recorder) = (begin.state, None);
    let scan = Scan::open(disk, &dir, begin.seq.next())?;
    for record in scan {
        let record = record?;
        if record.kind != RecordKind::Turn {
            continue;
        }
        let turn = decode_turn(&record.payload)
            .map_err(|why| Error::told(format!("record {}: {why}; see hark journal verify", record.seq)))?;
        if wish.until.is_some_and(|until| turn.at > until) {
            break;
        }
        let inside = wish.from.is_none_or(|from| turn.at >= from);
        if inside && recorder.is_none() {
            recorder = Some(Recorder::new(wish.from.unwrap_or(turn.at), &state));
        }
        turn.events.iter().for_each(|scoped| state.apply(turn.at, &scoped.event));
        if let Some(recorder) = &mut recorder {
            recorder.note(&turn, &state);
        }
    }
    let recorder = recorder.ok_or_else(|| Error::told("the journal has nothing in this period"))?;
    Ok(recorder.finish(state.setup().clone()))
}

fn ask(wish: &Replay, recorded: &Recorded) -> Result<WhatIf, Error> {
    let mut bar = Bar::new("replaying");
    let mut look = |part: f64| bar.tell((part * PARTS) as u64, PARTS as u64);
    let Some(file) = &wish.config else {
        let told = WhatIf::ask(recorded, &recorded.setup, &mut hark_core::BuiltIn, &mut look);
        return told.map_err(|fault| Error::told(fault.to_string()));
    };
    let config = desk(file, wish.scripts.as_deref())?;
    let mut rules = serve::load_scripts(&config).map_err(Error::Faults)?;
    let told = WhatIf::ask(recorded, &config.setup, &mut *rules.policy, &mut look);
    tell_failures(&rules);
    told.map_err(|fault| Error::told(fault.to_string()))
}
