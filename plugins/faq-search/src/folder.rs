//! The folder of articles on disk: finds the files, reads those that changed, keeps the rest.
//!
//! It follows links to files but not to folders, passes over hidden names, and never writes.

use std::collections::BTreeMap;
use std::fs::{self, File, Metadata};
use std::io::{self, Read};
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use crate::article::{Article, Fault, MAX_ARTICLE_BYTES};

/// More articles than this in one folder are left out and told.
pub const MAX_ARTICLES: usize = 20_000;
/// More text than this in one folder is left out and told, in bytes: index and text are kept in memory.
pub const MAX_TEXT_BYTES: u64 = 64 * 1024 * 1024;
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

struct Known {
    /// None when the file has to be read again in any case.
    stamp: Option<Stamp>,
    read: Result<Arc<Article>, Fault>,
}

/// A folder and what was last read from it.
pub(crate) struct Folder {
    root: PathBuf,
    known: BTreeMap<PathBuf, Known>,
}

impl Folder {
    pub(crate) fn new(root: PathBuf) -> Self {
        Self { root, known: BTreeMap::new() }
    }

    /// Looks at the folder; answers what it holds when that changed since the last look (always at the first).
    /// Fails only when the folder itself cannot be listed: what was known stays known.
    pub(crate) fn look(&mut self) -> io::Result<Option<Content>> {
        let mut listing = Listing::default();
        fs::read_dir(&self.root)?;
        listing.walk(&self.root, Path::new(""), 0);
        let mut changed = self.known.is_empty();
        let mut now = BTreeMap::new();
        for (path, found) in listing.files {
            let before = self.known.get(&path);
            let known = match found {
                Ok(stamp) => self.read(&path, &stamp, before),
                Err(fault) => Known { stamp: None, read: Err(fault) },
            };
            changed |= before.is_none_or(|before| before.read != known.read);
            now.insert(path, known);
        }
        changed |= now.len() != self.known.len();
        self.known = now;
        Ok(changed.then(|| self.content()))
    }

    fn read(&self, path: &Path, stamp: &Stamp, before: Option<&Known>) -> Known {
        if let Some(before) = before.filter(|before| before.stamp.as_ref() == Some(stamp)) {
            return Known { stamp: before.stamp.clone(), read: before.read.clone() };
        }
        let Some(id) = path.with_extension("").to_str().map(str::to_owned) else {
            return Known { stamp: Some(stamp.clone()), read: Err(Fault::PathNotUtf8) };
        };
        match read_file(&self.root.join(path)) {
            Ok((bytes, meta)) if bytes.len() as u64 > MAX_ARTICLE_BYTES => {
                Known { stamp: trusted(&meta), read: Err(Fault::TooLarge { bytes: meta.len() }) }
            }
            Ok((bytes, meta)) => {
                let updated = meta.modified().unwrap_or(SystemTime::UNIX_EPOCH);
                Known { stamp: trusted(&meta), read: Article::parse(&id, &bytes, updated).map(Arc::new) }
            }
            Err(error) => Known { stamp: None, read: Err(Fault::Unreadable(error.to_string())) },
        }
    }

    fn content(&self) -> Content {
        let mut content = Content::default();
        let mut bytes = 0;
        for (path, known) in &self.known {
            let fault = match &known.read {
                Ok(article)
                    if content.articles.len() < MAX_ARTICLES
                        && bytes + article.text_bytes() <= MAX_TEXT_BYTES =>
                {
                    bytes += article.text_bytes();
                    content.articles.push(Arc::clone(article));
                    continue;
                }
                Ok(_) => Fault::OverLimit,
                Err(fault) => fault.clone(),
            };
            content.broken.push(Broken { path: path.to_string_lossy().into_owned(), fault });
        }
        content
    }
}

/// Files by path below the folder; what cannot be looked at stands with its fault.
#[derive(Default)]
struct Listing {
    files: BTreeMap<PathBuf, Result<Stamp, Fault>>,
}

impl Listing {
    fn walk(&mut self, folder: &Path, below: &Path, depth: usize) {
        let entries = match fs::read_dir(folder) {
            Ok(entries) => entries,
            Err(error) => return self.fault(below, &error),
        };
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
            return self.walk(&entry.path(), &path, depth + 1);
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
