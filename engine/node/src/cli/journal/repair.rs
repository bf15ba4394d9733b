//! `hark journal repair`: says what would be done, and does it only when told to; a loss takes a word of its own.

use super::JournalFolder;
use super::verify::remedy;
use crate::error::Error;
use crate::say::say;
use clap::Args;
use hark_journal::care::{Repair, check_turns};
use hark_journal::{Disk, Error as JournalError, RealDisk, verify};
use std::path::Path;
use std::sync::Arc;

/// How it is wanted.
#[derive(Debug, Args)]
pub(in crate::cli) struct Mend {
    #[command(flatten)]
    folder: JournalFolder,
    /// Only tell what would be done; this is what happens without --write
    #[arg(long, conflicts_with = "write")]
    dry_run: bool,
    /// Do it
    #[arg(long)]
    write: bool,
    /// Do it although records are lost that somebody was told of
    #[arg(long, requires = "write")]
    accept_loss: bool,
}

pub(super) fn repair(wish: &Mend) -> Result<(), Error> {
    let dir = wish.folder.find_filled()?;
    let plan = Repair::plan(Arc::new(RealDisk), &dir).map_err(|error| hopeless(&error))?;
    if plan.is_idle() {
        say("nothing to repair");
        return Ok(());
    }
    tell(&plan);
    let lost = !plan.lost.is_empty();
    if !wish.write {
        let word = if lost { " --accept-loss" } else { "" };
        say(format!("nothing was changed; copy the folder first, then: hark journal repair --write{word}"));
        return Ok(());
    }
    if lost && !wish.accept_loss {
        return Err(Error::told(
            "records would be lost that somebody was told of: nothing was changed; put the files back from a backup, or \
             add --accept-loss",
        ));
    }
    for kept in plan.write()? {
        say(format!("kept: {}", kept.display()));
    }
    confirm(&dir)
}

fn tell(plan: &Repair) {
    for fault in &plan.report.faults {
        say(format!("FAULT: {fault}"));
    }
    if let Some(torn) = &plan.cut {
        let file = torn.file.display();
        say(format!(
            "cut: an unfinished append of {} bytes at byte {} of {file}; nobody was told of it",
            torn.bytes, torn.offset
        ));
    }
    for file in &plan.set_aside {
        say(format!("set aside, and kept: {}", file.display()));
    }
    for file in plan.written_anew() {
        say(format!("written anew: {}", file.display()));
    }
    if plan.salvaged > 0 {
        say(format!("{} whole records of damaged files are kept", plan.salvaged));
    }
    for lost in &plan.lost {
        say(format!("LOST: {lost}"));
    }
    if plan.lost.is_empty() {
        say("no record is lost");
    }
}

/// Looks at what came of it.
fn confirm(dir: &Path) -> Result<(), Error> {
    let report = verify(dir)?;
    if let Some(fault) = report.faults.into_iter().next() {
        return Err(Error::Journal(fault));
    }
    let disk: Arc<dyn Disk> = Arc::new(RealDisk);
    let turns = check_turns(&disk, dir, &mut |_, _| {})?;
    match turns.faults.first() {
        None => {
            say("the journal is sound again");
            Ok(())
        }
        Some(fault) => Err(Error::told(format!("the files are whole again, but {fault}"))),
    }
}

/// A plan that could not be made.
fn hopeless(error: &JournalError) -> Error {
    match error {
        JournalError::Missing { from, to, .. } => Error::told(format!(
            "records {from} to {to} are not there and no whole snapshot has their state: this cannot be repaired; put the \
             folder back from a backup"
        )),
        other => Error::told(format!("{other}: {}", remedy(other))),
    }
}
