//! The desk through its handle: a chat from request to log over real files, a restart in the middle, and a feed
//! without a gap.

use hark_core::command::{RequestChat, SaveAgent, SendMessage, SetStatus};
use hark_core::setup::{QueueSetup, Setup};
use hark_core::state::{Form, MessageKind, Role, Side, Stage, Status};
use hark_core::{Action, Actor, AgentId, BuiltIn, ChatId, OfferId, Refusal, Reply, Time};
use hark_runtime::{Cursor, Done, Error, Handle, Interest, Options, Runtime, Told};
use std::collections::BTreeMap;
use std::path::Path;

fn open(dir: &Path) -> (Runtime, Handle) {
    let mut options = Options::new(dir, Box::new(BuiltIn));
    options.check_everything = true;
    Runtime::open(options).expect("the engine opens")
}

async fn configure(desk: &Handle) {
    let queues = BTreeMap::from([("support".to_owned(), QueueSetup::default())]);
    let setup = Setup { queues, ..Setup::default() };
    desk.submit(Actor::Engine, Action::Configure(Box::new(setup)), None).await.expect("a setup is taken");
}

async fn hire(desk: &Handle, login: &str) -> AgentId {
    let agent = SaveAgent {
        login: login.into(),
        name: login.to_uppercase(),
        role: Role::Agent,
        capacity: 1,
        queues: vec!["support".into()],
        skills: BTreeMap::new(),
        credential: None,
        disabled: false,
    };
    let done = desk
        .submit(Actor::Engine, Action::SaveAgent(Box::new(agent)), None)
        .await
        .expect("an agent is taken");
    let Reply::Agent(id) = done.reply else { panic!("not an agent: {:?}", done.reply) };
    set_status(desk, id, Status::Available).await;
    id
}

async fn set_status(desk: &Handle, agent: AgentId, status: Status) {
    let wish = SetStatus { agent, status: Some(status), reason: None, stop_new: None };
    desk.submit(Actor::Agent { id: agent }, Action::SetStatus(wish), None).await.expect("a status is taken");
}

async fn ask(desk: &Handle, name: &str) -> ChatId {
    let form = Form { name: name.into(), question: Some("Where is my parcel?".into()), ..Form::default() };
    let request = RequestChat { form, queue: None, watched: true };
    let done = desk
        .submit(Actor::Engine, Action::RequestChat(Box::new(request)), None)
        .await
        .expect("a chat is taken");
    let Reply::Chat(id) = done.reply else { panic!("not a chat: {:?}", done.reply) };
    id
}

async fn write(desk: &Handle, by: Actor, chat: ChatId, from: Side, text: &str) -> Result<Done, Error> {
    let message = SendMessage {
        chat,
        from,
        client_id: format!("c-{text}"),
        text: text.into(),
        kind: MessageKind::Text,
    };
    desk.submit(by, Action::SendMessage(message), None).await
}

async fn offer_of(desk: &Handle, agent: AgentId) -> Option<OfferId> {
    desk.read(move |state| state.agent(agent).and_then(|agent| agent.offer))
        .await
        .expect("a look is answered")
        .value
}

async fn accept(desk: &Handle, agent: AgentId) {
    let offer = offer_of(desk, agent).await.expect("the chat is offered");
    desk.submit(Actor::Agent { id: agent }, Action::AcceptOffer(offer), None)
        .await
        .expect("the offer is taken");
}

#[tokio::test]
async fn a_chat_survives_a_restart_in_its_middle() {
    let dir = tempfile::tempdir().expect("a folder");
    let (engine, desk) = open(dir.path());
    configure(&desk).await;
    let ana = hire(&desk, "ana").await;
    let chat = ask(&desk, "Maria").await;
    accept(&desk, ana).await;
    write(&desk, Actor::Customer { chat_id: chat }, chat, Side::Customer, "hello").await.expect("taken");
    engine.stop();
    assert!(matches!(
        write(&desk, Actor::Agent { id: ana }, chat, Side::Agent, "late").await,
        Err(Error::Stopped(_))
    ));

    let (engine, desk) = open(dir.path());
    let told = write(&desk, Actor::Customer { chat_id: chat }, chat, Side::Customer, "hello")
        .await
        .expect("a repeat");
    assert!(matches!(told.reply, Reply::Message { seq: 1, repeated: true, .. }), "{told:?}");
    write(&desk, Actor::Agent { id: ana }, chat, Side::Agent, "good day").await.expect("taken");
    let seen =
        desk.read(move |state| state.chat(chat).map(|chat| (chat.stage.clone(), chat.messages.len()))).await;
    assert_eq!(seen.expect("answered").value, Some((Stage::Active { agent: ana }, 2)));
    engine.stop();
}

#[tokio::test]
async fn a_cursor_from_before_a_restart_goes_on_without_a_gap() {
    let dir = tempfile::tempdir().expect("a folder");
    let (engine, desk) = open(dir.path());
    configure(&desk).await;
    let ana = hire(&desk, "ana").await;
    let chat = ask(&desk, "Maria").await;
    let mut live = desk.subscribe(Some(Cursor::START), Interest::Chat(chat)).expect("everything is kept");
    let mut first: Vec<Cursor> = Vec::new();
    while let Told::Event(event) = live.next().await {
        first.push(event.cursor);
    }
    accept(&desk, ana).await;
    for number in 0..50 {
        let text = format!("line {number}");
        write(&desk, Actor::Agent { id: ana }, chat, Side::Agent, &text).await.expect("taken");
    }
    engine.stop();

    let (engine, desk) = open(dir.path());
    let after = *first.last().expect("something happened");
    let mut rest = desk.subscribe(Some(after), Interest::Chat(chat)).expect("it is kept over a restart");
    let mut texts = Vec::new();
    loop {
        match rest.next().await {
            Told::Event(event) => {
                assert!(event.cursor > after, "{} was told before", event.cursor);
                if let hark_core::Event::MessageCreated { message, .. } = &event.event {
                    texts.push(message.text.clone());
                }
            }
            Told::CaughtUp => break,
            other => panic!("not told: {other:?}"),
        }
    }
    let wanted: Vec<String> = (0..50).map(|number| format!("line {number}")).collect();
    assert_eq!(texts, wanted);
    engine.stop();
}

#[tokio::test]
async fn two_agents_who_accept_one_offer_end_with_one_owner() {
    let dir = tempfile::tempdir().expect("a folder");
    let (engine, desk) = open(dir.path());
    configure(&desk).await;
    let (ana, leo) = (hire(&desk, "ana").await, hire(&desk, "leo").await);
    ask(&desk, "Maria").await;
    let offer = offer_of(&desk, ana).await.expect("the longest idle is offered it");
    let by_leo = desk.submit(Actor::Agent { id: leo }, Action::AcceptOffer(offer), None);
    let by_ana = desk.submit(Actor::Agent { id: ana }, Action::AcceptOffer(offer), None);
    let (by_leo, by_ana) = tokio::join!(by_leo, by_ana);
    assert!(matches!(by_leo, Err(Error::Refused(Refusal::OfferTaken { .. }))), "{by_leo:?}");
    let again = desk.submit(Actor::Agent { id: ana }, Action::AcceptOffer(offer), None).await;
    assert_eq!(by_ana.expect("hers").reply, again.expect("a repeat is no error").reply);
    engine.stop();
}

#[tokio::test]
async fn snapshots_and_trimming_leave_the_state_as_it_was() {
    let dir = tempfile::tempdir().expect("a folder");
    let small = |dir: &Path| {
        let mut options = Options::new(dir, Box::new(BuiltIn));
        options.snapshot_turns = 100;
        options.segment_bytes = 64 << 10;
        Runtime::open(options).expect("the engine opens")
    };
    let (engine, desk) = small(dir.path());
    configure(&desk).await;
    let ana = hire(&desk, "ana").await;
    let chat = ask(&desk, "Maria").await;
    accept(&desk, ana).await;
    for number in 0..1500 {
        let text = format!("a line that fills a segment soon enough, number {number}");
        write(&desk, Actor::Agent { id: ana }, chat, Side::Agent, &text).await.expect("taken");
    }
    let before = desk.read(hark_core::State::clone).await.expect("answered").value;
    engine.stop();
    let files: Vec<String> = std::fs::read_dir(dir.path().join("journal"))
        .expect("a folder")
        .map(|file| file.expect("a file").file_name().to_string_lossy().into_owned())
        .collect();
    assert!(files.iter().any(|name| name.starts_with("snapshot-")), "no snapshot among {files:?}");
    assert!(
        !files.iter().any(|name| name.contains("00000000000001.hark") && name.starts_with("journal")),
        "{files:?}"
    );

    let (engine, desk) = small(dir.path());
    let after = desk.read(hark_core::State::clone).await.expect("answered").value;
    assert_eq!(after.chat(chat).map(|chat| &chat.messages), before.chat(chat).map(|chat| &chat.messages));
    assert!(after.now() >= before.now() && after.now() > Time::default());
    engine.stop();
}
