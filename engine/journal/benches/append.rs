//! How many records a second become durable, by records per append; and how fast a journal opens.
//! Run by `cargo bench -p hark-journal`; every figure stands beside its ratio to one record per append.

use hark_journal::{Append, Batch, Journal, LocalJournal, Options, RecordKind};
use std::io::{self, Write};
use std::time::{Duration, Instant};

/// Bytes of a payload: a short chat message with what belongs to it.
const PAYLOAD_BYTES: usize = 200;
/// How long each size runs, at most.
const RUN: Duration = Duration::from_secs(2);
/// And how many records it writes, at most.
const MOST_RECORDS: usize = 400_000;

struct Run {
    per_batch: usize,
    per_second: f64,
    median: Duration,
    p99: Duration,
}

fn measure(per_batch: usize) -> Run {
    let dir = tempfile::tempdir_in(".").expect("a folder on the disk that is measured");
    let (mut journal, _) = LocalJournal::open(&Options::new(dir.path())).expect("a new journal opens");
    let payload = [0x5A; PAYLOAD_BYTES];
    let mut batch = Batch::new();
    let mut took = Vec::new();
    let start = Instant::now();
    while start.elapsed() < RUN && took.len() * per_batch < MOST_RECORDS {
        batch.clear();
        for _ in 0..per_batch {
            batch.push(RecordKind::Turn, &payload).expect("the payload is far below the limit");
        }
        let began = Instant::now();
        let outcome = journal.append(journal.last(), &mut batch);
        assert!(matches!(outcome, Append::Committed(_)), "{outcome:?}");
        took.push(began.elapsed());
    }
    let per_second = (took.len() * per_batch) as f64 / start.elapsed().as_secs_f64();
    took.sort();
    Run { per_batch, per_second, median: took[took.len() / 2], p99: took[took.len() * 99 / 100] }
}

/// Fills a journal, closes it, and answers how many records a second its opening checks.
fn opening() -> (usize, Duration, u64) {
    let dir = tempfile::tempdir_in(".").expect("a folder on the disk that is measured");
    let options = Options::new(dir.path());
    let (mut journal, _) = LocalJournal::open(&options).expect("a new journal opens");
    let payload = [0x5A; PAYLOAD_BYTES];
    let mut batch = Batch::new();
    for _ in 0..1_000 {
        batch.push(RecordKind::Turn, &payload).expect("the payload is far below the limit");
    }
    for _ in 0..MOST_RECORDS / 1_000 {
        assert!(matches!(journal.append(journal.last(), &mut batch), Append::Committed(_)));
    }
    let bytes = journal.sizes().used_bytes;
    drop(journal);
    let began = Instant::now();
    LocalJournal::open(&options).expect("it opens again");
    (MOST_RECORDS, began.elapsed(), bytes)
}

fn main() -> io::Result<()> {
    let mut out = io::stdout().lock();
    writeln!(out, "records/append   records/s    ratio   append median      p99")?;
    let mut one = None;
    for per_batch in [1, 16, 64, 256] {
        let run = measure(per_batch);
        let ratio = run.per_second / *one.get_or_insert(run.per_second);
        let (median, p99) = (run.median.as_micros(), run.p99.as_micros());
        writeln!(
            out,
            "{:>14} {:>11.0} {ratio:>8.1} {median:>12} us {p99:>5} us",
            run.per_batch, run.per_second
        )?;
    }
    let (records, took, bytes) = opening();
    let rate = bytes as f64 / 1e6 / took.as_secs_f64();
    writeln!(
        out,
        "opening {records} records: {} ms, {rate:.0} MB/s, {:.2} bytes on disk per byte of payload",
        took.as_millis(),
        bytes as f64 / (records * PAYLOAD_BYTES) as f64
    )
}
