//! A customer: asks for a chat, says their lines when it is their turn, and keeps what the stream tells, exactly as it
//! comes. They ask again when nobody answers, with the same key or client id.

use crate::ledger::{Kept, Ledger};
use crate::people::CustomerPart;
use hark_tests::client::{Api, Event, Stream};
use hyper::Method;
use serde_json::json;
use std::collections::BTreeSet;

/// What a customer has seen.
#[derive(Debug)]
pub(crate) struct Received {
    pub(crate) chat: String,
    /// Messages of the stream, in the order of their coming.
    pub(crate) messages: Vec<Kept>,
    /// How their transcript reads after the end.
    pub(crate) transcript: String,
}

/// A customer who has a chat.
pub(crate) struct Customer<'a> {
    api: Api,
    part: &'a CustomerPart,
    ledger: &'a Ledger,
    chat: String,
    stream: Stream,
    heard: Vec<Kept>,
    events: BTreeSet<String>,
    connected: bool,
    ended: bool,
}

impl<'a> Customer<'a> {
    /// Asks for a chat and opens the stream from just behind it.
    pub(crate) async fn arrive(api: Api, part: &'a CustomerPart, ledger: &'a Ledger) -> Self {
        let form = json!({
            "name": part.name, "email": part.email, "page": part.page(), "question": part.dialogue.lines[0].text,
        });
        let key = format!("ask {}", part.number);
        let answer = api
            .insist(Method::POST, "/v1/widget/main/chats", &[("idempotency-key", &key)], Some(&form))
            .await;
        let said = answer.is(201);
        let text = |value: &serde_json::Value| value.as_str().expect("a started chat has it").to_owned();
        let (chat, cursor) = (text(&said["chat"]["id"]), text(&said["chat"]["cursor"]));
        ledger.read().chats.insert(part.number, chat.clone());
        let api = api.with(&text(&said["token"]));
        let stream = Stream::open(&api, Some(cursor)).await;
        // Over a kill the answer may come late: the chat may have begun by then, and the stream goes on from there.
        let heard =
            said["chat"]["transcript"].as_array().expect("a chat has a transcript").iter().map(Kept::of);
        let (heard, connected) = (heard.collect(), said["chat"]["state"] == "active");
        Self { api, part, ledger, chat, stream, heard, events: BTreeSet::new(), connected, ended: false }
    }

    /// Says all lines, hears all answers, and ends the chat or waits for its end.
    pub(crate) async fn talk(mut self) -> Received {
        while !self.part.hasty && !self.connected {
            self.hear().await;
        }
        for (place, line) in self.part.dialogue.lines.iter().enumerate() {
            if line.by_customer {
                self.say(place).await;
            }
            while self.heard.len() <= place {
                self.hear().await;
            }
        }
        self.part_from().await;
        let transcript = self.api.insist(Method::GET, "/v1/guest/transcript?format=txt", &[], None).await;
        transcript.must_be(200);
        self.ledger.read().resumed += self.stream.closed.len();
        let transcript = String::from_utf8(transcript.body.to_vec()).expect("a transcript is text");
        Received { chat: self.chat, messages: self.heard, transcript }
    }

    async fn say(&mut self, place: usize) {
        let line = &self.part.dialogue.lines[place];
        let body = json!({ "client_id": self.part.client_id(place), "text": line.text });
        let answer = self.api.insist(Method::POST, "/v1/guest/messages", &[], Some(&body)).await;
        self.ledger.message(&self.chat, &answer);
    }

    async fn part_from(&mut self) {
        // An agent cannot end a chat before they have it.
        while !self.connected {
            self.hear().await;
        }
        if self.part.ends {
            self.api.insist(Method::POST, "/v1/guest/end", &[], None).await.must_be(204);
        }
        while !self.ended {
            self.hear().await;
        }
        let late = json!({ "client_id": "too late", "text": "One more thing" });
        let answer = self.api.insist(Method::POST, "/v1/guest/messages", &[], Some(&late)).await;
        answer.is_problem(409, "chat_ended");
    }

    async fn hear(&mut self) {
        let event = self.stream.next().await;
        assert_ne!(event.kind, "stream.reset_required", "the stream goes on from its cursor");
        self.check(&event);
        match event.kind.as_str() {
            "chat.connected" => self.connected = true,
            "chat.ended" => self.ended = true,
            "message.created" => self.heard.push(Kept::of(&event.data)),
            "chat.abandoned" => panic!("{} was given up: {event:?}", self.chat),
            _ => {}
        }
    }

    /// An event comes once, and is about this chat.
    fn check(&mut self, event: &Event) {
        if let Some(chat) = &event.chat_id {
            assert_eq!(*chat, self.chat, "a customer hears of their own chat only");
        }
        if let Some(id) = &event.id {
            assert!(self.events.insert(id.clone()), "{} heard {event:?} twice", self.chat);
        }
    }
}
