//! Chat logs: lists, one log, its draft, and saving it against the version that was seen.

use crate::archive;
use crate::ask::{Ask, List, empty, ok, with_etag};
use crate::auth::Person;
use crate::problem::Problem;
use crate::route::{Outcome, Route, Who, delete, get, put};
use hark_core::state::{ChatLog, LogBody, LogStatus, Role, State};
use hark_core::view::{LogSummary, LogView};
use hark_core::{Action, ChatId, Refusal};
use hark_runtime::Filter;

/// Logs of history that are looked through when they are filtered by their status.
const FILTERED: usize = 1000;

pub(super) fn routes() -> Vec<Route> {
    vec![
        get("/v1/chat-logs", Who::Agent, "Chat logs, newest first: one's own, or all for a supervisor", list)
            .query(&[
                ("status", "`open`, `draft` or `saved`"),
                ("limit", "Entries, at most 200"),
                ("after", "Where to go on: `next` of the last answer"),
            ])
            .gives::<List<LogSummary>>(),
        get("/v1/chat-logs/{chat_id}", Who::Agent, "A chat log", view).gives::<LogView>(),
        put("/v1/chat-logs/{chat_id}", Who::Agent, "Save a chat log", save)
            .takes::<LogBody>()
            .gives::<LogView>(),
        put("/v1/chat-logs/{chat_id}/draft", Who::Agent, "Keep what is not saved yet", save_draft)
            .takes::<LogBody>()
            .empty(),
        delete("/v1/chat-logs/{chat_id}/draft", Who::Agent, "Forget what is not saved", delete_draft).empty(),
    ]
}

fn may_see(person: &Person, log: &ChatLog) -> bool {
    person.role >= Role::Supervisor || log.agent == person.id
}

async fn list(ask: Ask) -> Outcome {
    let (person, limit) = (ask.person()?.clone(), ask.limit()?);
    let status = match ask.query("status").as_deref() {
        None => None,
        Some("open") => Some(LogStatus::Open),
        Some("draft") => Some(LogStatus::Draft),
        Some("saved") => Some(LogStatus::Saved),
        Some(_) => return Err(Problem::invalid("invalid_parameter", "status is open, draft or saved")),
    };
    let after: Option<ChatId> = ask.query_as("after")?;
    let own = (person.role < Role::Supervisor).then_some(person.id);
    let wanted = move |log: &ChatLog| status.is_none_or(|status| log.status == status);
    let look = move |state: &State| {
        let logs = state.logs().rev().filter(|log| may_see(&person, log) && wanted(log));
        let older = logs.filter(|log| after.is_none_or(|after| log.chat < after));
        older.take(limit + 1).map(|log| LogSummary::of(state, log)).collect::<Vec<_>>()
    };
    let seen = ask.read(look).await?;
    let filter = Filter { agent: own, queue: None, before: after };
    let many = if status.is_some() { FILTERED } else { limit + 1 };
    let mut kept = archive::past(&ask, seen.cursor, move |history| history.logs(&filter, many)).await?;
    kept.retain(|log| wanted(log));
    let kept = ask.read(move |state| settled(state, &kept)).await?.value;
    let mut data = seen.value;
    data.extend(kept);
    data.sort_by_key(|log| std::cmp::Reverse(log.chat_id));
    Ok(List::page(data, limit, |log| log.chat_id.to_string()).answer(&ask))
}

/// Logs of history that can no longer change. History follows the desk at a distance, so the others are the desk's.
fn settled(state: &State, logs: &[ChatLog]) -> Vec<LogSummary> {
    let settled = logs.iter().filter(|log| state.log(log.chat).is_none());
    settled.map(|log| LogSummary::of(state, log)).collect()
}

async fn view(ask: Ask) -> Outcome {
    let chat = ask.id("chat_id")?;
    show(&ask, chat).await
}

/// A log; what its owner has not saved is nobody else's.
async fn show(ask: &Ask, chat: ChatId) -> Outcome {
    let person = ask.person()?.clone();
    let owner = person.clone();
    let seen = ask.read(move |state| state.log(chat).map(|log| view_of(state, log, &owner))).await?;
    let view = match seen.value {
        Some(view) => view,
        None => {
            let kept = archive::past(ask, seen.cursor, move |history| history.log(chat)).await?;
            let kept = kept.ok_or(Refusal::UnknownLog)?;
            let look = move |state: &State| {
                let editable = state.log(chat).is_some();
                view_of(state, &kept, &person).map(|view| LogView { editable, ..view })
            };
            ask.read(look).await?.value
        }
    };
    let view = view.ok_or(Refusal::UnknownLog)?;
    Ok(with_etag(ok(&view), u64::from(view.summary.version)))
}

fn view_of(state: &State, log: &ChatLog, person: &Person) -> Option<LogView> {
    may_see(person, log).then(|| {
        let mut view = LogView::of(state, log);
        view.draft = view.draft.filter(|_| log.agent == person.id);
        view
    })
}

async fn save(ask: Ask) -> Outcome {
    let (chat, body): (ChatId, LogBody) = (ask.id("chat_id")?, ask.body()?);
    let version = u32::try_from(ask.if_match()?).unwrap_or(u32::MAX);
    ask.submit(Action::SaveLog { chat, version, body: Box::new(body) }).await?;
    show(&ask, chat).await
}

async fn save_draft(ask: Ask) -> Outcome {
    let (chat, body): (ChatId, LogBody) = (ask.id("chat_id")?, ask.body()?);
    ask.submit(Action::SaveLogDraft { chat, body: Some(Box::new(body)) }).await?;
    Ok(empty())
}

async fn delete_draft(ask: Ask) -> Outcome {
    let chat: ChatId = ask.id("chat_id")?;
    ask.submit(Action::SaveLogDraft { chat, body: None }).await?;
    Ok(empty())
}
