//! A desk in simulated time: commands go in, every invariant is checked after each, and every event is replayed into
//! a second state that must come out the same. On the way, what the policy was asked is asked again there.
#![allow(dead_code, reason = "each test binary uses its own part")]

use hark_core::command::{
    OpenToken, RequestChat, SaveAgent, SendMessage, SetStatus, TransferChat, TransferTo,
};
use hark_core::recall::recall;
use hark_core::setup::{Code, CodeRule, QueueSetup, Setup};
use hark_core::state::{Agent, Chat, Form, MessageKind, Role, Shown, Side, Stage, Status, TokenKind};
use hark_core::{
    Action, Actor, AgentId, BuiltIn, ChatId, Command, Decision, Event, IdempotencyKey, OfferId, Policy,
    Refusal, Reply, State, Time, Turn, check, decide,
};
use std::collections::BTreeMap;

/// 2026-11-22T12:00:00Z.
pub(crate) const NOON: u64 = 1_795_348_800_000;

pub(crate) struct Desk {
    pub(crate) state: State,
    pub(crate) replica: State,
    pub(crate) policy: Box<dyn Policy>,
    pub(crate) now: u64,
    pub(crate) turns: Vec<Turn>,
    seed: u64,
}

impl Desk {
    /// A desk with these queues.
    pub(crate) fn new(queues: &[(&str, QueueSetup)]) -> Self {
        Self::with_setup(Setup {
            queues: queues.iter().map(|(name, setup)| ((*name).to_owned(), setup.clone())).collect(),
            code_lists: BTreeMap::from([(
                "topic".to_owned(),
                vec![code("12", "Billing"), code("31", "Refund")],
            )]),
            ..Setup::default()
        })
    }

    pub(crate) fn with_setup(setup: Setup) -> Self {
        let (state, replica) = (State::new(), State::new());
        let mut desk =
            Self { state, replica, policy: Box::new(BuiltIn), now: NOON, turns: Vec::new(), seed: 1 };
        desk.engine(Action::Configure(Box::new(setup)));
        desk
    }

    /// Sends a command; checks and replays what came of it.
    pub(crate) fn send(
        &mut self,
        by: Actor,
        action: Action,
        key: Option<IdempotencyKey>,
    ) -> Result<Reply, Refusal> {
        self.seed += 1;
        let command = Command { at: Time::from_millis(self.now), seed: self.seed, by, key, action };
        let Decision { turns, reply } = decide(&mut self.state, command, &mut *self.policy);
        check::touched(&self.state, &turns).expect("the cheap invariants hold");
        check::all(&self.state).expect("the invariants hold");
        // The questions asked again, from the replica's state, are answered as they were.
        let (policy, replica) = (&mut *self.policy, &mut self.replica);
        for turn in &turns {
            recall(replica, turn, policy, &mut |asked| assert!(asked.is_same(), "{asked:?} in {turn:?}"));
        }
        assert!(self.state == self.replica, "replaying the events gives another state");
        self.turns.extend(turns);
        reply
    }

    pub(crate) fn engine(&mut self, action: Action) -> Reply {
        self.send(Actor::Engine, action, None).expect("the engine's command is taken")
    }

    pub(crate) fn by(&mut self, agent: AgentId, action: Action) -> Result<Reply, Refusal> {
        self.send(Actor::Agent { id: agent }, action, None)
    }

    /// Lets time pass, second by second, with the ticks that the runtime would send.
    pub(crate) fn pass(&mut self, seconds: u64) {
        let until = self.now + seconds * 1000;
        while let Some((due, _)) = self.state.next_deadline().filter(|(due, _)| due.millis() <= until) {
            self.now = self.now.max(due.millis());
            self.engine(Action::Tick);
        }
        self.now = until;
    }

    pub(crate) fn hire(&mut self, login: &str, queues: &[&str], capacity: u8) -> AgentId {
        self.hire_skilled(login, queues, capacity, &[])
    }

    pub(crate) fn hire_skilled(
        &mut self,
        login: &str,
        queues: &[&str],
        capacity: u8,
        skills: &[(&str, u8)],
    ) -> AgentId {
        let agent = SaveAgent {
            login: login.into(),
            name: login.to_uppercase(),
            role: Role::Agent,
            capacity,
            queues: queues.iter().map(|queue| (*queue).to_owned()).collect(),
            skills: skills.iter().map(|(skill, level)| ((*skill).to_owned(), *level)).collect(),
            credential: None,
            disabled: false,
        };
        let Reply::Agent(id) = self.engine(Action::SaveAgent(Box::new(agent))) else {
            panic!("not an agent")
        };
        id
    }

    /// Hires an agent who is Available at once, a second after the one before.
    pub(crate) fn staff(&mut self, login: &str, queues: &[&str], capacity: u8) -> AgentId {
        let id = self.hire(login, queues, capacity);
        self.now += 1000;
        self.choose(id, Status::Available).expect("Available can be chosen");
        id
    }

    pub(crate) fn log_in(&mut self, agent: AgentId) {
        let expires_at = Time::from_millis(self.now).plus_s(3600);
        let hash = [u8::try_from(self.seed % 251).expect("small"); 32];
        let open = OpenToken { agent, kind: TokenKind::Session, hash, label: "test".into(), expires_at };
        self.engine(Action::OpenToken(open));
    }

    pub(crate) fn choose(&mut self, agent: AgentId, status: Status) -> Result<Reply, Refusal> {
        self.by(
            agent,
            Action::SetStatus(SetStatus { agent, status: Some(status), reason: None, stop_new: None }),
        )
    }

    pub(crate) fn stop_new(&mut self, agent: AgentId, stop_new: bool) -> Result<Reply, Refusal> {
        self.by(
            agent,
            Action::SetStatus(SetStatus { agent, status: None, reason: None, stop_new: Some(stop_new) }),
        )
    }

    pub(crate) fn ask(&mut self, name: &str, queue: &str) -> ChatId {
        self.try_ask(name, queue).expect("a chat is taken")
    }

    pub(crate) fn try_ask(&mut self, name: &str, queue: &str) -> Result<ChatId, Refusal> {
        let email = Some(format!("{}@example.com", name.to_lowercase()));
        let form = Form { name: name.into(), email, question: Some("Help?".into()), ..Form::default() };
        let request = RequestChat { form, queue: Some(queue.into()), watched: true };
        match self.send(Actor::Engine, Action::RequestChat(Box::new(request)), None)? {
            Reply::Chat(id) => Ok(id),
            other => panic!("not a chat: {other:?}"),
        }
    }

    pub(crate) fn offer_to(&self, agent: AgentId) -> Option<(OfferId, ChatId)> {
        let offer = self.state.offer(self.agent(agent).offer?)?;
        Some((offer.id, offer.chat))
    }

    pub(crate) fn accept(&mut self, agent: AgentId) -> ChatId {
        let (offer, chat) = self.offer_to(agent).expect("a chat is offered");
        self.by(agent, Action::AcceptOffer(offer)).expect("the offer is taken");
        chat
    }

    pub(crate) fn reject(&mut self, agent: AgentId) -> Result<Reply, Refusal> {
        let (offer, _) = self.offer_to(agent).expect("a chat is offered");
        self.by(agent, Action::RejectOffer { offer, reason: None })
    }

    pub(crate) fn say(
        &mut self,
        by: Actor,
        chat: ChatId,
        client_id: &str,
        text: &str,
    ) -> Result<Reply, Refusal> {
        let from = if matches!(by, Actor::Agent { .. }) { Side::Agent } else { Side::Customer };
        let (client_id, text, kind) = (client_id.into(), text.into(), MessageKind::Text);
        self.send(by, Action::SendMessage(SendMessage { chat, from, client_id, text, kind }), None)
    }

    pub(crate) fn end(&mut self, agent: AgentId, chat: ChatId) {
        self.by(agent, Action::EndChat(chat)).expect("the chat can be ended");
    }

    pub(crate) fn finish(&mut self, agent: AgentId, chat: ChatId) -> Result<Reply, Refusal> {
        self.by(agent, Action::FinishPostProcessing(chat))
    }

    pub(crate) fn transfer(
        &mut self,
        agent: AgentId,
        chat: ChatId,
        to: TransferTo,
    ) -> Result<Reply, Refusal> {
        self.by(agent, Action::TransferChat(Box::new(TransferChat { chat, to, note: Some("please".into()) })))
    }

    pub(crate) fn agent(&self, id: AgentId) -> &Agent {
        self.state.agent(id).expect("the agent is known")
    }

    pub(crate) fn shown(&self, id: AgentId) -> Shown {
        self.agent(id).shown()
    }

    pub(crate) fn chat(&self, id: ChatId) -> &Chat {
        self.state.chat(id).expect("the chat is live")
    }

    pub(crate) fn stage(&self, id: ChatId) -> Stage {
        self.chat(id).stage.clone()
    }

    /// Names of the events of the last turn.
    pub(crate) fn last_events(&self) -> Vec<&'static str> {
        self.turns
            .last()
            .map(|turn| turn.events.iter().map(|scoped| scoped.event.name()).collect())
            .unwrap_or_default()
    }

    pub(crate) fn events(&self) -> impl Iterator<Item = &Event> {
        self.turns.iter().flat_map(|turn| &turn.events).map(|scoped| &scoped.event)
    }
}

pub(crate) fn customer(chat_id: ChatId) -> Actor {
    Actor::Customer { chat_id }
}

pub(crate) fn code(code: &str, title: &str) -> Code {
    Code { code: code.into(), title: title.into() }
}

/// A queue with a mandatory list.
pub(crate) fn with_codes() -> QueueSetup {
    let rule = CodeRule { list: "topic".into(), mandatory: true, several: false };
    QueueSetup { codes: vec![rule], ..QueueSetup::default() }
}

pub(crate) fn plain() -> QueueSetup {
    QueueSetup::default()
}
