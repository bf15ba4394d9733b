//! The event stream: who may open it, what it takes, and that its three transports tell the same.

use crate::Scene;
use futures_util::{SinkExt as _, StreamExt as _};
use hark_tests::client::{Api, Event, Poll, Socket, Sse, Stream, handshake};
use hark_tests::{PATIENCE, within};
use serde_json::json;
use tokio::net::{TcpSocket, TcpStream};
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::{WebSocketStream, client_async};

async fn pass(api: &Api) -> String {
    let said = api.press("/v1/stream/tickets").await.is(201);
    format!("/v1/stream?ticket={}", said["ticket"].as_str().expect("a stream ticket"))
}

#[tokio::test]
async fn a_stream_is_opened_once_by_whom_it_is_for_from_our_own_pages() {
    let mut scene = Scene::set().await;
    let guest = scene.talking("Streams").await;
    let base = scene.server.base().to_owned();
    let open = async |path: &str, headers: &[(&str, &str)]| handshake(&base, path, headers).await.map(drop);
    assert_eq!(open("/v1/stream", &[]).await, Err(401), "nobody");
    assert_eq!(open("/v1/stream?ticket=stk_made-up", &[]).await, Err(401), "a made-up one");
    let path = pass(&scene.agent.api).await;
    assert_eq!(open(&path, &[("origin", "http://evil.example")]).await, Err(403), "another site");
    let path = pass(&scene.agent.api).await;
    assert_eq!(open(&path, &[("origin", &base)]).await, Ok(()), "our own page");
    assert_eq!(open(&path, &[("origin", &base)]).await, Err(401), "the second time");
    let path = pass(&guest.api).await;
    assert_eq!(open(&path, &[]).await, Ok(()), "a customer");
    assert_eq!(open(&path, &[]).await, Err(401), "the second time");
    let bearer = format!("Bearer {}", guest.api.bearer().expect("a token"));
    let bearer = [("authorization", bearer.as_str())];
    assert_eq!(open("/v1/stream", &bearer).await, Ok(()), "a program with its token");
    let foreign = [bearer[0], ("origin", "null")];
    assert_eq!(open("/v1/stream", &foreign).await, Err(403), "another site");
    assert_eq!(open("/v1/stream?after=nonsense", &bearer).await, Err(422), "no cursor");
    scene.leave().await;
}

/// Sends a frame and tells with which code the server then closes.
async fn closed_after(api: &Api, frames: &[Message]) -> u16 {
    let mut socket: Socket = handshake(api.base(), &pass(api).await, &[]).await.expect("it opens");
    for frame in frames {
        if socket.send(frame.clone()).await.is_err() {
            break;
        }
    }
    let closed = async {
        loop {
            match socket.next().await {
                Some(Ok(Message::Close(frame))) => return frame.map_or(1005, |frame| frame.code.into()),
                Some(Ok(_)) => {}
                Some(Err(_)) | None => return 1006,
            }
        }
    };
    within(PATIENCE, "the end of an abused stream", closed).await
}

#[tokio::test]
async fn a_stream_takes_three_frames_and_no_other() {
    let mut scene = Scene::set().await;
    let guest = scene.talking("Frames").await;
    let api = guest.api.clone();
    let closed = async |frame: Message| closed_after(&api, &[frame]).await;
    assert_eq!(closed(Message::text("{\"type\":\"no-such-type\"}")).await, 4010);
    assert_eq!(closed(Message::text("nonsense")).await, 1008);
    assert_eq!(closed(Message::text("{\"type\":\"typing\"}")).await, 1008);
    assert_eq!(closed(Message::binary(vec![1, 2, 3])).await, 1008);
    assert_eq!(closed(Message::text("x".repeat(65_537))).await, 1009);
    let flood = vec![Message::text("{\"type\":\"ping\"}"); 2_000];
    assert_eq!(closed_after(&api, &flood).await, 1008, "a flood");
    let mut stream = Stream::open(&api, None).await;
    stream.say(&json!({ "type": "ack" })).await;
    stream.say(&json!({ "type": "ping" })).await;
    stream.until(PATIENCE, "the pong", |event| event.kind == "stream.pong").await;
    scene.leave().await;
}

#[tokio::test]
async fn nobody_types_in_anothers_chat() {
    let mut scene = Scene::set().await;
    let mut one = scene.talking("One").await;
    let mut other = scene.guest("Other").await;
    other.stream.say(&json!({ "type": "typing", "chat_id": one.chat, "on": true })).await;
    other.stream.say(&json!({ "type": "ping" })).await;
    other.stream.until(PATIENCE, "the pong", |event| event.kind == "stream.pong").await;
    one.stream.say(&json!({ "type": "typing", "chat_id": one.chat, "on": false })).await;
    one.say("1", "That was me").await;
    let told = |event: &Event| event.kind == "typing.started" || event.kind == "message.created";
    let first = scene.agent.stream.until(PATIENCE, "what the agent is told", told).await;
    assert_eq!(first.kind, "message.created", "a stranger's typing is not told: {first:?}");
    scene.leave().await;
}

#[tokio::test]
async fn three_transports_tell_the_same_from_any_cursor() {
    let mut scene = Scene::set().await;
    let mut guest = scene.talking("Transports").await;
    let began = guest.told["cursor"].as_str().expect("a chat has a cursor").to_owned();
    for number in 0..12 {
        guest.say(&format!("c{number}"), &format!("Customer {number}")).await;
        scene.agent.say(&guest.chat, &format!("a{number}"), &format!("Agent {number}")).await;
    }
    let kept = |event: Event| event.id.map(|id| (id, event.kind, event.data.to_string()));
    let mut by_socket = Vec::new();
    while by_socket
        .iter()
        .filter(|(_, kind, _): &&(String, String, String)| kind == "message.created")
        .count()
        < 24
    {
        let event = within(PATIENCE, "an event", guest.stream.next()).await;
        by_socket.extend(kept(event));
    }
    let mut by_poll = Vec::new();
    let mut poll = Poll::new(&guest.api, &began);
    while by_poll.len() < by_socket.len() {
        by_poll.extend(poll.ask(5).await.into_iter().filter_map(kept));
    }
    assert_eq!(by_poll, by_socket, "long-poll tells what the socket told");
    let mut cursors = Vec::new();
    let mut by_sse = Vec::new();
    let mut sse = Sse::open(&guest.api, Some(&began)).await;
    while by_sse.len() < by_socket.len() {
        let event = within(PATIENCE, "an event", sse.next()).await.expect("the stream goes on");
        cursors.extend(event.cursor.clone().filter(|_| event.id.is_some()));
        by_sse.extend(kept(event));
    }
    assert_eq!(by_sse, by_socket, "server-sent events tell it too");
    let (middle, rest) = (by_socket.len() / 2, by_socket.len() - by_socket.len() / 2);
    let mut again = Sse::open(&guest.api, Some(&cursors[middle - 1])).await;
    let mut resumed = Vec::new();
    while resumed.len() < rest {
        let event = within(PATIENCE, "an event", again.next()).await.expect("the stream goes on");
        resumed.extend(kept(event));
    }
    assert_eq!(resumed, by_socket[middle..], "from the last id on, nothing twice and nothing missing");
    scene.leave().await;
}

/// For a reader who does not read: long messages that fill what lies between, and then more of them than are kept for one
/// stream.
const LONG: usize = 400;
const SHORT: usize = 1_200;
/// What the system takes in for a reader who does not read, in bytes.
const TAKEN_IN: u32 = 16_384;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_does_not_read_is_let_go_and_misses_nothing_later() {
    let mut scene = Scene::set().await;
    let guest = scene.talking("Asleep").await;
    let mut asleep = open_narrow(&guest.api).await;
    let long = "😀".repeat(5000);
    for number in 0..LONG + SHORT {
        let text = if number < LONG { &long } else { "short" };
        scene.agent.say(&guest.chat, &format!("{number}"), text).await;
    }
    let ended = async {
        let mut read = 0;
        while let Some(Ok(message)) = asleep.next().await {
            if matches!(message, Message::Close(_)) {
                break;
            }
            read += usize::from(message.is_text());
        }
        read
    };
    let read = within(PATIENCE, "the end of a stream that nobody read", ended).await;
    assert!(read < LONG + SHORT, "what was not read was not kept for ever: {read}");
    let mut awake = Stream::open(&guest.api, guest.told["cursor"].as_str().map(str::to_owned)).await;
    for number in 0..LONG + SHORT {
        let event = awake.of_chat("message.created", &guest.chat).await;
        assert_eq!(event.data["seq"], number + 1);
    }
    scene.leave().await;
}

/// A stream on a connection that takes in little.
async fn open_narrow(api: &Api) -> WebSocketStream<TcpStream> {
    let socket = TcpSocket::new_v4().expect("a socket can be made");
    socket.set_recv_buffer_size(TAKEN_IN).expect("its buffer can be set");
    let address = api.base().trim_start_matches("http://");
    let line = socket.connect(address.parse().expect("an address")).await.expect("the server accepts");
    let path = format!("ws://{address}{}", pass(api).await);
    client_async(path, line).await.expect("it opens").0
}
