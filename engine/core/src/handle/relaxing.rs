//! A step of a chat's wait: the policy is asked what it is let go of.

use crate::event::Event;
use crate::id::{ChatId, QueueId};
use crate::policy::{Candidates, Relax, Relaxed, Say};
use crate::setup::{Level, Skill};
use crate::state::{Chat, State};
use crate::time::Time;
use crate::writer::Writer;
use alloc::collections::BTreeMap;

/// Does the next step of a waiting chat. The step is counted whatever the answer is, so that each is asked once.
pub(super) fn relax(w: &mut Writer<'_>, id: ChatId) {
    let Some(step) = w.state.chat(id).map(|chat| chat.relaxed + 1) else { return };
    let Some(question) = question(w.state, w.now, id, step) else { return };
    let relaxed = w.policy.relax(&question);
    let say = Say::of(w.policy);
    let Some(chat) = w.state.chat(id) else { return };
    let (from, effect) = (chat.queue, effect(w.state, chat, relaxed));
    let Effect { priority, requirements, to } = effect;
    w.emit(Event::ChatRelaxed { chat: id, step, priority, requirements, say });
    if let Some(to) = to {
        w.emit(Event::ChatOverflowed { chat: id, from, to });
    }
}

/// What a step makes of a chat.
pub(crate) struct Effect {
    pub(crate) priority: u8,
    pub(crate) requirements: BTreeMap<Skill, Level>,
    /// The queue that it goes over to.
    pub(crate) to: Option<QueueId>,
}

/// What an answer makes of a chat. A queue that is not there, or closed, is passed over.
pub(crate) fn effect(state: &State, chat: &Chat, relaxed: Relaxed) -> Effect {
    let mut requirements = relaxed.skills.unwrap_or_else(|| chat.requirements.clone());
    requirements.retain(|skill, _| !relaxed.drop.contains(skill));
    let priority = relaxed.priority.unwrap_or(chat.priority).min(super::routing::TOP_PRIORITY);
    let named = relaxed.queue.as_deref().and_then(|name| state.queue_named(name));
    let to = named.filter(|queue| queue.open && queue.id != chat.queue).map(|queue| queue.id);
    Effect { priority, requirements, to }
}

/// What is asked at a step.
pub(crate) fn question(state: &State, now: Time, id: ChatId, step: u32) -> Option<Relax<'_>> {
    let chat = state.chat(id)?;
    Some(Relax {
        now,
        chat,
        queue: super::queue_of(state, chat),
        step,
        waited_ms: now.since(chat.queued_at),
        position: state.position(id).and_then(|place| u32::try_from(place).ok()).unwrap_or(1),
        candidates: Candidates::ready(state, id),
    })
}
