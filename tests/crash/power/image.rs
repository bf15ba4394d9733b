//! An image of the disk at a cut: everything synced is there, and of what was not synced whatever a disk may have made of
//! it. A sector of 512 bytes is whole: it is as some write left it that was not yet synced, or as the last sync did.

use super::disk::{Change, Disk, Node, apply};
use hark_tests::Seed;
use std::collections::{BTreeMap, HashMap};
use std::fs;
use std::path::Path;

const SECTOR: u64 = 512;

/// What became of what was not synced.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Manner {
    /// All of it is gone.
    Dropped,
    /// All of it is there.
    Kept,
    /// Everything up to some moment is there.
    Prefix,
    /// Names come and go one by one, and each sector is as any of its writes left it.
    Torn,
}

const MANNERS: [Manner; 4] = [Manner::Dropped, Manner::Kept, Manner::Prefix, Manner::Torn];

/// A folder's files and folders by their paths; a folder has no bytes.
pub(super) type Files = Vec<(String, Option<Vec<u8>>)>;

/// Cuts an image. Half of the images treat everything alike, the others each file and folder by itself.
pub(super) fn cut(disk: &Disk, at: usize, dice: &mut Seed) -> (Manner, Files) {
    let manner = MANNERS[dice.below(4) as usize];
    let alike = dice.chance(50);
    let until = at - dice.below(at.min(40) as u64 + 1) as usize;
    let mut files = Files::new();
    let mut cutter = Cutter { disk, until, manner, alike, dice };
    cutter.folder(0, "", &mut files);
    (manner, files)
}

struct Cutter<'a> {
    disk: &'a Disk,
    /// The moment of a prefix.
    until: usize,
    manner: Manner,
    alike: bool,
    dice: &'a mut Seed,
}

impl Cutter<'_> {
    fn manner(&mut self) -> Manner {
        if self.alike { self.manner } else { MANNERS[self.dice.below(4) as usize] }
    }

    fn folder(&mut self, node: usize, path: &str, files: &mut Files) {
        let Node::Folder { durable, pending, .. } = &self.disk.nodes[node] else { unreachable!("a folder") };
        let (mut names, manner) = (durable.clone(), self.manner());
        for (at, change) in pending {
            let kept = match manner {
                Manner::Dropped => false,
                Manner::Kept => true,
                Manner::Prefix => *at < self.until,
                Manner::Torn => self.dice.chance(50),
            };
            if kept {
                apply(change, &mut names);
            }
        }
        self.entries(names, path, files);
    }

    fn entries(&mut self, names: BTreeMap<String, usize>, path: &str, files: &mut Files) {
        for (name, node) in names {
            let path = if path.is_empty() { name } else { format!("{path}/{name}") };
            match &self.disk.nodes[node] {
                Node::Folder { .. } => {
                    files.push((path.clone(), None));
                    self.folder(node, &path, files);
                }
                Node::File { durable, pending } => {
                    let bytes = self.file(durable, pending);
                    files.push((path, Some(bytes)));
                }
            }
        }
    }

    fn file(&mut self, durable: &[u8], pending: &[(usize, Change)]) -> Vec<u8> {
        let mut bytes = durable.to_vec();
        let manner = self.manner();
        let whole = match manner {
            Manner::Dropped => 0,
            Manner::Kept => pending.len(),
            Manner::Prefix => pending.partition_point(|(at, _)| *at < self.until),
            Manner::Torn => return self.tear(bytes, pending),
        };
        pending[..whole].iter().for_each(|(_, change)| change.apply(&mut bytes));
        bytes
    }

    /// Each sector is as it was after some number of the writes, and so is the length.
    fn tear(&mut self, mut bytes: Vec<u8>, pending: &[(usize, Change)]) -> Vec<u8> {
        let count = pending.len() as u64 + 1;
        let lengths = self.dice.below(count);
        let mut writes: HashMap<u64, u64> = HashMap::new();
        for (place, (_, change)) in pending.iter().enumerate() {
            let place = place as u64;
            if matches!(change, Change::Length(_)) {
                if place < lengths {
                    change.apply(&mut bytes);
                }
                continue;
            }
            let (from, to) = change.span();
            for sector in from / SECTOR..to.div_ceil(SECTOR) {
                let until = *writes.entry(sector).or_insert_with(|| self.dice.below(count));
                if place < until {
                    change.apply_part(&mut bytes, sector * SECTOR, (sector + 1) * SECTOR);
                }
            }
        }
        bytes
    }
}

/// Writes an image into a folder that is not there yet.
pub(super) fn write(files: &Files, folder: &Path) {
    fs::create_dir(folder).expect("a folder can be made");
    for (path, bytes) in files {
        let path = folder.join(path);
        match bytes {
            Some(bytes) => fs::write(path, bytes).expect("a file can be written"),
            None => fs::create_dir(path).expect("a folder can be made"),
        }
    }
}
