//! Chats in lists and whole, their audit trail and transcript.

use crate::archive::{self, Found};
use crate::ask::{Ask, List, ok};
use crate::problem::Problem;
use crate::route::{Outcome, Route, Who, get};
use crate::transcript;
use hark_core::ChatId;
use hark_core::state::{Role, State};
use hark_core::view::{ChatSummary, ChatView};

/// Messages that come with a chat, the last ones.
const MESSAGES: usize = 500;

pub(super) fn routes() -> Vec<Route> {
    vec![
        get("/v1/chats", Who::Agent, "Chats: one's own, or all for a supervisor", list)
            .query(&[
                ("state", "`waiting`, `offered`, `active`, `ended`, `closed` or `abandoned`"),
                ("queue", "Name of a queue"),
                ("limit", "Entries, at most 200"),
                ("after", "Where to go on: `next` of the last answer"),
            ])
            .gives::<List<ChatSummary>>(),
        get("/v1/chats/{id}", Who::Agent, "A chat", view).gives::<ChatView>(),
        get("/v1/chats/{id}/transcript", Who::Agent, "The transcript of a chat", transcript_of)
            .query(&[("format", "`txt`, `html` or `json`")])
            .content("text/plain"),
    ]
}

/// A chat as people see it.
pub(super) fn view_of(found: &Found<'_>) -> ChatView {
    let mut view = ChatView::of(found.state, found.chat, MESSAGES);
    if let Some(word) = found.state_word() {
        view.summary.state = word.into();
        view.ended_by = found.ended_by();
        view.customer_connected = false;
    }
    view
}

async fn view(ask: Ask) -> Outcome {
    let id = ask.id("id")?;
    Ok(ok(&archive::for_person(&ask, id, view_of).await?.value))
}

/// What is wanted of a list.
#[derive(Clone)]
struct Wish {
    state: Option<String>,
    queue: Option<String>,
    after: Option<ChatId>,
    limit: usize,
}

impl Wish {
    fn takes(&self, summary: &ChatSummary) -> bool {
        self.state.as_ref().is_none_or(|state| *state == summary.state)
            && self.queue.as_ref().is_none_or(|queue| *queue == summary.queue)
    }
}

async fn list(ask: Ask) -> Outcome {
    let person = ask.person()?.clone();
    let (state, queue) = (ask.query("state"), ask.query("queue"));
    let wish = Wish { state, queue, after: after(&ask)?, limit: ask.limit()? };
    let limit = wish.limit;
    let own = (person.role < Role::Supervisor).then_some(person.id);
    let look = move |state: &State| {
        let chats = state.chats().filter(|chat| own.is_none() || chat.holder() == own);
        let later = chats.filter(|chat| wish.after.is_none_or(|after| chat.id > after));
        let summaries = later.map(|chat| ChatSummary::of(state, chat)).filter(|summary| wish.takes(summary));
        summaries.take(wish.limit + 1).collect::<Vec<_>>()
    };
    let data = ask.read(look).await?.value;
    Ok(List::page(data, limit, |summary| summary.id.to_string()).answer(&ask))
}

fn after(ask: &Ask) -> Result<Option<ChatId>, Problem> {
    ask.query_as("after")
}

async fn transcript_of(ask: Ask) -> Outcome {
    let (id, format) = (ask.id("id")?, transcript::Format::of(&ask)?);
    let look = |found: &Found<'_>| transcript::Transcript::of(found, false);
    let seen = archive::for_person(&ask, id, look).await?;
    Ok(seen.value.answer(format))
}
