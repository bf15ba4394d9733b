//! Reads turns as traffic: who did what, when, and for how long. It sees each turn and the state after it; it never decides.

use crate::recorded::{Deed, Reaction, Recorded, RecordedChat, Routed, Stretch, StretchEnd, WrapUp};
use crate::scenario::Group;
use hark_core::command::Actor;
use hark_core::event::Target;
use hark_core::state::{AgentProfile, Form, OfferEnd, Status};
use hark_core::{AgentId, ChatId, Event, Setup, State, Time, Turn};
use std::collections::{BTreeMap, BTreeSet};

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
    /// The queue in which each chat was accepted last.
    queue_of: BTreeMap<ChatId, String>,
    /// When each chat's last stretch, offer or wrap-up began.
    since: BTreeMap<ChatId, u64>,
    /// Agents on the break of a missed offer: since when, the chat, and which of its reactions.
    away: BTreeMap<AgentId, (u64, usize, usize)>,
    stop_new: BTreeSet<AgentId>,
    late: BTreeMap<u64, u64>,
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
            queue_of: BTreeMap::new(),
            since: BTreeMap::new(),
            away: BTreeMap::new(),
            stop_new: BTreeSet::new(),
            late: BTreeMap::new(),
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

    /// Looks at the desk before a turn of this moment: a timer fires a little after its time, and later on a busy machine.
    pub fn before(&mut self, at: Time, state: &State) {
        let due = state.deadlines().map(|(due, _)| *due).take_while(|due| *due < at);
        self.late.extend(due.map(|due| (due.since(self.begins), at.since(self.begins))));
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
            self.note_chat(at, &turn.by, &scoped.event, state);
        }
    }

    /// Nothing more happened until then.
    pub fn idle_until(&mut self, at: Time) {
        self.last = self.last.max(at);
    }

    /// What was read. `setup` is the configuration that held.
    pub fn finish(mut self, setup: Setup) -> Recorded {
        let end = self.last.since(self.begins);
        // Who was still talking has talked until now: longer is not known.
        for (chat, number) in &self.chat_of {
            let recorded = &mut self.chats[*number];
            let accepted = recorded.reactions.iter().filter(|r| r.end == Some(OfferEnd::Accepted)).count();
            if let Some(since) = self.since.get(chat).filter(|_| recorded.stretches.len() < accepted) {
                let queue = self.queue_of.get(chat).cloned().unwrap_or_default();
                recorded.stretches.push(Stretch { queue, millis: end - since, end: StretchEnd::Cut });
            }
        }
        self.deeds.sort_by_key(|deed| deed.0);
        let mut ids: Vec<(u32, AgentId)> = self.agent_of.iter().map(|(id, number)| (*number, *id)).collect();
        ids.sort_unstable();
        Recorded {
            begins: self.begins,
            length_ms: end + 1,
            setup,
            agents: self.agents,
            ids: ids.into_iter().map(|(_, id)| id).collect(),
            deeds: self.deeds,
            late: self.late,
            chats: self.chats,
        }
    }

    fn met(&mut self, state: &State, id: AgentId) {
        let Some(agent) = state.agent(id).filter(|_| !self.agent_of.contains_key(&id)) else { return };
        self.agent_of.insert(id, self.agents.len() as u32);
        self.agents.push(group(&agent.profile, state));
    }

    fn saved(&mut self, at: u64, profile: &AgentProfile, state: &State) {
        if self.agent_of.contains_key(&profile.id) {
            let changed = Deed::Saved(Box::new(group(profile, state)), profile.disabled);
            self.deed(at, profile.id, changed);
        } else {
            self.met(state, profile.id);
        }
    }

    fn deed(&mut self, at: u64, agent: AgentId, deed: Deed) {
        if let Some(number) = self.agent_of.get(&agent) {
            self.deeds.push((at, *number, deed));
        }
    }

    fn note_agent(&mut self, at: u64, event: &Event, state: &State, by_hand: bool) {
        match event {
            Event::AgentSaved { profile } => self.saved(at, profile, state),
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
            wrap_up: None,
            answered: None,
            routed: Routed::default(),
        });
    }

    fn note_chat(&mut self, at: u64, by: &Actor, event: &Event, state: &State) {
        if let Event::ChatCreated { chat, form, queue, .. } = event {
            self.asked(at, *chat, form, state.queue(*queue).map(|queue| queue.name.clone()));
            return;
        }
        let Some((id, number)) = chat_of(event).and_then(|id| Some((id, *self.chat_of.get(&id)?))) else {
            return;
        };
        let since = self.since.get(&id).map_or(0, |since| at - since);
        let in_queue = self.queue_of.get(&id).cloned().unwrap_or_default();
        let chat = &mut self.chats[number];
        let mut stretch = |end| chat.stretches.push(Stretch { queue: in_queue.clone(), millis: since, end });
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
                chat.reactions.push(Reaction {
                    agent,
                    may_reject: offer.reject.allowed,
                    end: None,
                    after_ms: 0,
                    away_ms: None,
                });
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
                    let queue = state.chat(id).and_then(|chat| state.queue(chat.queue));
                    self.queue_of.insert(id, queue.map(|queue| queue.name.clone()).unwrap_or_default());
                }
                if matches!(end, OfferEnd::Expired | OfferEnd::Rejected) {
                    self.away.insert(*agent, (at, number, reaction));
                }
                self.since.insert(id, at);
            }
            Event::ChatTransferred { to, .. } => {
                let queue = match to {
                    Target::Queue(queue) => state.queue(*queue).map(|queue| queue.name.clone()),
                    Target::Agent(_) => None,
                };
                stretch(StretchEnd::HandedOn(queue.unwrap_or_else(|| in_queue.clone())));
            }
            Event::ChatRequeued { .. } => stretch(StretchEnd::Cut),
            Event::ChatEnded { .. } => {
                stretch(StretchEnd::Ended);
                self.since.insert(id, at);
            }
            Event::ChatClosed { .. } => {
                chat.wrap_up = Some(WrapUp { millis: since, by_hand: matches!(by, Actor::Agent { .. }) });
            }
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

/// An agent of this profile.
fn group(profile: &AgentProfile, state: &State) -> Group {
    let queues = profile.queues.iter().filter_map(|queue| state.queue(*queue));
    Group {
        skills: profile.skills.clone(),
        capacity: profile.capacity,
        queues: queues.map(|queue| queue.name.clone()).collect(),
        ..Group::new(&profile.login, 1, &[])
    }
}
