//! The folder of articles on disk: finds the files, reads those that changed, keeps the rest.
//!
//! It follows links to files but not to folders, passes over hidden names, and never writes.

use std::collections::BTreeMap;
use std::fs::{self, File, Metadata};
use std::io::{self, Read};
use std::os::unix::fs::MetadataExt;
use std::panic;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use crate::article::{Article, Fault, MAX_ARTICLE_BYTES};

/// More articles than this in one folder are left out and told.
pub const MAX_ARTICLES: usize = 10_000;
/// More text than this in one folder is left out and told, in bytes. Text and index are kept in memory and take
/// about ten times as much.
pub const MAX_TEXT_BYTES: u64 = 32 * 1024 * 1024;
/// Folders nested deeper are passed over.
const MAX_DEPTH: usize = 16;
/// A file written this shortly before it was read may change again within one tick of its clock, so its stamp
/// is not trusted and it is read once more.
const UNSETTLED: Duration = Duration::from_millis(100);

/// A file that is not an article.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Broken {
    /// Path below the folder; bytes that are not UTF-8 are replaced.
    pub path: String,
    /// What is wrong with it.
    pub fault: Fault,
}

/// What the folder holds.
#[derive(Debug, Default, Clone)]
pub(crate) struct Content {
    /// By id.
    pub(crate) articles: Vec<Arc<Article>>,
    /// By path.
    pub(crate) broken: Vec<Broken>,
}

/// Tells whether a file was written since: name, size and times as the system keeps them.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Stamp {
    device: u64,
    inode: u64,
    size: u64,
    modified: (i64, i64),
    changed: (i64, i64),
}

impl Stamp {
    fn of(meta: &Metadata) -> Self {
        Self {
            device: meta.dev(),
            inode: meta.ino(),
            size: meta.size(),
            modified: (meta.mtime(), meta.mtime_nsec()),
            changed: (meta.ctime(), meta.ctime_nsec()),
        }
    }
}

#[derive(Clone)]
struct Known {
    /// None when the file has to be read again in any case.
    stamp: Option<Stamp>,
    read: Result<Arc<Article>, Fault>,
}

/// By path below the folder.
type Files = BTreeMap<PathBuf, Known>;

/// How much of a folder is taken.
#[derive(Clone, Copy)]
struct Limits {
    articles: usize,
    bytes: u64,
}

/// A folder and what was last read from it.
pub(crate) struct Folder {
    root: PathBuf,
    limits: Limits,
    /// None before the first look.
    files: Option<Files>,
}

impl Folder {
    pub(crate) fn new(root: PathBuf) -> Self {
        let limits = Limits { articles: MAX_ARTICLES, bytes: MAX_TEXT_BYTES };
        Self { root, limits, files: None }
    }

    /// Looks at the folder; answers what it holds when that changed since the last look (always at the first).
    /// Fails only when the folder itself cannot be listed: what was known stays known.
    ///
    /// A folder that is a link is looked at where the link leads, from beginning to end, and not at all when it is
    /// turned meanwhile: a deployment is seen whole.
    pub(crate) fn look(&mut self) -> io::Result<Option<Content>> {
        let root = fs::canonicalize(&self.root)?;
        let mut listing = Listing::default();
        listing.walk(fs::read_dir(&root)?, Path::new(""), 0);
        let now: Files =
            listing.files.into_iter().map(|(path, found)| self.known(&root, path, found)).collect();
        if fs::canonicalize(&self.root)? != root {
            return Ok(None);
        }
        let same = self.files.as_ref().is_some_and(|before| reads(before).eq(reads(&now)));
        let content = (!same).then(|| self.content(&now));
        self.files = Some(now);
        Ok(content)
    }

    /// What is known of a file: as before when it was not written since, else read now.
    fn known(&self, root: &Path, path: PathBuf, found: Result<Stamp, Fault>) -> (PathBuf, Known) {
        let before = self.files.as_ref().and_then(|files| files.get(&path));
        let known = match (found, before) {
            (Ok(stamp), Some(before)) if before.stamp.as_ref() == Some(&stamp) => before.clone(),
            (Ok(_), _) => read(root, &path),
            (Err(fault), _) => Known { stamp: None, read: Err(fault) },
        };
        (path, known)
    }

    fn content(&self, files: &Files) -> Content {
        let mut content = Content::default();
        let mut bytes = 0;
        for (path, known) in files {
            let fault = match &known.read {
                Ok(article) => {
                    let with = bytes + article.text_bytes();
                    if content.articles.len() < self.limits.articles && with <= self.limits.bytes {
                        bytes = with;
                        content.articles.push(Arc::clone(article));
                        continue;
                    }
                    Fault::OverLimit
                }
                Err(fault) => fault.clone(),
            };
            content.broken.push(Broken { path: path.to_string_lossy().into_owned(), fault });
        }
        content
    }
}

fn reads(files: &Files) -> impl Iterator<Item = (&PathBuf, &Result<Arc<Article>, Fault>)> {
    files.iter().map(|(path, known)| (path, &known.read))
}

/// Files by path below the folder; what cannot be looked at stands with its fault.
#[derive(Default)]
struct Listing {
    files: BTreeMap<PathBuf, Result<Stamp, Fault>>,
}

impl Listing {
    fn walk(&mut self, entries: fs::ReadDir, below: &Path, depth: usize) {
        for entry in entries {
            match entry {
                Ok(entry) => self.take(&entry, below, depth),
                Err(error) => self.fault(below, &error),
            }
        }
    }

    fn take(&mut self, entry: &fs::DirEntry, below: &Path, depth: usize) {
        let path = below.join(entry.file_name());
        if entry.file_name().as_encoded_bytes().starts_with(b".") {
            return;
        }
        let is_folder = entry.file_type().is_ok_and(|kind| kind.is_dir());
        if is_folder && depth < MAX_DEPTH {
            return match fs::read_dir(entry.path()) {
                Ok(entries) => self.walk(entries, &path, depth + 1),
                Err(error) => self.fault(&path, &error),
            };
        }
        if is_folder || path.extension().is_none_or(|extension| extension != "md") {
            return;
        }
        match fs::metadata(entry.path()) {
            // Only regular files: opening a pipe would wait for its writer.
            Ok(meta) if meta.is_file() => drop(self.files.insert(path, Ok(Stamp::of(&meta)))),
            Ok(_) => {}
            Err(error) => self.fault(&path, &error),
        }
    }

    /// A file that vanished while we looked is no fault.
    fn fault(&mut self, path: &Path, error: &io::Error) {
        if error.kind() != io::ErrorKind::NotFound {
            self.files.insert(path.to_owned(), Err(Fault::Unreadable(error.to_string())));
        }
    }
}

fn read(root: &Path, path: &Path) -> Known {
    let (bytes, meta) = match read_file(&root.join(path)) {
        Ok(read) => read,
        Err(error) => return Known { stamp: None, read: Err(Fault::Unreadable(error.to_string())) },
    };
    let id = path.with_extension("");
    let read = match id.to_str() {
        None => Err(Fault::PathNotUtf8),
        Some(_) if bytes.len() as u64 > MAX_ARTICLE_BYTES => Err(Fault::TooLarge { bytes: meta.len() }),
        Some(id) => {
            let updated = meta.modified().unwrap_or(SystemTime::UNIX_EPOCH);
            // One file that the Markdown reader cannot bear must not end the thread that reads them all.
            let parsed = panic::catch_unwind(|| Article::parse(id, &bytes, updated));
            parsed.unwrap_or(Err(Fault::Unbearable)).map(Arc::new)
        }
    };
    Known { stamp: trusted(&meta), read }
}

/// Reads at most one byte more than an article may have.
fn read_file(path: &Path) -> io::Result<(Vec<u8>, Metadata)> {
    let file = File::open(path)?;
    // Before reading: a write in between changes the stamp, so the file is read again.
    let meta = file.metadata()?;
    let mut bytes = Vec::new();
    file.take(MAX_ARTICLE_BYTES + 1).read_to_end(&mut bytes)?;
    Ok((bytes, meta))
}

fn trusted(meta: &Metadata) -> Option<Stamp> {
    let age = meta.modified().ok().and_then(|written| written.elapsed().ok());
    age.is_none_or(|age| age >= UNSETTLED).then(|| Stamp::of(meta))
}

#[cfg(test)]
mod tests {
    use super::{Fault, Folder, Limits};

    #[test]
    fn what_is_over_a_limit_is_left_out_and_told() {
        let dir = tempfile::tempdir().unwrap();
        for name in ["a", "b", "c"] {
            std::fs::write(dir.path().join(name).with_extension("md"), "# Four\n\nand text").unwrap();
        }
        let taken = |articles, bytes| {
            let mut folder = Folder::new(dir.path().to_owned());
            folder.limits = Limits { articles, bytes };
            let content = folder.look().unwrap().unwrap();
            assert!(content.broken.iter().all(|broken| broken.fault == Fault::OverLimit));
            (content.articles.len(), content.broken.len())
        };
        assert_eq!(taken(10, 1000), (3, 0));
        assert_eq!(taken(2, 1000), (2, 1));
        assert_eq!(taken(10, 30), (1, 2));
    }

    #[test]
    fn a_second_look_at_the_same_folder_sees_no_change() {
        let dir = tempfile::tempdir().unwrap();
        let mut folder = Folder::new(dir.path().to_owned());
        std::fs::write(dir.path().join("a.md"), "# A").unwrap();
        assert!(folder.look().unwrap().is_some());
        assert!(folder.look().unwrap().is_none());
        std::fs::remove_file(dir.path().join("a.md")).unwrap();
        assert!(folder.look().unwrap().is_some());
        assert!(folder.look().unwrap().is_none(), "an empty folder does not change either");
    }
}
