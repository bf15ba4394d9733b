//! A customer asks for a chat: it is created, routed, and the CRM is asked who writes.

use super::{greeting, routing, text};
use crate::command::{Actor, RequestChat};
use crate::event::Event;
use crate::id::ChatId;
use crate::policy::GreetMoment;
use crate::refusal::Refusal;
use crate::reply::Reply;
use crate::state::{Ask, Chat, Form, Job, Lookup, Queue, State};
use crate::writer::Writer;
use alloc::boxed::Box;

/// Most matches asked of the CRM: more would not help an agent choose.
const MATCHES_WANTED: u32 = 20;

pub(super) fn request_chat(w: &mut Writer<'_>, request: RequestChat) -> Result<Reply, Refusal> {
    check_form(w.state, &request.form)?;
    let queue = asked_queue(w.state, request.queue.as_deref())?;
    let (queue_id, queue_name, full) = (queue.id, queue.name.clone(), routing::is_full(w.state, queue));
    let most = w.state.setup().limits.live_chats;
    if w.state.chat_count() >= most as usize {
        return Err(Refusal::TooManyChats(most));
    }
    let id: ChatId = w.id();
    let candidate = Chat::new(id, w.now, request.form, request.watched, queue_id);
    let (route, answered) = routing::ask(w, &candidate);
    if let Some(text) = route.turn_away {
        return Err(Refusal::TurnedAway(text));
    }
    let stays = route.queue.as_ref().is_none_or(|name| *name == queue_name);
    if stays && full {
        return Err(Refusal::QueueFull(queue_name));
    }
    w.by = Actor::Customer { chat_id: id };
    let form = Box::new(candidate.form);
    w.emit(Event::ChatCreated { chat: id, form, watched: request.watched, queue: queue_id });
    routing::place(w, id, route, Some(answered));
    greeting::greet(w, id, GreetMoment::Queued);
    look_up(w, id);
    Ok(Reply::Chat(id))
}

fn check_form(state: &State, form: &Form) -> Result<(), Refusal> {
    text::not_blank(&form.name, "name")?;
    text::at_most(form.question.as_deref().unwrap_or_default(), state.setup().limits.customer_message_chars)?;
    let fields = [&form.email, &form.phone, &form.account, &form.case, &form.language, &form.faq];
    text::at_most(&form.name, Form::FIELD_LIMIT)?;
    text::at_most(form.page.as_deref().unwrap_or_default(), Form::PAGE_LIMIT)?;
    fields.into_iter().flatten().try_for_each(|value| text::at_most(value, Form::FIELD_LIMIT))
}

fn asked_queue<'a>(state: &'a State, asked: Option<&str>) -> Result<&'a Queue, Refusal> {
    let default = &state.setup().default_queue;
    let first = || state.setup().queues.keys().next();
    let name = match asked {
        Some(name) => name,
        None if !default.is_empty() => default,
        None => first().ok_or_else(|| Refusal::UnknownQueue(alloc::string::String::new()))?,
    };
    state.queue_named(name).ok_or_else(|| Refusal::UnknownQueue(name.into()))
}

fn look_up(w: &mut Writer<'_>, id: ChatId) {
    let Some(chat) = w.state.chat(id) else { return };
    if !w.state.setup().crm || !chat.form.can_be_looked_up() {
        return;
    }
    let form = chat.form.clone();
    let ask = Ask::Lookup(Lookup {
        email: form.email,
        phone: form.phone,
        account: form.account,
        case: form.case,
        name: Some(form.name),
        limit: MATCHES_WANTED,
    });
    let due = w.now.plus_s(u64::from(w.state.setup().limits.job_timeout_s));
    let job = Job { id: w.id(), chat: id, ask, attempt: 1, due, resting: false };
    w.emit(Event::JobRequested { job: Box::new(job) });
}
