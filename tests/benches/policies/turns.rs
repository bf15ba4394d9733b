//! Whole chats decided as the writer decides them, without journal and disk, each turn timed by the thread's CPU clock.

use hark_core::command::{RequestChat, SaveAgent, SendMessage, SetStatus};
use hark_core::setup::{QueueSetup, Setup};
use hark_core::state::{Form, MessageKind, Role, Side, Status};
use hark_core::{Action, Actor, AgentId, Command, Policy, Reply, State, Time, decide};
use rustix::time::{ClockId, clock_gettime};
use std::collections::BTreeMap;
use std::time::Duration;

/// Messages of a chat.
const MESSAGES: u32 = 10;
/// 2026-11-23 09:00 UTC.
const MORNING: u64 = 1_795_424_400_000;

/// A desk with an agent who takes every chat.
pub(crate) struct Turns {
    state: State,
    at: u64,
    seed: u64,
    agent: AgentId,
}

impl Turns {
    pub(crate) fn new(policy: &mut dyn Policy) -> Self {
        let mut turns = Self { state: State::new(), at: MORNING, seed: 0, agent: AgentId::from(0) };
        let queue = QueueSetup { post_processing_s: 0, ..QueueSetup::default() };
        let queues = BTreeMap::from([("support".to_owned(), queue)]);
        turns.run(policy, Actor::Engine, Action::Configure(Box::new(Setup { queues, ..Setup::default() })));
        let agent = SaveAgent {
            login: "ana".to_owned(),
            name: "Ana".to_owned(),
            role: Role::Agent,
            capacity: 1,
            queues: vec!["support".to_owned()],
            // Speaks what shipped policies ask for.
            skills: ["german", "de", "spanish", "french"].map(|skill| (skill.to_owned(), 10)).into(),
            credential: None,
            disabled: false,
        };
        let Reply::Agent(agent) = turns.run(policy, Actor::Engine, Action::SaveAgent(Box::new(agent))) else {
            panic!("an agent was made")
        };
        turns.agent = agent;
        let wish = SetStatus { agent, status: Some(Status::Available), reason: None, stop_new: None };
        turns.run(policy, Actor::Agent { id: agent }, Action::SetStatus(wish));
        turns
    }

    fn run(&mut self, policy: &mut dyn Policy, by: Actor, action: Action) -> Reply {
        self.at += 10;
        self.seed += 1;
        let command = Command { at: Time::from_millis(self.at), seed: self.seed, by, key: None, action };
        decide(&mut self.state, command, policy).reply.unwrap_or_else(|refusal| panic!("{refusal}"))
    }

    /// A chat from request to end; `told` gets each turn's CPU time, and whether the policy became another in it.
    pub(crate) fn chat(&mut self, policy: &mut dyn Policy, told: &mut dyn FnMut(Duration, bool)) {
        let mut run = |turns: &mut Self, by, action| {
            // Two sets of the same scripts have one version, but never one address.
            let (before, begun) = (policy.version().as_ptr(), cpu());
            let reply = turns.run(policy, by, action);
            told(cpu() - begun, policy.version().as_ptr() != before);
            reply
        };
        let form = Form { name: "Maria".to_owned(), language: Some("de".to_owned()), ..Form::default() };
        let request = RequestChat { form, queue: None, watched: false };
        let Reply::Chat(chat) = run(self, Actor::Engine, Action::RequestChat(Box::new(request))) else {
            panic!("a chat was made")
        };
        let offer = self.state.agent(self.agent).and_then(|agent| agent.offer).expect("the agent is free");
        let (customer, agent) = (Actor::Customer { chat_id: chat }, Actor::Agent { id: self.agent });
        run(self, agent.clone(), Action::AcceptOffer(offer));
        for number in 0..MESSAGES {
            let (by, from) = match number % 2 {
                0 => (customer.clone(), Side::Customer),
                _ => (agent.clone(), Side::Agent),
            };
            let text =
                "I found two flights, the first leaves at 9:15 am. Shall I book it for you?".to_owned();
            let message =
                SendMessage { chat, from, client_id: number.to_string(), text, kind: MessageKind::Text };
            run(self, by, Action::SendMessage(message));
        }
        run(self, agent, Action::EndChat(chat));
    }
}

fn cpu() -> Duration {
    let time = clock_gettime(ClockId::ThreadCPUTime);
    Duration::new(u64::try_from(time.tv_sec).unwrap_or(0), u32::try_from(time.tv_nsec).unwrap_or(0))
}
