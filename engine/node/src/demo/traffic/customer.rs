//! A simulated customer: asks, waits, talks, leaves, and comes back later as somebody else.

use super::dialogues::{Dialogue, NAMES};
use super::wire::Wire;
use super::{LOOK, pause, roll};
use serde_json::{Value, json};
use std::io;
use std::time::Duration;

/// Looks at the chat, a second apart, before a customer in the queue has had enough.
const PATIENCE: u32 = 120;
/// Most that one chat is looked at altogether.
const LOOKS: u32 = 600;
/// Pause between two chats, in seconds.
const BETWEEN: (u32, u32) = (5, 40);

/// Chats again and again. What goes wrong is a customer who left.
pub(super) async fn live(wire: Wire, dialogues: &'static [Dialogue]) {
    loop {
        pause(BETWEEN.0, BETWEEN.1).await;
        let dialogue = &dialogues[roll(dialogues.len())];
        if let Err(error) = chat(&wire, dialogue).await {
            tracing::debug!(%error, "a simulated customer left");
        }
    }
}

async fn chat(wire: &Wire, dialogue: &Dialogue) -> io::Result<()> {
    let name = NAMES[roll(NAMES.len())];
    let wish = json!({ "name": name, "question": dialogue.question, "queue": dialogue.queue });
    let made = wire.send("POST", "/v1/widget/main/chats", &wish).await?;
    let wire = wire.with_token(made["token"].as_str().unwrap_or_default());
    let mut said = 0;
    for look in 0..LOOKS {
        tokio::time::sleep(LOOK).await;
        let seen = wire.get("/v1/guest/chat").await?;
        match seen["state"].as_str() {
            Some("waiting") if look < PATIENCE => {}
            Some("active") if said < heard(&seen) => {
                let Some(line) = dialogue.customer.get(said) else { return Ok(()) };
                say(&wire, said, line).await?;
                said += 1;
            }
            Some("active") => {}
            Some("waiting") => break,
            _ => return Ok(()),
        }
    }
    wire.send("POST", "/v1/guest/end", &Value::Null).await.map(drop)
}

/// How many messages the agent has sent.
fn heard(seen: &Value) -> usize {
    let messages = seen["transcript"].as_array().map(Vec::as_slice).unwrap_or_default();
    messages.iter().filter(|message| message["from"] == "agent").count()
}

async fn say(wire: &Wire, number: usize, line: &str) -> io::Result<()> {
    wire.send("POST", "/v1/guest/typing", &json!({ "on": true })).await?;
    tokio::time::sleep(Duration::from_millis(line.chars().count() as u64 * 40)).await;
    let message = json!({ "client_id": format!("customer-{number}"), "text": line });
    wire.send("POST", "/v1/guest/messages", &message).await.map(drop)
}
