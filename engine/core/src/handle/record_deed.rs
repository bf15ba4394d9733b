//! Something that an admin did outside of the state, a script published for one, is written into the journal.

use crate::event::Event;
use crate::refusal::Refusal;
use crate::reply::Reply;
use crate::state::Deed;
use crate::writer::Writer;
use alloc::boxed::Box;

/// Whoever may not steer the desk has done nothing that would have to be kept here.
pub(super) fn record_deed(w: &mut Writer<'_>, deed: Box<Deed>) -> Result<Reply, Refusal> {
    if !w.may_steer() {
        return Err(Refusal::UnknownAgent);
    }
    if deed.what.is_empty() {
        return Err(Refusal::Empty("what"));
    }
    let longest = deed.texts().map(|text| text.chars().count()).max().unwrap_or(0);
    let length = u32::try_from(longest).unwrap_or(u32::MAX);
    if length > Deed::TEXT_LIMIT {
        return Err(Refusal::TooLong { limit: Deed::TEXT_LIMIT, length });
    }
    let by = w.by.clone();
    w.emit(Event::DeedRecorded { by, deed });
    Ok(Reply::Done)
}
