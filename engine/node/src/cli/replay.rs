//! `hark replay`: what would have changed, had another configuration or other scripts decided. It reads a journal, beside
//! a running desk if need be, and changes nothing.

use super::period;
use super::simulate::{desk, tell_failures};
use crate::error::Error;
use crate::progress::Bar;
use crate::say::say;
use crate::serve;
use crate::when::moment;
use clap::Args;
use hark_core::Time;
use hark_sim::{Recorded, WhatIf, report};
use std::path::PathBuf;

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
    let recorded = period::read(&wish.dir, wish.from, wish.until)?;
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
