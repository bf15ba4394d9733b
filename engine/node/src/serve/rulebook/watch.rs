//! Looks whether somebody changed scripts by hand, where the configuration asks for it, and lets them answer once they
//! pass. It compares names, times and sizes once a second, so that neither an editor's way of writing nor the kind of
//! file system matters. It never takes a file that is still being written, and never takes the configuration's own file.

use super::{Book, names, texts};
use crate::serve::not_reloaded;
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::os::unix::fs::MetadataExt as _;
use std::time::{Duration, SystemTime};

/// Between two looks while nothing happens.
const LOOK: Duration = Duration::from_secs(1);
/// How long nothing must have changed before a change is taken.
const QUIET: Duration = Duration::from_millis(500);

/// What tells that a file was written anew, without reading it: its place on the disk (another file was renamed into its
/// place), its size, and when it was written.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Mark {
    inode: u64,
    bytes: u64,
    written: Option<SystemTime>,
}

type Marks = BTreeMap<String, Mark>;

/// What a look says.
#[derive(Debug, PartialEq, Eq)]
enum Sight {
    /// Nothing has changed.
    Still,
    /// Something has, and may go on changing.
    Moving,
    /// Something had changed, and has been like this since the last look. Said once.
    Settled,
}

/// What was seen. It begins with nothing seen, so that files that changed before its first look are noticed.
#[derive(Debug, Default)]
struct Eye {
    known: Marks,
    last: Option<Marks>,
}

impl Eye {
    fn look(&mut self, now: Marks) -> Sight {
        if now == self.known {
            self.last = None;
            return Sight::Still;
        }
        if self.last.as_ref() == Some(&now) {
            (self.known, self.last) = (now, None);
            return Sight::Settled;
        }
        self.last = Some(now);
        Sight::Moving
    }
}

/// Looks for as long as the desk runs.
pub(crate) async fn watch(book: Book) {
    let (mut eye, mut pause) = (Eye::default(), LOOK);
    loop {
        tokio::time::sleep(pause).await;
        pause = LOOK;
        let looking = book.clone();
        let Ok(marks) = tokio::task::spawn_blocking(move || looking.marks()).await else { continue };
        match marks.map(|marks| eye.look(marks)) {
            None => eye = Eye::default(),
            Some(Sight::Still) => {}
            Some(Sight::Moving) => pause = QUIET,
            Some(Sight::Settled) => book.take_changes().await,
        }
    }
}

impl Book {
    /// How the scripts' files are; none when changes are not to be looked for.
    fn marks(&self) -> Option<Marks> {
        let config = self.0.config();
        if !config.scripts.reload_on_change {
            return None;
        }
        let root = config.below_base(&config.scripts.root);
        let mark = |name: String| {
            let file = fs::metadata(root.join(&name)).ok()?;
            Some((name, Mark { inode: file.ino(), bytes: file.len(), written: file.modified().ok() }))
        };
        Some(names(&config, &root).into_iter().filter_map(mark).collect())
    }

    /// Files whose text is another than when the scripts were loaded.
    fn changed(&self) -> BTreeSet<String> {
        let (then, now) = (self.0.rules.texts(), texts(&self.0.config()));
        let either = then.keys().chain(now.keys());
        either.filter(|name| then.get(*name) != now.get(*name)).cloned().collect()
    }

    /// Lets changed scripts answer, or tells why they do not. What answers already, published on the admin's page or
    /// taken by SIGHUP, is not taken again.
    async fn take_changes(&self) {
        let _turn = self.turn().await;
        let book = self.clone();
        let Ok(changed) = tokio::task::spawn_blocking(move || book.changed()).await else { return };
        if changed.is_empty() {
            return;
        }
        let files = changed.into_iter().collect::<Vec<_>>().join(", ");
        let config = self.0.config();
        match self.pass(&config).await {
            Ok(passed) => {
                self.adopt(config, passed);
                tracing::info!(%files, "reloaded: the scripts, whose files have changed");
            }
            Err(error) => {
                tracing::warn!(%files, "files of the scripts have changed, and are not taken");
                not_reloaded(&error);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn marks(files: &[(&str, u64, u64)]) -> Marks {
        let mark = |inode, bytes| Mark { inode, bytes, written: Some(SystemTime::UNIX_EPOCH) };
        files.iter().map(|(name, inode, bytes)| ((*name).to_owned(), mark(*inode, *bytes))).collect()
    }

    #[test]
    fn a_change_is_taken_once_and_only_when_it_is_over() {
        let mut eye = Eye::default();
        let first = marks(&[("a.lua", 1, 10)]);
        assert_eq!(eye.look(first.clone()), Sight::Moving);
        assert_eq!(eye.look(first.clone()), Sight::Settled);
        assert_eq!(eye.look(first.clone()), Sight::Still);
        // Written bit by bit.
        for bytes in [0, 4, 8] {
            assert_eq!(eye.look(marks(&[("a.lua", 1, bytes)])), Sight::Moving);
        }
        assert_eq!(eye.look(marks(&[("a.lua", 1, 8)])), Sight::Settled);
        assert_eq!(eye.look(marks(&[("a.lua", 1, 8)])), Sight::Still);
    }

    #[test]
    fn another_file_in_its_place_and_a_file_that_comes_or_goes_are_changes() {
        let begun = || {
            let mut eye = Eye::default();
            eye.look(marks(&[("a.lua", 1, 10)]));
            assert_eq!(eye.look(marks(&[("a.lua", 1, 10)])), Sight::Settled);
            eye
        };
        for other in [marks(&[("a.lua", 2, 10)]), marks(&[]), marks(&[("a.lua", 1, 10), ("b.lua", 3, 1)])] {
            let mut eye = begun();
            assert_eq!(eye.look(other.clone()), Sight::Moving, "{other:?}");
            assert_eq!(eye.look(other.clone()), Sight::Settled, "{other:?}");
        }
        let mut eye = begun();
        assert_eq!(eye.look(marks(&[])), Sight::Moving);
        // It was away for a moment only: nothing happened.
        assert_eq!(eye.look(marks(&[("a.lua", 1, 10)])), Sight::Still);
    }
}
