//! The shipped scripts, loaded: all of them once, or fifty under names of their own.

use hark_core::Policy;
use hark_policy::{Options, ScriptOptions, Scripts};
use hark_tests::repository;
use serde_json::json;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};
use tempfile::TempDir;

/// Scripts of a reload that is measured.
const MANY: usize = 50;

pub(crate) type Rules = Box<dyn Policy + Send>;

/// Scripts that can be loaded.
pub(crate) struct Set {
    root: PathBuf,
    files: Vec<String>,
    /// Where copies lie.
    _folder: Option<TempDir>,
}

/// All shipped policies, the default last.
pub(crate) fn shipped() -> Set {
    let root = repository().join("scripts");
    let entries = fs::read_dir(root.join("examples")).expect("there are examples");
    let names = entries.map(|entry| entry.expect("it can be read").file_name());
    let mut files: Vec<String> = names.map(|name| format!("examples/{}", name.to_string_lossy())).collect();
    files.sort();
    files.push("default.lua".to_owned());
    Set { root, files, _folder: None }
}

/// Fifty scripts: the shipped ones, again and again.
pub(crate) fn fifty() -> Set {
    let shipped = shipped();
    let folder = tempfile::tempdir().expect("a temporary folder can be made");
    let copy = |file: &str, to: &str| {
        let to = folder.path().join(to);
        fs::create_dir_all(to.parent().expect("it lies in a folder")).expect("a folder can be made");
        fs::copy(shipped.root.join(file), to).expect("it is copied");
    };
    copy("lib/hours.lua", "lib/hours.lua");
    let files = shipped.files.iter().cycle().take(MANY).enumerate().map(|(number, file)| {
        let to = format!("{number}/{file}");
        copy(file, &to);
        to
    });
    Set { root: folder.path().to_path_buf(), files: files.collect(), _folder: Some(folder) }
}

impl Set {
    /// Loads and checks them, and tells how long that took.
    pub(crate) fn load(&self) -> (Rules, Duration) {
        let mut options = Options::new(&self.root, &[]);
        options.scripts = self.files.iter().map(|file| script(file)).collect();
        let begun = Instant::now();
        let scripts = Scripts::load(options).unwrap_or_else(|faults| panic!("{faults:?}"));
        (Box::new(scripts), begun.elapsed())
    }

    /// How many there are.
    pub(crate) fn count(&self) -> usize {
        self.files.len()
    }
}

/// A desk that is never closed: customers who are turned away would cost nothing more.
fn script(file: &str) -> ScriptOptions {
    let mut script = ScriptOptions::new(file);
    if ["office_hours.lua", "after_hours.lua"].iter().any(|closes| Path::new(file).ends_with(closes)) {
        let always = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
            .map(|day| (day.to_owned(), json!("00:00-24:00")));
        script.config = json!({ "zone": "Europe/Madrid", "hours": always.into_iter().collect::<serde_json::Map<_, _>>() });
    }
    script
}
