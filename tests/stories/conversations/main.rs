//! Real conversations, replayed through the running binary: customers and twenty agents over HTTP and the stream, offers
//! rejected and left to expire, and the server killed twice in the middle. Afterwards every message must have reached
//! the other side once and in order, byte for byte, and nothing that was acknowledged may be missing. It looks at the
//! desk through the public door alone.

#![forbid(unsafe_code)]

mod agent;
mod customer;
mod ledger;
mod people;
mod verdict;
mod watch;

use agent::Agent;
use customer::Customer;
use hark_tests::client::Api;
use hark_tests::{Seed, Server, dialogues};
use ledger::Ledger;
use people::{CustomerPart, cast};
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::sync::Semaphore;
use tokio::task::JoinSet;
use verdict::Verdict;
use watch::{Ends, Watch};

/// Conversations that are replayed.
const CHATS: usize = 240;
/// Agents, with capacities of 1 to 3.
const AGENTS: usize = 20;
/// Customers who are there at the same time: more than the agents can serve, so that some wait.
const AT_A_TIME: usize = 60;
/// At which shares of all messages the server is killed, in percent.
const KILLS_AT: [usize; 2] = [30, 65];
/// The whole story, with everything that a loaded machine adds.
const DEADLINE: Duration = Duration::from_secs(170);

/// A queue that lets agents reject and does not wait long for them; everything else as shipped.
const DESK: &str = r#"
default_queue = "service"
[queues.service]
title = "Service"
acceptance_s = 2
post_processing_s = 120
reject_allowed = true
auto_log = true
codes = [{ list = "outcome", mandatory = true }, { list = "topic", several = true }]
[code_lists]
outcome = [{ code = "OK", title = "Solved" }, { code = "FU", title = "Follow-up needed" }]
topic = [{ code = "TRV", title = "Travel" }, { code = "OUT", title = "Going out" }, { code = "OTH", title = "Other" }]
[scripts]
root = "{repository}/scripts"
[[plugins]]
name = "crm-sqlite"
config = { path = "{data}/crm.sqlite", sample = true }
[[widgets]]
key = "main"
[log]
level = "warn"
"#;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn real_conversations_survive_two_kills() {
    let mut seed = Seed::of_run("conversations");
    let lines = dialogues();
    assert!(
        lines.iter().flat_map(|one| &one.lines).all(|line| line.text.chars().count() <= 500),
        "texts fit the limit"
    );
    let parts = cast(&mut seed, lines, CHATS);
    let mut server = Server::serve(DESK).await;
    let admin = server.admin();
    if tokio::time::timeout(DEADLINE, tell(&mut seed, parts, &mut server)).await.is_err() {
        panic!("the story did not end within {DEADLINE:?}; the desk: {}", standstill(&admin).await);
    }
}

/// What the desk says of itself when nothing goes on.
async fn standstill(admin: &Api) -> String {
    let chats = admin.all("/v1/chats").await.into_iter().filter(|chat| chat["state"] != "closed");
    let chats: Vec<String> = chats.map(|chat| chat.to_string()).collect();
    let agents = admin.all("/v1/agents").await;
    let agents: Vec<String> =
        agents.iter().map(|agent| format!("{} {}", agent["login"], agent["status"])).collect();
    format!("\n{}\n{}", chats.join("\n"), agents.join("\n"))
}

async fn tell(seed: &mut Seed, parts: Vec<CustomerPart>, server: &mut Server) {
    let messages: usize = parts.iter().map(|part| part.dialogue.lines.len()).sum();
    let ledger = Ledger::new(messages);
    let parts = Arc::new(parts);
    let watch = tokio::spawn(Watch::begin(&server.admin()).await.until_closed(CHATS));
    let began = Instant::now();
    let mut agents = start_agents(seed, server, &parts, &ledger).await;
    let mut customers = start_customers(server, &parts, &ledger);
    let served = async { tokio::join!(finish(&mut customers, CHATS), ledger.wrapped_up(CHATS)).0 };
    let kills = async {
        for percent in KILLS_AT {
            ledger.reached(messages * percent / 100).await;
            server.kill().await;
            server.start().await;
        }
    };
    let received = tokio::select! {
        (received, ()) = async { tokio::join!(served, kills) } => received,
        ended = agents.join_next() => panic!("an agent left early: {ended:?}"),
    };
    let took = began.elapsed();
    agents.abort_all();
    let seen = watch.await.expect("the watch does not fail");
    assert!(server.admin().server_faults().is_empty());
    let verdict =
        Verdict { api: server.admin(), parts: &parts, ledger: &ledger, customers: &received, seen: &seen };
    verdict.find().await;
    let ends = seen.ends();
    tell_figures(&ledger, messages, took, ends);
    assert!(ends.rejected > 0 && ends.expired > 0, "some offers were rejected and some expired: {ends:?}");
    assert!(server.stop().await.success(), "it stops in order\n{}", server.log());
}

fn tell_figures(ledger: &Ledger, messages: usize, took: Duration, ends: Ends) {
    let (kept, kills, seconds) = (ledger.read(), KILLS_AT.len(), took.as_secs_f64());
    eprintln!(
        "conversations: {CHATS} chats, {messages} messages, {kills} kills, {seconds:.1} s; offers: {ends:?}"
    );
    eprintln!(
        "conversations: {} streams resumed, {} messages sent again were known",
        kept.resumed, kept.repeats
    );
    assert!(kept.resumed > AGENTS, "the kills were felt");
}

async fn start_agents(
    seed: &mut Seed,
    server: &Server,
    parts: &Arc<Vec<CustomerPart>>,
    ledger: &Arc<Ledger>,
) -> JoinSet<()> {
    let mut agents = JoinSet::new();
    for number in 0..AGENTS {
        let capacity = u64::try_from(number % 3 + 1).expect("a small number");
        let person = server.hire(&format!("agent{number:02}"), "agent", capacity, &["service"]).await;
        ledger.hired(&person.id, capacity);
        let api = server.nobody();
        let agent = Agent::new(api, person, seed.split(), Arc::clone(parts), Arc::clone(ledger));
        agents.spawn(agent.work());
    }
    ledger.available(AGENTS).await;
    agents
}

fn start_customers(
    server: &Server,
    parts: &Arc<Vec<CustomerPart>>,
    ledger: &Arc<Ledger>,
) -> JoinSet<(usize, customer::Received)> {
    let seats = Arc::new(Semaphore::new(AT_A_TIME));
    let mut customers = JoinSet::new();
    for number in 0..parts.len() {
        let (seats, parts, ledger) = (Arc::clone(&seats), Arc::clone(parts), Arc::clone(ledger));
        let api = server.nobody();
        customers.spawn(async move {
            let _seat = seats.acquire().await.expect("the seats stay");
            (number, Customer::arrive(api, &parts[number], &ledger).await.talk().await)
        });
    }
    customers
}

/// What each customer received, in the order of their numbers.
async fn finish(
    customers: &mut JoinSet<(usize, customer::Received)>,
    count: usize,
) -> Vec<customer::Received> {
    let mut received = Vec::with_capacity(count);
    while let Some(done) = customers.join_next().await {
        received.push(done.expect("a customer's part does not fail"));
    }
    received.sort_by_key(|(number, _)| *number);
    assert_eq!(received.len(), count);
    received.into_iter().map(|(_, received)| received).collect()
}
