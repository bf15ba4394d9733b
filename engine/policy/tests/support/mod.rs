//! A desk on which the policy under test is asked by the real core: it commands, and reads what the events say.
#![allow(dead_code, reason = "each test file uses its own part of the desk")]

use hark_core::command::{RequestChat, SaveAgent, SendMessage, SetStatus};
use hark_core::record::{Case, Customer, Match};
use hark_core::setup::QueueSetup;
use hark_core::state::{Ask, ChosenCode, Form, MessageKind, Offer, Outcome, Role, Side, Status};
use hark_core::{
    Action, Actor, AgentId, ChatId, Command, Event, Policy, Refusal, Reply, Setup, State, Time, decide,
};
use hark_policy::{Options, ScriptOptions, Scripts};
use std::collections::BTreeMap;
use std::fs;
use tempfile::TempDir;

/// 2026-11-23 09:00 UTC.
pub(crate) const MORNING: u64 = 1_795_424_400_000;

/// A folder of scripts that goes away with the test.
pub(crate) struct Folder(pub(crate) TempDir);

impl Folder {
    pub(crate) fn new(files: &[(&str, &str)]) -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder can be made");
        for (name, text) in files {
            let path = folder.path().join(name);
            fs::create_dir_all(path.parent().expect("it lies in the folder")).expect("folders can be made");
            fs::write(path, text).expect("files can be written");
        }
        Self(folder)
    }

    pub(crate) fn options(&self, scripts: &[&str]) -> Options {
        Options::new(self.0.path(), scripts)
    }

    pub(crate) fn load(&self, scripts: &[&str]) -> Scripts {
        Scripts::load(self.options(scripts)).unwrap_or_else(|faults| panic!("{}", told(&faults)))
    }
}

/// One script under the name `policy.lua`.
pub(crate) fn script(text: &str) -> Scripts {
    Folder::new(&[("policy.lua", text)]).load(&["policy.lua"])
}

/// The faults of one script, as `hark check` tells them.
pub(crate) fn faults_of(text: &str) -> String {
    let folder = Folder::new(&[("policy.lua", text)]);
    let faults = Scripts::load(folder.options(&["policy.lua"])).expect_err("the script is faulty");
    told(&faults)
}

pub(crate) fn told(faults: &[hark_policy::Fault]) -> String {
    faults.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n")
}

pub(crate) fn configured(text: &str, config: serde_json::Value) -> Scripts {
    let folder = Folder::new(&[("policy.lua", text)]);
    let mut options = folder.options(&[]);
    options.scripts.push(ScriptOptions { path: "policy.lua".into(), config });
    Scripts::load(options).unwrap_or_else(|faults| panic!("{}", told(&faults)))
}

/// A desk with one queue `support`, one `vip`, and one agent `ana`.
pub(crate) struct Desk<'p> {
    pub(crate) state: State,
    pub(crate) policy: &'p mut dyn Policy,
    pub(crate) at: u64,
    seed: u64,
    pub(crate) ana: AgentId,
    /// Events of all turns so far.
    pub(crate) events: Vec<Event>,
}

impl<'p> Desk<'p> {
    pub(crate) fn new(policy: &'p mut dyn Policy) -> Self {
        Self::with(policy, |_| {})
    }

    pub(crate) fn with(policy: &'p mut dyn Policy, change: impl FnOnce(&mut Setup)) -> Self {
        let mut setup = Setup { default_queue: "support".to_owned(), crm: true, ..Setup::default() };
        setup.queues.insert(
            "support".to_owned(),
            QueueSetup { title: "Support".to_owned(), ..QueueSetup::default() },
        );
        setup.queues.insert("vip".to_owned(), QueueSetup::default());
        change(&mut setup);
        let ana = AgentId::from(0);
        let mut desk = Self { state: State::new(), policy, at: MORNING, seed: 1, ana, events: Vec::new() };
        desk.must(Action::Configure(Box::new(setup)));
        let ana = SaveAgent {
            login: "ana".to_owned(),
            name: "Ana".to_owned(),
            role: Role::Agent,
            capacity: 3,
            queues: vec!["support".to_owned(), "vip".to_owned()],
            skills: BTreeMap::from([("german".to_owned(), 5)]),
            credential: None,
            disabled: false,
        };
        let Reply::Agent(id) = desk.must(Action::SaveAgent(Box::new(ana))) else {
            panic!("an agent was made")
        };
        desk.ana = id;
        desk
    }

    pub(crate) fn command(&mut self, action: Action) -> Result<Reply, Refusal> {
        self.command_by(Actor::Engine, action)
    }

    /// Ana takes the offer.
    pub(crate) fn accept(&mut self, offer: &Offer) {
        let reply = self.command_by(Actor::Agent { id: self.ana }, Action::AcceptOffer(offer.id));
        reply.unwrap_or_else(|refusal| panic!("{refusal}"));
    }

    /// One of the two writes.
    pub(crate) fn write(&mut self, chat: ChatId, from: Side, text: &str) -> Result<Reply, Refusal> {
        let by = match from {
            Side::Customer => Actor::Customer { chat_id: chat },
            Side::Agent => Actor::Agent { id: self.ana },
        };
        let (client_id, text, kind) = (text.to_owned(), text.to_owned(), MessageKind::Text);
        self.command_by(by, Action::SendMessage(SendMessage { chat, from, client_id, text, kind }))
    }

    fn command_by(&mut self, by: Actor, action: Action) -> Result<Reply, Refusal> {
        self.at += 1000;
        self.seed += 1;
        let at = Time::from_millis(self.at);
        let command = Command { at, seed: self.seed, by, key: None, action };
        let decision = decide(&mut self.state, command, self.policy);
        let events = decision.turns.into_iter().flat_map(|turn| turn.events);
        self.events.extend(events.map(|scoped| scoped.event));
        decision.reply
    }

    pub(crate) fn must(&mut self, action: Action) -> Reply {
        self.command(action).unwrap_or_else(|refusal| panic!("{refusal}"))
    }

    /// A chat of Carla, as far as the policy lets it come.
    pub(crate) fn request(&mut self) -> Result<ChatId, Refusal> {
        self.request_with(|_| {})
    }

    pub(crate) fn request_with(&mut self, change: impl FnOnce(&mut Form)) -> Result<ChatId, Refusal> {
        let mut form = Form {
            name: "Carla".to_owned(),
            email: Some("carla@example.org".to_owned()),
            question: Some("Where is my parcel?".to_owned()),
            language: Some("de".to_owned()),
            ..Form::default()
        };
        change(&mut form);
        match self.command(Action::RequestChat(Box::new(RequestChat { form, queue: None, watched: true })))? {
            Reply::Chat(id) => Ok(id),
            other => panic!("a chat was asked for, told was {other:?}"),
        }
    }

    pub(crate) fn available(&mut self) {
        self.available_is(self.ana);
    }

    fn available_is(&mut self, agent: AgentId) {
        let status = SetStatus { agent, status: Some(Status::Available), reason: None, stop_new: None };
        self.must(Action::SetStatus(status));
    }

    /// One more agent of `support`, available.
    pub(crate) fn another(&mut self, login: &str) -> AgentId {
        let agent = SaveAgent {
            login: login.to_owned(),
            name: login.to_owned(),
            role: Role::Agent,
            capacity: 1,
            queues: vec!["support".to_owned()],
            skills: BTreeMap::new(),
            credential: None,
            disabled: false,
        };
        let Reply::Agent(id) = self.must(Action::SaveAgent(Box::new(agent))) else {
            panic!("an agent was made")
        };
        self.available_is(id);
        id
    }

    /// Lets time pass, a second a tick.
    pub(crate) fn pass(&mut self, seconds: u64) {
        (0..seconds).for_each(|_| {
            self.must(Action::Tick);
        });
    }

    /// Answers the CRM's open look-ups.
    pub(crate) fn crm(&mut self, outcome: &Outcome) {
        let open = self.state.jobs().filter(|job| matches!(job.ask, Ask::Lookup(_))).map(|job| job.id);
        for job in open.collect::<Vec<_>>() {
            self.must(Action::AnswerJob { job, outcome: Box::new(outcome.clone()) });
        }
    }

    /// The offer of a new chat, made to Ana after the CRM answered.
    pub(crate) fn offer(&mut self, matches: Vec<Match>) -> Offer {
        let chat = self.request().expect("the chat is let in");
        self.crm(&Outcome::Matches(matches));
        self.available();
        let offer = self.state.agent(self.ana).and_then(|ana| ana.offer).expect("Ana is offered the chat");
        let offer = self.state.offer(offer).expect("the offer is live").clone();
        assert_eq!(offer.chat, chat);
        offer
    }

    /// A chat from request to end.
    pub(crate) fn whole_chat(&mut self, matches: Vec<Match>, codes: Vec<ChosenCode>) -> ChatId {
        let offer = self.offer(matches);
        self.accept(&offer);
        if !codes.is_empty() {
            self.must(Action::SetDisposition { chat: offer.chat, codes, note: "a note".to_owned() });
        }
        self.must(Action::EndChat(offer.chat));
        offer.chat
    }

    /// The first event that `pick` takes.
    pub(crate) fn event<T>(&self, pick: impl Fn(&Event) -> Option<T>) -> T {
        self.events.iter().find_map(pick).expect("the event is there")
    }
}

/// A match of Carla's record.
pub(crate) fn carla(case: bool, vip: bool) -> Match {
    let id = hark_core::id::ForeignId("7".to_owned());
    let customer = Customer {
        id: id.clone(),
        name: "Carla".to_owned(),
        email: Some("carla@example.org".to_owned()),
        phone: None,
        account: Some("A-7".to_owned()),
        company: None,
        language: None,
        vip,
        since: None,
        notes: None,
        fields: BTreeMap::from([("tier".to_owned(), "gold".to_owned())]),
        version: 1,
    };
    let case = case.then(|| Case {
        id: hark_core::id::ForeignId("c1".to_owned()),
        number: "4711".to_owned(),
        customer_id: Some(id),
        subject: "Parcel".to_owned(),
        status: "open".to_owned(),
        opened_at: "2026-11-01T08:00:00Z".to_owned(),
        updated_at: "2026-11-01T08:00:00Z".to_owned(),
        notes: Vec::new(),
    });
    Match { customer, case, open_cases: 1, score: 100, by: "email".to_owned() }
}
