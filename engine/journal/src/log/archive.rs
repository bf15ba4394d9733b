//! Segments that the running journal needs no more, kept whole in a folder of their own for whoever makes something anew
//! from the beginning. Nothing is ever written into one; opening the journal does not look at them.

use super::opening;
use super::segment::{self, Segment};
use crate::{Disk, Error, Seq};
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Folder of the archive, inside the journal's.
pub(crate) const ARCHIVE: &str = "archive";

/// See the module.
pub(crate) struct Archive {
    disk: Arc<dyn Disk>,
    journal: PathBuf,
    dir: PathBuf,
}

impl Archive {
    /// The archive of the journal in a folder; made when it is not there.
    pub(crate) fn open(disk: &Arc<dyn Disk>, journal: &Path) -> Result<Self, Error> {
        let dir = journal.join(ARCHIVE);
        disk.create_dir(&dir).map_err(Error::io("create", &dir))?;
        Ok(Self { disk: Arc::clone(disk), journal: journal.to_path_buf(), dir })
    }

    /// Takes a segment over from the journal, durably: it is in one of both folders at any time.
    pub(crate) fn take(&self, segment: &Segment) -> Result<(), Error> {
        let kept = self.dir.join(segment::file_name(segment.header.first));
        self.disk.rename(&segment.path, &kept).map_err(Error::io("archive", &segment.path))?;
        for dir in [&self.dir, &self.journal] {
            self.disk.sync_dir(dir).map_err(Error::io("sync", dir))?;
        }
        Ok(())
    }

    fn list(&self) -> Result<Vec<(Seq, PathBuf)>, Error> {
        segment::list(&*self.disk, &self.dir)
    }

    /// First record of the segment in which `wanted` lies or would lie.
    pub(crate) fn place_of(&self, wanted: Seq) -> Result<Option<Seq>, Error> {
        Ok(self.list()?.into_iter().map(|(first, _)| first).rfind(|first| *first <= wanted))
    }

    /// The segment in which `wanted` lies or would lie, with its whole content to be read.
    ///
    /// # Errors
    /// It cannot be read, or is damaged.
    pub(crate) fn segment_of(&self, wanted: Seq) -> Result<Option<Arc<Segment>>, Error> {
        let Some((first, path)) = self.list()?.into_iter().rfind(|(first, _)| *first <= wanted) else {
            return Ok(None);
        };
        let (segment, walked) = self.walk(first, &path)?;
        match walked.stopped {
            Some(damage) => Err(Error::damaged(&path, walked.walker.at, damage)),
            None => Ok(Some(segment)),
        }
    }

    fn walk(&self, first: Seq, path: &Path) -> Result<(Arc<Segment>, opening::Walked), Error> {
        let file = self.disk.open_read(path).map_err(Error::io("open", path))?;
        let segment = Arc::new(Segment::open(path, file, first)?);
        let walked = opening::walk(&segment)?;
        segment.commit(walked.walker.at);
        Ok((segment, walked))
    }

    /// The first record from which everything up to the journal's own first, `live`, can be read. Reads it all.
    pub(crate) fn first(&self, live: Seq) -> Seq {
        let mut reaches = live;
        let found =
            self.list().inspect_err(|error| tracing::error!(%error, "the archive cannot be looked at"));
        for (first, path) in found.unwrap_or_default().into_iter().rev().filter(|(first, _)| *first < live) {
            let sealed =
                self.walk(first, &path).and_then(|(_, walked)| opening::check_sealed(&walked, reaches));
            if let Err(error) = sealed {
                tracing::error!(%error, "a segment of the archive cannot be read: what lies before is not made anew");
                break;
            }
            reaches = first;
        }
        reaches
    }

    /// Deletes segments that have nothing from `needed` on. The last one always stays: only what follows tells its end.
    pub(crate) fn forget(&self, needed: Seq) -> Result<(), Error> {
        let segments = self.list()?;
        for pair in segments.windows(2).take_while(|pair| pair[1].0 <= needed) {
            let (_, path) = &pair[0];
            self.disk.remove(path).map_err(Error::io("delete", path))?;
            self.disk.sync_dir(&self.dir).map_err(Error::io("sync", &self.dir))?;
        }
        Ok(())
    }
}
