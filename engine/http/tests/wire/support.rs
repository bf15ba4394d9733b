//! A whole desk behind a real listener, and plain clients for it: bytes on a socket, so that a test can also be slow,
//! broken or rude. It asserts nothing about the desk.

use hark_core::command::SaveAgent;
use hark_core::setup::{Code, CodeRule, QueueSetup, Setup};
use hark_core::state::Role;
use hark_core::{Action, Actor, BuiltIn};
use hark_http::plugins::{Changed, PluginRefusal, PluginWish, Plugins};
use hark_http::rulebook::{
    Attempt, Author, Doing, Publication, Published, Rulebook, ScriptRefusal, ScriptText, ScriptView, Trial,
    VersionView,
};
use hark_http::{Limits, Options, Service, Widget};
use hark_runtime::{Answer, Runtime, SystemError, SystemErrorKind, SystemReport, Systems};
use serde_json::{Value, json};
use std::net::{SocketAddr, TcpListener};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

/// Password of everybody.
pub(crate) const PASSWORD: &str = "correct horse battery staple";

/// A CRM of one customer, and one FAQ.
struct Shelf;

impl Systems for Shelf {
    fn ask(&self, operation: &'static str, request: Vec<u8>) -> Answer<'_> {
        let request: Value = serde_json::from_slice(&request).expect("requests are JSON");
        Box::pin(async move { answer(operation, &request).map(|answer| answer.to_string().into_bytes()) })
    }

    fn has(&self, operation: &str) -> bool {
        operation.starts_with("crm.") || operation.starts_with("faq.")
    }

    fn report(&self) -> Vec<SystemReport> {
        Vec::new()
    }
}

/// A desk without scripts.
struct NoScripts;

fn none<T: Send + 'static>() -> Doing<'static, T> {
    Box::pin(async { Err(ScriptRefusal::NotFound) })
}

impl Rulebook for NoScripts {
    fn list(&self) -> Doing<'_, Vec<ScriptView>> {
        Box::pin(async { Ok(Vec::new()) })
    }

    fn read(&self, _: String) -> Doing<'_, ScriptText> {
        none()
    }

    fn attempt(&self, _: String, _: Option<String>, _: Attempt) -> Doing<'_, Trial> {
        none()
    }

    fn publish(&self, _: Publication) -> Doing<'_, Published> {
        none()
    }

    fn switch(&self, _: String, _: bool, _: Author) -> Doing<'_, ScriptView> {
        none()
    }

    fn versions(&self, _: String) -> Doing<'_, Vec<VersionView>> {
        none()
    }

    fn version(&self, _: String, _: u64) -> Doing<'_, String> {
        none()
    }
}

impl Plugins for Shelf {
    fn change(&self, _: String, _: PluginWish, _: Author) -> Changed<'_> {
        Box::pin(async { Err(PluginRefusal::NotFound) })
    }
}

fn ada() -> Value {
    json!({ "id": "c1", "name": "Ada", "email": "ada@example.org", "version": 3 })
}

fn answer(operation: &str, request: &Value) -> Result<Value, SystemError> {
    let fail = |kind, message: &str| Err(SystemError { kind, message: message.into() });
    match operation {
        "crm.search/1" | "crm.lookup/1" => {
            Ok(json!({ "matches": [{ "customer": ada(), "score": 100, "by": "name", "open_cases": 0 }] }))
        }
        "crm.get/1" if request["id"] == "c1" => Ok(ada()),
        "crm.get/1" => fail(SystemErrorKind::NotFound, "no such customer"),
        "crm.update/1" => {
            let mut customer = request["customer"].clone();
            customer["version"] = json!(4);
            Ok(customer)
        }
        "crm.cases/1" => fail(SystemErrorKind::Unavailable, "the CRM rests"),
        "faq.search/1" => Ok(json!({ "hits": [{
            "id": "billing/refund", "title": "Refunds", "snippet": request["text"], "score": 1.0,
        }] })),
        "faq.get/1" => Ok(json!({ "id": request["id"], "title": "Refunds", "body": "# Refunds" })),
        _ => fail(SystemErrorKind::UnknownOperation, "not done here"),
    }
}

/// A desk that serves.
pub(crate) struct Desk {
    pub(crate) address: SocketAddr,
    stop: Option<oneshot::Sender<()>>,
    running: Option<JoinHandle<()>>,
    runtime: Option<Runtime>,
    _dir: tempfile::TempDir,
}

impl Desk {
    pub(crate) async fn open() -> Self {
        Self::with(|_| {}, |_| {}).await
    }

    pub(crate) async fn with(change: impl FnOnce(&mut Setup), limit: impl FnOnce(&mut Limits)) -> Self {
        let dir = tempfile::tempdir().expect("a folder");
        let mut options = hark_runtime::Options::new(dir.path(), Box::new(BuiltIn));
        options.check_everything = true;
        let (runtime, handle) = Runtime::open(options).expect("an empty folder opens");
        let mut setup = setup();
        change(&mut setup);
        let engine = handle.clone();
        let submit = async |action| engine.submit(Actor::Engine, action, None).await.expect("it is in order");
        submit(Action::Configure(Box::new(setup))).await;
        let credential = hark_http::hash_password(PASSWORD);
        for (login, role) in PEOPLE {
            let agent = SaveAgent {
                login: login.into(),
                name: login.to_uppercase(),
                role,
                capacity: 1,
                queues: vec!["billing".into()],
                skills: Default::default(),
                credential: Some(credential.clone()),
                disabled: false,
            };
            submit(Action::SaveAgent(Box::new(agent))).await;
        }
        let mut limits = Limits::default();
        limit(&mut limits);
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let address = listener.local_addr().expect("it is bound");
        let widget =
            Widget { key: "demo".into(), title: "Demo".into(), queues: vec![], languages: vec!["en".into()] };
        let service = Service::new(Options {
            listener,
            handle,
            systems: Arc::new(Shelf),
            plugins: Arc::new(Shelf),
            secret: [7; 32],
            widgets: vec![widget],
            sessions_hours: 12,
            trusted_proxy: false,
            policies: Arc::new(|| json!({})),
            rulebook: Arc::new(NoScripts),
            dev_web: None,
            limits,
        });
        let (stop, stopped) = oneshot::channel::<()>();
        let run = async move {
            let stop = async move {
                let _ = stopped.await;
            };
            service.run(stop).await.expect("it serves");
        };
        let running = Some(tokio::spawn(run));
        Self { address, stop: Some(stop), running, runtime: Some(runtime), _dir: dir }
    }

    /// Stops serving and waits for the end.
    pub(crate) async fn stop(&mut self) {
        drop(self.stop.take());
        self.running.take().expect("it runs").await.expect("it ends in order");
    }

    pub(crate) fn anyone(&self) -> Client {
        Client { address: self.address, headers: Vec::new() }
    }

    pub(crate) async fn log_in(&self, login: &str) -> Client {
        let body = json!({ "login": login, "password": PASSWORD });
        let answer = self.anyone().post("/v1/sessions", &body).await;
        assert_eq!(answer.status, 201, "{}", answer.text);
        self.bearer(answer.json()["token"].as_str().expect("a token"))
    }

    pub(crate) fn bearer(&self, token: &str) -> Client {
        self.anyone().with("authorization", &format!("Bearer {token}"))
    }

    /// A customer with a chat: its id and their client.
    pub(crate) async fn customer(&self, name: &str) -> (String, Client) {
        let form = json!({ "name": name, "email": "ada@example.org", "question": "Where is my refund?" });
        let answer = self.anyone().post("/v1/widget/demo/chats", &form).await;
        assert_eq!(answer.status, 201, "{}", answer.text);
        let body = answer.json();
        (text(&body["chat"]["id"]), self.bearer(body["token"].as_str().expect("a token")))
    }

    /// An agent who is Available.
    pub(crate) async fn available(&self, login: &str) -> Client {
        let agent = self.log_in(login).await;
        let answer = agent.put("/v1/me/status", &json!({ "status": "available" })).await;
        assert_eq!(answer.status, 200, "{}", answer.text);
        agent
    }

    /// An agent in a chat with a customer: the chat, the customer, the agent.
    pub(crate) async fn talk(&self) -> (String, Client, Client) {
        let agent = self.available("ana").await;
        let (chat, customer) = self.customer("Ada").await;
        let offer = agent.get("/v1/offers").await.json()["data"][0]["id"].clone();
        let accepted = agent.post(&format!("/v1/offers/{}/accept", text(&offer)), &json!({})).await;
        assert_eq!(accepted.status, 200, "{}", accepted.text);
        (chat, customer, agent)
    }
}

impl Drop for Desk {
    fn drop(&mut self) {
        if let Some(running) = &self.running {
            running.abort();
        }
        drop(self.runtime.take());
    }
}

pub(crate) const PEOPLE: [(&str, Role); 4] =
    [("ana", Role::Agent), ("ben", Role::Agent), ("sue", Role::Supervisor), ("adam", Role::Admin)];

fn setup() -> Setup {
    let code = |code: &str| Code { code: code.into(), title: code.into() };
    let rule = CodeRule { list: "reason".into(), mandatory: true, several: false };
    let billing =
        QueueSetup { codes: vec![rule], reject_allowed: true, post_processing_s: 30, ..Default::default() };
    Setup {
        default_queue: "billing".into(),
        queues: [("billing".to_owned(), billing)].into(),
        code_lists: [("reason".to_owned(), vec![code("refund"), code("other")])].into(),
        ..Default::default()
    }
}

/// The text of a JSON string.
pub(crate) fn text(value: &Value) -> String {
    value.as_str().unwrap_or_else(|| panic!("{value} is no text")).to_owned()
}

/// A text that was never used before.
pub(crate) fn fresh() -> String {
    static NEXT: AtomicU64 = AtomicU64::new(1);
    format!("c{}", NEXT.fetch_add(1, Ordering::Relaxed))
}

/// Somebody who sends requests.
#[derive(Clone)]
pub(crate) struct Client {
    pub(crate) address: SocketAddr,
    pub(crate) headers: Vec<(String, String)>,
}

/// What came back.
#[derive(Debug)]
pub(crate) struct Reply {
    pub(crate) status: u16,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) text: String,
}

impl Reply {
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap_or_else(|error| panic!("{error}: {}", self.text))
    }

    /// Status and code of a problem.
    pub(crate) fn problem(&self) -> (u16, String) {
        assert_eq!(self.header("content-type"), Some("application/problem+json"), "{self:?}");
        let body = self.json();
        assert_eq!(body["status"], self.status, "{body}");
        assert_eq!(body["instance"].as_str(), self.header("x-request-id"), "{body}");
        (self.status, text(&body["code"]))
    }
}

impl Client {
    #[must_use]
    pub(crate) fn with(mut self, name: &str, value: &str) -> Self {
        self.headers.push((name.into(), value.into()));
        self
    }

    pub(crate) fn token(&self) -> String {
        let bearer = self.headers.iter().find(|(name, _)| name == "authorization").expect("it has a token");
        bearer.1.trim_start_matches("Bearer ").to_owned()
    }

    pub(crate) async fn get(&self, path: &str) -> Reply {
        self.send("GET", path, None).await
    }

    pub(crate) async fn post(&self, path: &str, body: &Value) -> Reply {
        self.send("POST", path, Some(body.to_string())).await
    }

    pub(crate) async fn put(&self, path: &str, body: &Value) -> Reply {
        self.send("PUT", path, Some(body.to_string())).await
    }

    pub(crate) async fn send(&self, method: &str, path: &str, body: Option<String>) -> Reply {
        let mut request =
            format!("{method} {path} HTTP/1.1\r\nhost: {}\r\nconnection: close\r\n", self.address);
        for (name, value) in &self.headers {
            request += &format!("{name}: {value}\r\n");
        }
        let body = body.unwrap_or_default();
        if !body.is_empty() {
            request += &format!("content-type: application/json\r\ncontent-length: {}\r\n", body.len());
        }
        self.raw(&format!("{request}\r\n{body}")).await
    }

    /// Sends bytes as they are, and reads all that comes back.
    pub(crate) async fn raw(&self, request: &str) -> Reply {
        let mut socket = TcpStream::connect(self.address).await.expect("it listens");
        socket.write_all(request.as_bytes()).await.expect("it reads");
        let mut bytes = Vec::new();
        // A server that refuses a large body may reset the rest of it.
        let _ = socket.read_to_end(&mut bytes).await;
        parse(&String::from_utf8_lossy(&bytes))
    }
}

fn parse(answer: &str) -> Reply {
    let (head, body) = answer.split_once("\r\n\r\n").unwrap_or((answer, ""));
    let mut lines = head.lines();
    let status = lines.next().and_then(|line| line.split(' ').nth(1)).and_then(|status| status.parse().ok());
    let headers = lines.filter_map(|line| line.split_once(": "));
    let headers = headers.map(|(name, value)| (name.to_ascii_lowercase(), value.to_owned())).collect();
    Reply { status: status.unwrap_or(0), headers, text: body.to_owned() }
}
