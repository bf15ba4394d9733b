//! A customer: asks for a chat, says their lines, and keeps what the stream tells exactly as it comes. They ask again
//! when nobody answers, with the same key or client id.

use super::ledger::Ledger;
use hark_tests::Dialogue;
use hark_tests::client::{Api, Event, Stream};
use hyper::Method;
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::sync::Arc;

/// What a customer's name begins with; their number follows.
pub(crate) const NAME: &str = "Customer ";

/// Plays a customer to the end of their chat.
pub(super) async fn play(api: Api, number: usize, dialogue: Arc<Dialogue>, ledger: Arc<Ledger>) {
    let name = format!("{NAME}{number}");
    ledger.read().names.insert(name.clone());
    let form = json!({ "name": name, "question": dialogue.lines[0].text });
    let key = format!("ask {number}");
    let answer =
        api.insist(Method::POST, "/v1/widget/main/chats", &[("idempotency-key", &key)], Some(&form)).await;
    let said = answer.is(201);
    let chat = said["chat"]["id"].as_str().expect("a chat has an id").to_owned();
    ledger.asked(&chat, &name, &answer);
    for message in said["chat"]["transcript"].as_array().into_iter().flatten() {
        ledger.hears(&chat, "customer", message);
    }
    let api = api.with(said["token"].as_str().expect("a customer gets a token"));
    let stream = Stream::open(&api, said["chat"]["cursor"].as_str().map(str::to_owned)).await;
    let mut listener =
        Listener { chat: chat.clone(), stream, ledger: Arc::clone(&ledger), ids: BTreeSet::new() };
    tokio::join!(say_all(&api, &chat, &dialogue, &ledger), listener.listen());
    let transcript = api.insist(Method::GET, "/v1/guest/messages", &[], None).await.is(200);
    let heard = ledger.book(&chat, |book| book.heard.get("customer").cloned()).unwrap_or_default();
    let kept: Vec<_> = messages(&transcript).iter().map(super::Kept::of).collect();
    assert_eq!(heard, kept, "the customer of {chat} heard everything once and in order");
    ledger.read().resumed += listener.stream.closed.len();
}

fn messages(page: &Value) -> &[Value] {
    page["data"].as_array().expect("a page has messages")
}

async fn say_all(api: &Api, chat: &str, dialogue: &Dialogue, ledger: &Ledger) {
    for (place, line) in dialogue.lines.iter().enumerate().filter(|(_, line)| line.by_customer) {
        let id = format!("c{place}");
        super::type_in(&line.text).await;
        let body = json!({ "client_id": id, "text": line.text });
        ledger.tries(chat, "customer", &id, &line.text);
        let answer = api.insist(Method::POST, "/v1/guest/messages", &[], Some(&body)).await;
        ledger.message(chat, &answer);
        // Somebody who presses twice, or whose page never saw the answer.
        if place % 7 == 0 {
            let again = api.insist(Method::POST, "/v1/guest/messages", &[], Some(&body)).await.is(200);
            assert_eq!(again["message"], answer.json()["message"], "a message sent again is the same one");
        }
    }
}

struct Listener {
    chat: String,
    stream: Stream,
    ledger: Arc<Ledger>,
    ids: BTreeSet<String>,
}

impl Listener {
    /// Listens until the chat has ended.
    async fn listen(&mut self) {
        loop {
            let event = self.stream.next().await;
            self.check(&event);
            match event.kind.as_str() {
                "message.created" => self.ledger.hears(&self.chat, "customer", &event.data),
                "chat.ended" => return,
                "chat.abandoned" => panic!("{} was given up: {event:?}", self.chat),
                _ => {}
            }
        }
    }

    fn check(&mut self, event: &Event) {
        assert_ne!(event.kind, "stream.reset_required", "the stream goes on from its cursor");
        if let Some(id) = &event.id {
            assert!(self.ids.insert(id.clone()), "{} heard {event:?} twice", self.chat);
        }
    }
}
