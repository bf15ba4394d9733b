//! The binary is killed at random moments while people work with it, on one folder that lives on through all rounds, and
//! sometimes again while it starts. After each start the desk is compared with the ledger; in between clients go on by
//! themselves, as pages and programs do.

mod review;

use crate::arguments::Arguments;
use crate::desk::{DESK, Load, Size};
use hark_tests::client::given_up;
use hark_tests::{Seed, Server};
use review::Review;
use std::time::{Duration, Instant};

/// Who is there: more customers than agents can serve at a time, so that some wait over a kill.
const SIZE: Size = Size { agents: 3, customers: 12, restless: 2 };
/// Milliseconds of work before a kill: from almost none to enough for whole chats.
const WORK_MS: std::ops::Range<u64> = 20..700;
/// In a hundred rounds: those in which the start is killed as well.
const KILLED_STARTS: u64 = 15;
/// Milliseconds after which a start is killed.
const START_MS: u64 = 150;
/// Longest that a start may take until it serves, on a machine that does much else.
const RECOVERY: Duration = Duration::from_secs(5);
/// Rounds after which everything that ever happened is looked at.
const WHOLE: u64 = 100;

/// Attempts that may be given up without an answer, beside one in so many kills: see tests/CRASH.md. A desk that leaves
/// requests unanswered leaves more.
const LOST: u64 = 5;
const KILLS_A_LOST: u64 = 20;

/// Kills until all rounds are done.
pub(crate) async fn run(arguments: &Arguments) {
    let mut seed = arguments.seed("kills");
    let mut server = Server::serve(DESK).await;
    let mut load = Load::begin(&server, SIZE, &mut seed).await;
    let mut review = Review::new(&server, &load);
    let mut starts = Vec::new();
    for round in 1..=arguments.rounds {
        let work = tokio::time::sleep(Duration::from_millis(
            WORK_MS.start + seed.below(WORK_MS.end - WORK_MS.start),
        ));
        tokio::select! {
            () = work => {}
            () = load.fails() => {}
        }
        server.kill().await;
        starts.push(start(&mut server, &mut seed).await);
        let checked = review.after_start(round % WHOLE == 0, &mut seed);
        let found = tokio::select! {
            found = checked => found,
            () = load.fails() => unreachable!("it panics or stays"),
        };
        found.unwrap_or_else(|lost| panic!("round {round}: {lost}\n{}", server.log()));
        if round % WHOLE == 0 {
            eprintln!("kills: {round} rounds, {} looks at chats", review.looks);
        }
    }
    load.finish().await;
    review.whole(&load).await.unwrap_or_else(|lost| panic!("in the end: {lost}\n{}", server.log()));
    assert!(server.admin().server_faults().is_empty(), "{:?}", server.admin().server_faults());
    let lost = given_up();
    assert!(
        lost <= LOST + arguments.rounds / KILLS_A_LOST,
        "{lost} attempts were given up without an answer"
    );
    load.drop_all().await;
    assert!(server.stop().await.success(), "it stops in order\n{}", server.log());
    tell(arguments.rounds, &load, &review, starts);
}

/// Starts it, killing some of the starts; how long the last one took until it served.
async fn start(server: &mut Server, seed: &mut Seed) -> Duration {
    while seed.chance(KILLED_STARTS) {
        server.spawn();
        tokio::time::sleep(Duration::from_millis(seed.below(START_MS))).await;
        server.kill().await;
    }
    let began = Instant::now();
    server.start().await;
    let took = began.elapsed();
    assert!(took < RECOVERY, "it served after {took:?}");
    took
}

fn tell(rounds: u64, load: &Load, review: &Review, mut starts: Vec<Duration>) {
    let ledger = load.ledger.read();
    let messages: usize = ledger.chats.values().map(|book| book.kept.len()).sum();
    let statuses: usize = ledger.statuses.values().map(|one| one.acknowledged(&|_| true)).sum();
    eprintln!(
        "kills: {rounds} kills, {} chats, {messages} messages, {statuses} statuses; {} repeats were known, {} streams \
         resumed, {} looks at chats, {} attempts \
         given up",
        ledger.chats.len(),
        ledger.repeats,
        ledger.resumed,
        review.looks,
        given_up(),
    );
    starts.sort_unstable();
    let at = |percent: usize| starts[(starts.len() - 1) * percent / 100].as_millis();
    eprintln!("kills: start to first answer: median {} ms, p99 {} ms, most {} ms", at(50), at(99), at(100));
}
