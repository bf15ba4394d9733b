//! Agents away from their chats, customers who come, and plugins that answer as they please.

use super::{Crowd, wish};
use crate::desk_setup::QUEUES;
use crate::step::{Answered, Ask, Who, Wish};
use crate::world::World;
use hark_core::state::{Ask as JobAsk, Job, Presence, Status};

/// Customers who come again share so many addresses.
const ADDRESSES: u32 = 40;

impl Crowd {
    pub(super) fn new_chat(&mut self) -> Wish {
        self.asked += 1;
        let ask = Ask::Chat {
            label: self.asked,
            queue: self.dice.below(QUEUES.len()),
            email: self.dice.small(ADDRESSES),
            watched: self.dice.roll(8) > 0,
            form: self.dice.small(12),
        };
        Wish { by: Who::Engine, key: self.key(), ask }
    }

    /// An agent does something that is about no chat: mostly what their state makes them want.
    pub(super) fn agent_acts(&mut self, world: &World) -> Option<Wish> {
        let place = self.dice.below(self.agents);
        let agent = world.told.agent(world.names.agent(place)?)?;
        let status = |status, stop_new| Ask::Status { agent: place, status, stop_new };
        if self.dice.happens(self.rates.agent_vanishes * 4) {
            return Some(wish(Who::Engine, Ask::AgentGone(place)));
        }
        let gone = agent.presence != Presence::Here;
        let ask = match (agent.status, self.dice.roll(30)) {
            _ if gone && self.dice.roll(2) == 0 => return Some(wish(Who::Engine, Ask::AgentHere(place))),
            (Status::LoggedOut, 0..=19) => return Some(wish(Who::Engine, Ask::LogIn(place))),
            (Status::OnBreak | Status::WorkOffline, 0..=24) => status(0, None),
            (_, 0) => status(1, None),
            (_, 1) => status(2, None),
            (_, 2) if !agent.chats.is_empty() => status(9, Some(true)),
            (_, 3) if agent.stop_new => status(9, Some(false)),
            (_, 4) => status(0, None),
            (_, 5) if world.names.tokens(place) > 0 => {
                Ask::LogOut { agent: place, nth: self.dice.below(world.names.tokens(place)) }
            }
            (_, 6) => return self.supervisor_steers(place),
            _ => return self.at_some_chat(world),
        };
        Some(wish(Who::Agent(place), ask))
    }

    /// The supervisor sends somebody elsewhere; now and then somebody tries who may not.
    fn supervisor_steers(&mut self, other: usize) -> Option<Wish> {
        let by = if self.dice.roll(4) > 0 { 0 } else { self.dice.below(self.agents) };
        let status = self.dice.small(4);
        Some(wish(Who::Agent(by), Ask::Status { agent: other, status, stop_new: None }))
    }

    /// A plugin answers a job: rightly, wrongly, or one that is not its own. Or it says nothing.
    pub(super) fn plugin_answers(&mut self, world: &World) -> Option<Wish> {
        let jobs = world.told.jobs().count();
        if jobs == 0 {
            return self.at_some_chat(world);
        }
        let job = world.told.jobs().nth(self.dice.below(jobs))?;
        if self.dice.happens(self.rates.plugin_silent) {
            return None;
        }
        let (chat, mut nth) = world.names.job_ref(job.chat, job.id)?;
        if self.dice.happens(self.rates.plugin_foreign) {
            nth = self.dice.below(nth + 1);
        }
        let answered = self.answer(job);
        Some(wish(Who::Plugin, Ask::Answer { chat, nth, answered }))
    }

    fn answer(&mut self, job: &Job) -> Answered {
        if self.dice.happens(self.rates.plugin_lies) {
            let lies =
                [Answered::Flood, Answered::Attached, Answered::Matches(3, true), Answered::Failed(true)];
            return self.dice.pick(&lies).expect("there are four");
        }
        match job.ask {
            JobAsk::Lookup(_) => {
                let count = self.dice.pick(&[0, 1, 1, 2]).expect("there are four");
                Answered::Matches(count, self.dice.roll(3) == 0)
            }
            JobAsk::AttachLog(_) => Answered::Attached,
        }
    }

    /// Somebody edits or saves a log.
    pub(super) fn log_is_edited(&mut self, world: &World) -> Option<Wish> {
        let log = world.told.logs().next_back()?;
        let (chat, by) = (world.names.label(log.chat)?, world.names.place(log.agent)?);
        let body = self.dice.small(4);
        let ask = match self.dice.roll(3) {
            0 => Ask::LogDraft { chat, body },
            _ => {
                let version = log.version - u32::from(self.dice.roll(6) == 0 && log.version > 1);
                Ask::LogSave { chat, version, body, tied: self.dice.roll(2) == 0 }
            }
        };
        Some(wish(Who::Agent(by), ask))
    }
}
