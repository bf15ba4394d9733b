//! `hark check`: every fault at once. It opens no data folder, listens nowhere, and makes no plugin's instance.

use crate::config::Config;
use crate::error::Error;
use crate::say::say;
use crate::serve;
use std::path::Path;

pub(super) fn check(file: &Path) -> Result<(), Error> {
    // What a faulty key would have said is taken at its default, so that scripts and plugins are looked at all the same.
    let (config, mut faults) = Config::read(file);
    if let Some(config) = &config {
        faults.extend(serve::load_scripts(config).err().into_iter().flatten());
        faults.extend(serve::check_plugins(config));
    }
    match config {
        Some(config) if faults.is_empty() => {
            say(format!("{}: no faults; {}", file.display(), summary(&config)));
            Ok(())
        }
        _ => Err(Error::Faults(faults)),
    }
}

fn summary(config: &Config) -> String {
    let count = |number: usize, what: &str| format!("{number} {what}{}", if number == 1 { "" } else { "s" });
    let parts = [
        count(config.setup.queues.len(), "queue"),
        count(config.scripts.files.len(), "script"),
        count(config.plugins.len(), "plugin"),
    ];
    parts.join(", ")
}
