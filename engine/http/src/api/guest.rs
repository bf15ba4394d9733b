//! The customer's side of a chat: what they see, write and end. Their token says which chat; there is no other way to
//! name one here.

use super::messages::{self, MessagePage, MessageWish, ReadWish, Sent, TypingWish};
use crate::archive::{self, Found};
use crate::ask::{Ask, empty, json, ok};
use crate::presence::Somebody;
use crate::problem::Problem;
use crate::route::{Outcome, Route, Who, get, post};
use crate::transcript;
use axum::http::StatusCode;
use hark_core::command::SendMessage;
use hark_core::state::{MessageKind, Side};
use hark_core::view::GuestChatView;
use hark_core::{Action, ChatId};

pub(super) fn routes() -> Vec<Route> {
    vec![
        get("/v1/guest/chat", Who::Guest, "My chat", chat).gives::<GuestChatView>(),
        get("/v1/guest/messages", Who::Guest, "The messages of my chat", list)
            .query(&[("after_seq", "Sequence number after which to begin")])
            .gives::<MessagePage>(),
        post("/v1/guest/messages", Who::Guest, "Write", send)
            .takes::<MessageWish>()
            .gives::<Sent>()
            .created(),
        post("/v1/guest/typing", Who::Guest, "Say that I type, or have stopped", typing)
            .takes::<TypingWish>()
            .empty(),
        post("/v1/guest/read", Who::Guest, "Say how far I have got", read).takes::<ReadWish>().empty(),
        post("/v1/guest/end", Who::Guest, "End my chat, or leave the queue", end).empty(),
        get("/v1/guest/transcript", Who::Guest, "The transcript of my chat", transcript_of)
            .query(&[("format", "`txt`, `html` or `json`")])
            .content("text/plain"),
    ]
}

async fn chat(ask: Ask) -> Outcome {
    let id = ask.guest()?;
    Ok(ok(&view_of(&ask, id).await?))
}

/// A chat as its customer sees it.
pub(super) async fn view_of(ask: &Ask, id: ChatId) -> Result<GuestChatView, Problem> {
    let now = ask.app.handle.now();
    let seen = archive::for_guest(ask, id, move |found| found.guest_view(now)).await?;
    let mut view = seen.value;
    view.cursor = seen.cursor.to_string();
    Ok(view)
}

async fn list(ask: Ask) -> Outcome {
    let (id, page) = (ask.guest()?, messages::PageWish::of(&ask)?);
    let look = move |found: &Found<'_>| page.of_chat(found.chat, |message| message.kind.is_for_customer());
    Ok(ok(&archive::for_guest(&ask, id, look).await?.value))
}

async fn send(ask: Ask) -> Outcome {
    let (chat, wish) = (ask.guest()?, ask.body::<MessageWish>()?);
    if wish.kind != MessageKind::Text {
        return Err(Problem::invalid("invalid_value", "a customer writes text").at("/kind"));
    }
    let MessageWish { client_id, text, kind } = wish;
    messages::send(&ask, SendMessage { chat, from: Side::Customer, client_id, text, kind }).await
}

async fn typing(ask: Ask) -> Outcome {
    let id = ask.guest()?;
    messages::type_in(&ask, id).await
}

async fn read(ask: Ask) -> Outcome {
    let id = ask.guest()?;
    messages::mark_read(&ask, id, Side::Customer).await
}

async fn end(ask: Ask) -> Outcome {
    let id = ask.guest()?;
    match ask.submit(Action::EndChat(id)).await {
        Ok(_) => {}
        // What is over cannot be ended, and that is what was wanted.
        Err(problem) if problem.status == StatusCode::NOT_FOUND => {
            archive::for_guest(&ask, id, |_| ()).await?;
        }
        Err(problem) => return Err(problem),
    }
    ask.app.presence.left(Somebody::Customer(id));
    Ok(empty())
}

async fn transcript_of(ask: Ask) -> Outcome {
    let (id, format) = (ask.guest()?, transcript::Format::of(&ask)?);
    let look = move |found: &Found<'_>| transcript::Transcript::of(found, true);
    let seen = archive::for_guest(&ask, id, look).await?;
    Ok(seen.value.answer(format))
}

/// For routes that answer a message: 201 the first time, 200 after.
pub(super) fn sent(sent: &Sent, repeated: bool) -> axum::response::Response {
    json(if repeated { StatusCode::OK } else { StatusCode::CREATED }, sent)
}
