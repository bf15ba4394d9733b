//! Messages of a chat, typing notices, receipts and drafts.

use super::guest::sent;
use crate::archive::{self, Found};
use crate::ask::{Ask, empty, ok};
use crate::problem::Problem;
use crate::route::{Outcome, Route, Who, delete, get, post, put};
use crate::stream;
use axum::http::StatusCode;
use hark_core::command::SendMessage;
use hark_core::state::{Chat, Draft, Message, MessageKind, Side};
use hark_core::{Action, ChatId, Refusal, Reply};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Messages of one answer, at most.
const PAGE: usize = 500;

pub(super) fn routes() -> Vec<Route> {
    vec![
        get("/v1/chats/{id}/messages", Who::Agent, "The messages of a chat", list)
            .query(&[("after_seq", "Sequence number after which to begin")])
            .gives::<MessagePage>(),
        post("/v1/chats/{id}/messages", Who::Agent, "Write", send_as_agent)
            .takes::<MessageWish>()
            .gives::<Sent>()
            .created(),
        post("/v1/chats/{id}/typing", Who::Agent, "Say that I type, or have stopped", typing)
            .takes::<TypingWish>()
            .empty(),
        post("/v1/chats/{id}/read", Who::Agent, "Say how far I have got", read).takes::<ReadWish>().empty(),
        get("/v1/chats/{id}/draft", Who::Agent, "My unsent text", draft).gives::<Option<Draft>>(),
        put("/v1/chats/{id}/draft", Who::Agent, "Keep my unsent text", save_draft)
            .takes::<DraftWish>()
            .empty(),
        delete("/v1/chats/{id}/draft", Who::Agent, "Forget my unsent text", delete_draft).empty(),
    ]
}

/// A message to send.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct MessageWish {
    /// Id that the writer's program makes: the same one is stored once.
    pub(super) client_id: String,
    /// The text.
    pub(super) text: String,
    /// What it is.
    #[serde(default)]
    pub(super) kind: MessageKind,
}

/// A message that is stored.
#[derive(Serialize, JsonSchema)]
pub(super) struct Sent {
    /// It.
    message: Message,
}

/// Messages, oldest first.
#[derive(Serialize, JsonSchema)]
pub(super) struct MessagePage {
    /// They.
    data: Vec<Message>,
    /// Whether there are more after the last of them.
    has_more: bool,
}

/// Whether somebody types.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct TypingWish {
    /// Yes, or not any more.
    on: bool,
}

/// How far somebody has got.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct ReadWish {
    /// Highest sequence number that has reached the page.
    #[serde(default)]
    delivered: u32,
    /// Highest sequence number that was before their eyes.
    #[serde(default)]
    read: u32,
}

/// An unsent text.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct DraftWish {
    /// It.
    text: String,
}

/// Which messages are wanted.
#[derive(Debug, Clone, Copy)]
pub(super) struct PageWish {
    after_seq: u32,
    limit: usize,
}

impl PageWish {
    pub(super) fn of(ask: &Ask) -> Result<Self, Problem> {
        let after_seq = ask.query_as("after_seq")?.unwrap_or(0);
        let limit = ask.query_as("limit")?.unwrap_or(PAGE).clamp(1, PAGE);
        Ok(Self { after_seq, limit })
    }

    pub(super) fn of_chat(self, chat: &Chat, wanted: impl Fn(&Message) -> bool) -> MessagePage {
        let from = chat.messages.partition_point(|message| message.seq <= self.after_seq);
        let mut rest = chat.messages[from..].iter().filter(|message| wanted(message));
        let data: Vec<Message> = rest.by_ref().take(self.limit).cloned().collect();
        MessagePage { data, has_more: rest.next().is_some() }
    }
}

async fn list(ask: Ask) -> Outcome {
    let (id, page) = (ask.id("id")?, PageWish::of(&ask)?);
    let look = move |found: &Found<'_>| page.of_chat(found.chat, |_| true);
    Ok(ok(&archive::for_person(&ask, id, look).await?.value))
}

async fn send_as_agent(ask: Ask) -> Outcome {
    let (chat, wish) = (ask.id("id")?, ask.body::<MessageWish>()?);
    let MessageWish { client_id, text, kind } = wish;
    send(&ask, SendMessage { chat, from: Side::Agent, client_id, text, kind }).await
}

/// Stores a message and answers with it as it is stored.
pub(super) async fn send(ask: &Ask, message: SendMessage) -> Outcome {
    let (chat, from, client_id) = (message.chat, message.from, message.client_id.clone());
    let done = match ask.submit(Action::SendMessage(message)).await {
        Ok(done) => done,
        Err(problem) if problem.status == StatusCode::NOT_FOUND => {
            return sent_before(ask, chat, from, client_id).await;
        }
        Err(problem) => return Err(problem),
    };
    let Reply::Message { seq, repeated, .. } = done.reply else { return Err(Problem::internal()) };
    match archive::message(ask, chat, seq).await? {
        Some(message) => Ok(sent(&Sent { message }, repeated)),
        // The chat was wrapped up between the two looks.
        None => sent_before(ask, chat, from, client_id).await,
    }
}

/// A chat that has left the desk takes nothing more, but what it took it still knows.
async fn sent_before(ask: &Ask, chat: ChatId, from: Side, client_id: String) -> Outcome {
    let look = move |found: &Found<'_>| found.chat.sent(from, &client_id).cloned();
    let before = match from {
        Side::Customer => archive::for_guest(ask, chat, look).await?.value,
        Side::Agent => archive::for_person(ask, chat, look).await?.value,
    };
    match before {
        Some(message) => Ok(sent(&Sent { message }, true)),
        None => Err(Refusal::ChatEnded.into()),
    }
}

async fn typing(ask: Ask) -> Outcome {
    let id = ask.id("id")?;
    type_in(&ask, id).await
}

/// Tells the other side of a chat that the caller types.
pub(super) async fn type_in(ask: &Ask, chat: ChatId) -> Outcome {
    let TypingWish { on } = ask.body()?;
    stream::tell_typing(&ask.app, &ask.caller, chat, on).await?;
    Ok(empty())
}

async fn read(ask: Ask) -> Outcome {
    let id = ask.id("id")?;
    mark_read(&ask, id, Side::Agent).await
}

/// Keeps how far the caller has got.
pub(super) async fn mark_read(ask: &Ask, chat: ChatId, side: Side) -> Outcome {
    let ReadWish { delivered, read } = ask.body()?;
    match ask.submit(Action::MarkRead { chat, side, delivered, read }).await {
        Ok(_) => Ok(empty()),
        // A page that comes too late with it did nothing wrong; nobody looks at the ticks any more.
        Err(problem) if problem.status == StatusCode::NOT_FOUND => {
            match side {
                Side::Customer => archive::for_guest(ask, chat, |_| ()).await?,
                Side::Agent => archive::for_person(ask, chat, |_| ()).await?,
            };
            Ok(empty())
        }
        Err(problem) => Err(problem),
    }
}

async fn draft(ask: Ask) -> Outcome {
    let id = ask.id("id")?;
    let seen = archive::for_person(&ask, id, |found| found.chat.draft.clone()).await?;
    Ok(ok(&seen.value))
}

async fn save_draft(ask: Ask) -> Outcome {
    let (chat, wish) = (ask.id("id")?, ask.body::<DraftWish>()?);
    ask.submit(Action::SaveDraft { chat, text: Some(wish.text) }).await?;
    Ok(empty())
}

async fn delete_draft(ask: Ask) -> Outcome {
    let chat = ask.id("id")?;
    ask.submit(Action::SaveDraft { chat, text: None }).await?;
    Ok(empty())
}
