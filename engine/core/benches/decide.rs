//! How many events the core decides in a second, and how the cost of one grows with the number of agents.
//! `cargo bench -p hark-core`; ratios within one run are what counts.
#![allow(clippy::print_stdout, reason = "a benchmark prints its figures")]

use hark_core::command::{RequestChat, SaveAgent, SendMessage, SetStatus};
use hark_core::setup::{QueueSetup, Setup};
use hark_core::state::{Form, MessageKind, Role, Side, Stage, Status};
use hark_core::{Action, Actor, AgentId, BuiltIn, ChatId, Command, Event, Reply, State, Time, Turn, decide};
use std::collections::BTreeMap;
use std::time::{Duration, Instant};

/// Chats that run through in one measurement.
const CHATS: usize = 60_000;

struct Desk {
    state: State,
    now: u64,
    seed: u64,
    events: u64,
    spent: Duration,
    /// Offers that wait for an answer, in the order in which they were made.
    offered: std::collections::VecDeque<(hark_core::OfferId, AgentId, ChatId)>,
}

impl Desk {
    fn send(&mut self, by: Actor, action: Action) -> Option<Reply> {
        self.seed += 1;
        let command = Command { at: Time::from_millis(self.now), seed: self.seed, by, key: None, action };
        let begin = Instant::now();
        let decision = decide(&mut self.state, command, &mut BuiltIn);
        self.spent += begin.elapsed();
        decision.turns.iter().for_each(|turn| self.note(turn));
        decision.reply.ok()
    }

    fn note(&mut self, turn: &Turn) {
        self.events += turn.events.len() as u64;
        for scoped in &turn.events {
            if let Event::OfferPresented { offer, .. } = &scoped.event {
                self.offered.push_back((offer.id, offer.agent, offer.chat));
            }
        }
    }

    fn new(agents: usize, queues: usize) -> Self {
        let name = |number: usize| format!("queue{number:04}");
        let queue = QueueSetup { post_processing_s: 5, acceptance_s: 600, ..QueueSetup::default() };
        let queues_by_name = (0..queues).map(|number| (name(number), queue.clone())).collect();
        let setup = Setup { queues: queues_by_name, ..Setup::default() };
        let offered = std::collections::VecDeque::new();
        let mut desk = Self {
            state: State::new(),
            now: 1_795_348_800_000,
            seed: 1,
            events: 0,
            spent: Duration::ZERO,
            offered,
        };
        desk.send(Actor::Engine, Action::Configure(Box::new(setup)));
        for number in 0..agents {
            // Three queues each, spread so that every queue is served.
            let queues = (0..3).map(|step| name((number + step * 7) % queues)).collect();
            let (login, skills) = (format!("agent{number:06}"), BTreeMap::new());
            let agent = SaveAgent {
                name: login.clone(),
                login,
                role: Role::Agent,
                capacity: 3,
                queues,
                skills,
                credential: None,
                disabled: false,
            };
            let Some(Reply::Agent(agent)) = desk.send(Actor::Engine, Action::SaveAgent(Box::new(agent)))
            else {
                panic!()
            };
            let wish = SetStatus { agent, status: Some(Status::Available), reason: None, stop_new: None };
            desk.send(Actor::Agent { id: agent }, Action::SetStatus(wish));
        }
        desk
    }

    fn ask(&mut self, queue: usize) {
        self.now += 1;
        let form = Form {
            name: "Maria Lopez".into(),
            question: Some("My invoice is wrong".into()),
            ..Form::default()
        };
        let request = RequestChat { form, queue: Some(format!("queue{queue:04}")), watched: true };
        self.send(Actor::Engine, Action::RequestChat(Box::new(request)));
    }

    fn say(&mut self, chat: ChatId, by: Actor, from: Side, number: usize) {
        let (client_id, text) =
            (format!("client-id-{number:026}"), "Could you tell me the number on the invoice?".into());
        let message = SendMessage { chat, from, client_id, text, kind: MessageKind::Text };
        self.send(by, Action::SendMessage(message));
    }

    /// One chat from acceptance to its end, with four messages.
    fn serve(&mut self) -> bool {
        let Some((offer, agent, chat)) = self.offered.pop_front() else { return false };
        let by_agent = Actor::Agent { id: agent };
        if self.send(by_agent.clone(), Action::AcceptOffer(offer)).is_none() {
            return true;
        }
        for number in 0..2 {
            self.say(chat, Actor::Customer { chat_id: chat }, Side::Customer, number);
            self.say(chat, by_agent.clone(), Side::Agent, number);
        }
        self.send(by_agent.clone(), Action::EndChat(chat));
        self.send(by_agent, Action::FinishPostProcessing(chat));
        true
    }
}

/// Nanoseconds an event with so many agents and queues, and so many chats alive all the time.
fn measure(agents: usize, queues: usize, alive: usize) -> f64 {
    let mut desk = Desk::new(agents, queues);
    (0..alive).for_each(|number| desk.ask(number % queues));
    (desk.events, desk.spent) = (0, Duration::ZERO);
    for number in 0..CHATS {
        desk.ask(number % queues);
        desk.serve();
    }
    let live = desk.state.chat_count();
    let active = desk.state.chats().filter(|chat| matches!(chat.stage, Stage::Active { .. })).count();
    let each = desk.spent.as_nanos() as f64 / desk.events as f64;
    println!(
        "{agents:>7} agents {queues:>4} queues {live:>7} chats alive ({active} active) {:>9} events {each:>7.0} ns each {:>10.0} events/s",
        desk.events,
        1e9 / each
    );
    each
}

fn main() {
    println!("core: decided events (request, queue, offer, accept, 4 messages, end, log, wrap-up, close)");
    measure(1000, 100, 10_000);
    let few = measure(100, 100, 10_000);
    let many = measure(10_000, 100, 10_000);
    let most = measure(100_000, 100, 10_000);
    println!(
        "cost of an event: 10,000 agents / 100 agents = {:.2}; 100,000 / 100 = {:.2}",
        many / few,
        most / few
    );
}
