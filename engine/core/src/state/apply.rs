//! Applies events: the only place, with its two neighbours for chats and logs, where state changes.

use super::{Agent, LastServed, Presence, Queue, Stage, State, Status};
use crate::deadlines::Deadline;
use crate::event::Event;
use crate::id::{AgentId, ChatId, JobId, OfferId, QueueId};
use crate::setup::Setup;
use crate::time::Time;
use alloc::boxed::Box;
use alloc::collections::BTreeMap;
use alloc::string::String;
use alloc::vec::Vec;

impl State {
    /// Applies an event that happened at `at`. Replay is this and nothing else: neither policy nor plugin is asked.
    pub fn apply(&mut self, at: Time, event: &Event) {
        self.now = self.now.max(at);
        match event {
            Event::EngineOpened {} => self.lose_connections(at),
            Event::Configured { setup, queues } => self.configure(setup, queues),
            Event::AgentSaved { .. }
            | Event::TokenOpened { .. }
            | Event::TokenClosed { .. }
            | Event::AgentStatusChanged { .. }
            | Event::AgentRests { .. }
            | Event::AgentRested { .. }
            | Event::AgentDisconnected { .. }
            | Event::AgentUnreachable { .. }
            | Event::AgentReconnected { .. } => self.apply_to_agent(at, event),
            Event::ChatLogOpened { .. }
            | Event::ChatLogDraftSaved { .. }
            | Event::ChatLogSaved { .. }
            | Event::ChatLogFiled { .. }
            | Event::ChatLogFilingFailed { .. }
            | Event::ChatLogSettled { .. } => self.apply_to_log(at, event),
            Event::JobRequested { .. } | Event::JobRested { .. } | Event::JobEnded { .. } => {
                self.apply_to_job(event);
            }
            Event::DeedRecorded { by, deed } => self.audit.remember(at, by, deed),
            Event::AnswerRemembered { key, request, reply, until } => {
                let answer = super::Answer { request: *request, reply: *reply, until: *until };
                self.answers.remember(key, answer, at);
            }
            _ => self.apply_to_chat(at, event),
        }
    }

    /// A start is the loss of every connection that was there: their graces begin now.
    fn lose_connections(&mut self, at: Time) {
        let here = |presence: &Presence| matches!(presence, Presence::Here);
        let gone = Presence::Gone { since: at, unreachable: false };
        let agents =
            self.agents.values().filter(|agent| agent.status != Status::LoggedOut && here(&agent.presence));
        for id in agents.map(|agent| agent.id()).collect::<Vec<_>>() {
            self.change_agent(id, |agent| agent.presence = gone);
        }
        let chats = self.chats.values().filter(|chat| chat.watched && here(&chat.presence));
        for id in chats.map(|chat| chat.id).collect::<Vec<_>>() {
            self.change_chat(id, |chat| chat.presence = gone);
        }
    }

    fn configure(&mut self, setup: &Setup, ids: &BTreeMap<String, QueueId>) {
        self.setup = setup.clone();
        for queue in self.queues.values_mut() {
            queue.open = false;
        }
        for (name, id) in ids {
            let setup = setup.queues.get(name).cloned().unwrap_or_default();
            self.queues.insert(*id, Queue { id: *id, name: name.clone(), setup, open: true });
            self.queue_names.insert(name.clone(), *id);
        }
        self.rebuild();
    }

    fn apply_to_agent(&mut self, at: Time, event: &Event) {
        match event {
            Event::AgentSaved { profile } => {
                let saved = self
                    .agents
                    .entry(profile.id)
                    .or_insert_with(|| Box::new(Agent::new((**profile).clone(), at)));
                self.index.logins.remove(&saved.profile.login);
                saved.profile = (**profile).clone();
                self.refresh_agent(profile.id);
            }
            Event::TokenOpened { token } => {
                self.index.token_hashes.insert(token.hash, token.id);
                self.tokens.insert(token.id, (**token).clone());
            }
            Event::TokenClosed { token, .. } => {
                if let Some(token) = self.tokens.remove(token) {
                    self.index.token_hashes.remove(&token.hash);
                }
            }
            Event::AgentStatusChanged { agent, status, reason, next, stop_new, missed } => {
                self.change_agent(*agent, |agent| {
                    if agent.status != Status::Available && *status == Status::Available {
                        agent.idle_since = at;
                    }
                    agent.status = *status;
                    agent.reason.clone_from(reason);
                    agent.next.clone_from(next);
                    agent.stop_new = *stop_new;
                    agent.missed = *missed;
                    agent.rests_until = None;
                });
            }
            Event::AgentRests { agent, until } => {
                self.change_agent(*agent, |agent| agent.rests_until = Some(*until));
            }
            Event::AgentRested { agent } => self.change_agent(*agent, |agent| agent.rests_until = None),
            Event::AgentDisconnected { agent } => {
                self.change_agent(*agent, |agent| {
                    agent.presence = Presence::Gone { since: at, unreachable: false }
                });
            }
            Event::AgentUnreachable { agent } => self.change_agent(*agent, |agent| {
                if let Presence::Gone { unreachable, .. } = &mut agent.presence {
                    *unreachable = true;
                }
            }),
            Event::AgentReconnected { agent } => {
                self.change_agent(*agent, |agent| agent.presence = Presence::Here);
            }
            _ => {}
        }
    }

    fn apply_to_job(&mut self, event: &Event) {
        let id = match event {
            Event::JobRequested { job } => {
                self.await_answer(job);
                self.jobs.insert(job.id, (**job).clone());
                job.id
            }
            Event::JobRested { job, until, .. } => {
                if let Some(job) = self.jobs.get_mut(job) {
                    job.resting = true;
                    job.due = *until;
                }
                *job
            }
            Event::JobEnded { job, .. } => {
                self.jobs.remove(job);
                *job
            }
            _ => return,
        };
        self.refresh_job(id);
    }

    fn await_answer(&mut self, job: &super::Job) {
        match job.ask {
            super::Ask::Lookup(_) => {
                if let Some(chat) = self.chats.get_mut(&job.chat) {
                    chat.look_up = super::LookUp::Pending { job: job.id };
                }
            }
            super::Ask::AttachLog(_) => {
                if let Some(log) = self.logs.get_mut(&job.chat) {
                    log.filing = super::Filing::Pending { job: job.id };
                }
            }
        }
    }

    pub(super) fn remember_agent(&mut self, email: Option<&str>, agent: AgentId, at: Time) {
        let Some(email) = email else { return };
        if let Some(old) = self.last_served.insert(email.into(), LastServed { agent, at }) {
            self.index.served.remove(&(old.at, email.into()));
        }
        self.index.served.insert((at, email.into()));
        if self.last_served.len() > Self::LAST_SERVED_LIMIT
            && let Some((_, oldest)) = self.index.served.pop_first()
        {
            self.last_served.remove(&oldest);
        }
    }

    /// Changes an agent and puts them where they then stand.
    pub(super) fn change_agent(&mut self, id: AgentId, change: impl FnOnce(&mut Agent)) {
        let now = self.now;
        if let Some(agent) = self.agents.get_mut(&id) {
            let before = (agent.shown(), agent.stop_new);
            change(agent);
            if before != (agent.shown(), agent.stop_new) {
                agent.since = now;
            }
        }
        self.refresh_agent(id);
    }

    /// Changes a chat and puts it where it then stands.
    pub(super) fn change_chat(&mut self, id: ChatId, change: impl FnOnce(&mut super::Chat)) {
        if let Some(chat) = self.chats.get_mut(&id) {
            change(chat);
        }
        self.refresh_chat(id);
    }

    pub(super) fn refresh_agent(&mut self, id: AgentId) {
        self.index.remove_agent(id);
        let Some(agent) = self.agents.get(&id) else { return };
        if self.index.logins.get(&agent.profile.login) != Some(&id) {
            self.index.logins.insert(agent.profile.login.clone(), id);
        }
        if agent.is_ready() {
            let queues =
                agent.profile.queues.iter().filter_map(|id| Some((*id, self.queues.get(id)?.setup.strategy)));
            self.index.insert_agent(agent, queues);
        }
        self.set_agent_deadlines(id);
        if let Some(chats) = self.index.preferring.get(&id) {
            for chat in chats.iter().copied().collect::<Vec<_>>() {
                self.refresh_chat(chat);
            }
        }
    }

    fn set_agent_deadlines(&mut self, id: AgentId) {
        let Some(agent) = self.agents.get(&id) else { return };
        let grace = &self.setup.grace;
        let working = agent.status != Status::LoggedOut;
        let (silent, gone) = match agent.presence {
            Presence::Gone { since, unreachable } if working => (
                (!unreachable).then(|| since.plus_s(grace.agent_offers_s.into())),
                Some(since.plus_s(grace.agent_log_out_s.into())),
            ),
            _ => (None, None),
        };
        let rested = agent.rests_until;
        self.index.deadlines.set(Deadline::AgentRested(id), rested);
        self.index.deadlines.set(Deadline::AgentUnreachable(id), silent);
        self.index.deadlines.set(Deadline::AgentGone(id), gone);
    }

    pub(super) fn refresh_chat(&mut self, id: ChatId) {
        let old_preference = self.chats.get(&id).and_then(|chat| chat.preferred);
        self.index.remove_chat(id);
        self.set_chat_deadlines(id);
        let Some(chat) = self.chats.get(&id) else { return };
        let waiting = chat.stage == Stage::Waiting;
        if let Some(preference) = old_preference {
            let chats = self.index.preferring.entry(preference.agent).or_default();
            if waiting {
                chats.insert(id)
            } else {
                chats.remove(&id)
            };
        }
        let held_for = chat.preferred.map(|preference| preference.agent).filter(|agent| {
            waiting
                && self
                    .agents
                    .get(agent)
                    .is_some_and(|agent| agent.takes_chats() && self.can_serve(agent, chat))
        });
        self.index.insert_chat(chat, held_for);
    }

    fn set_chat_deadlines(&mut self, id: ChatId) {
        let chat = self.chats.get(&id);
        let waiting = chat.filter(|chat| chat.stage == Stage::Waiting);
        let overflow = waiting.and_then(|chat| {
            let overflow = self.queues.get(&chat.queue)?.setup.overflow.as_ref()?;
            self.queue_named(&overflow.to).filter(|to| to.id != chat.queue)?;
            Some(chat.queued_at.plus_s(overflow.after_s.into()))
        });
        let relaxes = waiting.and_then(|chat| {
            let steps = &self.queues.get(&chat.queue)?.setup.relax_after_s;
            let next = steps.get(usize::try_from(chat.relaxed).ok()?)?;
            Some(chat.queued_at.plus_s(u64::from(*next)))
        });
        let preference = waiting.and_then(|chat| Some(chat.preferred?.until));
        let gone = chat.and_then(|chat| self.customer_deadline(chat));
        let post = chat.and_then(|chat| match chat.stage {
            Stage::Ended { post, .. } if !post.held => Some(post.until),
            _ => None,
        });
        let deadlines = &mut self.index.deadlines;
        deadlines.set(Deadline::Relaxes(id), relaxes);
        deadlines.set(Deadline::Overflows(id), overflow);
        deadlines.set(Deadline::PreferenceEnds(id), preference);
        deadlines.set(Deadline::CustomerGone(id), gone);
        deadlines.set(Deadline::PostProcessingEnds(id), post);
    }

    fn customer_deadline(&self, chat: &super::Chat) -> Option<Time> {
        let Presence::Gone { since, unreachable: false } = chat.presence else { return None };
        match chat.stage {
            Stage::Waiting | Stage::Offered { .. } => {
                Some(since.plus_s(self.setup.grace.customer_waiting_s.into()))
            }
            Stage::Active { .. } => Some(since.plus_s(self.setup.grace.customer_active_s.into())),
            Stage::Ended { .. } => None,
        }
    }

    pub(super) fn refresh_offer(&mut self, id: OfferId) {
        let expires = self.offers.get(&id).map(|offer| offer.expires_at);
        self.index.deadlines.set(Deadline::OfferExpires(id), expires);
    }

    fn refresh_job(&mut self, id: JobId) {
        let due = self.jobs.get(&id).map(|job| job.due);
        self.index.deadlines.set(Deadline::JobDue(id), due);
    }

    pub(super) fn refresh_log(&mut self, id: ChatId) {
        let days = u64::from(self.setup.limits.log_edit_days);
        let settles = self.logs.get(&id).filter(|_| !self.chats.contains_key(&id));
        let settles = settles.map(|log| log.updated_at.plus_s(days * 86_400));
        self.index.deadlines.set(Deadline::LogSettles(id), settles);
    }

    /// Deadlines, logins and token hashes, after a snapshot was read.
    pub(super) fn rebuild_deadlines(&mut self) {
        for id in self.offers.keys().copied().collect::<Vec<_>>() {
            self.refresh_offer(id);
        }
        for id in self.jobs.keys().copied().collect::<Vec<_>>() {
            self.refresh_job(id);
        }
        for id in self.logs.keys().copied().collect::<Vec<_>>() {
            self.refresh_log(id);
        }
        self.index.served = self.last_served.iter().map(|(email, last)| (last.at, email.clone())).collect();
        self.index.token_hashes = self.tokens.values().map(|token| (token.hash, token.id)).collect();
    }
}
