//! A simulated agent: takes what is offered, answers, ends, chooses codes, and is ready again.

use super::dialogues::Dialogue;
use super::wire::Wire;
use super::{LOOK, roll};
use serde_json::{Value, json};
use std::io;

/// Looks, on average, before an agent says the next line: people think and type.
const THINKS: usize = 3;
/// Of so many offers, one is rejected.
const REJECTS: usize = 25;

/// Works until the demonstration ends.
pub(super) async fn work(wire: Wire, one_time: String, dialogues: &'static [Dialogue]) {
    let logged_in = wire.send("POST", "/v1/sessions/one-time", &json!({ "token": one_time })).await;
    let token = match &logged_in {
        Ok(answer) => answer["token"].as_str().unwrap_or_default(),
        Err(error) => return tracing::warn!(%error, "a simulated agent cannot log in"),
    };
    let wire = wire.with_token(token);
    loop {
        tokio::time::sleep(LOOK).await;
        if let Err(error) = look(&wire, dialogues).await {
            tracing::debug!(%error, "a simulated agent was told no");
        }
    }
}

async fn look(wire: &Wire, dialogues: &[Dialogue]) -> io::Result<()> {
    let desk = wire.get("/v1/me/desk").await?;
    if desk["status"]["chosen"] != "available" && desk["status"]["next"].is_null() {
        wire.send("PUT", "/v1/me/status", &json!({ "status": "available" })).await?;
    }
    for offer in items(&desk["offers"]) {
        answer(wire, offer).await?;
    }
    for chat in items(&desk["chats"]) {
        match chat["state"].as_str() {
            Some("active") => talk(wire, chat, dialogues).await?,
            Some("ended") => wrap_up(wire, chat).await?,
            _ => {}
        }
    }
    Ok(())
}

fn items(list: &Value) -> &[Value] {
    list.as_array().map(Vec::as_slice).unwrap_or_default()
}

async fn answer(wire: &Wire, offer: &Value) -> io::Result<()> {
    let id = offer["id"].as_str().unwrap_or_default();
    let verb = if offer["can_reject"] == true && roll(REJECTS) == 0 { "reject" } else { "accept" };
    wire.send("POST", &format!("/v1/offers/{id}/{verb}"), &json!({})).await.map(drop)
}

/// Says the next line when it is the agent's turn, and ends the chat after the last.
async fn talk(wire: &Wire, chat: &Value, dialogues: &[Dialogue]) -> io::Result<()> {
    let id = chat["id"].as_str().unwrap_or_default();
    let from =
        |side: &str| items(&chat["transcript"]).iter().filter(|message| message["from"] == side).count();
    let (said, heard) = (from("agent"), from("customer"));
    let dialogue = dialogues.iter().find(|dialogue| chat["question"] == dialogue.question);
    let line = match dialogue {
        Some(dialogue) => dialogue.agent.get(said).copied(),
        None if said == 0 => Some("Hello! I am only a simulated agent: one of my colleagues can help you."),
        None => None,
    };
    match line {
        Some(line) if said <= heard && roll(THINKS) == 0 => {
            let message = json!({ "client_id": format!("agent-{said}"), "text": line });
            wire.send("POST", &format!("/v1/chats/{id}/messages"), &message).await.map(drop)
        }
        Some(_) => Ok(()),
        None => wire.send("POST", &format!("/v1/chats/{id}/end"), &json!({})).await.map(drop),
    }
}

/// Chooses a code of each list that must have one, and finishes.
async fn wrap_up(wire: &Wire, chat: &Value) -> io::Result<()> {
    let id = chat["id"].as_str().unwrap_or_default();
    if items(&chat["codes"]).is_empty() {
        let codes = json!({ "codes": [{ "list": "outcome", "code": "OK" }], "note": "" });
        wire.send("PUT", &format!("/v1/chats/{id}/disposition"), &codes).await?;
        return Ok(());
    }
    wire.send("POST", &format!("/v1/chats/{id}/post-processing/finish"), &json!({})).await.map(drop)
}
