//! What a test file describes, made into the core's own types: the question that a test asks is the one that the desk
//! asks. The parts that a test leaves out are those of a real chat and a real agent, made by the core.

use crate::scripts::Scripts;
use hark_core::command::{RequestChat, SaveAgent, SetStatus};
use hark_core::policy::{PopMoment, QueueView, Route, RouteChat};
use hark_core::record::{Customer, Match};
use hark_core::setup::{CodeRule, QueueSetup};
use hark_core::state::{
    Agent, Chat, ChosenCode, EndedBy, Form, Message, MessageKind, Messages, PostProcessing, Role, Side,
    Stage, Status,
};
use hark_core::{Action, Actor, BuiltIn, Command, MessageId, Policy, Reply, Setup, State, Time, decide};
use serde::Deserialize;
use std::collections::BTreeMap;

/// When a test's question is asked unless it says: 2026-11-23 09:00 UTC, a Monday.
const NOW: u64 = 1_795_424_400_000;
/// The queue of a chat that names none.
const QUEUE: &str = "support";
/// Most chats and agents of a described queue.
const MOST: u32 = 200;

/// A question as a test writes it.
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Described {
    now: Option<u64>,
    chat: ChatWords,
    agent: AgentWords,
    customer: Option<Customer>,
    queue: QueueWords,
    queues: Vec<WaitingWords>,
    pub(crate) matches: Vec<Match>,
    event: Option<PopMoment>,
    pub(crate) message: MessageWords,
    candidates: Vec<AgentWords>,
    pub(crate) wait: WaitWords,
    /// Whether somebody has the chat: an agent who accepted it.
    pub(crate) accepted: bool,
    /// How an offer was missed.
    pub(crate) rejected: bool,
}

/// How a chat waits.
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct WaitWords {
    pub(crate) step: Option<u32>,
    pub(crate) waited_ms: u64,
    pub(crate) position: Option<u32>,
    pub(crate) estimate_s: Option<u32>,
}

/// A message that is about to be sent.
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct MessageWords {
    pub(crate) from: Option<Side>,
    pub(crate) kind: MessageKind,
    pub(crate) text: String,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct ChatWords {
    queue: Option<String>,
    priority: Option<u8>,
    arrived_at: Option<u64>,
    queued_at: Option<u64>,
    offers_made: u32,
    messages: u32,
    form: Form,
    customer: Option<Customer>,
    case: Option<String>,
    codes: Vec<ChosenCode>,
    note: String,
    skills: BTreeMap<String, u8>,
    ended_by: Option<EndedBy>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct AgentWords {
    login: Option<String>,
    name: Option<String>,
    role: Option<Role>,
    status: Option<Status>,
    capacity: Option<u8>,
    missed_today: u32,
    skills: BTreeMap<String, u8>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct QueueWords {
    name: Option<String>,
    title: Option<String>,
    priority: Option<u8>,
    acceptance_s: Option<u32>,
    post_processing_s: Option<u32>,
    reject_allowed: bool,
    auto_log: bool,
    skills: BTreeMap<String, u8>,
    codes: Vec<CodeRule>,
    greet_queued: String,
    greet_accepted: String,
}

/// A queue as `route_chat` sees it.
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct WaitingWords {
    name: String,
    waiting: u32,
    oldest_wait_ms: u64,
    ready: u32,
}

/// A question's parts in the core's types.
pub(crate) struct Scene {
    pub(crate) now: Time,
    pub(crate) chat: Chat,
    pub(crate) agent: Agent,
    queue_name: String,
    queue: QueueSetup,
    pub(crate) on: PopMoment,
}

impl Scene {
    /// The queue as policies see it.
    pub(crate) fn queue(&self) -> QueueView<'_> {
        QueueView { name: &self.queue_name, setup: &self.queue }
    }
}

impl Described {
    /// The scene, and what is asked beside it.
    ///
    /// # Errors
    /// What the core refuses about the described chat or agent.
    pub(crate) fn scene(&self) -> Result<Scene, String> {
        let now = Time::from_millis(self.now.unwrap_or(NOW));
        let (mut chat, mut agent) = real(now, &self.chat.form, &self.agent, 0)?;
        self.chat.describe(&mut chat, now, &agent);
        if let Some(customer) = &self.customer {
            chat.customer = Some(Box::new(customer.clone()));
        }
        self.agent.describe(&mut agent, now);
        let queue_name = self.queue.name.clone().or_else(|| self.chat.queue.clone());
        Ok(Scene {
            now,
            chat,
            agent,
            queue_name: queue_name.unwrap_or_else(|| QUEUE.to_owned()),
            queue: self.queue.setup(),
            on: self.event.unwrap_or(PopMoment::Offered),
        })
    }
}

impl Described {
    /// The described candidates, each an agent of their own.
    pub(crate) fn candidates(&self) -> Result<Vec<Agent>, String> {
        let now = Time::from_millis(self.now.unwrap_or(NOW));
        let made = self.candidates.iter().zip(1..).map(|(words, number)| {
            let (_, mut agent) =
                real(now, &Form { name: "Somebody".to_owned(), ..Form::default() }, words, number)?;
            words.describe(&mut agent, now);
            Ok(agent)
        });
        made.collect()
    }
}

impl ChatWords {
    fn describe(&self, chat: &mut Chat, now: Time, agent: &Agent) {
        chat.priority = self.priority.unwrap_or(chat.priority);
        chat.arrived = self.arrived_at.map_or(now, Time::from_millis);
        chat.queued_at = self.queued_at.map_or(chat.arrived, Time::from_millis);
        chat.offers_made = self.offers_made;
        chat.customer = self.customer.clone().map(Box::new);
        chat.case.clone_from(&self.case);
        chat.codes.clone_from(&self.codes);
        chat.note.clone_from(&self.note);
        chat.requirements.clone_from(&self.skills);
        chat.messages = last_message(self.messages, now);
        if let Some(by) = self.ended_by {
            let post = PostProcessing { since: now, until: now, extended: 0, held: false };
            chat.stage = Stage::Ended { agent: agent.id(), by, post };
        }
    }
}

/// Policies see how many messages there are: the last one's number tells.
fn last_message(count: u32, now: Time) -> Messages {
    let message = Message {
        id: MessageId::from(1),
        seq: count,
        from: Side::Customer,
        agent_id: None,
        kind: MessageKind::Text,
        client_id: "1".to_owned(),
        text: "Hello".to_owned(),
        changed: false,
        at: now,
    };
    (count > 0).then_some(message).into_iter().collect()
}

impl AgentWords {
    fn describe(&self, agent: &mut Agent, now: Time) {
        agent.status = self.status.unwrap_or(Status::Available);
        agent.missed_today = self.missed_today;
        agent.missed_day = now.day();
    }
}

impl QueueWords {
    fn setup(&self) -> QueueSetup {
        let usual = QueueSetup::default();
        QueueSetup {
            title: self.title.clone().unwrap_or_default(),
            priority: self.priority.unwrap_or(usual.priority),
            acceptance_s: self.acceptance_s.unwrap_or(usual.acceptance_s),
            post_processing_s: self.post_processing_s.unwrap_or(usual.post_processing_s),
            reject_allowed: self.reject_allowed,
            auto_log: self.auto_log,
            skills: self.skills.clone(),
            codes: self.codes.clone(),
            greet_queued: self.greet_queued.clone(),
            greet_accepted: self.greet_accepted.clone(),
            ..usual
        }
    }
}

/// Asks where the described chat goes, on a desk of the core's whose queues are as described: its glances at queues can
/// be had in no other way.
pub(crate) fn route(scripts: &mut Scripts, described: &Described) -> Result<Route, String> {
    let scene = described.scene()?;
    let mut desk = Desk::default();
    let mut setup = Setup::default();
    for words in &described.queues {
        // Nobody has the skill, so that chats wait although agents are ready.
        let skills = BTreeMap::from([("nobody has it".to_owned(), 1)]);
        setup.queues.insert(words.name.clone(), QueueSetup { skills, ..QueueSetup::default() });
    }
    // The chat's own queue is there, whether or not the test says how it stands.
    let own = described.chat.queue.clone().unwrap_or_else(|| QUEUE.to_owned());
    setup.queues.entry(own.clone()).or_default();
    // Time goes forward only: the desk opens before the first chat, and the one that has waited longest comes first.
    let longest = described.queues.iter().map(|words| words.oldest_wait_ms).max().unwrap_or(0);
    let opens = Time::from_millis(scene.now.millis().saturating_sub(longest));
    desk.command(opens, Action::Configure(Box::new(setup)), &mut BuiltIn)?;
    let mut queues: Vec<_> = described.queues.iter().collect();
    queues.sort_by_key(|words| std::cmp::Reverse(words.oldest_wait_ms));
    for words in queues.iter().filter(|words| words.waiting > 0) {
        let long_ago = scene.now.millis().saturating_sub(words.oldest_wait_ms);
        desk.wait(Time::from_millis(long_ago), words)?;
    }
    queues.into_iter().try_for_each(|words| desk.fill(scene.now, words))?;
    let mut asker = Asker { scripts, chat: &scene.chat, route: None };
    let form = scene.chat.form.clone();
    let request = Action::RequestChat(Box::new(RequestChat { form, queue: Some(own), watched: false }));
    desk.command(scene.now, request, &mut asker)?;
    asker.route.ok_or_else(|| "the core asked for no route".to_owned())
}

/// A desk of the core's own.
#[derive(Default)]
struct Desk {
    state: State,
    seed: u64,
}

impl Desk {
    fn command(&mut self, at: Time, action: Action, policy: &mut dyn Policy) -> Result<Reply, String> {
        self.seed += 1;
        let command = Command { at, seed: self.seed, by: Actor::Engine, key: None, action };
        decide(&mut self.state, command, policy).reply.map_err(|refusal| refusal.to_string())
    }

    /// A chat begins to wait in a queue.
    fn wait(&mut self, at: Time, words: &WaitingWords) -> Result<(), String> {
        let form = Form { name: "Somebody".to_owned(), ..Form::default() };
        let request = RequestChat { form, queue: Some(words.name.clone()), watched: false };
        self.command(at, Action::RequestChat(Box::new(request)), &mut BuiltIn).map(|_| ())
    }

    /// Lets the other chats wait, and agents be ready, as described.
    fn fill(&mut self, now: Time, words: &WaitingWords) -> Result<(), String> {
        if words.waiting > MOST || words.ready > MOST {
            return Err(format!("a described queue has at most {MOST} chats and agents"));
        }
        (1..words.waiting).try_for_each(|_| self.wait(now, words))?;
        for number in 0..words.ready {
            let login = format!("{}-{number}", words.name);
            let agent =
                SaveAgent { queues: vec![words.name.clone()], ..agent(&AgentWords::default(), login) };
            let Reply::Agent(agent) = self.command(now, Action::SaveAgent(Box::new(agent)), &mut BuiltIn)?
            else {
                return Err("the core made no agent".to_owned());
            };
            let status = SetStatus { agent, status: Some(Status::Available), reason: None, stop_new: None };
            self.command(now, Action::SetStatus(status), &mut BuiltIn)?;
        }
        Ok(())
    }
}

/// Asks the scripts about the described chat where the core asks about its own.
struct Asker<'a> {
    scripts: &'a mut Scripts,
    chat: &'a Chat,
    route: Option<Route>,
}

impl Policy for Asker<'_> {
    fn version(&self) -> &str {
        BuiltIn::VERSION
    }

    fn route_chat(&mut self, question: &RouteChat<'_>) -> Route {
        let question = RouteChat { chat: self.chat, ..*question };
        self.route = Some(self.scripts.route_chat(&question));
        Route::default()
    }
}

fn agent(words: &AgentWords, login: String) -> SaveAgent {
    SaveAgent {
        login,
        name: words.name.clone().unwrap_or_else(|| "Ana".to_owned()),
        role: words.role.unwrap_or(Role::Agent),
        capacity: words.capacity.unwrap_or(1),
        queues: vec![QUEUE.to_owned()],
        skills: words.skills.clone(),
        credential: None,
        disabled: false,
    }
}

/// A chat and an agent made by the core itself; another number makes others.
fn real(now: Time, form: &Form, words: &AgentWords, number: u64) -> Result<(Chat, Agent), String> {
    let mut desk = Desk { seed: number * 1000, ..Desk::default() };
    let mut setup = Setup::default();
    setup.queues.insert(QUEUE.to_owned(), QueueSetup::default());
    desk.command(now, Action::Configure(Box::new(setup)), &mut BuiltIn)?;
    let login = words.login.clone().unwrap_or_else(|| "ana".to_owned());
    let agent = desk.command(now, Action::SaveAgent(Box::new(agent(words, login))), &mut BuiltIn)?;
    let request = RequestChat { form: form.clone(), queue: None, watched: false };
    let chat = desk.command(now, Action::RequestChat(Box::new(request)), &mut BuiltIn)?;
    let (Reply::Agent(agent), Reply::Chat(chat)) = (agent, chat) else {
        return Err("the core did not make what was described".to_owned());
    };
    let found = desk.state.chat(chat).cloned().zip(desk.state.agent(agent).cloned());
    found.ok_or_else(|| "the core did not keep what was described".to_owned())
}
