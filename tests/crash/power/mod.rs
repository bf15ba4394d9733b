//! Power cuts of the real binary: all it does to its files is recorded while people work with it, disk images are cut
//! from the record at random points, with what was not synced dropped, kept, torn or out of order, and the binary is
//! started on each. What had left by a socket before the cut must be there.

mod disk;
mod image;
mod recording;
mod trace;
mod verdict;

use crate::arguments::Arguments;
use disk::Disk;
use futures_util::future::join_all;
use hark_tests::{Seed, Server};
use image::Manner;
use recording::Recording;
use std::collections::BTreeMap;
use std::fs;
use std::time::{Duration, Instant};
use verdict::Verdict;

/// Images that are started at the same time.
const AT_A_TIME: usize = 3;

/// Records, cuts, and starts the binary on every image.
pub(crate) async fn run(arguments: &Arguments) {
    let mut seed = arguments.seed("power");
    let recording = Recording::make(&mut seed).await;
    let records = trace::read(&recording.trace);
    let sent = trace::sent(&records);
    eprintln!("power: {} records, {} answers, {}", records.len(), sent.len(), recording.told());
    let mut cuts: Vec<(usize, Seed)> = (0..arguments.images)
        .map(|_| (seed.below(records.len() as u64) as usize + 1, seed.split()))
        .collect();
    cuts.sort_by_key(|(cut, _)| *cut);
    let (mut disk, mut done, mut figures) = (Disk::of(&recording.before), 0, Figures::default());
    for some in cuts.chunks(AT_A_TIME) {
        let mut starts = Vec::new();
        for (cut, dice) in some {
            records[done..*cut].iter().enumerate().for_each(|(at, record)| disk.take(done + at, record));
            done = *cut;
            let (manner, files) = image::cut(&disk, *cut, &mut dice.clone());
            let what = format!("image cut at record {cut} ({manner:?}) of {}", records.len());
            let server = recording.server.over(&recording.settings, |folder| image::write(&files, folder));
            let told = |proof: &str| sent.get(proof).is_some_and(|at| at < cut);
            starts.push(try_image(&recording, server, what, told, manner));
        }
        join_all(starts).await.into_iter().for_each(|start| figures.add(&start));
    }
    figures.tell();
}

/// What came of a start.
struct Start {
    manner: Manner,
    took: Duration,
    set_aside: bool,
    chats: usize,
}

async fn try_image(
    recording: &Recording,
    mut server: Server,
    what: String,
    told: impl Fn(&str) -> bool,
    manner: Manner,
) -> Start {
    let _named = Named(&what);
    let began = Instant::now();
    server.start().await;
    let took = began.elapsed();
    let verdict =
        Verdict { server: &server, ledger: &recording.ledger, people: &recording.people, told: &told };
    let chats = verdict.find().await.unwrap_or_else(|lost| panic!("{lost}"));
    server.kill().await;
    Start { manner, took, set_aside: is_set_aside(&server), chats }
}

/// Whether a database of history did not open and lies beside its successor.
fn is_set_aside(server: &Server) -> bool {
    let entries = fs::read_dir(server.data().join("history")).into_iter().flatten().flatten();
    entries.map(|entry| entry.file_name()).any(|name| name.to_string_lossy().contains(".damaged-"))
}

/// Names the image should anything about it panic.
struct Named<'a>(&'a str);

impl Drop for Named<'_> {
    fn drop(&mut self) {
        if std::thread::panicking() {
            eprintln!("power: {}", self.0);
        }
    }
}

/// What came of all of them.
#[derive(Default)]
struct Figures {
    images: BTreeMap<Manner, usize>,
    set_aside: usize,
    looks: usize,
    slowest: Duration,
}

impl Figures {
    fn add(&mut self, start: &Start) {
        *self.images.entry(start.manner).or_default() += 1;
        self.set_aside += usize::from(start.set_aside);
        self.looks += start.chats;
        self.slowest = self.slowest.max(start.took);
    }

    fn tell(&self) {
        let Self { images, set_aside, looks, slowest } = self;
        eprintln!(
            "power: {} images {images:?}, history set aside in {set_aside}, {looks} looks at chats, slowest start {} ms",
            images.values().sum::<usize>(),
            slowest.as_millis(),
        );
    }
}
