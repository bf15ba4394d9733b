//! What an agent does with a chat beside writing: hand it on, end it, choose codes, wrap it up.

use crate::archive;
use crate::ask::{Ask, empty, ok};
use crate::problem::Problem;
use crate::route::{Outcome, Route, Who, get, post, put};
use axum::http::StatusCode;
use hark_core::command::{TransferChat, TransferTo};
use hark_core::setup::CodeRule;
use hark_core::state::{ChosenCode, PostProcessing, Stage, State};
use hark_core::{Action, AgentId, ChatId};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

pub(super) fn routes() -> Vec<Route> {
    vec![
        post("/v1/chats/{id}/transfer", Who::Agent, "Hand a chat to a queue or an agent", transfer)
            .takes::<TransferWish>()
            .empty(),
        post("/v1/chats/{id}/end", Who::Agent, "End a chat", end).empty(),
        get("/v1/chats/{id}/disposition", Who::Agent, "The codes of a chat", disposition)
            .gives::<Disposition>(),
        put("/v1/chats/{id}/disposition", Who::Agent, "Choose the codes of a chat", set_disposition)
            .takes::<DispositionWish>()
            .gives::<Disposition>(),
        post("/v1/chats/{id}/post-processing/extend", Who::Agent, "Take more time for the wrap-up", extend)
            .gives::<PostProcessing>(),
        post("/v1/chats/{id}/post-processing/finish", Who::Agent, "End the wrap-up", finish).empty(),
    ]
}

/// Where a chat is handed to: one of both.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct TransferWish {
    /// Name of a queue.
    #[serde(default)]
    to_queue: Option<String>,
    /// An agent.
    #[serde(default)]
    to_agent: Option<AgentId>,
    /// A private note for whoever takes it.
    #[serde(default)]
    note: Option<String>,
}

/// Codes to choose.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct DispositionWish {
    /// All that apply.
    codes: Vec<ChosenCode>,
    /// Note beside them.
    #[serde(default)]
    note: String,
}

/// Codes that are chosen.
#[derive(Serialize, JsonSchema)]
struct Disposition {
    /// All that apply.
    codes: Vec<ChosenCode>,
    /// Note beside them.
    note: String,
    /// Code lists that apply.
    code_rules: Vec<CodeRule>,
}

async fn transfer(ask: Ask) -> Outcome {
    let (chat, wish) = (ask.id("id")?, ask.body::<TransferWish>()?);
    let to = match (wish.to_queue, wish.to_agent) {
        (Some(queue), None) => TransferTo::Queue(queue),
        (None, Some(agent)) => TransferTo::Agent(agent),
        _ => return Err(Problem::invalid("invalid_value", "to_queue or to_agent, one of both").at("")),
    };
    ask.submit(Action::TransferChat(Box::new(TransferChat { chat, to, note: wish.note }))).await?;
    Ok(empty())
}

async fn end(ask: Ask) -> Outcome {
    let chat: ChatId = ask.id("id")?;
    once(&ask, chat, Action::EndChat(chat)).await
}

/// What has been done to a chat that has left the desk since is done: whoever never saw the answer asks again.
async fn once(ask: &Ask, chat: ChatId, action: Action) -> Outcome {
    match ask.submit(action).await {
        Ok(_) => {}
        Err(problem) if problem.status == StatusCode::NOT_FOUND => {
            archive::for_person(ask, chat, |_| ()).await?;
        }
        Err(problem) => return Err(problem),
    }
    Ok(empty())
}

async fn disposition(ask: Ask) -> Outcome {
    let chat = ask.id("id")?;
    show_disposition(&ask, chat).await
}

async fn set_disposition(ask: Ask) -> Outcome {
    let (chat, wish) = (ask.id("id")?, ask.body::<DispositionWish>()?);
    let DispositionWish { codes, note } = wish;
    ask.submit(Action::SetDisposition { chat, codes, note }).await?;
    show_disposition(&ask, chat).await
}

async fn show_disposition(ask: &Ask, chat: ChatId) -> Outcome {
    let look = |found: &archive::Found<'_>| {
        let rules = found.state.queue(found.chat.queue).map(|queue| queue.setup.codes.clone());
        let (codes, note) = (found.chat.codes.clone(), found.chat.note.clone());
        Disposition { codes, note, code_rules: rules.unwrap_or_default() }
    };
    Ok(ok(&archive::for_person(ask, chat, look).await?.value))
}

async fn extend(ask: Ask) -> Outcome {
    let chat: ChatId = ask.id("id")?;
    ask.submit(Action::ExtendPostProcessing(chat)).await?;
    let look = move |state: &State| match state.chat(chat)?.stage {
        Stage::Ended { post, .. } => Some(post),
        _ => None,
    };
    let post = ask.read(look).await?.value;
    Ok(ok(&post.ok_or(hark_core::Refusal::NotInPostProcessing)?))
}

async fn finish(ask: Ask) -> Outcome {
    let chat: ChatId = ask.id("id")?;
    once(&ask, chat, Action::FinishPostProcessing(chat)).await
}
