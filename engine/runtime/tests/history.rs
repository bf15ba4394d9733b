//! History behind the desk: what was just seen is waited for, events are told again as they were, and the journal keeps
//! what history has not.

use hark_core::command::{RequestChat, SaveAgent, SendMessage, SetStatus};
use hark_core::setup::{QueueSetup, Setup};
use hark_core::state::{Form, MessageKind, Role, Side, Status};
use hark_core::{Action, Actor, AgentId, BuiltIn, ChatId, Reply};
use hark_runtime::{Cursor, Done, Handle, HistoryStage, Interest, Options, Runtime, Told};
use std::collections::BTreeMap;
use std::path::Path;

fn open(dir: &Path) -> (Runtime, Handle) {
    let mut options = Options::new(dir, Box::new(BuiltIn));
    options.snapshot_turns = 100;
    options.segment_bytes = 64 << 10;
    Runtime::open(options).expect("the engine opens")
}

async fn must(desk: &Handle, by: Actor, action: Action) -> Done {
    desk.submit(by, action, None).await.expect("it is taken")
}

/// A desk with one agent at work.
async fn furnish(desk: &Handle) -> AgentId {
    let queues = BTreeMap::from([("support".to_owned(), QueueSetup::default())]);
    let setup = Setup { queues, ..Setup::default() };
    must(desk, Actor::Engine, Action::Configure(Box::new(setup))).await;
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
    let Reply::Agent(id) = must(desk, Actor::Engine, Action::SaveAgent(Box::new(agent))).await.reply else {
        panic!("not an agent")
    };
    let wish = SetStatus { agent: id, status: Some(Status::Available), reason: None, stop_new: None };
    must(desk, Actor::Agent { id }, Action::SetStatus(wish)).await;
    id
}

/// A chat that the agent has accepted.
async fn begin(desk: &Handle, agent: AgentId) -> ChatId {
    let form = Form { name: "Maria".into(), email: Some("maria@example.com".into()), ..Form::default() };
    let request = RequestChat { form, queue: None, watched: true };
    let Reply::Chat(chat) = must(desk, Actor::Engine, Action::RequestChat(Box::new(request))).await.reply
    else {
        panic!("not a chat")
    };
    let offer = desk.read(move |state| state.agent(agent).and_then(|agent| agent.offer)).await;
    let offer = offer.expect("answered").value.expect("it is offered");
    must(desk, Actor::Agent { id: agent }, Action::AcceptOffer(offer)).await;
    chat
}

async fn write(desk: &Handle, agent: AgentId, chat: ChatId, text: String) {
    let client_id = text.chars().take(60).collect();
    let message = SendMessage { chat, from: Side::Agent, client_id, text, kind: MessageKind::Text };
    must(desk, Actor::Agent { id: agent }, Action::SendMessage(message)).await;
}

async fn end(desk: &Handle, agent: AgentId, chat: ChatId) -> Cursor {
    must(desk, Actor::Agent { id: agent }, Action::EndChat(chat)).await;
    must(desk, Actor::Agent { id: agent }, Action::FinishPostProcessing(chat)).await.cursor
}

#[tokio::test]
async fn a_chat_that_has_just_closed_is_found_with_its_past() {
    let dir = tempfile::tempdir().expect("a folder");
    let (engine, desk) = open(dir.path());
    let ana = furnish(&desk).await;
    let chat = begin(&desk, ana).await;
    let mut feed = desk.subscribe(Some(Cursor::START), Interest::Chat(chat)).expect("everything is kept");
    write(&desk, ana, chat, "good day".into()).await;
    let closed = end(&desk, ana, chat).await;
    let history = desk.history();
    assert!(history.wait_folded(closed).await);
    let kept = history.chat(chat).expect("it reads").expect("it is kept");
    assert_eq!((kept.agent_name.as_deref(), kept.chat.messages.len()), (Some("Ana"), 1));
    assert_eq!(history.last_agent("MARIA@example.com"), Ok(Some(ana)));
    let past = history.events(chat).expect("it reads");
    for event in &past {
        let told = loop {
            match feed.next().await {
                Told::Event(told) => break told,
                Told::CaughtUp => {}
                other => panic!("not told: {other:?}"),
            }
        };
        assert_eq!(&*told, event, "the same as when it was told");
    }
    assert!(past.len() > 8, "{past:?}");
    engine.stop();
    assert!(history.chat(chat).is_err(), "a door that outlives its desk says so");

    let (engine, desk) = open(dir.path());
    let seen = desk.read(hark_core::State::now).await.expect("answered");
    assert!(desk.history().wait_folded(seen.cursor).await, "{:?}", desk.history().report());
    assert_eq!(desk.history().chat(chat), Ok(Some(kept)));
    engine.stop();
}

/// Whether the journal still has its first record.
fn has_first_segment(dir: &Path) -> bool {
    dir.join("journal/journal-00000000000000000001.hark").exists()
}

/// Enough for many segments and snapshots.
async fn talk(desk: &Handle, agent: AgentId, chat: ChatId) {
    for number in 0..1500 {
        write(desk, agent, chat, format!("number {number} of many lines that fill a segment soon enough"))
            .await;
    }
}

#[tokio::test]
async fn the_journal_keeps_what_history_cannot_take() {
    let dir = tempfile::tempdir().expect("a folder");
    std::fs::write(dir.path().join("history"), b"in the way").expect("a file");
    let (engine, desk) = open(dir.path());
    let ana = furnish(&desk).await;
    let chat = begin(&desk, ana).await;
    talk(&desk, ana, chat).await;
    let closed = end(&desk, ana, chat).await;
    assert!(!desk.history().wait_folded(closed).await, "the desk serves, history does not");
    assert!(matches!(desk.history().report().stage, HistoryStage::Stopped(_)));
    engine.stop();
    assert!(has_first_segment(dir.path()), "what is not folded was given back");

    std::fs::remove_file(dir.path().join("history")).expect("it goes");
    let (engine, desk) = open(dir.path());
    let seen = desk.read(hark_core::State::now).await.expect("answered");
    while !desk.history().wait_folded(seen.cursor).await {
        assert!(!matches!(desk.history().report().stage, HistoryStage::Stopped(_)));
    }
    let kept = desk.history().chat(chat).expect("it reads").expect("it is kept");
    assert_eq!((kept.chat.messages.len(), desk.history().report().missing), (1500, None));
    let again = begin(&desk, ana).await;
    talk(&desk, ana, again).await;
    engine.stop();
    assert!(!has_first_segment(dir.path()), "what is folded and covered by snapshots is given back");
}

#[tokio::test]
async fn chats_whose_journal_was_given_back_do_not_depend_on_the_databases() {
    let dir = tempfile::tempdir().expect("a folder");
    let (engine, desk) = open(dir.path());
    let ana = furnish(&desk).await;
    let first = begin(&desk, ana).await;
    write(&desk, ana, first, "good day".into()).await;
    let closed = end(&desk, ana, first).await;
    assert!(desk.history().wait_folded(closed).await);
    let kept = desk.history().chat(first).expect("it reads").expect("it is kept");
    let second = begin(&desk, ana).await;
    talk(&desk, ana, second).await;
    engine.stop();
    assert!(!has_first_segment(dir.path()), "the first chat has left the journal");

    std::fs::remove_dir_all(dir.path().join("history")).expect("it goes");
    let (engine, desk) = open(dir.path());
    let seen = desk.read(hark_core::State::now).await.expect("answered");
    while !desk.history().wait_folded(seen.cursor).await {
        assert!(!matches!(desk.history().report().stage, HistoryStage::Stopped(_)));
    }
    assert_eq!(desk.history().report().missing, None);
    assert_eq!(desk.history().chat(first), Ok(Some(kept)));
    engine.stop();
}
