//! The names of agents and queues, and a stage on which the core's own rules make a chat out of its events.
//! Names are those of when the chat was folded.

use hark_core::event::Target;
use hark_core::setup::{QueueSetup, Setup};
use hark_core::state::AgentProfile;
use hark_core::{AgentId, Event, QueueId, State};
use std::collections::{BTreeMap, BTreeSet};

/// Who and what has a name.
#[derive(Debug, Clone, Default)]
pub struct Roster {
    queues: BTreeMap<QueueId, (String, QueueSetup)>,
    agents: BTreeMap<AgentId, AgentProfile>,
}

impl Roster {
    /// All names in a state.
    #[must_use]
    pub fn of(state: &State) -> Self {
        let queues = state.queues().map(|queue| (queue.id, (queue.name.clone(), queue.setup.clone())));
        let agents = state.agents().map(|agent| (agent.profile.id, agent.profile.clone()));
        Self { queues: queues.collect(), agents: agents.collect() }
    }

    /// Learns the names that an event brings.
    pub(super) fn follow(&mut self, event: &Event) {
        match event {
            Event::AgentSaved { profile } => {
                self.agents.insert(profile.id, (**profile).clone());
            }
            Event::Configured { setup, queues } => {
                for (name, id) in queues {
                    let queue = setup.queues.get(name).cloned().unwrap_or_default();
                    self.queues.insert(*id, (name.clone(), queue));
                }
            }
            _ => {}
        }
    }

    /// A state that knows whoever these events speak of, and nobody else: it costs nothing to throw away.
    pub(super) fn stage<'a>(&self, events: impl Iterator<Item = &'a Event>) -> State {
        let mut named = Named::default();
        events.for_each(|event| named.add(event));
        let queues = || named.queues.iter().filter_map(|id| Some((id, self.queues.get(id)?)));
        let setup = Setup {
            queues: queues().map(|(_, (name, setup))| (name.clone(), setup.clone())).collect(),
            ..Setup::default()
        };
        let ids = queues().map(|(id, (name, _))| (name.clone(), *id)).collect();
        let mut state = State::new();
        let start = state.now();
        state.apply(start, &Event::Configured { setup: Box::new(setup), queues: ids });
        for profile in named.agents.iter().filter_map(|id| self.agents.get(id)) {
            state.apply(start, &Event::AgentSaved { profile: Box::new(profile.clone()) });
        }
        state
    }
}

/// Ids of agents and queues.
#[derive(Default)]
struct Named {
    agents: BTreeSet<AgentId>,
    queues: BTreeSet<QueueId>,
}

impl Named {
    fn add(&mut self, event: &Event) {
        match event {
            Event::ChatCreated { queue, .. } | Event::ChatQueued { queue, .. } => {
                self.queues.extend([*queue]);
            }
            Event::ChatOverflowed { from, to, .. } => self.queues.extend([*from, *to]),
            Event::ChatTransferred { from, to, .. } => {
                self.agents.insert(*from);
                match to {
                    Target::Queue(queue) => self.queues.extend([*queue]),
                    Target::Agent(agent) => self.agents.extend([*agent]),
                }
            }
            Event::OfferPresented { offer, .. } => self.agents.extend([offer.agent]),
            Event::OfferEnded { agent, .. }
            | Event::ChatEnded { agent, .. }
            | Event::ChatClosed { agent, .. } => {
                self.agents.extend([*agent]);
            }
            _ => {}
        }
    }
}
