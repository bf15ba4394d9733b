//! What the world calls things, and what the engine calls them: learnt from what the engine has told, never from what
//! it has not.

use crate::step::{Label, OfferRef};
use hark_core::state::Agent;
use hark_core::{AgentId, ChatId, Event, JobId, OfferId, State, TokenId, Turn};
use std::collections::BTreeMap;

/// See the module.
#[derive(Default)]
pub(crate) struct Names {
    pub(crate) agents: Vec<AgentId>,
    chats: BTreeMap<Label, ChatId>,
    labels: BTreeMap<ChatId, Label>,
    offers: BTreeMap<ChatId, Vec<OfferId>>,
    jobs: BTreeMap<ChatId, Vec<JobId>>,
    tokens: BTreeMap<AgentId, Vec<TokenId>>,
}

/// From here on are the numbers of second chats of one customer.
const SECOND_CHATS: Label = 1 << 24;

/// The name that a customer gives, from which their chat is known again.
pub(crate) fn customer_name(label: Label) -> String {
    format!("Customer {label}")
}

fn label_of(name: &str) -> Option<Label> {
    name.strip_prefix("Customer ")?.parse().ok()
}

impl Names {
    /// Learns the names in a turn that was told.
    pub(crate) fn learn(&mut self, turn: &Turn) {
        for scoped in &turn.events {
            match &scoped.event {
                Event::ChatCreated { chat, form, .. } => {
                    let named = label_of(&form.name).expect("customers give their names");
                    // A request that comes again after its key was forgotten makes a second chat.
                    let again = SECOND_CHATS + Label::try_from(self.labels.len()).expect("a run is short");
                    let label = if self.chats.contains_key(&named) { again } else { named };
                    self.chats.insert(label, *chat);
                    self.labels.insert(*chat, label);
                }
                Event::OfferPresented { offer, .. } => {
                    self.offers.entry(offer.chat).or_default().push(offer.id);
                }
                Event::JobRequested { job } => {
                    let jobs = self.jobs.entry(job.chat).or_default();
                    if !jobs.contains(&job.id) {
                        jobs.push(job.id);
                    }
                }
                Event::TokenOpened { token } => self.tokens.entry(token.agent).or_default().push(token.id),
                _ => {}
            }
        }
    }

    pub(crate) fn chat(&self, label: Label) -> Option<ChatId> {
        self.chats.get(&label).copied()
    }

    pub(crate) fn label(&self, chat: ChatId) -> Option<Label> {
        self.labels.get(&chat).copied()
    }

    pub(crate) fn offer(&self, offer: OfferRef) -> Option<OfferId> {
        self.offers.get(&self.chat(offer.chat)?)?.get(offer.nth).copied()
    }

    /// The last offer that was made of a chat.
    pub(crate) fn last_offer(&self, label: Label) -> Option<OfferRef> {
        let made = self.offers.get(&self.chat(label)?)?.len();
        Some(OfferRef { chat: label, nth: made.checked_sub(1)? })
    }

    pub(crate) fn job(&self, label: Label, nth: usize) -> Option<JobId> {
        self.jobs.get(&self.chat(label)?)?.get(nth).copied()
    }

    /// A job by the names of the world.
    pub(crate) fn job_ref(&self, chat: ChatId, job: JobId) -> Option<(Label, usize)> {
        let nth = self.jobs.get(&chat)?.iter().position(|known| *known == job)?;
        Some((self.label(chat)?, nth))
    }

    pub(crate) fn token(&self, agent: usize, nth: usize) -> Option<TokenId> {
        self.tokens.get(self.agents.get(agent)?)?.get(nth).copied()
    }

    pub(crate) fn tokens(&self, agent: usize) -> usize {
        self.agents.get(agent).and_then(|agent| self.tokens.get(agent)).map_or(0, Vec::len)
    }

    pub(crate) fn agent(&self, place: usize) -> Option<AgentId> {
        self.agents.get(place).copied()
    }

    pub(crate) fn place(&self, agent: AgentId) -> Option<usize> {
        self.agents.iter().position(|known| *known == agent)
    }

    /// Learns who the agents are.
    pub(crate) fn meet(&mut self, state: &State) {
        self.agents =
            (0..).map_while(|place| state.agent_named(&format!("agent{place}"))).map(Agent::id).collect();
    }
}
