//! The library: the folder of articles kept searchable while it changes.
//!
//! One thread looks at the folder every so often and, when something changed, makes a new picture and puts it in
//! the old one's place; searches go on meanwhile and see one picture or the other, never a half of either.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::mpsc::{self, RecvTimeoutError, Sender};
use std::sync::{Arc, Mutex, PoisonError, RwLock};
use std::thread::JoinHandle;
use std::time::Duration;
use std::{fmt, io, thread};

use hark_plugin_sdk::faq::{Category, FaqHit, SearchRequest};

use crate::article::{Article, category_key};
use crate::feedback::{Counts, Feedback, Verdicts};
use crate::folder::{Broken, Folder};
use crate::index::Picture;
use crate::search;
use crate::synonyms::Synonyms;

/// How a library is opened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Options {
    /// The folder of articles; it must exist.
    pub folder: PathBuf,
    /// How often the folder is looked at.
    pub poll: Duration,
    /// Where readers' verdicts are kept; in memory if absent.
    pub state: Option<PathBuf>,
    /// Words that mean the same.
    pub synonyms: Synonyms,
}

impl Options {
    /// How often a folder is looked at unless said otherwise.
    pub const DEFAULT_POLL: Duration = Duration::from_secs(2);

    /// This folder, with the defaults.
    pub fn new(folder: impl Into<PathBuf>) -> Self {
        Self { folder: folder.into(), poll: Self::DEFAULT_POLL, state: None, synonyms: Synonyms::default() }
    }
}

/// Why the library could not do something.
#[derive(Debug)]
#[non_exhaustive]
pub enum Error {
    /// The folder cannot be listed.
    Folder(PathBuf, io::Error),
    /// The verdicts' file cannot be read or written.
    State(io::Error),
    /// The index could not be made or read: a fault of ours.
    Index(tantivy::TantivyError),
    /// There is no article with this id.
    NotFound(String),
    /// The thread that looks at the folder could not be started.
    Thread(io::Error),
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Folder(path, error) => write!(f, "the folder {} cannot be read: {error}", path.display()),
            Self::State(error) => write!(f, "the file of verdicts cannot be used: {error}"),
            Self::Index(error) => write!(f, "the index failed: {error}"),
            Self::NotFound(id) => write!(f, "there is no article {id}"),
            Self::Thread(error) => write!(f, "the folder's thread could not be started: {error}"),
        }
    }
}

impl std::error::Error for Error {}

impl From<tantivy::TantivyError> for Error {
    fn from(error: tantivy::TantivyError) -> Self {
        Self::Index(error)
    }
}

/// What the library tells while it works; made for a log.
#[derive(Debug)]
#[non_exhaustive]
pub enum Notice {
    /// A new picture is being searched.
    Indexed {
        /// How many articles it has.
        articles: usize,
        /// How many files are broken.
        broken: usize,
    },
    /// A file is not an article; told once for each picture.
    Broken(Broken),
    /// The folder could not be looked at, or not be indexed; the last picture stays. Told once until it is well.
    Failed(Error),
}

impl fmt::Display for Notice {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Indexed { articles, broken } => {
                write!(f, "{articles} articles indexed, {broken} files left out")
            }
            Self::Broken(broken) => write!(f, "{}: {}", broken.path, broken.fault),
            Self::Failed(error) => write!(f, "the last index stays: {error}"),
        }
    }
}

/// Takes the library's notices, on the thread that opens it and then on its own.
pub type Reporter = Box<dyn Fn(&Notice) + Send>;

/// How the library is.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Status {
    /// Articles that are searched.
    pub articles: usize,
    /// Files that are not, and why.
    pub broken: Vec<Broken>,
    /// Why the folder cannot be looked at now, if it cannot: what is searched is its last state.
    pub stale: Option<String>,
}

/// An open library; dropping it ends its thread.
pub struct Library {
    shared: Arc<Shared>,
    feedback: Mutex<Feedback>,
    /// What it has counted: searches never wait for a verdict's way to the disk.
    counts: Counts,
    /// Dropped to end the thread.
    stop: Option<Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

struct Shared {
    picture: RwLock<Arc<Picture>>,
    stale: Mutex<Option<String>>,
}

impl Library {
    /// Reads and indexes the folder, then keeps looking at it.
    pub fn open(options: Options, reporter: Reporter) -> Result<Self, Error> {
        let feedback = Feedback::open(options.state.as_deref()).map_err(Error::State)?;
        let mut folder = Folder::new(options.folder.clone());
        let content = folder.look().map_err(|error| Error::Folder(options.folder.clone(), error))?;
        let picture = Arc::new(Picture::of(content.unwrap_or_default(), &options.synonyms)?);
        report(&picture, &reporter);
        let shared = Arc::new(Shared { picture: RwLock::new(picture), stale: Mutex::new(None) });
        let (stop, stopped) = mpsc::channel();
        let (path, synonyms) = (options.folder, options.synonyms);
        let keeper = Keeper { folder, path, synonyms, shared: Arc::clone(&shared), reporter };
        let thread = thread::Builder::new().name("faq-folder".to_owned()).spawn(move || {
            keeper.keep(|| stopped.recv_timeout(options.poll) == Err(RecvTimeoutError::Timeout));
        });
        let thread = Some(thread.map_err(Error::Thread)?);
        let counts = feedback.counts();
        Ok(Self { shared, feedback: Mutex::new(feedback), counts, stop: Some(stop), thread })
    }

    /// The articles that fit, best first; what readers said of them counts a little. Any text is only words. Language and category are filters; a language
    /// is compared by its primary subtag, a category without regard to case and accents.
    pub fn search(&self, request: &SearchRequest) -> Result<Vec<FaqHit>, Error> {
        let factor = |id: &str| self.counts.of(id).factor();
        Ok(search::search(&self.shared.picture(), request, &factor)?)
    }

    /// The article with this id.
    pub fn get(&self, id: &str) -> Option<Arc<Article>> {
        self.shared.picture().get(id).map(Arc::clone)
    }

    /// The categories by name, with their numbers of articles. Names that differ in case or accents only are one.
    pub fn categories(&self) -> Vec<Category> {
        let mut categories: BTreeMap<String, Category> = BTreeMap::new();
        for article in &self.shared.picture().articles {
            let Some(name) = &article.category else { continue };
            let category = categories.entry(category_key(name)).or_default();
            if category.count == 0 {
                category.name.clone_from(name);
            }
            category.count += 1;
        }
        categories.into_values().collect()
    }

    /// Counts a reader's verdict; on disk when it returns, if a file is configured.
    pub fn feedback(&self, id: &str, helpful: bool) -> Result<(), Error> {
        if self.shared.picture().get(id).is_none() {
            return Err(Error::NotFound(id.to_owned()));
        }
        let mut feedback = self.feedback.lock().unwrap_or_else(PoisonError::into_inner);
        feedback.add(id, helpful).map_err(Error::State)
    }

    /// What readers said of an article.
    pub fn verdicts(&self, id: &str) -> Verdicts {
        self.counts.of(id)
    }

    /// How the library is.
    pub fn status(&self) -> Status {
        let picture = self.shared.picture();
        let stale = self.shared.stale.lock().unwrap_or_else(PoisonError::into_inner).clone();
        Status { articles: picture.articles.len(), broken: picture.broken.clone(), stale }
    }
}

impl Drop for Library {
    fn drop(&mut self) {
        drop(self.stop.take());
        if let Some(thread) = self.thread.take() {
            // A panic there was told by the thread itself; there is nobody left to tell it to.
            let _ = thread.join();
        }
    }
}

impl Shared {
    fn picture(&self) -> Arc<Picture> {
        Arc::clone(&self.picture.read().unwrap_or_else(PoisonError::into_inner))
    }
}

/// The thread that looks at the folder.
struct Keeper {
    folder: Folder,
    path: PathBuf,
    synonyms: Synonyms,
    shared: Arc<Shared>,
    reporter: Reporter,
}

impl Keeper {
    fn keep(mut self, go_on: impl Fn() -> bool) {
        while go_on() {
            let looked = self.look();
            let mut stale = self.shared.stale.lock().unwrap_or_else(PoisonError::into_inner);
            match looked {
                Ok(()) => *stale = None,
                Err(error) => {
                    if stale.replace(error.to_string()).is_none() {
                        drop(stale);
                        (self.reporter)(&Notice::Failed(error));
                    }
                }
            }
        }
    }

    fn look(&mut self) -> Result<(), Error> {
        let looked = self.folder.look().map_err(|error| Error::Folder(self.path.clone(), error))?;
        let Some(content) = looked else { return Ok(()) };
        let picture = Arc::new(Picture::of(content, &self.synonyms)?);
        let before = {
            let mut place = self.shared.picture.write().unwrap_or_else(PoisonError::into_inner);
            std::mem::replace(&mut *place, Arc::clone(&picture))
        };
        // Outside the lock: giving back a large index takes a while.
        drop(before);
        report(&picture, &self.reporter);
        Ok(())
    }
}

fn report(picture: &Picture, reporter: &Reporter) {
    for broken in &picture.broken {
        reporter(&Notice::Broken(broken.clone()));
    }
    reporter(&Notice::Indexed { articles: picture.articles.len(), broken: picture.broken.len() });
}
