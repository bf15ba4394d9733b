//! The engine's jobs, carried out by plugins: a real engine over real files.

use crate::common::{Loaded, bad, bundled, load, plugin, until};
use hark_core::command::{RequestChat, SaveAgent, SetStatus};
use hark_core::setup::{QueueSetup, Setup};
use hark_core::state::{Filing, Form, LookUp, Role, Status};
use hark_core::{Action, Actor, AgentId, BuiltIn, ChatId, Reply, State};
use hark_plugin_host::{Host, PluginOptions};
use hark_runtime::{Handle, Options, Runtime};
use serde_json::json;
use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

fn open(dir: &Path) -> (Runtime, Handle) {
    let mut options = Options::new(dir, Box::new(BuiltIn));
    options.check_everything = true;
    Runtime::open(options).expect("the engine opens")
}

async fn configure(desk: &Handle) {
    let support = QueueSetup { auto_log: true, post_processing_s: 0, ..QueueSetup::default() };
    let queues = BTreeMap::from([("support".to_owned(), support)]);
    let setup = Setup { queues, crm: true, ..Setup::default() };
    desk.submit(Actor::Engine, Action::Configure(Box::new(setup)), None).await.expect("a setup is taken");
}

async fn hire(desk: &Handle) -> AgentId {
    let agent = SaveAgent {
        login: "ana".into(),
        name: "Ana".into(),
        role: Role::Agent,
        capacity: 1,
        queues: vec!["support".into()],
        skills: BTreeMap::new(),
        credential: None,
        disabled: false,
    };
    let done = desk.submit(Actor::Engine, Action::SaveAgent(Box::new(agent)), None).await.expect("taken");
    let Reply::Agent(id) = done.reply else { panic!("not an agent: {:?}", done.reply) };
    let wish = SetStatus { agent: id, status: Some(Status::Available), reason: None, stop_new: None };
    desk.submit(Actor::Agent { id }, Action::SetStatus(wish), None).await.expect("taken");
    id
}

async fn ask(desk: &Handle, email: &str) -> ChatId {
    let form = Form { name: "Maria".into(), email: Some(email.into()), ..Form::default() };
    let request = RequestChat { form, queue: None, watched: true };
    let done = desk.submit(Actor::Engine, Action::RequestChat(Box::new(request)), None).await.expect("taken");
    let Reply::Chat(id) = done.reply else { panic!("not a chat: {:?}", done.reply) };
    id
}

async fn see<T: Send + 'static>(desk: &Handle, look: impl FnOnce(&State) -> T + Send + 'static) -> T {
    desk.read(look).await.expect("a look is answered").value
}

async fn look_up_of(desk: &Handle, chat: ChatId) -> LookUp {
    loop {
        match see(desk, move |state| state.chat(chat).map(|chat| chat.look_up.clone())).await {
            Some(LookUp::Pending { .. }) => tokio::task::yield_now().await,
            look_up => return look_up.expect("the chat is there"),
        }
    }
}

fn crm(folder: &Path) -> Loaded {
    let config = json!({ "path": folder.join("crm.db"), "sample": true });
    load(vec![PluginOptions { config, ..PluginOptions::new("crm", bundled("hark_crm_sqlite")) }])
}

fn serve(host: &Arc<Host>, desk: &Handle) -> tokio::task::JoinHandle<()> {
    host.serve_jobs(desk.clone(), |chat| async move { Some(format!("all that was said in {chat}")) })
}

#[tokio::test]
async fn a_customer_is_looked_up_and_the_log_is_filed() {
    let folder = tempfile::tempdir().expect("a folder");
    let (engine, desk) = open(&folder.path().join("desk"));
    let crm = crm(folder.path());
    let service = serve(&crm.host, &desk);
    configure(&desk).await;
    let agent = hire(&desk).await;
    let chat = ask(&desk, "maria.lopez@example.com").await;
    let LookUp::Found { matches } = look_up_of(&desk, chat).await else { panic!("not found") };
    assert_eq!(matches[0].customer.account.as_deref(), Some("88213"));
    let customer = matches[0].customer.id.0.clone();

    let offer = see(&desk, move |state| state.agent(agent).and_then(|agent| agent.offer)).await;
    let by = Actor::Agent { id: agent };
    desk.submit(by.clone(), Action::AcceptOffer(offer.expect("offered")), None).await.expect("accepted");
    desk.submit(by, Action::EndChat(chat), None).await.expect("ended");
    let case = loop {
        match see(&desk, move |state| state.log(chat).map(|log| log.filing.clone())).await {
            Some(Filing::Filed { case }) => break case,
            Some(Filing::Failed { why }) => panic!("not filed: {why}"),
            _ => tokio::task::yield_now().await,
        }
    };
    let cases = crm.ask("crm.cases/1", json!({ "customer_id": customer })).await.expect("answered");
    let filed = cases["cases"].as_array().expect("a list").iter().find(|one| one["number"] == case.as_str());
    let notes = filed.expect("the case is the customer's")["notes"].to_string();
    assert!(notes.contains(&format!("all that was said in {chat}")), "{notes}");

    engine.stop();
    service.await.expect("the service ends with the engine");
    crm.host.drain().await;
}

#[tokio::test]
async fn a_job_that_was_in_flight_at_the_end_is_carried_out_at_the_next_start() {
    let folder = tempfile::tempdir().expect("a folder");
    // Before there is a job: building and loading may take longer than a job may.
    let crm = crm(folder.path());
    let (engine, desk) = open(&folder.path().join("desk"));
    configure(&desk).await;
    let chat = ask(&desk, "maria.lopez@example.com").await;
    engine.stop();

    let (engine, desk) = open(&folder.path().join("desk"));
    let service = serve(&crm.host, &desk);
    assert!(matches!(look_up_of(&desk, chat).await, LookUp::Found { matches } if matches.len() == 1));
    assert_eq!(crm.report("crm").calls, 1, "once");
    engine.stop();
    service.await.expect("the service ends with the engine");
}

#[tokio::test]
async fn many_chats_at_once_are_all_looked_up_once() {
    let folder = tempfile::tempdir().expect("a folder");
    let (engine, desk) = open(&folder.path().join("desk"));
    let crm = crm(folder.path());
    let service = serve(&crm.host, &desk);
    configure(&desk).await;
    let mut chats = Vec::new();
    for number in 0..300 {
        chats.push(ask(&desk, &format!("nobody.{number}@example.com")).await);
    }
    for chat in chats {
        assert_eq!(look_up_of(&desk, chat).await, LookUp::Found { matches: Vec::new() });
    }
    assert_eq!(crm.report("crm").calls, 300);
    engine.stop();
    service.await.expect("the service ends with the engine");
}

#[tokio::test]
async fn without_an_answer_the_chat_goes_on_and_says_why() {
    let folder = tempfile::tempdir().expect("a folder");
    let (engine, desk) = open(&folder.path().join("desk"));
    let flags = ["-DOPERATION=\"crm.lookup/1\""];
    let silent = load(vec![plugin("crm", crate::common::bad_with("silent", &flags))]);
    let service = serve(&silent.host, &desk);
    configure(&desk).await;
    let chat = ask(&desk, "maria.lopez@example.com").await;
    let why = "crm did not answer within 200 ms".to_owned();
    assert_eq!(look_up_of(&desk, chat).await, LookUp::Failed { why });
    engine.stop();
    service.await.expect("the service ends with the engine");
}

#[tokio::test]
async fn where_no_plugin_can_do_it_the_job_ends_at_once() {
    let folder = tempfile::tempdir().expect("a folder");
    let (engine, desk) = open(&folder.path().join("desk"));
    let other = load(vec![plugin("other", bad("twice"))]);
    let service = serve(&other.host, &desk);
    configure(&desk).await;
    let chat = ask(&desk, "maria.lopez@example.com").await;
    let why = "no plugin provides crm.lookup/1".to_owned();
    assert_eq!(look_up_of(&desk, chat).await, LookUp::Failed { why });
    until("nobody was asked", || other.report("other").calls == 0).await;
    engine.stop();
    service.await.expect("the service ends with the engine");
}
