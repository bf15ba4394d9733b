//! `hark journal`: looks at the journal from outside, and brings a broken one back. It opens no desk.

mod dump;
mod folder;
mod redact;
mod repair;
mod verify;

pub(super) use dump::chat_id;
pub(super) use folder::JournalFolder;

use crate::error::Error;
use clap::Subcommand;

/// What `hark journal` can do.
#[derive(Debug, Subcommand)]
pub(super) enum JournalCommand {
    /// Check every byte of the journal and every turn in it; change nothing. Safe beside a running desk
    Verify(verify::Verify),
    /// Print what happened, one event a line, without passwords and tokens. Safe beside a running desk
    Dump(dump::Dump),
    /// Bring a broken journal back: tells first what it would do, and changes something only with --write
    Repair(repair::Mend),
}

/// Does what `hark journal` says.
pub(super) fn journal(command: JournalCommand) -> Result<(), Error> {
    match command {
        JournalCommand::Verify(wish) => verify::verify(&wish),
        JournalCommand::Dump(wish) => dump::dump(&wish),
        JournalCommand::Repair(wish) => repair::repair(&wish),
    }
}
