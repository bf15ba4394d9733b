//! Counts what readers said of articles: helped, or not.
//!
//! With a file, every verdict is on disk before it is acknowledged: one JSON object a line,
//! `{"id":"…","helpful":1,"unhelpful":0}`, added up per id when the file is read. It never stores who said it.

use std::collections::BTreeMap;
use std::fs::{self, File, OpenOptions};
use std::io::{self, BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::sync::{Arc, PoisonError, RwLock};

use serde::{Deserialize, Serialize};

/// A file of more lines than this is rewritten with one line per article when it is opened.
const COMPACT_FROM_LINES: usize = 10_000;
/// What verdicts add to an article's score at most, and take from it: words come first, verdicts decide between
/// articles that fit about as well.
pub(crate) const MOST_GAINED: f32 = 0.2;
/// So many verdicts have half of the effect of very many.
const DOUBT: f32 = 10.0;

/// The verdicts on one article.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub struct Verdicts {
    /// Readers it helped.
    pub helpful: u64,
    /// Readers it did not help.
    pub unhelpful: u64,
}

#[derive(Serialize, Deserialize)]
struct Line {
    id: String,
    helpful: u64,
    unhelpful: u64,
}

impl Verdicts {
    /// What the verdicts make of an article's score, as a factor: 1 without any, up to [`MOST_GAINED`] more for one that
    /// helped everybody, as much less for one that helped nobody. [`DOUBT`] verdicts weigh half, so that one reader
    /// moves little.
    pub(crate) fn factor(self) -> f32 {
        let (helpful, unhelpful) = (self.helpful as f32, self.unhelpful as f32);
        1.0 + MOST_GAINED * (helpful - unhelpful) / (helpful + unhelpful + DOUBT)
    }
}

/// The counts by article id. Readable while a verdict is being written to disk.
#[derive(Debug, Clone, Default)]
pub(crate) struct Counts(Arc<RwLock<BTreeMap<String, Verdicts>>>);

impl Counts {
    /// What was said of an article.
    pub(crate) fn of(&self, id: &str) -> Verdicts {
        self.0.read().unwrap_or_else(PoisonError::into_inner).get(id).copied().unwrap_or_default()
    }

    fn add(&self, line: &Line) {
        count(&mut self.0.write().unwrap_or_else(PoisonError::into_inner), line);
    }
}

/// Verdicts by article id, in memory and, if configured, in a file.
pub(crate) struct Feedback {
    counts: Counts,
    file: Option<File>,
}

impl Feedback {
    /// Reads the file, made if it is absent; without a path, counts in memory.
    pub(crate) fn open(path: Option<&Path>) -> io::Result<Self> {
        let Some(path) = path else { return Ok(Self { counts: Counts::default(), file: None }) };
        if let Some(parent) = path.parent().filter(|parent| !parent.as_os_str().is_empty()) {
            fs::create_dir_all(parent)?;
        }
        let (counts, lines) = read(path)?;
        if lines > COMPACT_FROM_LINES {
            rewrite(path, &counts)?;
        }
        let mut file = OpenOptions::new().create(true).append(true).open(path)?;
        // A line torn by a crash must not swallow the next one; an empty line counts nothing.
        file.write_all(b"\n")?;
        file.sync_all()?;
        sync_parent(path)?;
        Ok(Self { counts: Counts(Arc::new(RwLock::new(counts))), file: Some(file) })
    }

    /// Counts one verdict; on disk when it returns.
    pub(crate) fn add(&mut self, id: &str, helpful: bool) -> io::Result<()> {
        let line = Line { id: id.to_owned(), helpful: helpful.into(), unhelpful: (!helpful).into() };
        if let Some(file) = &mut self.file {
            let mut bytes = serde_json::to_vec(&line)?;
            bytes.push(b'\n');
            file.write_all(&bytes)?;
            file.sync_data()?;
        }
        self.counts.add(&line);
        Ok(())
    }

    /// The counts, as they are from now on.
    pub(crate) fn counts(&self) -> Counts {
        self.counts.clone()
    }
}

fn count(counts: &mut BTreeMap<String, Verdicts>, line: &Line) {
    let verdicts = counts.entry(line.id.clone()).or_default();
    verdicts.helpful = verdicts.helpful.saturating_add(line.helpful);
    verdicts.unhelpful = verdicts.unhelpful.saturating_add(line.unhelpful);
}

/// The counts and the number of lines; lines that are not ours (torn ones) are passed over.
fn read(path: &Path) -> io::Result<(BTreeMap<String, Verdicts>, usize)> {
    let mut counts = BTreeMap::new();
    let mut lines = 0;
    let file = match File::open(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok((counts, lines)),
        file => file?,
    };
    for line in BufReader::new(file).split(b'\n') {
        lines += 1;
        if let Ok(line) = serde_json::from_slice::<Line>(&line?) {
            count(&mut counts, &line);
        }
    }
    Ok((counts, lines))
}

/// Replaces the file whole, or not at all.
fn rewrite(path: &Path, counts: &BTreeMap<String, Verdicts>) -> io::Result<()> {
    let mut beside = path.as_os_str().to_owned();
    beside.push(".new");
    let beside = PathBuf::from(beside);
    let mut bytes = Vec::new();
    for (id, verdicts) in counts {
        let line = Line { id: id.clone(), helpful: verdicts.helpful, unhelpful: verdicts.unhelpful };
        serde_json::to_writer(&mut bytes, &line)?;
        bytes.push(b'\n');
    }
    let mut file = File::create(&beside)?;
    file.write_all(&bytes)?;
    file.sync_all()?;
    fs::rename(&beside, path)
}

fn sync_parent(path: &Path) -> io::Result<()> {
    let parent = path.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
    File::open(parent)?.sync_all()
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::{COMPACT_FROM_LINES, Feedback, Verdicts};

    #[test]
    fn verdicts_survive_a_restart_and_a_torn_line() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("state/feedback.ndjson");
        let mut feedback = Feedback::open(Some(&path)).unwrap();
        feedback.add("a", true).unwrap();
        feedback.add("a", false).unwrap();
        drop(feedback);
        let mut torn = fs::read(&path).unwrap();
        torn.extend(b"{\"id\":\"a\",\"hel");
        fs::write(&path, torn).unwrap();
        let mut feedback = Feedback::open(Some(&path)).unwrap();
        feedback.add("a", true).unwrap();
        drop(feedback);
        let feedback = Feedback::open(Some(&path)).unwrap();
        assert_eq!(feedback.counts().of("a"), Verdicts { helpful: 2, unhelpful: 1 });
        assert_eq!(feedback.counts().of("b"), Verdicts::default());
    }

    #[test]
    fn verdicts_move_a_score_a_little_and_never_far() {
        let factor = |helpful, unhelpful| Verdicts { helpful, unhelpful }.factor();
        assert_eq!((factor(0, 0), factor(5, 5)), (1.0, 1.0));
        assert_eq!((factor(10, 0), factor(0, 10)), (1.1, 0.9));
        assert!(factor(1, 0) < 1.02 && factor(u64::MAX, 0) <= 1.2 && factor(0, u64::MAX) >= 0.8);
    }

    #[test]
    fn a_long_file_is_rewritten_with_the_same_counts() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("feedback");
        let line = "{\"id\":\"a\",\"helpful\":1,\"unhelpful\":0}\n";
        fs::write(&path, line.repeat(COMPACT_FROM_LINES + 1)).unwrap();
        let helpful = COMPACT_FROM_LINES as u64 + 1;
        for _ in 0..2 {
            let feedback = Feedback::open(Some(&path)).unwrap();
            assert_eq!(feedback.counts().of("a"), Verdicts { helpful, unhelpful: 0 });
        }
        assert!(fs::metadata(&path).unwrap().len() < 100);
    }
}
