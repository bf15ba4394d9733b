//! From the configuration's plugins to what the host loads: which file, which settings. It loads nothing.

use crate::config::{Config, Fault, Place, PluginEntry};
use hark_plugin_host::{Options, PluginOptions};
use serde_json::{Map, Value};
use std::env::consts::{DLL_PREFIX, DLL_SUFFIX};
use std::path::{Path, PathBuf};

/// Folder of the copies that are loaded, in the data folder.
const COPIES: &str = "plugins";
/// Where packages put the plugins that ship, seen from the binary's folder.
const PACKAGED: &str = "../lib/hark/plugins";

/// What the host is to load, and a fault for every plugin whose file is not there.
pub(crate) fn host_options(config: &Config, data_dir: &Path) -> (Options, Vec<Fault>) {
    let mut faults = Vec::new();
    let mut plugins = Vec::new();
    for entry in &config.plugins {
        match find(config, &entry.path) {
            Ok(file) => plugins.push(plugin_options(config, data_dir, entry, file)),
            Err(what) => faults.push(fault(&entry.name, what)),
        }
    }
    (Options::new(plugins, data_dir.join(COPIES)), faults)
}

/// A fault of one plugin.
pub(crate) fn fault(plugin: &str, what: impl Into<String>) -> Fault {
    Fault { place: Place::file(format!("plugin {plugin}")), what: what.into() }
}

fn plugin_options(config: &Config, data_dir: &Path, entry: &PluginEntry, file: PathBuf) -> PluginOptions {
    let places = [("{config}", config.base.as_path()), ("{data}", data_dir)];
    PluginOptions {
        isolation: entry.isolation,
        config: Value::Object(with_places(&entry.config, &places)),
        deadline_ms: entry.deadline_ms,
        memory_mib: entry.memory_mib,
        max_in_flight: (entry.max_in_flight > 0).then_some(entry.max_in_flight),
        queue: entry.queue,
        ..PluginOptions::new(&entry.name, file)
    }
}

/// The file of a plugin. A bare name is one that ships: it lies beside the binary, where cargo or a package put it.
fn find(config: &Config, path: &str) -> Result<PathBuf, String> {
    if path.contains('/') || path.ends_with(DLL_SUFFIX) {
        let file = config.below_base(Path::new(path));
        return if file.is_file() { Ok(file) } else { Err(format!("there is no file {}", file.display())) };
    }
    let file = format!("{DLL_PREFIX}hark_{}{DLL_SUFFIX}", path.replace('-', "_"));
    let folders = shipped_folders(config);
    let found = folders.iter().map(|folder| folder.join(&file)).find(|file| file.is_file());
    found.ok_or_else(|| {
        let folders: Vec<_> = folders.iter().map(|folder| folder.display().to_string()).collect();
        format!("there is no {file} in {}", folders.join(", "))
    })
}

/// Folders in which plugins that ship are looked for, in this order: `plugins/` beside the configuration, then where
/// cargo builds libraries of dependencies, then the binary's own folder, then a package's.
fn shipped_folders(config: &Config) -> Vec<PathBuf> {
    let mut folders = vec![config.below_base(Path::new("plugins"))];
    let binary = std::env::current_exe().and_then(std::fs::canonicalize);
    if let Some(beside) = binary.ok().as_deref().and_then(Path::parent) {
        folders.extend([beside.join("deps"), beside.to_owned(), beside.join(PACKAGED)]);
    }
    folders
}

/// Puts folders in the place of their names, in every text of a plugin's settings.
fn with_places(settings: &Map<String, Value>, places: &[(&str, &Path)]) -> Map<String, Value> {
    settings.iter().map(|(key, value)| (key.clone(), with_place(value, places))).collect()
}

fn with_place(value: &Value, places: &[(&str, &Path)]) -> Value {
    match value {
        Value::String(text) => {
            let put = |text: String, (name, path): &(&str, &Path)| {
                let path = if path.as_os_str().is_empty() { Path::new(".") } else { path };
                text.replace(name, &path.display().to_string())
            };
            Value::String(places.iter().fold(text.clone(), put))
        }
        Value::Array(items) => items.iter().map(|item| with_place(item, places)).collect(),
        Value::Object(table) => Value::Object(with_places(table, places)),
        other => other.clone(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn folders_take_the_place_of_their_names() {
        let settings = json!({ "path": "{data}/a", "list": ["{config}/b", 1], "in": { "c": "{other}" } });
        let settings = settings.as_object().cloned().expect("it is an object");
        let put = with_places(&settings, &[("{data}", Path::new("/d")), ("{config}", Path::new(""))]);
        assert_eq!(Value::from(put), json!({ "path": "/d/a", "list": ["./b", 1], "in": { "c": "{other}" } }));
    }

    #[test]
    fn a_plugin_that_is_nowhere_is_told_with_where_it_was_looked_for() {
        let text = "plugins = [{ name = \"a\", path = \"no-such\" }, { name = \"b\", path = \"x/y.so\" }]";
        let config = Config::parse("config.toml", text, Path::new("/nowhere")).expect("it has no faults");
        let (_, faults) = host_options(&config, Path::new("/data"));
        let told: Vec<_> = faults.iter().map(ToString::to_string).collect();
        assert!(told[0].contains("libhark_no_such.so in /nowhere/plugins, "), "{told:?}");
        assert_eq!(told[1], "plugin b: there is no file /nowhere/x/y.so");
    }
}
