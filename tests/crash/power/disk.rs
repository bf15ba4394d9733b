//! A disk as a power cut finds it: of every file and folder what is durable, and what was done since its last sync. A
//! sync of a file makes what was done to it before the sync began durable; its name is the folder's, and durable when
//! the folder was synced.

use super::trace::Record;
use std::collections::{BTreeMap, HashMap};
use std::fs;
use std::os::unix::fs::MetadataExt as _;
use std::path::Path;

/// A change of a file's bytes.
#[derive(Debug, Clone)]
pub(super) enum Change {
    Write { at: u64, data: Vec<u8> },
    Zero { at: u64, length: u64 },
    Length(u64),
}

/// Names of a folder that change together: `None` takes one away.
pub(super) type Names = Vec<(String, Option<usize>)>;

/// A file or folder: what is durable, and what is not yet, by the number of the record that did it.
#[derive(Debug)]
pub(super) enum Node {
    File { durable: Vec<u8>, pending: Vec<(usize, Change)> },
    Folder { durable: BTreeMap<String, usize>, now: BTreeMap<String, usize>, pending: Vec<(usize, Names)> },
}

/// See the module. Node 0 is the folder that was recorded.
#[derive(Debug)]
pub(super) struct Disk {
    pub(super) nodes: Vec<Node>,
    root: String,
    by_inode: HashMap<u64, usize>,
    syncs: HashMap<u64, (usize, usize)>,
}

/// A copy of a folder before the recording: all of it is durable.
#[derive(Debug)]
pub(super) struct Before {
    root: String,
    /// Paths in the folder, each after its parent, with inode and bytes; a folder has none.
    entries: Vec<(String, u64, Option<Vec<u8>>)>,
}

impl Before {
    pub(super) fn of(folder: &Path) -> Self {
        let root = folder.display().to_string();
        let inode = fs::metadata(folder).expect("the folder is there").ino();
        let mut entries = vec![(root.clone(), inode, None)];
        let mut at = 0;
        while at < entries.len() {
            if entries[at].2.is_none() {
                for entry in fs::read_dir(&entries[at].0).expect("a folder can be read") {
                    let path = entry.expect("an entry can be read").path();
                    let meta = fs::metadata(&path).expect("an entry is there");
                    let bytes = meta.is_file().then(|| fs::read(&path).expect("a file can be read"));
                    entries.push((path.display().to_string(), meta.ino(), bytes));
                }
            }
            at += 1;
        }
        Self { root, entries }
    }
}

impl Disk {
    pub(super) fn of(before: &Before) -> Self {
        let mut disk = Self {
            nodes: Vec::new(),
            root: before.root.clone(),
            by_inode: HashMap::new(),
            syncs: HashMap::new(),
        };
        for (path, inode, bytes) in &before.entries {
            let node = match bytes {
                Some(bytes) => disk.file(bytes.clone(), *inode),
                None => disk.folder(*inode),
            };
            if node > 0 {
                let (parent, name) = disk.place(path);
                let Node::Folder { durable, now, .. } = &mut disk.nodes[parent] else {
                    unreachable!("a parent")
                };
                durable.insert(name.clone(), node);
                now.insert(name, node);
            }
        }
        disk
    }

    fn add(&mut self, node: Node, inode: u64) -> usize {
        self.nodes.push(node);
        self.by_inode.insert(inode, self.nodes.len() - 1);
        self.nodes.len() - 1
    }

    fn file(&mut self, durable: Vec<u8>, inode: u64) -> usize {
        self.add(Node::File { durable, pending: Vec::new() }, inode)
    }

    fn folder(&mut self, inode: u64) -> usize {
        let (durable, now, pending) = (BTreeMap::new(), BTreeMap::new(), Vec::new());
        self.add(Node::Folder { durable, now, pending }, inode)
    }

    /// The folder of a path, and its name in there.
    fn place(&self, path: &str) -> (usize, String) {
        let inner = path.strip_prefix(&self.root).unwrap_or_else(|| panic!("{path} lies in {}", self.root));
        let mut names: Vec<&str> = inner.split('/').filter(|name| !name.is_empty()).collect();
        let name = names.pop().expect("the folder itself is never changed").to_owned();
        let mut at = 0;
        for name in names {
            let Node::Folder { now, .. } = &self.nodes[at] else { panic!("{path} leads through a file") };
            at = *now.get(name).unwrap_or_else(|| panic!("{path} leads through {name}, which is not there"));
        }
        (at, name)
    }

    fn name(&mut self, at: usize, folder: usize, names: Names) {
        let Node::Folder { now, pending, .. } = &mut self.nodes[folder] else {
            panic!("a file has no names")
        };
        for (name, node) in &names {
            match node {
                Some(node) => now.insert(name.clone(), *node),
                None => now.remove(name),
            };
        }
        pending.push((at, names));
    }

    fn change(&mut self, at: usize, inode: u64, change: Change) {
        let node = self.by_inode[&inode];
        let Node::File { pending, .. } = &mut self.nodes[node] else { panic!("a folder has no bytes") };
        pending.push((at, change));
    }

    /// Does what record `at` says.
    pub(super) fn take(&mut self, at: usize, record: &Record) {
        match record {
            Record::Created { path, inode } => {
                let (folder, name) = self.place(path);
                let node = self.file(Vec::new(), *inode);
                self.name(at, folder, vec![(name, Some(node))]);
            }
            Record::FolderMade { path, inode } => {
                let (folder, name) = self.place(path);
                let node = self.folder(*inode);
                self.name(at, folder, vec![(name, Some(node))]);
            }
            Record::Removed { path } => {
                let (folder, name) = self.place(path);
                self.name(at, folder, vec![(name, None)]);
            }
            Record::Renamed { from, to } => self.rename(at, from, to),
            Record::Length { inode, length } => self.change(at, *inode, Change::Length(*length)),
            Record::Written { inode, at: place, data } => {
                self.change(at, *inode, Change::Write { at: *place, data: data.clone() });
            }
            Record::Zeroed { inode, at: place, length } => {
                self.change(at, *inode, Change::Zero { at: *place, length: *length });
            }
            Record::SyncBegan { inode, sync } => {
                let node = self.by_inode.get(inode).copied();
                self.syncs.extend(node.map(|node| (*sync, (node, at))));
            }
            Record::SyncEnded { sync } => {
                if let Some((node, began)) = self.syncs.remove(sync) {
                    self.nodes[node].settle(began);
                }
            }
            Record::Sent { .. } => {}
        }
    }

    fn rename(&mut self, at: usize, from: &str, to: &str) {
        let ((folder, from), (target, to)) = (self.place(from), self.place(to));
        let Node::Folder { now, .. } = &self.nodes[folder] else { panic!("a file has no names") };
        let node = *now.get(&from).expect("what is renamed is there");
        if folder == target {
            return self.name(at, folder, vec![(from, None), (to, Some(node))]);
        }
        self.name(at, target, vec![(to, Some(node))]);
        self.name(at, folder, vec![(from, None)]);
    }
}

impl Node {
    /// Makes what was done before a record durable.
    fn settle(&mut self, before: usize) {
        match self {
            Self::File { durable, pending } => {
                let rest = pending.partition_point(|(at, _)| *at < before);
                pending.drain(..rest).for_each(|(_, change)| change.apply(durable));
            }
            Self::Folder { durable, pending, .. } => {
                let rest = pending.partition_point(|(at, _)| *at < before);
                pending.drain(..rest).for_each(|(_, names)| apply(&names, durable));
            }
        }
    }
}

/// Changes names.
pub(super) fn apply(names: &Names, folder: &mut BTreeMap<String, usize>) {
    for (name, node) in names {
        match node {
            Some(node) => folder.insert(name.clone(), *node),
            None => folder.remove(name),
        };
    }
}

impl Change {
    /// Where it begins and ends; a change of length has no bytes.
    pub(super) fn span(&self) -> (u64, u64) {
        match self {
            Self::Write { at, data } => (*at, *at + data.len() as u64),
            Self::Zero { at, length } => (*at, *at + length),
            Self::Length(length) => (*length, *length),
        }
    }

    /// Does all of it.
    pub(super) fn apply(&self, bytes: &mut Vec<u8>) {
        let (from, to) = self.span();
        match self {
            Self::Length(length) => bytes.resize(*length as usize, 0),
            Self::Write { .. } | Self::Zero { .. } => self.apply_part(bytes, from, to),
        }
    }

    /// Does the part of it that lies between two places.
    pub(super) fn apply_part(&self, bytes: &mut Vec<u8>, from: u64, to: u64) {
        let (begin, end) = self.span();
        let (from, to) = (from.max(begin), to.min(end));
        if from >= to {
            return;
        }
        if (bytes.len() as u64) < to {
            bytes.resize(to as usize, 0);
        }
        let part = &mut bytes[from as usize..to as usize];
        match self {
            Self::Write { data, .. } => {
                part.copy_from_slice(&data[(from - begin) as usize..(to - begin) as usize]);
            }
            Self::Zero { .. } | Self::Length(_) => part.fill(0),
        }
    }
}
