//! Which journal is meant: that of a configuration, or the folder that is named.

use crate::config::Config;
use crate::error::Error;
use clap::Args;
use hark_journal::RealDisk;
use hark_journal::care::journal_files;
use hark_runtime::Options;
use std::path::PathBuf;

/// Which journal.
#[derive(Debug, Args)]
pub(crate) struct JournalFolder {
    /// The data folder, or the journal's own; the configuration's when left out
    #[arg(long, value_name = "DIR", conflicts_with = "config")]
    dir: Option<PathBuf>,
    /// The configuration file
    #[arg(long, short, value_name = "FILE", default_value = "config.toml")]
    config: PathBuf,
}

impl JournalFolder {
    /// The journal in this data folder.
    pub(crate) fn of(dir: PathBuf) -> Self {
        Self { dir: Some(dir), config: PathBuf::new() }
    }

    /// The journal's folder, with a journal in it.
    ///
    /// # Errors
    /// As [`JournalFolder::find`], or there is none in it.
    pub(crate) fn find_filled(&self) -> Result<PathBuf, Error> {
        let dir = self.find()?;
        if journal_files(&RealDisk, &dir)?.is_empty() {
            return Err(Error::told(format!(
                "{} holds no journal: name the data folder, or the journal's own",
                dir.display()
            )));
        }
        Ok(dir)
    }

    /// The journal's folder.
    ///
    /// # Errors
    /// There is no such folder, or no configuration to say which.
    pub(crate) fn find(&self) -> Result<PathBuf, Error> {
        let data = match &self.dir {
            Some(dir) => dir.clone(),
            // Faults of the desk do not matter here: only where it lies.
            None => match Config::read(&self.config) {
                (Some(config), _) => config.data_dir(),
                (None, faults) => return Err(Error::Faults(faults)),
            },
        };
        let inside = data.join(Options::JOURNAL);
        let dir = if inside.is_dir() { inside } else { data };
        if dir.is_dir() {
            return Ok(dir);
        }
        Err(Error::told(format!(
            "{} is no folder: name the data folder, or the journal's own",
            dir.display()
        )))
    }
}
