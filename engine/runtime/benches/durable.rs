//! Messages made durable through the whole engine, beside the bare journal with the same record sizes and the same
//! group commit, in one run. `cargo bench -p hark-runtime`; ratios are what counts.
//!
//! The engine's own share of a command is its time from submission to acknowledgement but for the time in which the
//! journal was inside an append (write and fdatasync), its own or the one before it.
#![allow(clippy::print_stdout, reason = "a benchmark prints its figures")]

use hark_core::command::{RequestChat, SaveAgent, SendMessage, SetStatus};
use hark_core::setup::{QueueSetup, Setup};
use hark_core::state::{Form, MessageKind, Role, Side, Status};
use hark_core::{Action, Actor, AgentId, BuiltIn, ChatId, Reply};
use hark_journal::{Append, Batch, Journal, LocalJournal, RecordKind};
use hark_runtime::{Handle, Options, Runtime};
use std::collections::BTreeMap;
use std::path::Path;
use std::time::{Duration, Instant};

/// How long each measurement runs.
const RUN: Duration = Duration::from_millis(1500);
/// Measurements of the engine and of the bare journal, in turn: a disk is not the same from second to second, so each
/// ratio is between neighbours, and the one in the middle counts.
const ROUNDS: usize = 5;
/// Text of a message: as long as the median of real service messages, and a little more.
const TEXT: &str = "I found two flights, the first leaves at 9:15 am. Shall I book it for you?";

async fn desk(dir: &Path) -> (Runtime, Handle, AgentId, Vec<ChatId>) {
    let (engine, desk) = Runtime::open(Options::new(dir, Box::new(BuiltIn))).expect("the engine opens");
    let queue = QueueSetup { acceptance_s: 3600, ..QueueSetup::default() };
    let mut setup = Setup { queues: BTreeMap::from([("support".into(), queue)]), ..Setup::default() };
    setup.limits.messages_per_chat = u32::MAX;
    desk.submit(Actor::Engine, Action::Configure(Box::new(setup)), None).await.expect("taken");
    let agent = SaveAgent {
        login: "ana".into(),
        name: "Ana".into(),
        role: Role::Agent,
        capacity: 6,
        queues: vec!["support".into()],
        skills: BTreeMap::new(),
        credential: None,
        disabled: false,
    };
    let agent = desk.submit(Actor::Engine, Action::SaveAgent(Box::new(agent)), None).await.expect("taken");
    let Reply::Agent(agent) = agent.reply else { panic!("not an agent") };
    let wish = SetStatus { agent, status: Some(Status::Available), reason: None, stop_new: None };
    desk.submit(Actor::Agent { id: agent }, Action::SetStatus(wish), None).await.expect("taken");
    (engine, desk, agent, Vec::new())
}

async fn open_chat(desk: &Handle) -> ChatId {
    let form = Form { name: "Maria".into(), ..Form::default() };
    let request = RequestChat { form, queue: None, watched: false };
    let done = desk.submit(Actor::Engine, Action::RequestChat(Box::new(request)), None).await.expect("taken");
    let Reply::Chat(chat) = done.reply else { panic!("not a chat") };
    chat
}

struct Figures {
    per_second: f64,
    median: Duration,
    p99: Duration,
    own_median: Duration,
    per_append: f64,
    record_bytes: usize,
}

/// Customers write, one message in flight each; every chat is started anew after some messages, as chats are short.
async fn engine(dir: &Path, in_flight: usize) -> Figures {
    let (engine, desk, _, _) = desk(dir).await;
    let before = desk.health();
    let begin = Instant::now();
    let writers = (0..in_flight).map(|_| tokio::spawn(write_until(desk.clone(), begin + RUN)));
    let mut latencies: Vec<Duration> = Vec::new();
    let mut own: Vec<Duration> = Vec::new();
    for writer in writers.collect::<Vec<_>>() {
        let (whole, share): (Vec<Duration>, Vec<Option<Duration>>) =
            writer.await.expect("a writer ends well").into_iter().unzip();
        latencies.extend(whole);
        own.extend(share.into_iter().flatten());
    }
    own.sort_unstable();
    let took = begin.elapsed();
    let after = desk.health();
    latencies.sort_unstable();
    engine.stop();
    Figures {
        per_second: latencies.len() as f64 / took.as_secs_f64(),
        median: latencies[latencies.len() / 2],
        p99: latencies[latencies.len() * 99 / 100],
        own_median: own[own.len() / 2],
        per_append: (after.turns - before.turns) as f64 / (after.appends - before.appends) as f64,
        record_bytes: record_bytes(dir),
    }
}

async fn write_until(desk: Handle, end: Instant) -> Vec<(Duration, Option<Duration>)> {
    let mut latencies = Vec::new();
    let mut number = 0_u64;
    while Instant::now() < end {
        let chat = open_chat(&desk).await;
        for _ in 0..40 {
            number += 1;
            let (client_id, text, kind) =
                (format!("0193-client-id-{number:020}"), TEXT.into(), MessageKind::Text);
            let message = SendMessage { chat, from: Side::Customer, client_id, text, kind };
            // Looking at the journal's time costs locks: one command in sixteen is enough for a median.
            let sampled = number.is_multiple_of(16);
            let inside = if sampled { desk.health().append_ns } else { 0 };
            let begin = Instant::now();
            desk.submit(Actor::Customer { chat_id: chat }, Action::SendMessage(message), None)
                .await
                .expect("taken");
            let whole = begin.elapsed();
            let own =
                sampled.then(|| whole.saturating_sub(Duration::from_nanos(desk.health().append_ns - inside)));
            latencies.push((whole, own));
        }
        desk.submit(Actor::Customer { chat_id: chat }, Action::EndChat(chat), None).await.expect("taken");
    }
    latencies
}

/// Mean payload of the records that the engine wrote.
fn record_bytes(dir: &Path) -> usize {
    let options = hark_journal::Options::new(dir.join("journal"));
    let (journal, _) = LocalJournal::open(&options).expect("the journal opens");
    let first = journal.reader().first();
    let sizes: Vec<usize> =
        journal.read(first).expect("readable").map(|record| record.expect("whole").payload.len()).collect();
    sizes.iter().sum::<usize>() / sizes.len().max(1)
}

/// Records a second of the bare journal.
fn bare(dir: &Path, per_append: usize, bytes: usize) -> f64 {
    let (mut journal, _) = LocalJournal::open(&hark_journal::Options::new(dir)).expect("the journal opens");
    let payload = vec![7_u8; bytes];
    let (begin, mut records) = (Instant::now(), 0_usize);
    let mut batch = Batch::new();
    while begin.elapsed() < RUN {
        batch.clear();
        (0..per_append).for_each(|_| batch.push(RecordKind::Turn, &payload).expect("it fits"));
        let after = journal.last();
        assert!(matches!(journal.append(after, &mut batch), Append::Committed(_)));
        records += per_append;
    }
    records as f64 / begin.elapsed().as_secs_f64()
}

fn main() {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .expect("tokio starts");
    for in_flight in [16, 64, 256, 1024] {
        let mut rounds: Vec<(f64, Figures, f64)> = (0..ROUNDS).map(|_| round(&runtime, in_flight)).collect();
        rounds.sort_by(|a, b| a.0.total_cmp(&b.0));
        let mut own: Vec<Duration> = rounds.iter().map(|(_, figures, _)| figures.own_median).collect();
        own.sort_unstable();
        let (ratio, figures, bare) = &rounds[ROUNDS / 2];
        println!(
            "{in_flight:>5} in flight: {:>7.0}/s, median {:?}, p99 {:?}, {:.0} records of {} bytes an append; bare journal {bare:.0}/s; engine / bare = {ratio:.2} ({:.2} to {:.2}); of it the engine's own {:?} ({:?} to {:?})",
            figures.per_second,
            figures.median,
            figures.p99,
            figures.per_append,
            figures.record_bytes,
            rounds[0].0,
            rounds[ROUNDS - 1].0,
            own[ROUNDS / 2],
            own[0],
            own[ROUNDS - 1],
        );
    }
}

/// The engine, then the bare journal with its group size: the ratio, and what both made.
fn round(runtime: &tokio::runtime::Runtime, in_flight: usize) -> (f64, Figures, f64) {
    let dir = tempfile::tempdir().expect("a folder");
    let figures = runtime.block_on(engine(dir.path(), in_flight));
    let journal = tempfile::tempdir().expect("a folder");
    let bare = bare(journal.path(), figures.per_append.round().max(1.0) as usize, figures.record_bytes);
    (figures.per_second / bare, figures, bare)
}
