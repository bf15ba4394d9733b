//! Agents: their shifts, how they answer, work, hand on and wrap up. Whom they are offered is the core's.

use super::work::Work;
use super::{Due, Visit, World};
use crate::recorded::Recorded;
use crate::run::Fault;
use crate::scenario::Group;
use hark_core::command::{SaveAgent, SetStatus, TransferChat, TransferTo};
use hark_core::state::{Role, Status};
use hark_core::{Action, Actor, AgentId, ChatId, OfferId, Reply};

/// One agent.
#[derive(Debug)]
pub(super) struct Person<'a> {
    pub(super) id: AgentId,
    pub(super) login: String,
    pub(super) group: &'a Group,
    pub(super) work: Work,
    /// Whether a shift goes on.
    pub(super) on_shift: bool,
    /// Whether Available is what they chose.
    pub(super) available: bool,
    /// Offers, chats and wrap-ups in their hands.
    pub(super) load: u32,
}

impl World<'_> {
    /// Makes everybody known to the core. Recorded ones are made one after the other before the begin: their new ids then
    /// have the order of the recorded ones, by which the core decides between equals.
    pub(super) fn hire(&mut self) -> Result<(), Fault> {
        let ranks = self.plan.recorded.as_ref().map(Recorded::ranks).unwrap_or_default();
        for group in &self.plan.agents {
            for number in 1..=group.count {
                let login =
                    if group.count == 1 { group.name.clone() } else { format!("{}-{number}", group.name) };
                let rank = ranks.get(self.people.len());
                let before_ms = rank.map_or(0, |rank| ranks.len() as u64 - rank);
                let decision =
                    self.desk.prepare(before_ms, Action::SaveAgent(Box::new(saved(group, &login))));
                let id = match decision.reply {
                    Ok(Reply::Agent(id)) => id,
                    Ok(_) => unreachable!("saving an agent is answered with the agent"),
                    Err(why) => return Err(Fault { agent: login, why }),
                };
                self.person_of.insert(id, self.people.len() as u32);
                let work = Work::default();
                let person = Person { id, login, group, work, on_shift: false, available: false, load: 0 };
                self.people.push(person);
            }
        }
        Ok(())
    }

    /// The agent's profile becomes this one, in the queues that there are.
    pub(super) fn change(&mut self, agent: u32, group: &Group, disabled: bool) {
        let login = &self.people[agent as usize].login;
        let mut wish = SaveAgent { disabled, ..saved(group, login) };
        wish.queues.retain(|queue| self.lines.iter().any(|line| line.name == *queue));
        self.send(Actor::Engine, Action::SaveAgent(Box::new(wish)));
    }

    pub(super) fn begin_shifts(&mut self) {
        for (agent, person) in (0..).zip(&self.people) {
            if person.group.shifts.is_empty() && self.plan.recorded.is_none() {
                self.agenda.put(0, Due::ShiftBegins(agent));
            }
            for shift in &person.group.shifts {
                self.agenda.put(shift.from_ms, Due::ShiftBegins(agent));
                self.agenda.put(shift.until_ms, Due::ShiftEnds(agent));
            }
        }
    }

    pub(super) fn shift_begins(&mut self, agent: u32) {
        self.people[agent as usize].on_shift = true;
        self.choose(agent, Status::Available);
    }

    pub(super) fn shift_ends(&mut self, agent: u32) {
        self.people[agent as usize].on_shift = false;
        self.choose(agent, Status::LoggedOut);
    }

    pub(super) fn come_back(&mut self, agent: u32) {
        if self.people[agent as usize].on_shift || self.plan.recorded.is_some() {
            self.choose(agent, Status::Available);
        }
    }

    pub(super) fn choose(&mut self, agent: u32, status: Status) {
        let id = self.people[agent as usize].id;
        let wish = SetStatus { agent: id, status: Some(status), reason: None, stop_new: None };
        self.send(Actor::Agent { id }, Action::SetStatus(wish));
    }

    /// An offer is held out to the agent: they will answer, reject, or let it expire.
    pub(super) fn think(&mut self, agent: u32, slot: u32, offer: OfferId, may_reject: bool) {
        if self.react_again(agent, slot, offer) {
            return;
        }
        let group = self.people[agent as usize].group;
        let stream = &mut self.visitors.get(slot).stream;
        if stream.chance(group.miss) {
            return;
        }
        let rejects = may_reject && stream.chance(group.reject);
        let at = self.clock + group.answer.whole(stream);
        self.agenda.put(at, Due::Answer { agent, offer, rejects });
    }

    pub(super) fn answer(&mut self, agent: u32, offer: OfferId, rejects: bool) {
        if self.desk.state.offer(offer).is_none() {
            return;
        }
        let id = self.people[agent as usize].id;
        let action =
            if rejects { Action::RejectOffer { offer, reason: None } } else { Action::AcceptOffer(offer) };
        self.send(Actor::Agent { id }, action);
    }

    /// The agent missed or rejected an offer: the core sent them on a break, from which they come back.
    pub(super) fn missed(&mut self, agent: u32, slot: u32) {
        let group = self.people[agent as usize].group;
        let drawn = group.back.whole(&mut self.visitors.get(slot).stream);
        if let Some(away) = self.away_again(agent, slot, drawn) {
            self.agenda.put(self.clock + away, Due::Back(agent));
        }
        if self.counts() {
            self.books.agent_levels[agent as usize].missed += 1;
        }
    }

    /// The agent begins with a chat.
    pub(super) fn take_up(&mut self, agent: u32, slot: u32) {
        let visitor = self.visitors.get(slot);
        let kind = self.plan.traffic.get(visitor.kind as usize);
        let kind = kind.and_then(|kind| kind.handle.as_ref()).filter(|_| !visitor.transferred);
        let handling = self.lines[visitor.line as usize].handling;
        let handle = kind.or_else(|| handling?.handle.as_ref());
        let drawn = handle.map_or(0.0, |handle| handle.millis(&mut visitor.stream));
        let (line, millis) = (visitor.line as usize, self.stretch_again(slot).unwrap_or(drawn));
        self.books.queue_levels[line].active.change(self.clock, 1);
        self.books.agent_levels[agent as usize].chats.change(self.clock, 1);
        if self.counts() {
            self.books.agent_levels[agent as usize].accepted += 1;
        }
        self.pass(agent);
        self.people[agent as usize].work.take(slot, millis);
        self.plan_end(agent);
    }

    /// The chat is no longer active with the agent.
    pub(super) fn put_down(&mut self, agent: u32, slot: u32) {
        self.pass(agent);
        if !self.people[agent as usize].work.drop_chat(slot) {
            return;
        }
        let line = self.visitors.get(slot).line as usize;
        self.books.queue_levels[line].active.change(self.clock, -1);
        self.books.agent_levels[agent as usize].chats.change(self.clock, -1);
        self.plan_end(agent);
    }

    fn pass(&mut self, agent: u32) {
        let person = &mut self.people[agent as usize];
        let speed = person.group.speed(person.work.count());
        person.work.pass(self.clock, speed);
    }

    fn plan_end(&mut self, agent: u32) {
        let person = &self.people[agent as usize];
        let speed = person.group.speed(person.work.count());
        if let Some(left) = person.work.left(speed) {
            self.agenda.put(self.clock + left, Due::Done { agent, version: person.work.version });
        }
    }

    /// A chat is done: it is handed on or ended.
    pub(super) fn done(&mut self, agent: u32, version: u32) {
        let person = &self.people[agent as usize];
        let Some(slot) = person.work.first().filter(|_| person.work.version == version) else { return };
        let by = Actor::Agent { id: person.id };
        let visitor = self.visitors.get(slot);
        let chat = visitor.chat;
        if let Some(again) = visitor.recorded {
            return self.done_again(by, chat, again);
        }
        let handling = self.lines[visitor.line as usize].handling;
        let transfers = handling.map_or(&[][..], |handling| &handling.transfers);
        if let Some(queue) = next_queue(transfers, &mut visitor.stream) {
            let transfer = TransferChat { chat, to: TransferTo::Queue(queue.to_owned()), note: None };
            if self.send(by.clone(), Action::TransferChat(Box::new(transfer))) {
                return;
            }
            self.books.refused_transfers += 1;
        }
        self.send(by, Action::EndChat(chat));
    }

    /// The wrap-up of a chat begins. Codes that must be chosen are chosen at once when nothing tells how long it takes.
    pub(super) fn wrap_up(&mut self, agent: u32, slot: u32) {
        let visitor = self.visitors.get(slot);
        let (visit, chat) = (Visit { slot, number: visitor.number }, visitor.chat);
        if let Some(again) = visitor.recorded {
            return self.wrap_up_again(agent, visit, again);
        }
        let line = &self.lines[visitor.line as usize];
        match line.handling.and_then(|handling| handling.wrap_up.as_ref()) {
            Some(draw) => {
                let millis = draw.whole(&mut visitor.stream);
                self.agenda.put(self.clock + millis, Due::Wrapped(visit));
            }
            None => self.choose_codes(agent, slot, chat),
        }
    }

    pub(super) fn choose_codes(&mut self, agent: u32, slot: u32, chat: ChatId) {
        let codes = self.lines[self.visitors.get(slot).line as usize].codes.clone();
        if codes.is_empty() {
            return;
        }
        let by = Actor::Agent { id: self.people[agent as usize].id };
        self.send(by, Action::SetDisposition { chat, codes, note: String::new() });
    }

    /// The agent has wrapped up, if the time was not over before.
    pub(super) fn wrapped(&mut self, visit: Visit) {
        let Some(visitor) = self.visitors.still(visit) else { return };
        let chat = visitor.chat;
        let owner = self.desk.state.chat(chat).and_then(hark_core::state::Chat::owner);
        let Some(agent) = owner.and_then(|id| self.person_of.get(&id).copied()) else { return };
        self.choose_codes(agent, visit.slot, chat);
        let by = Actor::Agent { id: self.people[agent as usize].id };
        self.send(by, Action::FinishPostProcessing(chat));
    }

    /// The agent has more or less in hand, or chose another status.
    pub(super) fn loaded(&mut self, agent: u32, by: i32) {
        let person = &mut self.people[agent as usize];
        person.load = person.load.checked_add_signed(by).expect("nothing is put down that was not in hand");
        let (busy, on_duty) = (person.load > 0, person.load > 0 || person.available);
        let levels = &mut self.books.agent_levels[agent as usize];
        levels.taken.set(self.clock, f64::from(person.load) / f64::from(person.group.capacity));
        for (level, is) in [(&mut levels.busy, busy), (&mut levels.on_duty, on_duty)] {
            if (level.now == 1) != is {
                level.change(self.clock, if is { 1 } else { -1 });
            }
        }
    }
}

fn saved(group: &Group, login: &str) -> SaveAgent {
    SaveAgent {
        login: login.to_owned(),
        name: login.to_owned(),
        role: Role::Agent,
        capacity: group.capacity,
        queues: group.queues.clone(),
        skills: group.skills.clone(),
        credential: None,
        disabled: false,
    }
}

fn next_queue<'t>(transfers: &'t [(String, f64)], stream: &mut crate::random::Stream) -> Option<&'t str> {
    if transfers.is_empty() {
        return None;
    }
    let mut point = stream.unit();
    transfers.iter().find_map(|(queue, chance)| {
        point -= chance;
        (point <= 0.0).then_some(queue.as_str())
    })
}
