//! Reads the shim's record. Its layout is `struct record` of recorder.c.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

const HEAD: usize = 40;
const REQUEST_ID: &[u8] = b"x-request-id: ";

/// One thing that the process did below its folder, or sent.
#[derive(Debug)]
pub(super) enum Record {
    Created { path: String, inode: u64 },
    Length { inode: u64, length: u64 },
    Written { inode: u64, at: u64, data: Vec<u8> },
    Zeroed { inode: u64, at: u64, length: u64 },
    SyncBegan { inode: u64, sync: u64 },
    SyncEnded { sync: u64 },
    Renamed { from: String, to: String },
    Removed { path: String },
    FolderMade { path: String, inode: u64 },
    Sent { data: Vec<u8> },
}

/// All records of a file, in their order.
pub(super) fn read(file: &Path) -> Vec<Record> {
    let bytes = fs::read(file).expect("the record can be read");
    let (mut rest, mut records) = (bytes.as_slice(), Vec::new());
    while rest.len() >= HEAD {
        let short = |at: usize| u32::from_le_bytes(rest[at..at + 4].try_into().expect("four bytes"));
        let long = |at: usize| u64::from_le_bytes(rest[at..at + 8].try_into().expect("eight bytes"));
        let (kind, inode, at, length) = (short(0), long(16), long(24), long(32));
        let lengths = [short(4) as usize, short(8) as usize, short(12) as usize];
        let whole = HEAD + lengths.iter().sum::<usize>();
        if rest.len() < whole {
            break;
        }
        let text =
            |from: usize, bytes: usize| String::from_utf8_lossy(&rest[from..from + bytes]).into_owned();
        let from = text(HEAD, lengths[0]);
        let to = text(HEAD + lengths[0], lengths[1]);
        let data = rest[HEAD + lengths[0] + lengths[1]..whole].to_vec();
        records.push(match kind {
            1 => Record::Created { path: from, inode },
            2 => Record::Length { inode, length },
            3 => Record::Written { inode, at, data },
            4 => Record::Zeroed { inode, at, length },
            5 => Record::SyncBegan { inode, sync: at },
            6 => Record::SyncEnded { sync: at },
            7 => Record::Renamed { from, to },
            8 | 10 => Record::Removed { path: from },
            9 => Record::FolderMade { path: from, inode },
            11 => Record::Sent { data },
            other => panic!("a record of kind {other}"),
        });
        rest = &rest[whole..];
    }
    records
}

/// At which record each answer went out, by the answer's id.
pub(super) fn sent(records: &[Record]) -> BTreeMap<String, usize> {
    let mut sent = BTreeMap::new();
    for (at, record) in records.iter().enumerate() {
        let Record::Sent { data } = record else { continue };
        let places = data.windows(REQUEST_ID.len()).enumerate().filter(|(_, window)| *window == REQUEST_ID);
        for (place, _) in places {
            let id = data[place + REQUEST_ID.len()..].split(|byte| *byte == b'\r').next().unwrap_or_default();
            sent.entry(String::from_utf8_lossy(id).into_owned()).or_insert(at);
        }
    }
    sent
}
