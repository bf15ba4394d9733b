//! What really happened in a stretch of a journal, as traffic: who came and when, how long who waited, talked and wrapped
//! up, how agents answered and which status they chose. It reads turns and the state before each; it never decides.

use crate::scenario::{Group, Scenario};
use hark_core::command::Actor;
use hark_core::state::{Form, OfferEnd, Status};
use hark_core::{AgentId, ChatId, Event, Setup, State, Time, Turn};
use std::collections::{BTreeMap, BTreeSet};

/// What an agent did with an offer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Reaction {
    /// To whom it was made: a place among the agents.
    pub agent: u32,
    /// How it ended; none while it is still held out.
    pub end: Option<OfferEnd>,
    /// After how many milliseconds.
    pub after_ms: u64,
    /// For how many milliseconds the agent stayed away after they missed it, when they came back at all.
    pub away_ms: Option<u64>,
}

/// One chat as it was.
#[derive(Debug, Clone, PartialEq)]
pub struct RecordedChat {
    /// Its id.
    pub id: ChatId,
    /// When it was requested, in milliseconds since the begin.
    pub at_ms: u64,
    /// What the customer filled in.
    pub form: Form,
    /// The queue that was asked for.
    pub queue: String,
    /// After how many milliseconds the customer left without an agent.
    pub left_ms: Option<u64>,
    /// What became of each offer.
    pub reactions: Vec<Reaction>,
    /// How long each agent talked, in milliseconds, and to which queue they handed it on, if they did.
    pub stretches: Vec<(u64, Option<String>)>,
    /// How long the wrap-up took, in milliseconds.
    pub wrap_up_ms: Option<u64>,
    /// Who accepted it first, by login, and after how many milliseconds.
    pub answered: Option<(String, u64)>,
    /// What the policy answered first.
    pub routed: Routed,
}

/// What a policy answered for a chat: at its request, and at its first offer.
#[derive(Debug, Clone, Default, PartialEq, Eq, serde::Serialize)]
pub struct Routed {
    /// Name of the queue.
    pub queue: String,
    /// Priority.
    pub priority: u8,
    /// Skills with least levels.
    pub skills: BTreeMap<String, u8>,
    /// Whether the first offer could be rejected; none without an offer.
    pub may_reject: Option<bool>,
}

/// What an agent did by themselves.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Deed {
    /// Chose a status.
    Chose(Status),
    /// Wanted no new chats, or again.
    StopNew(bool),
    /// Their last connection went.
    Disconnected,
    /// They were there again.
    Connected,
}

/// A stretch of a journal.
#[derive(Debug, Clone, PartialEq)]
pub struct Recorded {
    /// When it began.
    pub begins: Time,
    /// When it ended, in milliseconds since then.
    pub length_ms: u64,
    /// The configuration at its end.
    pub setup: Setup,
    /// Agents, as they were first seen.
    pub agents: Vec<Group>,
    /// What they did, in order: when, which of them, and what.
    pub deeds: Vec<(u64, u32, Deed)>,
    /// Chats, in order of arrival.
    pub chats: Vec<RecordedChat>,
}

impl Recorded {
    /// The scenario that plays it again.
    pub fn scenario(&self) -> Scenario {
        Scenario {
            begins: self.begins,
            length_ms: self.length_ms.max(1),
            replications: 1,
            agents: self.agents.clone(),
            slices: 24,
            recorded: Some(self.clone()),
            ..Scenario::default()
        }
    }

    pub(crate) fn means(&self) -> Means {
        let mean = |values: &mut dyn Iterator<Item = u64>| {
            let (count, sum) = values.fold((0_u64, 0), |(count, sum), value| (count + 1, sum + value));
            sum as f64 / count.max(1) as f64
        };
        let waited = |chat: &RecordedChat| chat.left_ms.or(chat.answered.as_ref().map(|(_, after)| *after));
        let left = self.chats.iter().filter(|chat| chat.left_ms.is_some()).count();
        let waits: u64 = self.chats.iter().filter_map(waited).sum();
        let reactions = || self.chats.iter().flat_map(|chat| &chat.reactions);
        let accepted = |reaction: &&Reaction| reaction.end == Some(OfferEnd::Accepted);
        Means {
            patience_ms: (left > 0).then(|| waits as f64 / left as f64),
            stretch_ms: mean(
                &mut self.chats.iter().flat_map(|chat| &chat.stretches).map(|(millis, _)| *millis),
            ),
            answer_ms: mean(&mut reactions().filter(accepted).map(|reaction| reaction.after_ms)) as u64,
            away_ms: mean(&mut reactions().filter_map(|reaction| reaction.away_ms)) as u64,
        }
    }
}

/// What is taken where the record knows nothing.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Means {
    /// Mean of the patience that an exponential one must have had: all waiting over those who left. None when nobody did.
    pub(crate) patience_ms: Option<f64>,
    /// Of all handle times.
    pub(crate) stretch_ms: f64,
    /// Of the times until an acceptance.
    pub(crate) answer_ms: u64,
    /// Of the breaks after a missed offer.
    pub(crate) away_ms: u64,
}

/// Reads turns in their order.
#[derive(Debug)]
pub struct Recorder {
    begins: Time,
    last: Time,
    agents: Vec<Group>,
    agent_of: BTreeMap<AgentId, u32>,
    deeds: Vec<(u64, u32, Deed)>,
    chats: Vec<RecordedChat>,
    chat_of: BTreeMap<ChatId, usize>,
    /// When each chat's last stretch, offer or wrap-up began.
    since: BTreeMap<ChatId, u64>,
    /// Agents on the break of a missed offer: since when, the chat, and which of its reactions.
    away: BTreeMap<AgentId, (u64, usize, usize)>,
    stop_new: BTreeSet<AgentId>,
}

impl Recorder {
    /// Begins at this moment, with the desk as it is then. Chats that are under way are not looked at.
    pub fn new(begins: Time, state: &State) -> Self {
        let mut recorder = Self {
            begins,
            last: begins,
            agents: Vec::new(),
            agent_of: BTreeMap::new(),
            deeds: Vec::new(),
            chats: Vec::new(),
            chat_of: BTreeMap::new(),
            since: BTreeMap::new(),
            away: BTreeMap::new(),
            stop_new: BTreeSet::new(),
        };
        let mut agents: Vec<_> = state.agents().collect();
        // Who has been idle for longer comes first again.
        agents.sort_by_key(|agent| (agent.idle_since, agent.id()));
        for (place, agent) in agents.into_iter().enumerate() {
            recorder.met(state, agent.id());
            if agent.status != Status::LoggedOut {
                recorder.deed(place as u64, agent.id(), Deed::Chose(agent.status));
            }
        }
        recorder
    }

    /// Takes in one turn. `state` is the desk after it.
    pub fn note(&mut self, turn: &Turn, state: &State) {
        self.last = self.last.max(turn.at);
        let at = turn.at.since(self.begins);
        let logged_in = turn.events.iter().any(|scoped| matches!(scoped.event, Event::TokenOpened { .. }));
        let logged_out = turn.events.iter().any(|scoped| matches!(scoped.event, Event::TokenClosed { .. }));
        let follows = turn.events.iter().any(|scoped| {
            matches!(scoped.event, Event::ChatClosed { .. } | Event::ChatTransferred { .. })
                || matches!(scoped.event, Event::OfferEnded { end, .. } if end != OfferEnd::Withdrawn)
        });
        let by_hand = matches!(turn.by, Actor::Agent { .. }) && !follows || logged_in || logged_out;
        for scoped in &turn.events {
            self.note_agent(at, &scoped.event, state, by_hand);
            self.note_chat(at, &scoped.event, state);
        }
    }

    /// What was read. `setup` is the configuration that held.
    pub fn finish(mut self, setup: Setup) -> Recorded {
        let end = self.last.since(self.begins);
        // Who was still talking has talked until now: longer is not known.
        for (chat, number) in &self.chat_of {
            let recorded = &mut self.chats[*number];
            let accepted = recorded.reactions.iter().filter(|r| r.end == Some(OfferEnd::Accepted)).count();
            if let Some(since) = self.since.get(chat).filter(|_| recorded.stretches.len() < accepted) {
                recorded.stretches.push((end - since, None));
            }
        }
        self.deeds.sort_by_key(|deed| deed.0);
        Recorded {
            begins: self.begins,
            length_ms: end + 1,
            setup,
            agents: self.agents,
            deeds: self.deeds,
            chats: self.chats,
        }
    }

    fn met(&mut self, state: &State, id: AgentId) {
        let Some(agent) = state.agent(id).filter(|_| !self.agent_of.contains_key(&id)) else { return };
        let profile = &agent.profile;
        let queues = profile.queues.iter().filter_map(|queue| state.queue(*queue));
        let names: Vec<String> = queues.map(|queue| queue.name.clone()).collect();
        self.agent_of.insert(id, self.agents.len() as u32);
        self.agents.push(Group {
            skills: profile.skills.clone(),
            capacity: profile.capacity,
            queues: names,
            ..Group::new(&profile.login, 1, &[])
        });
    }

    fn deed(&mut self, at: u64, agent: AgentId, deed: Deed) {
        if let Some(number) = self.agent_of.get(&agent) {
            self.deeds.push((at, *number, deed));
        }
    }

    fn note_agent(&mut self, at: u64, event: &Event, state: &State, by_hand: bool) {
        match event {
            Event::AgentSaved { profile } => self.met(state, profile.id),
            Event::AgentDisconnected { agent } => self.deed(at, *agent, Deed::Disconnected),
            Event::AgentReconnected { agent } => self.deed(at, *agent, Deed::Connected),
            Event::AgentStatusChanged { agent, status, next, stop_new, .. } if by_hand => {
                let wish = next.as_ref().map_or(*status, |next| next.status);
                let stops = self.stop_new.contains(agent);
                if *stop_new != stops {
                    if *stop_new {
                        self.stop_new.insert(*agent)
                    } else {
                        self.stop_new.remove(agent)
                    };
                    self.deed(at, *agent, Deed::StopNew(*stop_new));
                } else if let Some((since, chat, reaction)) =
                    self.away.remove(agent).filter(|_| wish == Status::Available)
                {
                    self.chats[chat].reactions[reaction].away_ms = Some(at - since);
                } else {
                    self.deed(at, *agent, Deed::Chose(wish));
                }
            }
            _ => {}
        }
    }

    fn asked(&mut self, at: u64, chat: ChatId, form: &Form, queue: Option<String>) {
        self.chat_of.insert(chat, self.chats.len());
        self.chats.push(RecordedChat {
            id: chat,
            at_ms: at,
            form: form.clone(),
            queue: queue.unwrap_or_default(),
            left_ms: None,
            reactions: Vec::new(),
            stretches: Vec::new(),
            wrap_up_ms: None,
            answered: None,
            routed: Routed::default(),
        });
    }

    fn note_chat(&mut self, at: u64, event: &Event, state: &State) {
        if let Event::ChatCreated { chat, form, queue, .. } = event {
            self.asked(at, *chat, form, state.queue(*queue).map(|queue| queue.name.clone()));
            return;
        }
        let Some((id, number)) = chat_of(event).and_then(|id| Some((id, *self.chat_of.get(&id)?))) else {
            return;
        };
        let since = self.since.get(&id).map_or(0, |since| at - since);
        let chat = &mut self.chats[number];
        match event {
            Event::ChatQueued { queue, priority, requirements, .. } if chat.routed.queue.is_empty() => {
                let name = state.queue(*queue).map(|queue| queue.name.clone()).unwrap_or_default();
                chat.routed = Routed {
                    queue: name,
                    priority: *priority,
                    skills: requirements.clone(),
                    may_reject: None,
                };
            }
            Event::OfferPresented { offer, .. } => {
                chat.routed.may_reject.get_or_insert(offer.reject.allowed);
                let agent = self.agent_of.get(&offer.agent).copied().unwrap_or_default();
                chat.reactions.push(Reaction { agent, end: None, after_ms: 0, away_ms: None });
                self.since.insert(id, at);
            }
            Event::OfferEnded { agent, end, .. } => {
                let reaction = chat.reactions.len().saturating_sub(1);
                if let Some(last) = chat.reactions.last_mut() {
                    (last.end, last.after_ms) = (Some(*end), since);
                }
                if *end == OfferEnd::Accepted {
                    let login = state.agent(*agent).map(|agent| agent.profile.login.clone());
                    chat.answered =
                        chat.answered.take().or(Some((login.unwrap_or_default(), at - chat.at_ms)));
                }
                if matches!(end, OfferEnd::Expired | OfferEnd::Rejected) {
                    self.away.insert(*agent, (at, number, reaction));
                }
                self.since.insert(id, at);
            }
            Event::ChatTransferred { to, .. } => {
                let queue = match to {
                    hark_core::event::Target::Queue(queue) => state.queue(*queue).map(|q| q.name.clone()),
                    hark_core::event::Target::Agent(_) => Some(chat.queue.clone()),
                };
                chat.stretches.push((since, queue));
            }
            Event::ChatRequeued { .. } => chat.stretches.push((since, None)),
            Event::ChatEnded { .. } => {
                chat.stretches.push((since, None));
                self.since.insert(id, at);
            }
            Event::ChatClosed { .. } => chat.wrap_up_ms = Some(since),
            Event::ChatAbandoned { .. } => chat.left_ms = Some(at - chat.at_ms),
            _ => {}
        }
    }
}

fn chat_of(event: &Event) -> Option<ChatId> {
    match event {
        Event::OfferPresented { offer, .. } => Some(offer.chat),
        Event::OfferEnded { chat, .. }
        | Event::ChatTransferred { chat, .. }
        | Event::ChatRequeued { chat, .. }
        | Event::ChatEnded { chat, .. }
        | Event::ChatClosed { chat, .. }
        | Event::ChatQueued { chat, .. }
        | Event::ChatAbandoned { chat, .. } => Some(*chat),
        _ => None,
    }
}
