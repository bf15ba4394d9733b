//! Ties a chat to a customer's record that the agent picked, or unties it.

use super::{answer_job, text};
use crate::event::Event;
use crate::id::ChatId;
use crate::record::Customer;
use crate::refusal::Refusal;
use crate::reply::Reply;
use crate::writer::Writer;
use alloc::boxed::Box;
use alloc::string::String;

pub(super) fn link_customer(
    w: &mut Writer<'_>,
    id: ChatId,
    customer: Option<Box<Customer>>,
    case: Option<String>,
) -> Result<Reply, Refusal> {
    let chat = w.own_chat(id)?;
    if let Some(customer) = &customer {
        answer_job::check_record(customer)?;
    }
    text::at_most(case.as_deref().unwrap_or_default(), crate::id::ForeignId::LIMIT)?;
    if chat.customer != customer || chat.case != case {
        w.emit(Event::CustomerLinked { chat: id, customer, case });
    }
    Ok(Reply::Done)
}
