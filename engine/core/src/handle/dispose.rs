//! Chooses transaction codes. Choosing the last missing one ends a wrap-up that only codes held open.

use super::{closing, text};
use crate::event::Event;
use crate::id::ChatId;
use crate::refusal::Refusal;
use crate::reply::Reply;
use crate::setup::QueueSetup;
use crate::setup::Setup;
use crate::state::{ChosenCode, LogBody, Stage};
use crate::writer::Writer;
use alloc::string::String;
use alloc::vec::Vec;

pub(super) fn set_disposition(
    w: &mut Writer<'_>,
    id: ChatId,
    mut codes: Vec<ChosenCode>,
    note: String,
) -> Result<Reply, Refusal> {
    let chat = w.own_chat(id)?;
    if chat.is_before_agent() {
        return Err(Refusal::ChatNotActive);
    }
    text::at_most(&note, LogBody::NOTES_LIMIT)?;
    codes.sort();
    codes.dedup();
    check_codes(w.state.setup(), super::queue_of(w.state, chat).setup, &codes)?;
    let held = matches!(chat.stage, Stage::Ended { post, .. } if post.held);
    if chat.codes != codes || chat.note != note {
        w.emit(Event::DispositionSet { chat: id, codes, note });
    }
    if held {
        // Its time is over; if codes are still missing it stays held, and that is no fault of this choice.
        let _ = closing::finish(w, id, true);
    }
    Ok(Reply::Done)
}

/// Each code must be in a list of the queue, and a list takes one code unless it says several.
pub(super) fn check_codes(setup: &Setup, queue: &QueueSetup, codes: &[ChosenCode]) -> Result<(), Refusal> {
    for chosen in codes {
        let rule = queue.codes.iter().find(|rule| rule.list == chosen.list);
        let list = setup.code_lists.get(&chosen.list);
        let known =
            rule.is_some() && list.is_some_and(|list| list.iter().any(|code| code.code == chosen.code));
        if !known {
            return Err(Refusal::UnknownCode(chosen.code.clone()));
        }
        let same_list = codes.iter().filter(|other| other.list == chosen.list).count();
        if same_list > 1 && rule.is_some_and(|rule| !rule.several) {
            return Err(Refusal::TooManyCodes(chosen.list.clone()));
        }
    }
    Ok(())
}
