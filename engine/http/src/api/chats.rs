//! Chats in lists and whole, their audit trail and transcript.

use crate::archive::{self, Found};
use crate::ask::{Ask, List, ok};
use crate::problem::Problem;
use crate::route::{Outcome, Route, Who, get};
use crate::stream::audit;
use crate::transcript;
use hark_core::state::{Chat, Role, State};
use hark_core::view::{ChatSummary, ChatView};
use hark_core::{AgentId, ChatId, QueueId};
use hark_runtime::{Cursor, Filter};

/// Messages that come with a chat, the last ones.
const MESSAGES: usize = 500;
/// What `after` begins with once a list has left the desk for history.
const PAST: &str = "past:";
/// Readings of history for one list at most, where entries are filtered by their state.
const READINGS: usize = 10;

pub(super) fn routes() -> Vec<Route> {
    vec![
        get(
            "/v1/chats",
            Who::Agent,
            "Chats: one's own, or all for a supervisor; the desk's, then history's",
            list,
        )
        .query(&[
            ("state", "`waiting`, `offered`, `active`, `ended`, `closed` or `abandoned`"),
            ("queue", "Name of a queue"),
            ("limit", "Entries, at most 200"),
            ("after", "Where to go on: `next` of the last answer"),
        ])
        .gives::<List<ChatSummary>>(),
        get("/v1/chats/{id}", Who::Agent, "A chat", view).gives::<ChatView>(),
        get("/v1/chats/{id}/events", Who::Agent, "Everything that happened to a chat", events)
            .gives::<List<serde_json::Value>>(),
        get("/v1/chats/{id}/transcript", Who::Agent, "The transcript of a chat", transcript_of)
            .query(&[("format", "`txt`, `html` or `json`")])
            .content("text/plain"),
    ]
}

/// A chat as people see it.
pub(super) fn view_of(found: &Found<'_>) -> ChatView {
    found.view(MESSAGES)
}

async fn view(ask: Ask) -> Outcome {
    let id = ask.id("id")?;
    Ok(ok(&archive::for_person(&ask, id, view_of).await?.value))
}

/// What is wanted of a list.
#[derive(Clone)]
struct Wish {
    own: Option<AgentId>,
    state: Option<String>,
    queue: Option<String>,
    limit: usize,
}

impl Wish {
    fn takes(&self, summary: &ChatSummary) -> bool {
        self.state.as_ref().is_none_or(|state| *state == summary.state)
            && self.queue.as_ref().is_none_or(|queue| *queue == summary.queue)
    }

    fn wants_desk(&self) -> bool {
        !matches!(self.state.as_deref(), Some("closed" | "abandoned"))
    }

    fn wants_history(&self) -> bool {
        matches!(self.state.as_deref(), None | Some("closed" | "abandoned"))
    }
}

async fn list(ask: Ask) -> Outcome {
    let person = ask.person()?;
    let own = (person.role < Role::Supervisor).then_some(person.id);
    let (state, queue) = (ask.query("state"), ask.query("queue"));
    let wish = Wish { own, state, queue, limit: ask.limit()? };
    let after = ask.query("after");
    let past = after.as_deref().and_then(|after| after.strip_prefix(PAST));
    let before = past.map(id_of).transpose()?;
    let after = after.as_deref().filter(|_| past.is_none()).map(id_of).transpose()?;
    let mut data = Vec::new();
    let (cursor, queue) = on_desk(&ask, &wish, after, &mut data, past.is_none()).await?;
    let from_desk = data.len().min(wish.limit);
    if data.len() <= wish.limit && wish.wants_history() {
        let filter = Filter { agent: own, queue, before };
        let wanted = wish.limit + 1 - data.len();
        data.extend(in_history(&ask, &wish, cursor, filter, wanted).await?);
    }
    let ends_on_desk = from_desk == wish.limit;
    let next =
        |last: &ChatSummary| if ends_on_desk { last.id.to_string() } else { format!("{PAST}{}", last.id) };
    Ok(List::page(data, wish.limit, next).answer(&ask))
}

fn id_of(text: &str) -> Result<ChatId, Problem> {
    text.parse().map_err(|_| Problem::invalid("invalid_parameter", "after is the next of the last answer"))
}

/// The desk's part of a list; tells where it was seen and which queue is meant.
async fn on_desk(
    ask: &Ask,
    wish: &Wish,
    after: Option<ChatId>,
    data: &mut Vec<ChatSummary>,
    wanted: bool,
) -> Result<(Cursor, Option<QueueId>), Problem> {
    let (wish, wanted) = (wish.clone(), wanted && wish.wants_desk());
    let look = move |state: &State| {
        let named = |name: &String| state.queues().find(|queue| queue.name == *name).map(|queue| queue.id);
        let queue = wish.queue.as_ref().and_then(named);
        let theirs = |chat: &&Chat| wish.own.is_none() || chat.holder() == wish.own;
        let later = |chat: &&Chat| after.is_none_or(|after| chat.id > after);
        let chats = state.chats().filter(|_| wanted).filter(theirs).filter(later);
        let summaries = chats.map(|chat| ChatSummary::of(state, chat)).filter(|summary| wish.takes(summary));
        (summaries.take(wish.limit + 1).collect::<Vec<_>>(), queue)
    };
    let seen = ask.read(look).await?;
    data.extend(seen.value.0);
    Ok((seen.cursor, seen.value.1))
}

/// History's part of a list.
async fn in_history(
    ask: &Ask,
    wish: &Wish,
    cursor: Cursor,
    mut filter: Filter,
    wanted: usize,
) -> Result<Vec<ChatSummary>, Problem> {
    let mut found = Vec::new();
    for _ in 0..READINGS {
        let (this, many) = (filter, wish.limit + 1);
        let chats = archive::past(ask, cursor, move |history| history.chats(&this, many)).await?;
        let (read, last) = (chats.len(), chats.last().map(|closed| closed.chat.id));
        let fitting = archive::summaries(ask, chats).await?.into_iter().filter(|summary| wish.takes(summary));
        found.extend(fitting);
        filter.before = last;
        if found.len() >= wanted || read < many {
            break;
        }
    }
    found.truncate(wanted);
    Ok(found)
}

async fn events(ask: Ask) -> Outcome {
    let id: ChatId = ask.id("id")?;
    let seen = archive::for_person(&ask, id, |_| ()).await?;
    let events = archive::past(&ask, seen.cursor, move |history| history.events(id)).await?;
    let trail = ask.read(move |state| audit(&events, state)).await?.value;
    Ok(List::whole(trail).answer(&ask))
}

async fn transcript_of(ask: Ask) -> Outcome {
    let (id, format) = (ask.id("id")?, transcript::Format::of(&ask)?);
    let look = |found: &Found<'_>| transcript::Transcript::of(found, false);
    let seen = archive::for_person(&ask, id, look).await?;
    Ok(seen.value.answer(format))
}
