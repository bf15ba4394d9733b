//! A new configuration takes effect: queues keep their ids by name, and chats keep their places.

use crate::event::Event;
use crate::id::QueueId;
use crate::refusal::Refusal;
use crate::reply::Reply;
use crate::setup::Setup;
use crate::writer::Writer;
use alloc::boxed::Box;
use alloc::collections::BTreeMap;
use alloc::string::String;

/// A configuration equal to the present one changes nothing, so restarts do not fill the journal.
pub(super) fn configure(w: &mut Writer<'_>, setup: Box<Setup>) -> Result<Reply, Refusal> {
    if *setup == *w.state.setup() {
        return Ok(Reply::Done);
    }
    let mut queues: BTreeMap<String, QueueId> = BTreeMap::new();
    for name in setup.queues.keys() {
        let known = w.state.queues().find(|queue| queue.name == *name).map(|queue| queue.id);
        let id = known.unwrap_or_else(|| w.id());
        queues.insert(name.clone(), id);
    }
    w.emit(Event::Configured { setup, queues });
    Ok(Reply::Done)
}
