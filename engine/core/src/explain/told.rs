//! Tells the story while the turns of the journal are replayed: what happened to the one chat, and at each offer and
//! each wait the desk as it was at that very event.

use super::choice::{Way, why};
use super::value::{Explanation, Kind, Look, Rule, RuleName, ScriptSay, Step};
use super::words::{duration, nobody, place};
use super::{before, requested_at, said};
use crate::event::{Event, Target, Turn, WithdrawnBecause};
use crate::id::{AgentId, ChatId, QueueId};
use crate::policy::Answered;
use crate::state::{Chat, EndedBy, Offer, OfferEnd, Preference, Stage, State};
use crate::time::Time;
use alloc::borrow::ToOwned;
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

/// Tells one chat's story.
#[derive(Debug)]
pub struct Teller {
    pub(super) chat: ChatId,
    name: String,
    pub(super) steps: Vec<Step>,
    pub(super) missing: Option<String>,
    /// Since when it waits this time, and what stood in the way when it began to.
    pub(super) waits: Option<(Time, Option<Look>)>,
    /// Who has just handed it to an agent.
    giver: Option<String>,
    /// Who accepted it last, after what wait, and why it was them.
    taken: Option<String>,
    /// Why the offer that stands was made.
    offered: Option<String>,
    over: bool,
}

impl Teller {
    /// For this chat, from this state on. What the chat remembers of the time before is told first.
    pub fn new(chat: ChatId, state: &State) -> Self {
        let mut teller = Self {
            chat,
            name: String::new(),
            steps: Vec::new(),
            missing: None,
            waits: None,
            giver: None,
            taken: None,
            offered: None,
            over: false,
        };
        if let Some(live) = state.chat(chat) {
            teller.name.clone_from(&live.form.name);
            before::recall(&mut teller, live);
        } else if requested_at(chat) < state.now() {
            teller.missing = Some(before::TRIMMED.to_owned());
        }
        teller
    }

    /// Whether anything of the chat was met.
    pub fn has_begun(&self) -> bool {
        !self.steps.is_empty()
    }

    /// Whether the chat was over before the state that this began with.
    pub fn is_past(&self) -> bool {
        self.steps.is_empty() && self.missing.is_some()
    }

    /// Whether nothing more can come.
    pub fn is_over(&self) -> bool {
        self.over
    }

    /// A record of the journal is lost here: what follows is told without it.
    pub fn miss_a_record(&mut self) {
        self.missing = Some(before::LOST.to_owned());
    }

    /// Applies a turn to the state, and tells what it did to the chat.
    pub fn apply(&mut self, state: &mut State, turn: &Turn) {
        for scoped in &turn.events {
            let event = &scoped.event;
            let ours = event.chat() == Some(self.chat);
            let look = if ours { self.look_before(state, event) } else { None };
            state.apply(turn.at, event);
            if ours {
                self.tell(state, turn.at, event, look);
            }
        }
        let live = state.chat(self.chat).filter(|chat| chat.stage == Stage::Waiting);
        if let Some(chat) = live.filter(|_| self.waits.is_none()) {
            self.begin_to_wait(state, chat, turn.at);
        }
    }

    /// Tells an event that history kept of the chat; of the desk at that moment nothing is known any more. The state is
    /// asked for names only.
    pub fn recount(&mut self, state: &State, at: Time, event: &Event) {
        self.missing = Some(before::FROM_HISTORY.to_owned());
        self.tell(state, at, event, None);
    }

    /// The explanation.
    pub fn finish(self) -> Explanation {
        let summary = self.summary();
        Explanation {
            chat_id: self.chat,
            name: self.name,
            requested_at: requested_at(self.chat),
            summary,
            whole: self.missing.is_none(),
            missing: self.missing,
            steps: self.steps,
        }
    }

    fn summary(&self) -> String {
        let last = self.steps.last();
        match (&self.taken, last.map(|step| step.kind)) {
            (_, None) => "Nothing is known of this chat.".to_owned(),
            (_, Some(Kind::Abandoned)) => {
                last.map_or_else(String::new, |step| format!("No agent got this chat. {}", step.says))
            }
            (_, Some(Kind::Waits | Kind::StillWaits)) => {
                last.map_or_else(String::new, |step| format!("It is still waiting. {}", step.says))
            }
            (Some(taken), _) => taken.clone(),
            (None, Some(_)) => last.map_or_else(String::new, |step| step.says.clone()),
        }
    }

    fn look_before(&self, state: &State, event: &Event) -> Option<Look> {
        match event {
            Event::OfferPresented { offer, .. } => {
                Some(Look::of(state, state.chat(self.chat)?, Some(offer.agent)))
            }
            _ => None,
        }
    }

    pub(super) fn step(&mut self, at: Time, kind: Kind, says: String) -> &mut Step {
        let (rules, scripts) = (Vec::new(), Vec::new());
        self.steps.push(Step { at, kind, says, agent_id: None, rules, scripts, desk: None });
        self.steps.last_mut().expect("it was just pushed")
    }

    fn begin_to_wait(&mut self, state: &State, chat: &Chat, at: Time) {
        let look = Look::of(state, chat, None);
        let held = state.index().held_for(chat.id).map(|agent| agent_name(state, agent));
        let kept = held.map(|name| format!("It was kept for {name}. ")).unwrap_or_default();
        let says = format!("{kept}It had to wait: {}. {}", nobody(&look), place(&look));
        let step = self.step(at, Kind::Waits, says);
        step.rules = waiting_rules(&look);
        step.desk = Some(look.clone());
        self.waits = Some((at, Some(look)));
    }

    fn tell(&mut self, state: &State, at: Time, event: &Event, look: Option<Look>) {
        match event {
            Event::ChatCreated { form, queue, .. } => {
                self.name.clone_from(&form.name);
                let says = format!("{} asked for a chat in {}.", form.name, queue_title(state, *queue));
                self.step(at, Kind::Requested, says);
            }
            Event::ChatQueued { .. } => self.queued(state, at, event),
            Event::OfferPresented { offer, policy, answered, ranked } => {
                self.presented(state, at, offer, look, ranked.is_some());
                let first = || format!("{} first", agent_name(state, offer.agent));
                let ranked = ranked.as_ref().map(|say| said::script_say("rank_agents", first(), say));
                let say = permission_said(offer, policy, answered.as_ref());
                self.last_scripts().extend(ranked.into_iter().chain([say]));
            }
            Event::OfferEnded { .. } => self.offer_ended(state, at, event),
            Event::ChatOverflowed { from, to, .. } => {
                let (from, to) = (queue_title(state, *from), queue_title(state, *to));
                let says = format!(
                    "It had waited long enough in {from} and went over to {to}, with its arrival time."
                );
                let rule = Rule { rule: RuleName::Overflow, says: says.clone() };
                self.step(at, Kind::Overflowed, says).rules.push(rule);
                self.waits = None;
            }
            Event::ChatPreferenceEnded { .. } => {
                let says = "It was kept for its preferred agent no longer.".to_owned();
                let rule = Rule { rule: RuleName::PreferredAgent, says: says.clone() };
                self.step(at, Kind::PreferenceEnded, says).rules.push(rule);
            }
            _ => self.tell_end(state, at, event),
        }
    }

    fn tell_end(&mut self, state: &State, at: Time, event: &Event) {
        match event {
            Event::ChatTransferred { from, to, .. } => self.transferred(state, at, *from, to),
            Event::ChatAbandoned { by, .. } => {
                let how = if *by == EndedBy::CustomerGone { "went away" } else { "left" };
                let waited = duration(at.since(requested_at(self.chat)));
                self.step(
                    at,
                    Kind::Abandoned,
                    format!("The customer {how} after {waited}, before anybody had accepted."),
                );
                self.over = true;
            }
            Event::ChatEnded { agent, by, .. } => {
                let says = format!("The chat ended{}.", ended_by(*by, &agent_name(state, *agent)));
                self.step(at, Kind::Ended, says).agent_id = Some(*agent);
            }
            Event::ChatClosed { .. } => self.over = true,
            _ => self.tell_said(state, at, event),
        }
    }

    /// A step with the rule that says the same, for what scripts said.
    pub(super) fn rule_step(
        &mut self,
        at: Time,
        kind: Kind,
        says: String,
        rule: RuleName,
    ) -> &mut Vec<ScriptSay> {
        let rule = Rule { rule, says: says.clone() };
        let step = self.step(at, kind, says);
        step.rules.push(rule);
        &mut step.scripts
    }

    fn last_scripts(&mut self) -> &mut Vec<ScriptSay> {
        &mut self.steps.last_mut().expect("a step was just told").scripts
    }

    fn queued(&mut self, state: &State, at: Time, event: &Event) {
        let Event::ChatQueued { queue, priority, requirements, preferred, policy, answered, .. } = event
        else {
            return;
        };
        let title = queue_title(state, *queue);
        let own = state.queue(*queue).map(|queue| &queue.setup);
        let mut rules = Vec::new();
        let mut changed = Vec::new();
        let by_queue = own.map(|own| own.priority);
        if by_queue.is_some_and(|own| own != *priority) {
            changed.push(format!("priority {priority}"));
        }
        let note = if by_queue == Some(*priority) { "the queue's own" } else { "not the queue's own" };
        rules.push(Rule { rule: RuleName::Priority, says: format!("Its priority is {priority}, {note}.") });
        if !requirements.is_empty() {
            let skills = super::words::skills_of(requirements);
            let own = own.is_some_and(|own| own.skills == *requirements);
            let note = if own { "as the queue asks" } else { "as was answered for this chat" };
            rules.push(Rule {
                rule: RuleName::Skills,
                says: format!("Its agent must have {skills}, {note}."),
            });
            if !own {
                changed.push(format!("skills {skills}"));
            }
        }
        if let Some(preference) = preferred {
            rules.push(self.preferred(state, at, preference, answered.as_ref()));
        }
        let says = format!("It was put in line in {title}, with priority {priority}.");
        let answer = if changed.is_empty() {
            format!("queue {title}")
        } else {
            format!("queue {title}, {}", changed.join(", "))
        };
        let say = ScriptSay {
            point: "route_chat".to_owned(),
            answer,
            answered: answered.clone(),
            policy: policy.clone(),
        };
        let asked = answered.is_some() || self.giver.is_none() && self.taken.is_none();
        let step = self.step(at, Kind::Queued, says);
        step.rules = rules;
        step.scripts.extend(asked.then_some(say));
        self.waits = None;
    }

    fn preferred(
        &self,
        state: &State,
        at: Time,
        preference: &Preference,
        answered: Option<&Answered>,
    ) -> Rule {
        let name = agent_name(state, preference.agent);
        let seconds = duration(preference.until.since(at));
        let why = match (
            answered,
            state.chat(self.chat).and_then(|chat| state.last_agent(chat.form.email.as_deref()?)),
        ) {
            (_, Some(last)) if last == preference.agent => "who spoke with this customer last",
            (Some(Answered::Script { .. }), _) => "whom the script named",
            _ => "whom the policy named",
        };
        let says = format!("It is kept for {name}, {why}, for {seconds} at most while {name} can take it.");
        Rule { rule: RuleName::PreferredAgent, says }
    }

    fn presented(&mut self, state: &State, at: Time, offer: &Offer, look: Option<Look>, ranked: bool) {
        let name = agent_name(state, offer.agent);
        let waited = self.waits.take();
        let since = waited.as_ref().map_or(0, |(since, _)| at.since(*since));
        let after =
            if since == 0 { "At once it".to_owned() } else { format!("After {} it", duration(since)) };
        let giver = self.giver.take();
        let kept = look.as_ref().is_some_and(|look| look.kept_for == Some(offer.agent));
        let way = match (&giver, kept) {
            (Some(giver), _) => Way::Handed(giver),
            (None, true) => Way::Preferred,
            (None, false) if ranked => Way::Ranked,
            (None, false) => Way::Chosen,
        };
        let chosen = look.as_ref().and_then(|look| Some((look, look.candidate(offer.agent)?)));
        let (mut rules, because) = match chosen {
            Some((look, chosen)) => why(look, chosen, &way, at),
            None => (Vec::new(), String::new()),
        };
        let changed =
            waited.and_then(|(_, look)| became_free(look.as_ref()?, offer.agent)).unwrap_or_default();
        let comma = if because.is_empty() { "" } else { ", " };
        let stands = duration(offer.expires_at.since(offer.made_at));
        rules.push(Rule {
            rule: RuleName::AcceptanceInterval,
            says: format!("The offer stands for {stands}."),
        });
        rules.extend(look.as_ref().filter(|look| look.place.is_some_and(|place| place > 1)).map(passed_over));
        let step =
            self.step(at, Kind::Offered, format!("{after} was offered to {name}{comma}{because}.{changed}"));
        step.agent_id = Some(offer.agent);
        step.rules = rules;
        step.desk = look;
        self.offered = Some(because);
    }

    fn offer_ended(&mut self, state: &State, at: Time, event: &Event) {
        let Event::OfferEnded { agent, end, because, reason, then, say, .. } = event else { return };
        let (agent, end, because) = (*agent, *end, *because);
        let name = agent_name(state, agent);
        let missed = said::missed(then.as_ref(), end == OfferEnd::Rejected);
        let made = self.steps.iter().rev().find(|step| step.kind == Kind::Offered).map(|step| step.at);
        let after = made.map(|made| format!(" after {}", duration(at.since(made)))).unwrap_or_default();
        let reason = reason
            .as_ref()
            .map(|reason| format!(", with the reason \u{201c}{reason}\u{201d}"))
            .unwrap_or_default();
        let (kind, says) = match end {
            OfferEnd::Accepted => (Kind::Accepted, format!("{name} accepted it{after}.")),
            OfferEnd::Rejected => (
                Kind::Rejected,
                format!("{name} rejected it{after}{reason}{missed}. It went back to its place."),
            ),
            OfferEnd::Expired => (
                Kind::Expired,
                format!("{name} let the offer run out{after}{missed}. It went back to its place."),
            ),
            OfferEnd::Withdrawn => {
                let why = withdrawn(because, &name);
                (Kind::Withdrawn, format!("The offer to {name} was taken back{after}{why}."))
            }
        };
        let step = self.step(at, kind, says);
        step.agent_id = Some(agent);
        let answer = || missed.trim_start_matches(" and ").to_owned();
        step.scripts.extend(say.as_ref().map(|say| said::script_say("after_missed_offer", answer(), say)));
        let why = self.offered.take().unwrap_or_default();
        if end == OfferEnd::Accepted {
            let waited = duration(at.since(requested_at(self.chat)));
            let comma = if why.is_empty() { "" } else { ", " };
            self.taken = Some(format!(
                "{name} got this chat{comma}{why}. From request to acceptance it took {waited}."
            ));
        }
        self.waits = None;
    }

    fn transferred(&mut self, state: &State, at: Time, from: AgentId, to: &Target) {
        let giver = agent_name(state, from);
        let taker = match to {
            Target::Queue(queue) => queue_title(state, *queue),
            Target::Agent(agent) => agent_name(state, *agent),
        };
        let says = format!("{giver} handed it on to {taker}; it kept its arrival time.");
        let rule = Rule { rule: RuleName::Transfer, says: says.clone() };
        let step = self.step(at, Kind::Transferred, says);
        step.agent_id = Some(from);
        step.rules.push(rule);
        self.giver = matches!(to, Target::Agent(_)).then_some(giver);
        self.waits = None;
    }
}

pub(super) fn waiting_rules(look: &Look) -> Vec<Rule> {
    use super::value::{Before, Obstacle};
    let mut rules = Vec::new();
    let mut add = |rule, says: &str| rules.push(Rule { rule, says: says.to_owned() });
    let blocked = |wanted: fn(&Obstacle) -> bool| {
        look.candidates.iter().filter_map(|candidate| candidate.obstacle.as_ref()).any(wanted)
    };
    if blocked(|obstacle| matches!(obstacle, Obstacle::AtCapacity)) {
        add(RuleName::Capacity, "Agents had as many chats as they may have.");
    }
    if blocked(|obstacle| matches!(obstacle, Obstacle::LacksSkill { .. })) {
        add(RuleName::Skills, "Agents lacked a skill, or their level was too low.");
    }
    if blocked(|obstacle| matches!(obstacle, Obstacle::HeldForAnother)) {
        add(RuleName::PreferredAgent, "Others had to leave it to the agent it was kept for.");
    }
    if look.ahead.iter().any(|ahead| ahead.because == Before::HigherPriority) {
        add(RuleName::Priority, "Chats with a higher priority were ahead.");
    }
    if look.ahead.iter().any(|ahead| ahead.because == Before::CameEarlier) {
        add(RuleName::Arrival, "Chats that came earlier were ahead.");
    }
    rules
}

/// What kept the agent from taking it when the wait began.
fn became_free(look: &Look, agent: AgentId) -> Option<String> {
    let candidate = look.candidate(agent).filter(|candidate| !candidate.could)?;
    Some(format!(" When the wait began, {}.", super::words::stood_in_the_way(candidate)))
}

fn passed_over(look: &Look) -> Rule {
    let ahead = look.place.unwrap_or(1) - 1;
    let says = format!(
        "{} ahead of it could not go to this agent: another skill was asked for, or an agent was being waited for.",
        super::words::counted(ahead, "chat")
    );
    Rule { rule: RuleName::Arrival, says }
}

fn permission_said(offer: &Offer, policy: &str, answered: Option<&Answered>) -> ScriptSay {
    let answer = match (&offer.reject.allowed, &offer.reject.reason) {
        (true, _) => "the offer may be rejected".to_owned(),
        (false, Some(reason)) => format!("the offer may not be rejected: {reason}"),
        (false, None) => "the offer may not be rejected".to_owned(),
    };
    ScriptSay {
        point: "reject_permission".to_owned(),
        answer,
        answered: answered.cloned(),
        policy: policy.to_owned(),
    }
}

fn withdrawn(because: Option<WithdrawnBecause>, name: &str) -> String {
    match because {
        None => String::new(),
        Some(WithdrawnBecause::CustomerLeft) => ", because the customer left".to_owned(),
        Some(WithdrawnBecause::AgentLeft) => format!(", because {name} chose another status"),
        Some(WithdrawnBecause::AgentUnreachable) => format!(", because {name} had lost the connection"),
        Some(WithdrawnBecause::Supervisor) => format!(", because a supervisor changed the status of {name}"),
    }
}

fn ended_by(by: EndedBy, agent: &str) -> String {
    match by {
        EndedBy::Agent => format!(": {agent} ended it"),
        EndedBy::Customer => ": the customer ended it".to_string(),
        EndedBy::CustomerGone => ": the customer had gone".to_string(),
        EndedBy::Supervisor => ": a supervisor ended it".to_string(),
        EndedBy::AgentGone => format!(": {agent} was gone"),
        EndedBy::Abandoned => String::new(),
    }
}

pub(super) fn agent_name(state: &State, id: AgentId) -> String {
    state.agent(id).map_or_else(|| id.to_string(), |agent| agent.profile.name.clone())
}

fn queue_title(state: &State, id: QueueId) -> String {
    state.queue(id).map_or_else(|| id.to_string(), |queue| queue.title().to_owned())
}
