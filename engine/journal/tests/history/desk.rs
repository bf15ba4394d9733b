//! A desk that writes a journal: the core's own decisions in simulated time, and beside them what the live state said
//! of each chat at the moment when it left.

use hark_core::command::{Command, RequestChat, SaveAgent, SendMessage, SetStatus};
use hark_core::setup::{Limits, QueueSetup, Setup};
use hark_core::state::{Chat, Form, MessageKind, Role, Side, Stage, Status};
use hark_core::{Action, Actor, AgentId, BuiltIn, ChatId, Event, Reply, Scoped, State, Time, Turn, decide};
use hark_journal::{Append, Batch, Journal, LocalJournal, Options, RecordKind, Seq};
use std::collections::BTreeMap;
use std::path::Path;

/// 2026-11-30T22:00:00Z: what runs for a few hours runs into another month.
pub(crate) const EVENING: Time = Time::from_millis(1_796_076_000_000);

pub(crate) struct Desk {
    pub(crate) journal: LocalJournal,
    pub(crate) state: State,
    /// Follows event by event.
    replica: State,
    pub(crate) now: Time,
    seed: u64,
    batch: Batch,
    /// Chats as they were when they left the live state.
    pub(crate) left: BTreeMap<ChatId, Chat>,
    /// All events of each chat.
    pub(crate) events: BTreeMap<ChatId, Vec<(Time, Actor, Scoped)>>,
}

impl Desk {
    pub(crate) fn open(dir: &Path) -> Self {
        Self::open_with(dir, false)
    }

    /// With what is given back of the journal kept, or not.
    pub(crate) fn open_with(dir: &Path, archive: bool) -> Self {
        let options = Options { segment_bytes: 256 << 10, archive, ..Options::new(dir.join("journal")) };
        let (journal, _) = LocalJournal::open(&options).expect("the journal opens");
        Self {
            journal,
            state: State::new(),
            replica: State::new(),
            now: EVENING,
            seed: 1,
            batch: Batch::new(),
            left: BTreeMap::new(),
            events: BTreeMap::new(),
        }
    }

    /// Two queues, and agents who serve both.
    pub(crate) fn furnish(&mut self, agents: usize) -> Vec<AgentId> {
        let titled = |title: &str| QueueSetup { title: title.into(), ..QueueSetup::default() };
        let queues =
            BTreeMap::from([("sales".to_owned(), titled("Sales")), ("support".to_owned(), titled("Help"))]);
        let limits = Limits { live_chats: 1_000_000, ..Limits::default() };
        self.must(Actor::Engine, Action::Configure(Box::new(Setup { queues, limits, ..Setup::default() })));
        (0..agents).map(|number| self.hire(&format!("agent{number}"))).collect()
    }

    fn hire(&mut self, login: &str) -> AgentId {
        let agent = SaveAgent {
            login: login.into(),
            name: login.to_uppercase(),
            role: Role::Agent,
            capacity: 3,
            queues: vec!["sales".into(), "support".into()],
            skills: BTreeMap::new(),
            credential: None,
            disabled: false,
        };
        let Reply::Agent(id) = self.must(Actor::Engine, Action::SaveAgent(Box::new(agent))) else {
            panic!("not an agent")
        };
        let wish = SetStatus { agent: id, status: Some(Status::Available), reason: None, stop_new: None };
        self.must(Actor::Agent { id }, Action::SetStatus(wish));
        id
    }

    pub(crate) fn must(&mut self, by: Actor, action: Action) -> Reply {
        let told = format!("{action:?}");
        self.seed += 1;
        let command = Command { at: self.now, seed: self.seed, by, key: None, action };
        let decision = decide(&mut self.state, command, &mut BuiltIn);
        for turn in decision.turns {
            self.watch(&turn);
            self.batch
                .push_with(RecordKind::Turn, |out| hark_journal::encode_turn(&turn, out))
                .expect("it fits");
            if self.batch.len() >= 256 {
                self.commit();
            }
        }
        decision.reply.unwrap_or_else(|refusal| panic!("{refusal:?} to {told}"))
    }

    fn watch(&mut self, turn: &Turn) {
        for scoped in &turn.events {
            if let Event::ChatClosed { chat, .. } | Event::ChatAbandoned { chat, .. } = &scoped.event {
                self.left.insert(*chat, self.replica.chat(*chat).expect("it was live").clone());
            }
            self.replica.apply(turn.at, &scoped.event);
            if let Some(chat) = scoped.event.chat() {
                self.events.entry(chat).or_default().push((turn.at, turn.by.clone(), scoped.clone()));
            }
        }
    }

    /// Makes everything durable.
    pub(crate) fn commit(&mut self) -> Seq {
        let appended = self.journal.append(self.journal.last(), &mut self.batch);
        assert!(matches!(appended, Append::Committed(_)), "{appended:?}");
        self.batch.clear();
        self.journal.last()
    }

    pub(crate) fn wait(&mut self, seconds: u64) {
        self.now = self.now.plus_s(seconds);
        self.must(Actor::Engine, Action::Tick);
    }

    pub(crate) fn ask(&mut self, name: &str, queue: &str, email: &str) -> ChatId {
        let form = Form { name: name.into(), email: Some(email.into()), ..Form::default() };
        let request = RequestChat { form, queue: Some(queue.into()), watched: true };
        match self.must(Actor::Engine, Action::RequestChat(Box::new(request))) {
            Reply::Chat(id) => id,
            other => panic!("not a chat: {other:?}"),
        }
    }

    pub(crate) fn accept(&mut self, chat: ChatId) -> AgentId {
        let Stage::Offered { offer, agent } = self.state.chat(chat).expect("it is live").stage else {
            panic!("{chat} is not offered")
        };
        self.must(Actor::Agent { id: agent }, Action::AcceptOffer(offer));
        agent
    }

    pub(crate) fn write(&mut self, chat: ChatId, from: Side, text: &str) {
        self.seed += 1;
        let by = match from {
            Side::Customer => Actor::Customer { chat_id: chat },
            Side::Agent => {
                Actor::Agent { id: self.state.chat(chat).and_then(Chat::owner).expect("it has one") }
            }
        };
        let client_id = format!("m{}", self.seed);
        let message = SendMessage { chat, from, client_id, text: text.into(), kind: MessageKind::Text };
        self.must(by, Action::SendMessage(message));
    }

    pub(crate) fn end(&mut self, chat: ChatId) {
        let by = Actor::Agent { id: self.state.chat(chat).and_then(Chat::owner).expect("it has one") };
        self.must(by, Action::EndChat(chat));
    }

    pub(crate) fn finish(&mut self, chat: ChatId) {
        let by = Actor::Agent { id: self.state.chat(chat).and_then(Chat::owner).expect("it has one") };
        self.must(by.clone(), Action::FinishPostProcessing(chat));
        // Whoever rested after the wrap-up goes on.
        let Actor::Agent { id } = by else { unreachable!("an agent owned it") };
        let wish = SetStatus { agent: id, status: Some(Status::Available), reason: None, stop_new: None };
        self.must(Actor::Agent { id }, Action::SetStatus(wish));
    }

    /// So many chats of ten messages, made durable, and a snapshot that covers them; up to where.
    pub(crate) fn chats_and_a_snapshot(&mut self, chats: usize) -> Seq {
        for number in 0..chats {
            self.whole_chat(number, 10);
        }
        let upto = self.commit();
        self.journal.write_snapshot(upto, b"a state").expect("it is written");
        upto
    }

    /// A chat from request to close with so many messages.
    pub(crate) fn whole_chat(&mut self, number: usize, messages: usize) -> ChatId {
        let queue = if number.is_multiple_of(3) { "sales" } else { "support" };
        let chat = self.ask(&format!("Customer {number}"), queue, &format!("c{}@example.com", number % 50));
        self.accept(chat);
        for line in 0..messages {
            let from = if line % 2 == 0 { Side::Customer } else { Side::Agent };
            self.write(chat, from, &format!("line {line} of chat {number}: what is to be said"));
        }
        self.end(chat);
        self.finish(chat);
        chat
    }
}
