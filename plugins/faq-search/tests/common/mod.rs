//! A folder of articles that tests write into, and the library over it.

#![allow(dead_code, reason = "each test file uses its own part")]

pub(crate) mod bm25;

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, channel};
use std::time::{Duration, Instant};

use hark_faq_search::{Library, Options};
use hark_plugin_sdk::faq::{FaqHit, SearchRequest};
use tempfile::TempDir;

/// What a change may take to be seen; only a failing test waits that long.
const DEADLINE: Duration = Duration::from_secs(30);

/// A temporary folder of articles.
pub(crate) struct Shelf {
    dir: TempDir,
}

impl Shelf {
    /// An empty one.
    pub(crate) fn new() -> Self {
        Self { dir: tempfile::tempdir().expect("a temporary folder") }
    }

    /// One with these files.
    pub(crate) fn with(files: &[(&str, &str)]) -> Self {
        let shelf = Self::new();
        for (path, text) in files {
            shelf.write(path, text.as_bytes());
        }
        shelf
    }

    /// Where it is.
    pub(crate) fn path(&self) -> &Path {
        self.dir.path()
    }

    /// Writes a file, folders included.
    pub(crate) fn write(&self, path: &str, bytes: &[u8]) {
        let path = self.path().join(path);
        fs::create_dir_all(path.parent().expect("a file has a folder")).expect("a folder");
        fs::write(path, bytes).expect("a file");
    }

    /// Removes a file.
    pub(crate) fn remove(&self, path: &str) {
        fs::remove_file(self.path().join(path)).expect("a file to remove");
    }

    /// Opens the library, looking at the folder often.
    pub(crate) fn open(&self) -> Library {
        self.open_told().0
    }

    /// Opens the library with its notices.
    pub(crate) fn open_told(&self) -> (Library, Receiver<String>) {
        let (tell, told) = channel();
        let options = Options { poll: Duration::from_millis(20), ..Options::new(self.path()) };
        // Nobody may be listening any more when a test ends.
        let library = Library::open(options, Box::new(move |notice| drop(tell.send(notice.to_string()))));
        (library.expect("a library"), told)
    }
}

/// A path of the repository.
pub(crate) fn repository(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").join(path)
}

/// The shipped articles.
pub(crate) fn shipped() -> Library {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("articles");
    Library::open(Options::new(folder), Box::new(|_| {})).expect("the shipped articles open")
}

/// A request for a text and nothing else.
pub(crate) fn text(text: &str) -> SearchRequest {
    SearchRequest { text: text.to_owned(), ..SearchRequest::default() }
}

/// Searches a text.
pub(crate) fn search(library: &Library, words: &str) -> Vec<FaqHit> {
    library.search(&text(words)).expect("a search")
}

/// The ids found for a text, best first.
pub(crate) fn ids(library: &Library, words: &str) -> Vec<String> {
    search(library, words).into_iter().map(|hit| hit.id).collect()
}

/// Waits until the public API shows it; fails at the deadline.
pub(crate) fn wait_until(what: &str, mut shown: impl FnMut() -> bool) {
    let end = Instant::now() + DEADLINE;
    while !shown() {
        assert!(Instant::now() < end, "not seen in {DEADLINE:?}: {what}");
        std::thread::yield_now();
    }
}
