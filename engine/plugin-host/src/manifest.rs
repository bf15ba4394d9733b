//! What a plugin says about itself, read and checked before anything of it is used.

use crate::limits;
use crate::schema;
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// Whether several functions of an instance may run at once.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Threading {
    /// On several threads at once.
    Any,
    /// One after the other; only `cancel` may come meanwhile.
    Serialized,
}

/// A plugin's manifest; keys that are not known here are ignored, as the header says.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Manifest {
    /// What the plugin is called: lower case, digits, `-`.
    pub name: String,
    /// The plugin's own version.
    pub version: String,
    /// Operations that it does, such as `crm.lookup/1`.
    pub capabilities: Vec<String>,
    /// Whether several functions may run at once.
    pub threading: Threading,
    /// Whether an operation may wait for disk or network inside `call`.
    pub blocking: bool,
    /// How many operations may be unanswered at a time, 1 or more.
    pub max_in_flight: u32,
    /// JSON Schema of the configuration.
    pub config_schema: Value,
}

impl Manifest {
    /// Reads the bytes that `describe` gave.
    pub(crate) fn read(bytes: &[u8]) -> Result<Self, String> {
        if bytes.len() > limits::MANIFEST_BYTES {
            let (has, most) = (bytes.len(), limits::MANIFEST_BYTES);
            return Err(format!("its manifest has {has} bytes, allowed are {most}"));
        }
        let text = std::str::from_utf8(bytes).map_err(|_| "its manifest is not UTF-8".to_owned())?;
        let manifest: Self =
            serde_json::from_str(text).map_err(|error| format!("its manifest is not one: {error}"))?;
        let wrong = manifest.wrong();
        if wrong.is_empty() { Ok(manifest) } else { Err(format!("in its manifest {}", wrong.join("; "))) }
    }

    fn wrong(&self) -> Vec<String> {
        let mut wrong = Vec::new();
        let plain = |letter: char| letter.is_ascii_lowercase() || letter.is_ascii_digit() || letter == '-';
        if self.name.is_empty() || !self.name.chars().all(plain) {
            wrong.push(format!("`name` {:?} is not made of lower case, digits and `-`", self.name));
        }
        if self.capabilities.is_empty() {
            wrong.push("`capabilities` is empty".to_owned());
        }
        for operation in self.capabilities.iter().filter(|operation| !is_operation(operation)) {
            wrong.push(format!(
                "`capabilities` has {operation:?}, which is not a name with a version like \"crm.lookup/1\""
            ));
        }
        if self.max_in_flight == 0 {
            wrong.push("`max_in_flight` is 0".to_owned());
        }
        if !self.config_schema.is_object() {
            wrong.push("`config_schema` is not an object".to_owned());
        }
        wrong
    }

    /// Threads that its operations get.
    pub(crate) fn threads(&self) -> u32 {
        match (self.threading, self.blocking) {
            (Threading::Serialized, _) => 1,
            (Threading::Any, true) => self.max_in_flight.min(limits::BLOCKING_THREADS),
            (Threading::Any, false) => self.max_in_flight.min(limits::QUICK_THREADS),
        }
    }

    /// Checks a configuration against the plugin's schema, and says everything that is wrong with it.
    ///
    /// # Errors
    /// Each with the place and what is expected there.
    pub fn check_config(&self, config: &Value) -> Result<(), Vec<String>> {
        let wrong = schema::check(&self.config_schema, config);
        if wrong.is_empty() { Ok(()) } else { Err(wrong) }
    }
}

fn is_operation(text: &str) -> bool {
    let word = |word: &str| {
        !word.is_empty() && word.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_')
    };
    text.split_once('/').is_some_and(|(name, version)| {
        name.contains('.')
            && name.split('.').all(word)
            && version.parse::<u32>().is_ok_and(|version| version > 0)
    })
}

#[cfg(test)]
mod tests {
    use super::Manifest;

    const GOOD: &str = r#"{"name":"x","version":"1","capabilities":["crm.lookup/1"],"threading":"any",
        "blocking":true,"max_in_flight":1,"config_schema":{},"later":1}"#;

    #[test]
    fn a_good_one_is_read_and_unknown_keys_are_ignored() {
        let manifest = Manifest::read(GOOD.as_bytes()).expect("good");
        assert_eq!((manifest.name.as_str(), manifest.max_in_flight), ("x", 1));
    }

    #[test]
    fn everything_wrong_is_told() {
        let bad = GOOD
            .replace("\"x\"", "\"X y\"")
            .replace("crm.lookup/1", "lookup")
            .replace(":1,\"config", ":0,\"config");
        let why = Manifest::read(bad.as_bytes()).expect_err("bad");
        for part in ["\"X y\"", "\"lookup\"", "max_in_flight"] {
            assert!(why.contains(part), "{why}");
        }
        for (from, to) in [("crm.lookup/1", "crm.lookup/0"), ("crm.lookup/1", "crm./1"), ("{}", "[]")] {
            Manifest::read(GOOD.replace(from, to).as_bytes()).expect_err(to);
        }
        for bytes in [&b""[..], b"null", b"{}", b"\xff", &vec![b' '; 1 << 20]] {
            Manifest::read(bytes).expect_err("no manifest");
        }
    }
}
