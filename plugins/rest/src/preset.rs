//! Ready configurations for known systems, and an admin's own on top of them.

use hark_plugin_sdk::{Failure, Json};
use serde::de::DeserializeOwned;

/// Reads the admin's configuration of a plugin, on top of the preset that it names, if it names one.
///
/// # Errors
/// [`Failure::Invalid`] when there is no such preset, with those there are, or when it says something else than `T` takes.
pub fn read_over_preset<T: DeserializeOwned>(
    plugin: &str,
    config: Json,
    presets: &[(&str, &str)],
) -> Result<T, Failure> {
    serde_json::from_value(over_preset(config, presets)?)
        .map_err(|error| Failure::invalid(format!("{plugin}'s configuration: {error}")))
}

fn over_preset(mut config: Json, presets: &[(&str, &str)]) -> Result<Json, Failure> {
    let name = config.as_object_mut().and_then(|config| config.remove("preset"));
    let Some(name) = name.as_ref().and_then(Json::as_str) else { return Ok(config) };
    let Some((_, text)) = presets.iter().find(|(known, _)| *known == name) else {
        let known: Vec<_> = presets.iter().map(|(name, _)| *name).collect();
        return Err(Failure::invalid(format!("`preset` is one of {}, not {name}", known.join(", "))));
    };
    let mut preset: Json =
        toml::from_str(text).map_err(|error| Failure::Internal(format!("the preset {name}: {error}")))?;
    lay(&mut preset, config);
    Ok(preset)
}

/// Tables are laid upon tables key by key; everything else takes the place of what was there.
fn lay(below: &mut Json, above: Json) {
    match (below, above) {
        (Json::Object(below), Json::Object(above)) => {
            for (name, value) in above {
                lay(below.entry(name).or_insert(Json::Null), value);
            }
        }
        (below, above) => *below = above,
    }
}
