//! Gives a chat its place: the policy is asked, and configuration fills in what it leaves open.

use crate::event::Event;
use crate::id::{ChatId, QueueId};
use crate::policy::{Answered, Glances, Route, RouteChat};
use crate::setup::{Level, Skill};
use crate::state::{Chat, Preference, Queue, State};
use crate::time::Time;
use crate::writer::Writer;
use alloc::borrow::ToOwned;
use alloc::collections::BTreeMap;
use alloc::string::String;

/// Highest priority.
pub(super) const TOP_PRIORITY: u8 = 9;

/// Asks the policy where a chat goes, and who said so.
pub(super) fn ask(w: &mut Writer<'_>, chat: &Chat) -> (Route, Answered) {
    let queues = Glances::new(w.state, w.now);
    let queue = super::queue_of(w.state, chat);
    let route = w.policy.route_chat(&RouteChat { now: w.now, chat, queue, queues });
    (route, w.policy.answered())
}

/// Asks again where a chat goes that went back to its queue. Without a policy's say it stays as it is; what a policy
/// leaves open stays as well, and nobody who was let in once is turned away.
pub(super) fn again(w: &mut Writer<'_>, id: ChatId) {
    let Some(chat) = w.state.chat(id) else { return };
    let queues = Glances::new(w.state, w.now);
    let queue = super::queue_of(w.state, chat);
    let route = w.policy.route_chat(&RouteChat { now: w.now, chat, queue, queues });
    let answered = w.policy.answered();
    if answered == Answered::BuiltIn || route == Route::default() {
        return;
    }
    let Some(chat) = w.state.chat(id) else { return };
    let priority = route.priority.or(Some(chat.priority));
    let skills = route.skills.or_else(|| Some(chat.requirements.clone()));
    place(w, id, Route { priority, skills, ..route }, Some(answered));
}

/// Puts a chat into its queue. What a policy names and nobody configured is passed over: a chat is never lost to a
/// script's slip.
pub(super) fn place(w: &mut Writer<'_>, id: ChatId, route: Route, answered: Option<Answered>) {
    let Some(chat) = w.state.chat(id) else { return };
    let Some(placed) = placed(w.state, w.now, chat, route) else { return };
    let Placed { queue, priority, requirements, preferred } = placed;
    let policy = w.policy.version().to_owned();
    w.emit(Event::ChatQueued { chat: id, queue, priority, requirements, preferred, policy, answered });
}

/// A place in a queue.
pub(crate) struct Placed {
    pub(crate) queue: QueueId,
    pub(crate) priority: u8,
    pub(crate) requirements: BTreeMap<Skill, Level>,
    pub(crate) preferred: Option<Preference>,
}

/// The place that a route gives a chat, with what configuration says where it says nothing.
pub(crate) fn placed(state: &State, now: Time, chat: &Chat, route: Route) -> Option<Placed> {
    let named = route.queue.as_deref().and_then(|name| state.queue_named(name));
    let queue = named.or(state.queue(chat.queue))?;
    Some(Placed {
        queue: queue.id,
        priority: route.priority.unwrap_or(queue.setup.priority).min(TOP_PRIORITY),
        preferred: preference(state, now, chat, queue, route.preferred_agent.as_deref()),
        requirements: route.skills.unwrap_or_else(|| queue.setup.skills.clone()),
    })
}

/// The agent to wait for: the one a policy names, else the one the customer last spoke to, where the queue says so.
fn preference(
    state: &State,
    now: Time,
    chat: &Chat,
    queue: &Queue,
    named: Option<&str>,
) -> Option<Preference> {
    let seconds = u64::from(queue.setup.preferred_agent_s);
    let named = named.and_then(|login| state.agent_named(login)).map(crate::state::Agent::id);
    let last = || state.last_agent(chat.form.email.as_deref()?);
    let agent = named.or_else(last)?;
    (seconds > 0).then(|| Preference { agent, until: now.plus_s(seconds) })
}

/// Whether as many chats wait as may.
pub(super) fn is_full(state: &State, queue: &Queue) -> bool {
    let most = queue.setup.max_waiting as usize;
    most > 0 && state.waiting_count(queue.id) >= most
}

/// Whether nobody who serves the queue takes chats at the moment.
pub(super) fn is_unserved(state: &State, queue: QueueId) -> bool {
    !state.agents().any(|agent| agent.profile.queues.contains(&queue) && agent.takes_chats())
}

/// A title for a chat: what the customer asked, or who they are.
pub(super) fn title(chat: &Chat, limit: u32) -> String {
    let question = chat.form.question.as_deref().filter(|question| !question.trim().is_empty());
    question.unwrap_or(&chat.form.name).trim().chars().take(limit as usize).collect()
}
