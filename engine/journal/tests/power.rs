//! Power cuts, failing disks and full disks, on a disk in memory: what was acknowledged is there afterwards,
//! whole and once; what was not is there whole or not at all; nothing goes on after an error.

mod support;

use hark_journal::*;
use std::path::Path;
use std::sync::Arc;
use support::{Dice, Fault, SimDisk};

fn options(disk: &SimDisk) -> Options {
    let disk: Arc<dyn Disk> = Arc::new(disk.clone());
    Options { segment_bytes: 4096, prepare_ahead: false, disk, ..Options::new("/journal") }
}

/// What the outside knows of a journal.
#[derive(Default)]
struct Ledger {
    /// Acknowledged turns.
    acknowledged: Vec<Vec<u8>>,
    /// The append whose end nobody was told.
    open: Vec<Vec<u8>>,
    next: u64,
}

impl Ledger {
    fn append(&mut self, journal: &mut LocalJournal, dice: &mut Dice) -> Append {
        let mut batch = Batch::new();
        self.open = (0..=dice.roll(4)).map(|_| self.payload(dice)).collect();
        for payload in &self.open {
            batch.push(RecordKind::Turn, payload).unwrap();
        }
        let outcome = journal.append(journal.last(), &mut batch);
        if let Append::Committed(_) = outcome {
            self.acknowledged.append(&mut self.open);
        }
        outcome
    }

    fn payload(&mut self, dice: &mut Dice) -> Vec<u8> {
        self.next += 1;
        let length = dice.roll(700) as usize;
        self.next.to_le_bytes().into_iter().chain((0..length).map(|_| dice.roll(256) as u8)).collect()
    }

    /// Compares with what a recovered journal holds, and takes over what became of the open append.
    fn settle(&mut self, journal: &LocalJournal, what: &str) {
        let records = journal.read(Seq(1)).unwrap().map(Result::unwrap);
        let turns: Vec<_> =
            records.filter(|record| record.kind == RecordKind::Turn).map(|record| record.payload).collect();
        let acknowledged = self.acknowledged.len();
        assert!(turns.len() >= acknowledged, "{what}: {} of {acknowledged} are left", turns.len());
        assert!(turns[..acknowledged] == self.acknowledged, "{what}: something acknowledged has changed");
        let rest = &turns[acknowledged..];
        assert!(rest.is_empty() || rest == self.open, "{what}: an append is there in part");
        self.acknowledged = turns;
        self.open.clear();
    }
}

#[test]
fn a_thousand_power_cuts_lose_nothing_acknowledged() {
    for seed in 0..1_000_u64 {
        let mut dice = Dice(seed);
        let mut disk = SimDisk::default();
        let mut ledger = Ledger::default();
        for reign in 0..4 {
            let what = format!("seed {seed} reign {reign}");
            let (mut journal, _) =
                LocalJournal::open(&options(&disk)).unwrap_or_else(|error| panic!("{what}: {error}"));
            ledger.settle(&journal, &what);
            // The disk dies under some append, or some opening: from then on nothing is durable.
            for _ in 0..dice.roll(12) {
                assert!(matches!(ledger.append(&mut journal, &mut dice), Append::Committed(_)));
            }
            let fault =
                if dice.roll(2) == 0 { Fault::Sync(dice.roll(3)) } else { Fault::Write(dice.roll(2)) };
            disk.fail(Some(fault));
            while !matches!(ledger.append(&mut journal, &mut dice), Append::Unknown(_)) {}
            disk.fail(None);
            disk = disk.power_cut(&mut dice);
        }
    }
}

#[test]
fn a_power_cut_while_opening_loses_nothing() {
    for seed in 0..500_u64 {
        let mut dice = Dice(seed);
        let mut disk = SimDisk::default();
        let mut ledger = Ledger::default();
        {
            let (mut journal, _) = LocalJournal::open(&options(&disk)).unwrap();
            for _ in 0..dice.roll(10) {
                assert!(matches!(ledger.append(&mut journal, &mut dice), Append::Committed(_)));
            }
            disk.fail(Some(Fault::Sync(0)));
            assert!(matches!(ledger.append(&mut journal, &mut dice), Append::Unknown(_)));
        }
        for _ in 0..3 {
            disk = disk.power_cut(&mut dice);
            disk.fail(Some(Fault::Sync(dice.roll(5))));
            // It may open or not; either way the power goes.
            drop(LocalJournal::open(&options(&disk)));
        }
        disk = disk.power_cut(&mut dice);
        let (journal, _) = LocalJournal::open(&options(&disk)).unwrap_or_else(|e| panic!("seed {seed}: {e}"));
        ledger.settle(&journal, &format!("seed {seed}"));
    }
}

#[test]
fn after_a_failed_sync_nothing_is_written_or_synced_again() {
    let disk = SimDisk::default();
    let mut dice = Dice(1);
    let (mut journal, _) = LocalJournal::open(&options(&disk)).unwrap();
    let mut ledger = Ledger::default();
    assert!(matches!(ledger.append(&mut journal, &mut dice), Append::Committed(_)));
    let last = journal.last();
    disk.fail(Some(Fault::Sync(0)));
    assert!(matches!(ledger.append(&mut journal, &mut dice), Append::Unknown(_)));
    disk.fail(None);
    let syncs = disk.syncs();
    for _ in 0..3 {
        assert!(matches!(ledger.append(&mut journal, &mut dice), Append::Unknown(_)));
    }
    assert_eq!((disk.syncs(), journal.last()), (syncs, last));
    assert!(journal.poisoned().is_some());
    assert!(journal.read(Seq(1)).unwrap().map(Result::unwrap).all(|record| record.seq <= last));
}

#[test]
fn what_a_failed_sync_left_in_memory_is_made_durable_by_the_next_opening() {
    let disk = SimDisk::default();
    let mut ledger = Ledger::default();
    let mut dice = Dice(5);
    let (mut journal, _) = LocalJournal::open(&options(&disk)).unwrap();
    disk.fail(Some(Fault::Sync(0)));
    assert!(matches!(ledger.append(&mut journal, &mut dice), Append::Unknown(_)));
    drop(journal);
    let disk = disk.killed();
    let (journal, _) = LocalJournal::open(&options(&disk)).unwrap();
    ledger.settle(&journal, "after the kill");
    assert!(!ledger.acknowledged.is_empty(), "it was all written");
    drop(journal);
    let disk = disk.power_cut(&mut Dice(0));
    ledger.settle(&LocalJournal::open(&options(&disk)).unwrap().0, "after the power cut");
}

#[test]
fn a_full_disk_refuses_and_goes_on_when_there_is_room() {
    let disk = SimDisk::default();
    let mut ledger = Ledger::default();
    let mut dice = Dice(9);
    let (mut journal, _) = LocalJournal::open(&options(&disk)).unwrap();
    disk.fail(Some(Fault::Full(3 * 4096)));
    let mut committed = 0;
    let refused = loop {
        match ledger.append(&mut journal, &mut dice) {
            Append::Committed(_) => committed += 1,
            other => break other,
        }
    };
    assert!(matches!(refused, Append::NoSpace(_)), "{refused:?}");
    assert!(committed > 5 && journal.poisoned().is_none());
    assert!(matches!(ledger.append(&mut journal, &mut dice), Append::NoSpace(_) | Append::Committed(_)));
    ledger.open.clear();
    ledger.settle(&journal, "full");
    disk.fail(None);
    for _ in 0..20 {
        assert!(matches!(ledger.append(&mut journal, &mut dice), Append::Committed(_)));
    }
    drop(journal);
    ledger.settle(&LocalJournal::open(&options(&disk)).unwrap().0, "room again");
    assert!(verify_on(&disk, Path::new("/journal")).unwrap().is_sound());
}

#[test]
fn snapshots_and_trims_survive_power_cuts() {
    for seed in 0..300_u64 {
        let mut dice = Dice(seed);
        let mut disk = SimDisk::default();
        let mut kept = Seq::NONE;
        for reign in 0..4 {
            let what = format!("seed {seed} reign {reign}");
            let (mut journal, opened) =
                LocalJournal::open(&options(&disk)).unwrap_or_else(|error| panic!("{what}: {error}"));
            let latest = journal.latest_snapshot().unwrap();
            let from = latest.snapshot.map_or(Seq::NONE, |snapshot| snapshot.seq);
            assert!(latest.broken.is_empty() && from >= kept, "{what}: {:?}", latest.broken);
            assert!(opened.first <= from.next(), "{what}: no records after the snapshot");
            assert_eq!(
                journal.read(from.next()).unwrap().count() as u64,
                journal.last().0 - from.0,
                "{what}"
            );
            let mut ledger = Ledger::default();
            let faulty = dice.roll(2) == 0;
            if faulty {
                disk.fail(Some(Fault::Sync(5 + dice.roll(40))));
            }
            for _ in 0..6 {
                for _ in 0..5 {
                    let _ = ledger.append(&mut journal, &mut dice);
                }
                if journal.write_snapshot(journal.last(), &[reign; 3_000]).is_ok() {
                    kept = journal.last();
                }
                let _ = journal.trim(journal.last());
            }
            disk.fail(None);
            disk = disk.power_cut(&mut dice);
        }
    }
}
