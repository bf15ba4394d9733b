//! `hark plugin list`: the configured plugins, each with its file, its ABI, what it provides and what is wrong with it. It
//! starts none; how those of a running desk are, its pages and `/metrics` tell.

use super::check::look;
use crate::config::Config;
use crate::error::Error;
use crate::say::say;
use crate::serve;
use hark_plugin_host::PluginOptions;
use std::path::Path;

pub(super) fn list(file: &Path) -> Result<(), Error> {
    let config = Config::load(file).map_err(Error::Faults)?;
    let (options, mut faults) = serve::plugin_options(&config);
    for plugin in &options.plugins {
        faults.extend(describe(plugin)?.into_iter().map(|what| serve::plugin_fault(&plugin.name, what)));
    }
    if faults.is_empty() { Ok(()) } else { Err(Error::Faults(faults)) }
}

/// Prints one, and returns what is wrong with it.
fn describe(plugin: &PluginOptions) -> Result<Vec<String>, Error> {
    let (name, path) = (&plugin.name, plugin.path.display());
    let place = plugin.isolation.word();
    match look(&plugin.path)? {
        Ok(looked) => {
            let manifest = &looked.manifest;
            let wrong = manifest.check_config(&plugin.config).err().unwrap_or_default();
            let state = if wrong.is_empty() { "ready" } else { "its configuration is wrong" };
            say(format!(
                "{name}: {state}\n  {} {}, ABI {}, {place}\n  {path}\n  sha256 {}\n  {}",
                manifest.name,
                manifest.version,
                looked.abi,
                looked.sha256,
                manifest.capabilities.join(", ")
            ));
            Ok(wrong.into_iter().map(|what| format!("in its configuration {what}")).collect())
        }
        Err(why) => {
            say(format!("{name}: cannot be loaded\n  {place}\n  {path}"));
            Ok(vec![why])
        }
    }
}
