//! A step of a chat's wait: the policy is asked what it is let go of.

use crate::event::Event;
use crate::id::ChatId;
use crate::policy::{Candidates, Relax, Relaxed, Say};
use crate::writer::Writer;

/// Does the next step of a waiting chat. The step is counted whatever the answer is, so that each is asked once.
pub(super) fn relax(w: &mut Writer<'_>, id: ChatId) {
    let Some(step) = w.state.chat(id).map(|chat| chat.relaxed + 1) else { return };
    let Some(relaxed) = ask(w, id, step) else { return };
    let say = Say::of(w.policy);
    let Some(chat) = w.state.chat(id) else { return };
    let mut requirements = relaxed.skills.unwrap_or_else(|| chat.requirements.clone());
    requirements.retain(|skill, _| !relaxed.drop.contains(skill));
    let priority = relaxed.priority.unwrap_or(chat.priority).min(super::routing::TOP_PRIORITY);
    let from = chat.queue;
    let named = relaxed.queue.as_deref().and_then(|name| w.state.queue_named(name));
    let to = named.filter(|queue| queue.open && queue.id != from).map(|queue| queue.id);
    w.emit(Event::ChatRelaxed { chat: id, step, priority, requirements, say });
    if let Some(to) = to {
        w.emit(Event::ChatOverflowed { chat: id, from, to });
    }
}

fn ask(w: &mut Writer<'_>, id: ChatId, step: u32) -> Option<Relaxed> {
    let chat = w.state.chat(id)?;
    let position = w.state.position(chat.id).and_then(|place| u32::try_from(place).ok()).unwrap_or(1);
    let question = Relax {
        now: w.now,
        chat,
        queue: super::queue_of(w.state, chat),
        step,
        waited_ms: w.now.since(chat.queued_at),
        position,
        candidates: Candidates::ready(w.state, chat.id),
    };
    Some(w.policy.relax(&question))
}
