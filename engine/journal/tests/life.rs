//! The journal through its public door, on real files: what is appended comes back, in order, after any
//! number of openings, rotations and trims.

use hark_journal::*;
use std::path::Path;

fn options(dir: &Path) -> Options {
    Options { segment_bytes: 4096, prepare_ahead: false, ..Options::new(dir) }
}

fn open(dir: &Path) -> (LocalJournal, Opened) {
    LocalJournal::open(&options(dir)).expect("the journal opens")
}

fn append(journal: &mut impl Journal, payloads: &[Vec<u8>]) -> Seq {
    let mut batch = Batch::new();
    for payload in payloads {
        batch.push(RecordKind::Turn, payload).expect("small");
    }
    match journal.append(journal.last(), &mut batch) {
        Append::Committed(last) => last,
        other => panic!("{other:?}"),
    }
}

fn payload(number: u64) -> Vec<u8> {
    vec![(number % 251) as u8 + 1; 40 + (number % 90) as usize]
}

fn turns(journal: &impl Journal) -> Vec<Vec<u8>> {
    let records = journal.read(Seq::NONE).expect("readable");
    let records = records.map(|record| record.expect("whole"));
    records.filter(|record| record.kind == RecordKind::Turn).map(|record| record.payload).collect()
}

#[test]
fn records_come_back_over_openings_and_rotations() {
    let dir = tempfile::tempdir().unwrap();
    let mut wanted = Vec::new();
    for opening in 0..4_u64 {
        let (mut journal, opened) = open(dir.path());
        assert_eq!(opened.barrier.epoch, Epoch(opening + 1));
        assert_eq!((opened.created, opened.torn_bytes), (opening == 0, 0));
        assert_eq!(opened.last, journal.last());
        for number in 0..60 {
            let batch: Vec<_> = (0..number % 5 + 1).map(|nth| payload(number * 7 + nth)).collect();
            append(&mut journal, &batch);
            wanted.extend(batch);
        }
        assert_eq!(turns(&journal), wanted);
    }
    let (journal, _) = open(dir.path());
    assert!(journal.sizes().segments > 5, "{:?}", journal.sizes());
    assert_eq!(turns(&journal), wanted);
    let report = verify(dir.path()).unwrap();
    assert!(report.is_sound() && report.torn.is_none(), "{report:?}");
    assert_eq!((report.records, report.last), (journal.last().0, journal.last()));
}

#[test]
fn barriers_tell_who_opened_and_when() {
    let dir = tempfile::tempdir().unwrap();
    for wall_ms in [1_000, 2_000] {
        let mine = Options { wall_ms, program: "1.2.3".to_owned(), ..options(dir.path()) };
        LocalJournal::open(&mine).unwrap();
    }
    let (journal, _) = open(dir.path());
    let first = journal.read(Seq(2)).unwrap().next().unwrap().unwrap();
    let barrier = Barrier::decode(&first.payload).unwrap();
    assert_eq!(barrier, Barrier { epoch: Epoch(2), wall_ms: 2_000, program: "1.2.3".to_owned() });
}

#[test]
fn an_append_after_the_wrong_record_is_fenced_and_changes_nothing() {
    let dir = tempfile::tempdir().unwrap();
    let (mut journal, _) = open(dir.path());
    let last = append(&mut journal, &[payload(1)]);
    let mut batch = Batch::new();
    batch.push(RecordKind::Turn, b"late").unwrap();
    for wrong in [Seq::NONE, last.previous(), last.next()] {
        let outcome = journal.append(wrong, &mut batch);
        assert!(matches!(outcome, Append::Fenced { last: told } if told == last), "{outcome:?}");
    }
    assert!(matches!(journal.append(last, &mut batch), Append::Committed(seq) if seq == last.next()));
    assert_eq!(turns(&journal), [payload(1), b"late".to_vec()]);
}

#[test]
fn a_second_opener_is_told_the_folder_and_the_process() {
    let dir = tempfile::tempdir().unwrap();
    let (journal, _) = open(dir.path());
    let error = LocalJournal::open(&options(dir.path())).err().expect("refused");
    let told = error.to_string();
    assert!(matches!(error, Error::Locked { pid: Some(pid), .. } if pid == std::process::id()));
    assert!(told.contains(&dir.path().display().to_string()), "{told}");
    drop(journal);
    open(dir.path());
}

#[test]
fn a_batch_larger_than_a_segment_gets_its_own() {
    let dir = tempfile::tempdir().unwrap();
    let (mut journal, _) = open(dir.path());
    let large = vec![7; 100_000];
    append(&mut journal, &[large.clone(), payload(3)]);
    append(&mut journal, &[payload(4)]);
    drop(journal);
    assert_eq!(turns(&open(dir.path()).0), [large, payload(3), payload(4)]);
}

#[test]
fn limits_are_refused_and_leave_the_batch_as_it_was() {
    let mut batch = Batch::new();
    batch.push(RecordKind::Turn, b"first").unwrap();
    let before = batch.bytes();
    let error = batch.push(RecordKind::Turn, &vec![0; MAX_PAYLOAD_BYTES + 1]).unwrap_err();
    assert_eq!(error.code(), "journal_too_large");
    assert_eq!((batch.len(), batch.bytes()), (1, before));
    for _ in 1..MAX_BATCH_RECORDS {
        batch.push(RecordKind::Turn, b"").unwrap();
    }
    assert!(batch.push(RecordKind::Turn, b"").is_err());
    let dir = tempfile::tempdir().unwrap();
    let (mut journal, opened) = open(dir.path());
    let outcome = journal.append(opened.last, &mut batch);
    assert!(matches!(outcome, Append::Committed(seq) if seq.0 == 1 + MAX_BATCH_RECORDS as u64));
    drop(journal);
    assert_eq!(turns(&open(dir.path()).0).len(), MAX_BATCH_RECORDS);
}

#[test]
fn a_batch_takes_in_another_and_both_are_kept_in_order() {
    let dir = tempfile::tempdir().expect("a folder");
    let (mut journal, _) = open(dir.path());
    let (mut first, mut second) = (Batch::with_room(64), Batch::new());
    (1..=3).for_each(|number| first.push(RecordKind::Turn, &payload(number)).expect("it fits"));
    (4..=9).for_each(|number| second.push(RecordKind::Turn, &payload(number)).expect("it fits"));
    first.absorb(&second).expect("both fit");
    assert!(matches!(journal.append(journal.last(), &mut first), Append::Committed(_)));
    assert_eq!(turns(&journal), (1..=9).map(payload).collect::<Vec<_>>());

    let mut large = Batch::new();
    (0..4).for_each(|_| large.push(RecordKind::Turn, &vec![0; 15 << 20]).expect("it fits"));
    let mut half = Batch::new();
    half.push(RecordKind::Turn, &vec![0; 8 << 20]).expect("it fits");
    assert!(matches!(half.absorb(&large), Err(Error::TooLarge { .. })));
    assert_eq!((half.len(), half.bytes() >> 20), (1, 8), "the batch is as it was");
}

#[test]
fn a_reader_follows_from_another_thread_and_sees_only_whole_appends() {
    let dir = tempfile::tempdir().unwrap();
    let (mut journal, _) =
        LocalJournal::open(&Options { prepare_ahead: true, ..options(dir.path()) }).unwrap();
    let reader = journal.reader();
    let total = 2_000_u64;
    let follower = std::thread::spawn(move || {
        let mut stream = reader.read(Seq(2)).unwrap();
        let mut seen = Vec::new();
        while (seen.len() as u64) < total {
            match stream.next() {
                Some(record) => {
                    let record = record.unwrap();
                    assert!(record.seq <= reader.last());
                    seen.push(record);
                }
                None => std::thread::yield_now(),
            }
        }
        assert!(stream.next().is_none());
        seen
    });
    for number in 0..total / 4 {
        append(&mut journal, &(0..4).map(|nth| payload(number * 4 + nth)).collect::<Vec<_>>());
    }
    for (number, record) in follower.join().unwrap().into_iter().enumerate() {
        let number = number as u64;
        assert_eq!((record.seq, record.payload), (Seq(number + 2), payload(number)));
    }
}

#[test]
fn snapshots_keep_two_and_fall_back_with_a_word() {
    let dir = tempfile::tempdir().unwrap();
    let (mut journal, _) = open(dir.path());
    assert!(journal.latest_snapshot().unwrap().snapshot.is_none());
    for number in 1..4_u64 {
        let last = append(&mut journal, &[payload(number)]);
        journal.write_snapshot(last, format!("state {number}").as_bytes()).unwrap();
    }
    assert_eq!(journal.sizes().snapshots, 2);
    assert!(matches!(journal.write_snapshot(Seq(99), b"x"), Err(Error::AheadOfJournal { .. })));
    drop(journal);
    let newest = dir.path().join("snapshot-00000000000000000004.hark");
    let whole = std::fs::read(&newest).unwrap();
    for at in 0..whole.len() {
        let mut broken = whole.clone();
        broken[at] ^= 1;
        std::fs::write(&newest, &broken).unwrap();
        let latest = open(dir.path()).0.latest_snapshot().unwrap();
        let snapshot = latest.snapshot.expect("the older one is whole");
        assert_eq!((snapshot.seq, snapshot.bytes), (Seq(3), b"state 2".to_vec()));
        assert!(latest.broken[0].to_string().contains("snapshot-00000000000000000004.hark"));
        assert_eq!(verify(dir.path()).unwrap().faults.len(), 1);
    }
}

#[test]
fn trim_gives_back_only_what_both_snapshots_cover() {
    let dir = tempfile::tempdir().unwrap();
    let (mut journal, _) = open(dir.path());
    let mut marks = Vec::new();
    for number in 0..200 {
        marks.push(append(&mut journal, &[payload(number)]));
    }
    let all = journal.sizes();
    assert_eq!(journal.trim(journal.last()).unwrap(), Seq(1), "nothing is covered");
    journal.write_snapshot(marks[150], b"newer").unwrap();
    assert_eq!(journal.trim(journal.last()).unwrap(), Seq(1), "there is nothing to fall back to");
    journal.write_snapshot(marks[100], b"older").unwrap();
    let mut slow = journal.read(Seq(1)).unwrap();
    slow.next().unwrap().unwrap();
    let first = journal.trim(journal.last()).unwrap();
    assert!(first > Seq(50) && first <= marks[100].next(), "{first}");
    assert!(journal.sizes().segment_bytes < all.segment_bytes);
    assert!(matches!(journal.read(Seq(1)), Err(Error::Trimmed { .. })));
    let last = slow.last().unwrap();
    assert!(matches!(last, Err(Error::Trimmed { .. })), "a reader that is overtaken is told: {last:?}");
    drop(journal);
    let (journal, opened) = open(dir.path());
    assert_eq!(opened.first, first);
    assert_eq!(journal.read(first).unwrap().map(Result::unwrap).next().unwrap().seq, first);
    assert!(verify(dir.path()).unwrap().is_sound());
}

#[test]
fn what_is_given_back_is_archived_where_it_is_wanted_and_can_be_read_and_forgotten() {
    let dir = tempfile::tempdir().expect("a folder");
    let kept = Options { archive: true, ..options(dir.path()) };
    let (mut journal, _) = LocalJournal::open(&kept).expect("the journal opens");
    let payloads: Vec<Vec<u8>> = (1..=300).map(payload).collect();
    for some in payloads.chunks(20) {
        let upto = append(&mut journal, some);
        journal.write_snapshot(upto, b"a state").expect("it is written");
    }
    let reader = journal.reader();
    let mut behind = reader.read_archived(Seq(1));
    let first = behind.next().expect("there is one").expect("whole").seq;
    let live = journal.trim(journal.last()).expect("it is given back");
    assert!(live > Seq(20), "nothing was given back");
    assert!(matches!(reader.read(Seq(1)), Err(Error::Trimmed { .. })));
    assert_eq!((first, reader.first_archived()), (Seq(1), Seq(1)));
    let turns = |records: Reader| {
        let records = records.map(|record| record.expect("whole"));
        records
            .filter(|record| record.kind == RecordKind::Turn)
            .map(|record| record.payload)
            .collect::<Vec<_>>()
    };
    assert_eq!(turns(reader.read_archived(Seq(1))), payloads);
    assert_eq!(turns(behind), payloads, "one that was reading goes on in the archive");

    drop(journal);
    let (journal, _) = LocalJournal::open(&kept).expect("opening does not mind the archive");
    let reader = journal.reader();
    assert_eq!(turns(reader.read_archived(Seq(1))), payloads);
    let middle = Seq(live.0 / 2);
    reader.forget_archived(middle).expect("they go");
    let left = reader.first_archived();
    assert!(left > Seq(1) && left <= middle, "{left}");
    assert!(turns(reader.read_archived(left)).len() < payloads.len());

    let archived = std::fs::read_dir(dir.path().join("archive")).expect("it is there");
    let mut files: Vec<_> = archived.map(|file| file.expect("it lists").path()).collect();
    files.sort();
    let spoilt = &files[files.len() / 2];
    let mut bytes = std::fs::read(spoilt).expect("it reads");
    bytes[100] ^= 1;
    std::fs::write(spoilt, bytes).expect("it is spoilt");
    let reaches = reader.first_archived();
    assert!(reaches > left && reaches <= live, "only what is whole counts: {reaches}");
    let mut broken = reader.read_archived(left);
    assert!(broken.any(|record| matches!(record, Err(Error::Damaged { .. }))));
}

#[test]
fn a_deleted_file_is_missed() {
    let dir = tempfile::tempdir().unwrap();
    let (mut journal, _) = open(dir.path());
    for number in 0..200 {
        append(&mut journal, &[payload(number)]);
    }
    journal.write_snapshot(journal.last(), b"state").unwrap();
    drop(journal);
    let mut files: Vec<_> =
        std::fs::read_dir(dir.path()).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.retain(|path| path.file_name().unwrap().to_str().unwrap().starts_with("journal-"));
    files.sort();
    for gone in [files.len() - 1, 1] {
        let kept = std::fs::read(&files[gone]).unwrap();
        std::fs::remove_file(&files[gone]).unwrap();
        let error = LocalJournal::open(&options(dir.path())).err().expect("refused");
        assert!(matches!(error, Error::Missing { .. } | Error::Damaged { .. }), "{error}");
        assert!(!verify(dir.path()).unwrap().is_sound());
        std::fs::write(&files[gone], kept).unwrap();
    }
    open(dir.path());
}
