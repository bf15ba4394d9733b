//! The kept versions of the scripts: each text that was published, and each that was found to have been changed by hand,
//! as a file beside the data. A bounded number of each script; the oldest go first.

use super::shelf;
use hark_core::Time;
use hark_http::rulebook::{ScriptRefusal, VersionView};
use serde::{Deserialize, Serialize};
use std::path::{Path, PathBuf};

/// Versions that are kept of one script.
pub(super) const KEPT: usize = 50;
/// What the list of a script's versions is called.
const LIST: &str = "versions.json";

/// One kept version.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Version {
    /// Counts the versions of the script, from 1.
    pub(super) number: u64,
    /// The first digits of the SHA-256 of its text.
    pub(super) version: String,
    /// When it was published, or found.
    pub(super) at: Time,
    /// Who published it.
    pub(super) by: Option<String>,
    /// What it had to pass.
    #[serde(default)]
    pub(super) note: String,
}

/// The versions of one script.
pub(super) struct Versions {
    folder: PathBuf,
    list: Vec<Version>,
}

impl Versions {
    /// The versions of a script, below the scripts' folder of the data.
    ///
    /// # Errors
    /// Their list cannot be read.
    pub(super) fn open(data: &Path, script: &str) -> Result<Self, ScriptRefusal> {
        let folder = data.join("versions").join(script);
        let path = folder.join(LIST);
        let list = match std::fs::read(&path) {
            Ok(text) => serde_json::from_slice(&text)
                .map_err(|error| ScriptRefusal::Failed(format!("{}: {error}", path.display())))?,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Vec::new(),
            Err(error) => return Err(shelf::failed("read", &path, &error)),
        };
        Ok(Self { folder, list })
    }

    /// The newest.
    pub(super) fn last(&self) -> Option<&Version> {
        self.list.last()
    }

    /// All of them as people see them, newest first.
    pub(super) fn view(&self, live: &str) -> Vec<VersionView> {
        let newest = self.list.iter().rposition(|kept| kept.version == live);
        let view = |(place, kept): (usize, &Version)| VersionView {
            number: kept.number,
            version: kept.version.clone(),
            at: kept.at,
            by: kept.by.clone(),
            note: kept.note.clone(),
            live: Some(place) == newest,
        };
        self.list.iter().enumerate().rev().map(view).collect()
    }

    /// The text of a version.
    ///
    /// # Errors
    /// It is not kept, or cannot be read.
    pub(super) fn text(&self, number: u64) -> Result<String, ScriptRefusal> {
        let known = self.list.iter().any(|version| version.number == number);
        let path = self.file(number);
        match std::fs::read_to_string(&path) {
            _ if !known => Err(ScriptRefusal::NotFound),
            Ok(text) => Ok(text),
            Err(error) => Err(shelf::failed("read", &path, &error)),
        }
    }

    /// Keeps a text as the newest version, unless it is that already.
    ///
    /// # Errors
    /// The system does not let us.
    pub(super) fn keep(
        &mut self,
        text: &str,
        at: Time,
        by: Option<&str>,
        note: &str,
    ) -> Result<(), ScriptRefusal> {
        let version = shelf::version_of(text);
        if self.last().is_some_and(|last| last.version == version) {
            return Ok(());
        }
        let number = self.last().map_or(1, |last| last.number + 1);
        shelf::lay_at(self.file(number), text)?.put()?;
        let (by, note) = (by.map(str::to_owned), note.to_owned());
        self.list.push(Version { number, version, at, by, note });
        let old: Vec<_> = self.list.drain(..self.list.len().saturating_sub(KEPT)).collect();
        let list = serde_json::to_string_pretty(&self.list).expect("our own list is always JSON");
        shelf::lay_at(self.folder.join(LIST), &list)?.put()?;
        for version in old {
            // A file that stays is in no list: nobody sees it.
            let _ = std::fs::remove_file(self.file(version.number));
        }
        Ok(())
    }

    fn file(&self, number: u64) -> PathBuf {
        self.folder.join(format!("{number:06}.txt"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bounded_number_of_texts_is_kept_and_a_repeat_is_none() {
        let dir = tempfile::tempdir().expect("a folder");
        let open = || Versions::open(dir.path(), "test/a.lua").expect("it can be read");
        for number in 0..KEPT as u64 + 3 {
            let (at, text) = (Time::from_millis(number), format!("text {number}"));
            for _ in 0..2 {
                open().keep(&text, at, Some("Ana"), "").expect("it can be kept");
            }
        }
        let versions = open();
        let view = versions.view(&shelf::version_of("text 51"));
        assert_eq!((view.len(), view[0].number, view[KEPT - 1].number), (KEPT, 53, 4));
        assert_eq!(
            view.iter().filter(|version| version.live).map(|one| one.number).collect::<Vec<_>>(),
            [52]
        );
        assert_eq!(versions.text(4).as_deref(), Ok("text 3"));
        assert_eq!(versions.text(3), Err(ScriptRefusal::NotFound));
        let files = std::fs::read_dir(dir.path().join("versions/test/a.lua")).expect("it is there").count();
        assert_eq!(files, KEPT + 1);
    }
}
