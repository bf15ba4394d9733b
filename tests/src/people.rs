//! An agent and a customer as stories need them most: logged in, on the stream, one step at a time. They expect success;
//! what is to fail a story asks for by itself.

use crate::client::{Api, Stream};
use crate::{PATIENCE, Person, Server};
use hyper::Method;
use serde_json::{Value, json};

/// An agent who is logged in and listens.
#[derive(Debug)]
pub struct AgentClient {
    /// Their way to the API.
    pub api: Api,
    /// Their stream.
    pub stream: Stream,
    /// Their id.
    pub id: String,
}

impl AgentClient {
    /// Logs in, listens, and becomes Available.
    ///
    /// # Panics
    /// Something of it is refused.
    pub async fn arrive(server: &Server, person: &Person) -> Self {
        let mut agent = Self::log_in(server, &person.login, &person.password).await;
        agent.choose("available").await;
        agent
    }

    /// Logs in and listens.
    ///
    /// # Panics
    /// Something of it is refused.
    pub async fn log_in(server: &Server, login: &str, password: &str) -> Self {
        let api = server.nobody().log_in(login, password).await;
        let desk = api.get("/v1/me/desk").await.is(200);
        let stream = Stream::open(&api, desk["cursor"].as_str().map(str::to_owned)).await;
        Self { api, stream, id: desk["agent_id"].as_str().expect("a desk has an owner").to_owned() }
    }

    /// Chooses a status.
    ///
    /// # Panics
    /// It is refused.
    pub async fn choose(&mut self, status: &str) -> Value {
        self.api.put("/v1/me/status", &json!({ "status": status })).await.is(200)
    }

    /// The status as their desk shows it.
    ///
    /// # Panics
    /// There is no desk.
    pub async fn status(&self) -> String {
        let desk = self.desk().await;
        desk["status"]["status"].as_str().expect("a desk has a status").to_owned()
    }

    /// Their desk.
    ///
    /// # Panics
    /// There is none.
    pub async fn desk(&self) -> Value {
        self.api.get("/v1/me/desk").await.is(200)
    }

    /// The offer of a chat, as the stream tells it.
    ///
    /// # Panics
    /// It does not come.
    pub async fn offered(&mut self, chat: &str) -> Value {
        self.stream.of_chat("offer.presented", chat).await.data
    }

    /// Accepts a chat once it is offered, and gives the chat.
    ///
    /// # Panics
    /// It is not offered, or not given.
    pub async fn accept(&mut self, chat: &str) -> Value {
        let offer = self.offered(chat).await;
        self.take(&offer).await
    }

    /// Accepts an offer, and gives the chat.
    ///
    /// # Panics
    /// It is refused.
    pub async fn take(&self, offer: &Value) -> Value {
        let path = format!("/v1/offers/{}/accept", offer["id"].as_str().expect("an offer has an id"));
        self.api.press(&path).await.is(200)["chat"].take()
    }

    /// Writes in a chat, and gives the message.
    ///
    /// # Panics
    /// It is refused.
    pub async fn say(&self, chat: &str, client_id: &str, text: &str) -> Value {
        let body = json!({ "client_id": client_id, "text": text });
        let path = format!("/v1/chats/{chat}/messages");
        let answer = self.api.insist(Method::POST, &path, &[], Some(&body)).await;
        assert!(matches!(answer.status, 200 | 201), "{answer}");
        answer.json()["message"].take()
    }

    /// Ends a chat.
    ///
    /// # Panics
    /// It is refused.
    pub async fn end(&self, chat: &str) {
        self.api.press(&format!("/v1/chats/{chat}/end")).await.must_be(204);
    }

    /// Ends a wrap-up.
    ///
    /// # Panics
    /// It is refused.
    pub async fn finish(&self, chat: &str) {
        self.api.press(&format!("/v1/chats/{chat}/post-processing/finish")).await.must_be(204);
    }

    /// The log of a chat.
    ///
    /// # Panics
    /// There is none.
    pub async fn log(&self, chat: &str) -> Value {
        self.api.get(&format!("/v1/chat-logs/{chat}")).await.is(200)
    }

    /// What has popped for a chat, once the CRM has answered.
    ///
    /// # Panics
    /// Nothing pops.
    pub async fn popped(&mut self, offer: &Value) -> Value {
        let chat = offer["chat_id"].as_str().expect("an offer is of a chat").to_owned();
        if offer["screen_pop"]["kind"] != "pending" {
            return offer["screen_pop"].clone();
        }
        let answered = |event: &crate::client::Event| event.data["kind"] != "pending";
        let what = format!("the screen pop of {chat}");
        let is = |event: &crate::client::Event| event.is("screen_pop.requested", &chat) && answered(event);
        self.stream.until(PATIENCE, &what, is).await.data
    }
}

/// A customer with a chat, who listens.
#[derive(Debug)]
pub struct GuestClient {
    /// Their way to the API.
    pub api: Api,
    /// Their stream.
    pub stream: Stream,
    /// Their chat.
    pub chat: String,
    /// What they were told when they asked for it.
    pub told: Value,
}

impl GuestClient {
    /// Asks for a chat and listens.
    ///
    /// # Panics
    /// It is refused.
    pub async fn ask(api: &Api, widget: &str, form: &Value) -> Self {
        let mut said = api.nobody().post(&format!("/v1/widget/{widget}/chats"), form).await.is(201);
        let told = said["chat"].take();
        let api = api.with(said["token"].as_str().expect("a customer gets a token"));
        let stream = Stream::open(&api, told["cursor"].as_str().map(str::to_owned)).await;
        Self { api, stream, chat: told["id"].as_str().expect("a chat has an id").to_owned(), told }
    }

    /// Writes, and gives the message.
    ///
    /// # Panics
    /// It is refused.
    pub async fn say(&self, client_id: &str, text: &str) -> Value {
        let body = json!({ "client_id": client_id, "text": text });
        let answer = self.api.insist(Method::POST, "/v1/guest/messages", &[], Some(&body)).await;
        assert!(matches!(answer.status, 200 | 201), "{answer}");
        answer.json()["message"].take()
    }

    /// Their chat as they see it.
    ///
    /// # Panics
    /// There is none.
    pub async fn view(&self) -> Value {
        self.api.get("/v1/guest/chat").await.is(200)
    }

    /// Waits for a message of this text.
    ///
    /// # Panics
    /// It does not come.
    pub async fn hears(&mut self, text: &str) -> Value {
        let what = format!("the message {text:?}");
        let is = |event: &crate::client::Event| event.kind == "message.created" && event.data["text"] == text;
        self.stream.until(PATIENCE, &what, is).await.data
    }
}
