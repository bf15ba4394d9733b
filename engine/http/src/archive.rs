//! Finds a chat wherever it is, on the desk or in history, and shows it to whoever may see it. To everybody else it
//! does not exist.

use crate::ask::Ask;
use crate::auth::Person;
use crate::options::Limits;
use crate::problem::Problem;
use axum::http::StatusCode;
use hark_core::state::{Chat, EndedBy, Message, Role, Stage, State};
use hark_core::view::{ChatSummary, ChatView, GuestChatView};
use hark_core::{ChatId, Refusal, Time};
use hark_runtime::{ClosedChat, Cursor, Ending, History, HistoryError, Seen};

/// A chat that was found.
pub(crate) struct Found<'a> {
    pub(crate) state: &'a State,
    pub(crate) chat: &'a Chat,
    /// What history says of it; none while it is on the desk.
    closed: Option<&'a ClosedChat>,
}

impl Found<'_> {
    /// The chat in a list.
    pub(crate) fn summary(&self) -> ChatSummary {
        let mut summary = ChatSummary::of(self.state, self.chat);
        if let Some(closed) = self.closed {
            summary.state = word(closed.end).into();
        }
        summary
    }

    /// The chat as people see it, with its last `messages` messages.
    pub(crate) fn view(&self, messages: usize) -> ChatView {
        let mut view = ChatView::of(self.state, self.chat, messages);
        if let Some(closed) = self.closed {
            view.summary = self.summary();
            view.ended_by = Some(closed.ended_by());
            view.customer_connected = false;
            view.screen_pop = closed.screen_pop.clone();
            view.code_rules = closed.code_rules.clone();
            view.log_mode = closed.log_mode;
            view.extends_left = 0;
        }
        view
    }

    /// The chat as its customer sees it. One that is over waits for nobody.
    pub(crate) fn guest_view(&self, now: Time) -> GuestChatView {
        let mut view = GuestChatView::of(self.state, self.chat, now);
        if let Some(closed) = self.closed {
            let word = if matches!(closed.end, Ending::Closed { .. }) { "ended" } else { "abandoned" };
            view.state = word.into();
            view.position = None;
            view.ended_by = Some(closed.ended_by());
        }
        view
    }

    /// Who ended it, if it has ended.
    pub(crate) fn ended_by(&self) -> Option<EndedBy> {
        match self.chat.stage {
            Stage::Ended { by, .. } => Some(by),
            _ => self.closed.map(ClosedChat::ended_by),
        }
    }
}

/// A chat as people see it, on the desk or, where history tells of it, over: for what looks at one without a request.
pub fn chat_view(state: &State, chat: &Chat, closed: Option<&ClosedChat>, messages: usize) -> ChatView {
    Found { state, chat, closed }.view(messages)
}

fn word(end: Ending) -> &'static str {
    match end {
        Ending::Closed { .. } => "closed",
        Ending::Abandoned { .. } => "abandoned",
    }
}

/// Shows a chat to its customer, for a day after its end.
pub(crate) async fn for_guest<T: Send + 'static>(
    ask: &Ask,
    id: ChatId,
    look: impl FnOnce(&Found<'_>) -> T + Send + 'static,
) -> Result<Seen<T>, Problem> {
    let now = ask.app.handle.now();
    let recent = move |found: &Found<'_>| {
        let until = |closed: &ClosedChat| closed.closed_at.plus_s(Limits::GUEST_LOOKS_BACK_HOURS * 3600);
        found.closed.is_none_or(|closed| until(closed) > now)
    };
    find(ask, id, recent, look).await
}

/// Shows a chat to its agent, or to whoever sees all.
pub(crate) async fn for_person<T: Send + 'static>(
    ask: &Ask,
    id: ChatId,
    look: impl FnOnce(&Found<'_>) -> T + Send + 'static,
) -> Result<Seen<T>, Problem> {
    let person = ask.person()?.clone();
    find(ask, id, move |found| may_see(&person, found.chat), look).await
}

/// Whether a person may see a chat: theirs, or any for a supervisor.
fn may_see(person: &Person, chat: &Chat) -> bool {
    person.role >= Role::Supervisor || chat.holder() == Some(person.id)
}

async fn find<T: Send + 'static>(
    ask: &Ask,
    id: ChatId,
    may: impl FnOnce(&Found<'_>) -> bool + Send + 'static,
    look: impl FnOnce(&Found<'_>) -> T + Send + 'static,
) -> Result<Seen<T>, Problem> {
    let on_desk = move |state: &State| match state.chat(id) {
        Some(chat) => {
            let found = Found { state, chat, closed: None };
            Ok(if may(&found) { Some(look(&found)) } else { None })
        }
        None => Err((may, look)),
    };
    let seen = ask.read(on_desk).await?;
    let (may, look) = match seen.value {
        Ok(value) => {
            let value = value.ok_or(Refusal::UnknownChat)?;
            return Ok(Seen { value, cursor: seen.cursor, now: seen.now });
        }
        Err(closures) => closures,
    };
    let closed = past(ask, seen.cursor, move |history| history.chat(id)).await?;
    let closed = closed.ok_or(Refusal::UnknownChat)?;
    let in_history = move |state: &State| {
        let found = Found { state, chat: &closed.chat, closed: Some(&closed) };
        if may(&found) { Some(look(&found)) } else { None }
    };
    let seen = ask.read(in_history).await?;
    let value = seen.value.ok_or(Refusal::UnknownChat)?;
    Ok(Seen { value, cursor: seen.cursor, now: seen.now })
}

/// Reads history, once it has all that a cursor covers.
pub(crate) async fn past<T: Send + 'static>(
    ask: &Ask,
    cursor: Cursor,
    read: impl FnOnce(&History) -> Result<T, HistoryError> + Send + 'static,
) -> Result<T, Problem> {
    let history = ask.app.handle.history();
    // What history does not have in time it tells as it is.
    let _ = history.wait_folded(cursor).await;
    let read = tokio::task::spawn_blocking(move || read(&history)).await;
    read.map_err(|_| Problem::internal())?.map_err(|error| match error {
        HistoryError::NotYet => Problem::busy("history is still being opened: try again in a moment"),
        error => {
            tracing::error!(%error, "history cannot be read");
            let detail = "history cannot be read; what is on the desk can";
            Problem::new(StatusCode::SERVICE_UNAVAILABLE, "history_unavailable", detail)
        }
    })
}

/// Chats of history in a list.
pub(crate) async fn summaries(ask: &Ask, chats: Vec<ClosedChat>) -> Result<Vec<ChatSummary>, Problem> {
    let look = move |state: &State| {
        let found = chats.iter().map(|closed| Found { state, chat: &closed.chat, closed: Some(closed) });
        found.map(|found| found.summary()).collect()
    };
    Ok(ask.read(look).await?.value)
}

/// A message that was just stored.
pub(crate) async fn message(ask: &Ask, id: ChatId, seq: u32) -> Result<Option<Message>, Problem> {
    let place = seq.saturating_sub(1) as usize;
    let look = move |state: &State| state.chat(id).and_then(|chat| chat.messages.get(place)).cloned();
    Ok(ask.read(look).await?.value)
}
