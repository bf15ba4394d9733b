//! Crashes and rot: an unfinished append is cut at any byte and any set of sectors, and everything committed
//! before is there; a flipped byte in anything committed is refused, with file and offset.

use hark_journal::*;
use std::path::{Path, PathBuf};

const SECTOR: usize = 512;

fn options(dir: &Path) -> Options {
    Options { segment_bytes: 16 << 10, prepare_ahead: false, ..Options::new(dir) }
}

fn commit(journal: &mut LocalJournal, payloads: &[Vec<u8>]) -> Seq {
    let mut batch = Batch::new();
    for payload in payloads {
        batch.push(RecordKind::Turn, payload).unwrap();
    }
    match journal.append(journal.last(), &mut batch) {
        Append::Committed(last) => last,
        other => panic!("{other:?}"),
    }
}

/// A journal's only segment before and after its last append.
struct Story {
    dir: tempfile::TempDir,
    file: PathBuf,
    before: Vec<u8>,
    after: Vec<u8>,
    /// Where the last append lies.
    from: usize,
    to: usize,
    /// The last record before it, and in it.
    kept: Seq,
    last: Seq,
}

impl Story {
    fn new(last_append: &[Vec<u8>]) -> Self {
        let dir = tempfile::tempdir().unwrap();
        let file = dir.path().join("journal-00000000000000000001.hark");
        let (mut journal, _) = LocalJournal::open(&options(dir.path())).unwrap();
        commit(&mut journal, &[vec![1; 30]]);
        let kept = commit(&mut journal, &[vec![2; 100], vec![3; 77]]);
        let before = std::fs::read(&file).unwrap();
        let last = commit(&mut journal, last_append);
        let after = std::fs::read(&file).unwrap();
        drop(journal);
        let from = (0..before.len()).find(|at| before[*at] != after[*at]).unwrap();
        let to = (0..after.len()).rfind(|at| after[*at] != 0).unwrap() + 1;
        Self { dir, file, before, after, from, to, kept, last }
    }

    fn sizes() -> Vec<Story> {
        let small = vec![vec![4; 20], vec![5; 33], vec![6; 1]];
        let one = vec![vec![7; 64]];
        let wide = vec![vec![8; 700], vec![0; 1_500], vec![9; 900]];
        [small, one, wide].iter().map(|append| Story::new(append)).collect()
    }

    fn put(&self, bytes: &[u8]) {
        std::fs::write(&self.file, bytes).unwrap();
    }

    /// Opens, checks that every committed record is there, and answers the last record before the barrier.
    fn opened(&self, what: &str) -> Seq {
        let checked = verify(self.dir.path()).unwrap();
        assert!(checked.is_sound(), "{what}: {:?}", checked.faults);
        let (mut journal, opened) =
            LocalJournal::open(&options(self.dir.path())).unwrap_or_else(|error| panic!("{what}: {error}"));
        assert!(opened.found >= self.kept, "{what}: lost {} to {}", opened.found.next(), self.kept);
        assert_eq!(opened.torn_bytes > 0, checked.torn.is_some(), "{what}");
        commit(&mut journal, &[b"goes on".to_vec()]);
        let records: Vec<_> = journal.read(Seq(1)).unwrap().map(Result::unwrap).collect();
        assert_eq!(records.len() as u64, journal.last().0, "{what}");
        assert_eq!(records[3].payload, vec![3; 77], "{what}");
        drop(journal);
        let again = verify(self.dir.path()).unwrap();
        assert!(again.is_sound() && again.torn.is_none(), "{what}: {again:?}");
        opened.found
    }

    /// Checks that opening and verifying refuse, naming the file, and answers the offset.
    fn refused(&self, what: &str) -> u64 {
        let error = LocalJournal::open(&options(self.dir.path())).err().unwrap_or_else(|| panic!("{what}"));
        let report = verify(self.dir.path()).unwrap();
        assert_eq!(report.faults[0].to_string(), error.to_string(), "{what}");
        match error {
            Error::Damaged { file, offset, .. } => {
                assert_eq!(file, self.file, "{what}");
                offset
            }
            other => panic!("{what}: {other}"),
        }
    }
}

#[test]
fn an_append_cut_at_any_byte_leaves_what_was_before() {
    for story in Story::sizes() {
        for cut in story.from..=story.to {
            let mut bytes = story.before.clone();
            bytes[story.from..cut].copy_from_slice(&story.after[story.from..cut]);
            story.put(&bytes);
            let found = story.opened(&format!("cut at {cut} of {}..{}", story.from, story.to));
            let whole = bytes == story.after;
            assert_eq!(found, if whole { story.last } else { story.kept }, "cut at {cut}");
        }
    }
}

#[test]
fn an_append_of_which_any_sectors_are_missing_leaves_what_was_before() {
    for story in Story::sizes() {
        let first = story.from / SECTOR;
        let sectors = story.to.div_ceil(SECTOR) - first;
        for written in 0..1_u32 << sectors {
            let mut bytes = story.before.clone();
            for sector in (0..sectors).filter(|sector| written & 1 << sector != 0) {
                let at = (first + sector) * SECTOR..(first + sector + 1) * SECTOR;
                bytes[at.clone()].copy_from_slice(&story.after[at]);
            }
            story.put(&bytes);
            let found = story.opened(&format!("sectors {written:b} of {sectors}"));
            let whole = bytes == story.after;
            assert_eq!(found, if whole { story.last } else { story.kept }, "sectors {written:b}");
        }
    }
}

#[test]
fn a_crash_while_a_torn_append_is_cut_leaves_what_was_before() {
    let story = Story::new(&[vec![8; 700], vec![0; 1_500], vec![9; 900]]);
    let mut torn = story.after.clone();
    let hole = (story.from / SECTOR + 2) * SECTOR;
    torn[hole..hole + SECTOR].fill(0);
    let mark = story.to - 24;
    for cut in mark..=story.to {
        let mut bytes = torn.clone();
        bytes[mark..cut].fill(0);
        story.put(&bytes);
        assert_eq!(story.opened(&format!("mark cut to {cut}")), story.kept);
    }
    torn[mark..story.to].fill(0);
    for cut in story.from..story.to {
        let mut bytes = torn.clone();
        bytes[story.from..cut].fill(0);
        story.put(&bytes);
        assert_eq!(story.opened(&format!("cleaned up to {cut}")), story.kept);
    }
}

#[test]
fn a_flipped_bit_in_any_byte_of_the_last_append_is_refused() {
    for story in Story::sizes() {
        for at in story.from..story.to {
            let mut bytes = story.after.clone();
            bytes[at] ^= 1 << (at % 8);
            story.put(&bytes);
            if story.is_zero_sector_of_payload(at) {
                continue;
            }
            let offset = story.refused(&format!("flip at {at} of {}..{}", story.from, story.to));
            assert!((story.from as u64..=at as u64).contains(&offset), "flip at {at} told as {offset}");
        }
    }
}

impl Story {
    /// A record whose own payload has a whole sector of zeroes cannot be told from one that lost it.
    fn is_zero_sector_of_payload(&self, at: usize) -> bool {
        let zeroes =
            self.after[self.from..self.to].windows(1_500).position(|part| part.iter().all(|b| *b == 0));
        let Some(zeroes) = zeroes.map(|from| self.from + from) else { return false };
        (zeroes - 20..zeroes + 1_508).contains(&at)
    }
}

#[test]
fn a_flipped_bit_in_anything_before_the_last_append_is_refused() {
    for story in Story::sizes() {
        for at in 0..story.from {
            let padding = story.after[at..].iter().take_while(|byte| **byte == 0).count();
            let mut bytes = story.after.clone();
            bytes[at] ^= 1 << (at % 8);
            story.put(&bytes);
            if at >= 64 && padding > 0 && story.is_padding(at) {
                continue;
            }
            let offset = story.refused(&format!("flip at {at}"));
            assert!(offset <= at as u64, "flip at {at} told as {offset}");
        }
    }
}

impl Story {
    /// Between the mark of an append and the next append are up to seven bytes that mean nothing.
    fn is_padding(&self, at: usize) -> bool {
        let close = 0xD00D_FEE7_u32.to_le_bytes();
        (0..7).any(|back| {
            let end = at.saturating_sub(back);
            self.after[end - 4..end] == close && at < end.next_multiple_of(8)
        })
    }
}

#[test]
fn a_torn_append_is_never_taken_for_one_that_others_follow() {
    let story = Story::new(&[vec![5; 700]]);
    let mut bytes = story.after.clone();
    let committed = story.from - 60;
    bytes[committed..committed + 40].fill(0);
    story.put(&bytes);
    assert!(story.refused("zeroes in a committed append") <= committed as u64);
}

#[test]
fn a_shortened_file_is_refused() {
    let story = Story::new(&[vec![5; 700]]);
    for length in [0, 10, 64, story.from, story.to, story.to + 1, story.after.len() - 1] {
        story.put(&story.after[..length]);
        assert!(story.refused(&format!("{length} bytes")) <= length as u64);
    }
}

#[test]
fn a_payload_that_looks_like_a_later_append_does_not_stop_recovery() {
    // The bytes of another journal's append: whole there, but salted otherwise.
    let other = Story::new(&[vec![5; 40]]);
    let forged = other.after[64..other.to].to_vec();
    let story = Story::new(&[vec![1; 700], forged, vec![2; 700]]);
    let mut bytes = story.after.clone();
    let hole = (story.from / SECTOR + 1) * SECTOR;
    bytes[hole..hole + SECTOR].fill(0);
    story.put(&bytes);
    assert_eq!(story.opened("a forged payload"), story.kept);
}

#[test]
fn one_flipped_bit_in_each_block_of_sealed_segments_is_refused() {
    let dir = tempfile::tempdir().unwrap();
    let (mut journal, _) = LocalJournal::open(&options(dir.path())).unwrap();
    for number in 0..200_u64 {
        commit(&mut journal, &[vec![number as u8 | 1; 300]]);
    }
    drop(journal);
    let mut files: Vec<_> =
        std::fs::read_dir(dir.path()).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.retain(|path| path.file_name().unwrap().to_str().unwrap().starts_with("journal-"));
    files.sort();
    for file in &files[..files.len() - 1] {
        let whole = std::fs::read(file).unwrap();
        for at in (100..whole.len() - 1_000).step_by(4096) {
            let mut broken = whole.clone();
            broken[at] ^= 0x10;
            std::fs::write(file, &broken).unwrap();
            match LocalJournal::open(&options(dir.path())).err().expect("refused") {
                Error::Damaged { file: named, offset, .. } => {
                    assert_eq!(&named, file);
                    assert!(offset <= at as u64 && at as u64 - offset < 400, "flip at {at} told as {offset}");
                }
                other => panic!("{other}"),
            }
        }
        std::fs::write(file, &whole).unwrap();
    }
    LocalJournal::open(&options(dir.path())).unwrap();
}
