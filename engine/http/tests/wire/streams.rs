//! The event stream: tickets, order and resumption, three transports of one line, and every way it says goodbye.

use crate::listen::{Closed, Listener};
use crate::support::{Desk, fresh, text};
use serde_json::{Value, json};
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::net::TcpStream;
use tokio_tungstenite::tungstenite::Message;

#[tokio::test(flavor = "multi_thread")]
async fn a_ticket_opens_one_stream() {
    let desk = Desk::open().await;
    let ana = desk.log_in("ana").await;
    let ticket = text(&ana.post("/v1/stream/tickets", &json!({})).await.json()["ticket"]);
    let path = format!("/v1/stream?ticket={ticket}");
    assert_eq!(Listener::try_open(&ana, "/v1/stream", &[]).await.err(), Some(401));
    let evil = [("origin", "http://evil.example")];
    let bearer = [("authorization", ana.headers[0].1.as_str())];
    assert!(Listener::try_open(&ana, &path, &[]).await.is_ok());
    assert_eq!(Listener::try_open(&ana, &path, &[]).await.err(), Some(401), "it is used up");
    assert!(Listener::try_open(&ana, "/v1/stream", &bearer).await.is_ok());
    let both = [bearer[0], evil[0]];
    assert_eq!(Listener::try_open(&ana, "/v1/stream", &both).await.err(), Some(403));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_listener_who_comes_back_misses_nothing() {
    let desk = Desk::open().await;
    let (_, customer, agent) = desk.talk().await;
    let mut console = Listener::open(&agent, None).await;
    let say = async |text: &str| {
        let sent = customer.post("/v1/guest/messages", &json!({ "client_id": fresh(), "text": text })).await;
        assert_eq!(sent.status, 201, "{}", sent.text);
    };
    say("one").await;
    let one = console.hear("message.created").await;
    drop(console);
    for text in ["two", "three"] {
        say(text).await;
    }
    let cursor = text(&one["cursor"]);
    let mut console = Listener::open(&agent, Some(&cursor)).await;
    let mut backlog = Vec::new();
    loop {
        let envelope = console.next().await.expect("it is open");
        if envelope["type"] == "stream.caught_up" {
            break;
        }
        backlog.push(envelope);
    }
    let messages: Vec<&Value> = backlog.iter().filter(|event| event["type"] == "message.created").collect();
    assert_eq!(messages.iter().map(|event| &event["data"]["text"]).collect::<Vec<_>>(), ["two", "three"]);
    let (first, polled) = (messages[0], poll(&agent, &cursor).await);
    let same = polled["events"].as_array().expect("events").iter().find(|event| event["id"] == first["id"]);
    assert_eq!(same, Some(first), "one envelope for all transports");
    let nothing = poll(&agent, &text(&polled["cursor"])).await;
    assert_eq!(nothing["events"], json!([]));
    let future = agent.get("/v1/events/poll?after=c_999999&wait=0").await;
    assert_eq!(future.problem(), (410, "reset_required".into()));
    let mut lost = Listener::open(&agent, Some("c_999999")).await;
    assert_eq!(lost.next().await.expect("a word")["type"], "stream.reset_required");
    assert_eq!(lost.end().await.0, 1000);
}

async fn poll(client: &crate::support::Client, after: &str) -> Value {
    client.get(&format!("/v1/events/poll?after={after}&wait=0")).await.json()
}

#[tokio::test(flavor = "multi_thread")]
async fn server_sent_events_carry_the_same_line() {
    let desk = Desk::open().await;
    let (chat, customer, agent) = desk.talk().await;
    let mut socket = TcpStream::connect(desk.address).await.expect("it listens");
    let head = format!(
        "GET /v1/events HTTP/1.1\r\nhost: {}\r\nauthorization: Bearer {}\r\n\r\n",
        desk.address,
        customer.token()
    );
    socket.write_all(head.as_bytes()).await.expect("it reads");
    let mut lines = BufReader::new(socket).lines();
    let mut line = async |start: &str| loop {
        let line = lines.next_line().await.expect("it is open").expect("it goes on");
        if line.to_ascii_lowercase().starts_with(start) {
            return line;
        }
    };
    line("x-accel-buffering: no").await;
    line("retry: ").await;
    line("data: {\"v\":1,\"cursor\"").await;
    let message = json!({ "client_id": fresh(), "text": "Hello" });
    agent.post(&format!("/v1/chats/{chat}/messages"), &message).await;
    let id = line("id: c_").await;
    let data = line("data: ").await;
    let envelope: Value = serde_json::from_str(&data[6..]).expect("JSON");
    assert_eq!((&envelope["type"], &envelope["data"]["text"]), (&json!("message.created"), &json!("Hello")));
    assert_eq!(envelope["cursor"], id[4..]);
    assert_eq!(envelope["actor"], json!({ "kind": "agent" }));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_passes_is_told_to_those_who_watch() {
    let desk = Desk::open().await;
    let (ana, sue) = (desk.log_in("ana").await, desk.log_in("sue").await);
    let (mut console, mut board) = (Listener::open(&ana, None).await, Listener::open(&sue, None).await);
    let (_, first) = desk.customer("Ada").await;
    let (_, second) = desk.customer("Eve").await;
    let mut page = Listener::open(&second, None).await;
    assert_eq!(page.hear("chat.position_changed").await["data"]["position"], 2);
    loop {
        let tick = console.hear("queues.tick").await;
        if tick["data"]["queues"][0]["waiting"] == 2 {
            break;
        }
    }
    let tick = board.hear("metrics.tick").await;
    assert_eq!(tick["data"]["agents"].as_array().map(Vec::len), Some(4), "{tick}");
    assert!(tick["cursor"].is_null() && tick["id"].is_null());
    assert_eq!(first.post("/v1/guest/end", &json!({})).await.status, 204);
    assert_eq!(page.hear("chat.position_changed").await["data"]["position"], 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_end_of_a_log_in_is_the_end_of_its_streams() {
    let desk = Desk::open().await;
    let ana = desk.log_in("ana").await;
    let (mut one, mut other) =
        (Listener::open(&ana, None).await, Listener::open(&desk.log_in("ana").await, None).await);
    assert_eq!(ana.send("DELETE", "/v1/sessions/current", None).await.status, 204);
    assert_eq!(one.end().await, Closed(4003, "revoked".into()));
    other.send(Message::text("{\"type\":\"ping\"}")).await;
    assert_eq!(other.hear("stream.pong").await["v"], 1, "another log-in of hers goes on");
}

#[tokio::test(flavor = "multi_thread")]
async fn who_breaks_the_protocol_is_told_so() {
    let desk = Desk::open().await;
    let ana = desk.log_in("ana").await;
    let ends = [
        (Message::text("{"), 1008),
        (Message::text("{\"type\":\"typing\"}"), 1008),
        (Message::binary(vec![1, 2, 3]), 1008),
        (Message::text("{\"type\":\"command\"}"), 4010),
        (Message::text("x".repeat(65 * 1024)), 1009),
    ];
    for (frame, code) in ends {
        let shown = format!("{frame:.40}");
        let mut console = Listener::open(&ana, None).await;
        console.send(frame).await;
        assert_eq!(console.end().await.0, code, "{shown}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stop_says_goodbye() {
    let mut desk = Desk::open().await;
    let ana = desk.log_in("ana").await;
    let mut console = Listener::open(&ana, None).await;
    let closed = tokio::spawn(async move { console.end().await });
    desk.stop().await;
    assert_eq!(closed.await.expect("it ends"), Closed(1012, "restart".into()));
    assert!(TcpStream::connect(desk.address).await.is_err(), "nobody listens any more");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_page_that_goes_away_is_noticed_and_may_come_back() {
    let desk = Desk::with(|setup| setup.grace.customer_waiting_s = 1, |_| {}).await;
    let (chat, customer, agent) = desk.talk().await;
    let mut console = Listener::open(&agent, None).await;
    let (one, two) = (Listener::open(&customer, None).await, Listener::open(&customer, None).await);
    drop(one);
    drop(two);
    let gone = console.hear("participant.disconnected").await;
    assert_eq!((&gone["chat_id"], &gone["data"]["side"]), (&json!(chat), &json!("customer")));
    let page = Listener::open(&customer, None).await;
    let back = console.hear("participant.returned").await;
    assert!(text(&back["cursor"]) > text(&gone["cursor"]) || back["ts"].as_str() >= gone["ts"].as_str());
    drop(page);
    // One who waits and goes away is given up after their grace.
    let (waiting, second) = desk.customer("Eve").await;
    drop(Listener::open(&second, None).await);
    let sue = desk.log_in("sue").await;
    let mut board = Listener::open(&sue, Some("c_0")).await;
    let left = loop {
        let event = board.hear("chat.abandoned").await;
        if event["chat_id"] == waiting.as_str() {
            break event;
        }
    };
    assert_eq!(left["data"]["by"], "customer_gone");
    assert_eq!(second.get("/v1/guest/chat").await.json()["state"], "abandoned");
}
