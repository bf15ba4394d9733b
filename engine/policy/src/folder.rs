//! The scripts' files: read once, kept for machines that are made anew, and never from outside of the root.

use crate::fault::Fault;
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;
use std::fs;
use std::path::{Component, Path, PathBuf};

/// Largest script, in bytes.
const LARGEST: u64 = 1 << 20;

/// The files that were read so far, by their names relative to the root.
#[derive(Debug)]
pub(crate) struct Sources {
    root: PathBuf,
    texts: BTreeMap<String, String>,
    /// Whether all has been loaded: what is made anew then is made of the kept texts alone.
    closed: bool,
}

impl Sources {
    /// # Errors
    /// The root is no folder that can be read.
    pub(crate) fn open(root: &Path) -> Result<Self, Fault> {
        let unreadable =
            |error| Fault::new(&root.display().to_string(), 0, format!("the scripts' folder: {error}"));
        let root = fs::canonicalize(root).map_err(unreadable)?;
        Ok(Self { root, texts: BTreeMap::new(), closed: false })
    }

    /// Takes no more files.
    pub(crate) fn close(&mut self) {
        self.closed = true;
    }

    /// The text of a file.
    pub(crate) fn read(&mut self, name: &str) -> Result<String, Fault> {
        if let Some(text) = self.texts.get(name) {
            return Ok(text.clone());
        }
        let fault = |message: String| Fault::new(name, 0, message);
        if self.closed {
            return Err(fault("was not there when the scripts were loaded".to_owned()));
        }
        let path = self.confined(name).map_err(fault)?;
        let size = fs::metadata(&path).map_err(|error| fault(error.to_string()))?.len();
        if size > LARGEST {
            return Err(fault(format!("{size} bytes, a script has at most {LARGEST}")));
        }
        let text = fs::read_to_string(&path).map_err(|error| fault(error.to_string()))?;
        self.texts.insert(name.to_owned(), text.clone());
        Ok(text)
    }

    /// The file that a `require` means: `lib/hours` is `lib/hours.luau` or `lib/hours.lua`, from the root.
    pub(crate) fn module(&self, name: &str) -> Result<String, String> {
        for ending in ["", ".luau", ".lua"] {
            let file = format!("{name}{ending}");
            let is_script = file.ends_with(".lua") || file.ends_with(".luau");
            if is_script
                && (self.texts.contains_key(&file) || !self.closed && self.confined(&file)?.is_file())
            {
                return Ok(file);
            }
        }
        Err(format!("there is no script '{name}' (names are relative to the scripts' folder)"))
    }

    /// The path of a file that lies under the root, links followed.
    fn confined(&self, name: &str) -> Result<PathBuf, String> {
        let inside = Path::new(name).components().all(|part| matches!(part, Component::Normal(_)));
        if !inside || name.is_empty() {
            return Err(format!("'{name}' is not a path inside the scripts' folder"));
        }
        let path = self.root.join(name);
        match fs::canonicalize(&path) {
            Ok(real) if real.starts_with(&self.root) => Ok(real),
            Ok(_) => Err(format!("'{name}' leads out of the scripts' folder")),
            Err(_) => Ok(path),
        }
    }

    /// All files that were read, by name.
    pub(crate) fn texts(&self) -> impl Iterator<Item = (&String, &String)> {
        self.texts.iter()
    }

    /// Feeds all that was read to a hash.
    pub(crate) fn hash_into(&self, hash: &mut Sha256) {
        for (name, text) in &self.texts {
            hash.update((name.len() as u64).to_le_bytes());
            hash.update(name);
            hash.update((text.len() as u64).to_le_bytes());
            hash.update(text);
        }
    }
}
