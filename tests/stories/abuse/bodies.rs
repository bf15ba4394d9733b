//! Bodies that are no JSON, not the JSON that is expected, or too large: refused with the place of the fault, on every
//! route that takes one.

use crate::Scene;
use hark_tests::client::Api;
use hark_tests::{PATIENCE, within};
use hyper::Method;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

const JSON: [(&str, &str); 1] = [("content-type", "application/json")];

/// Bodies that no JSON reader should take.
const BROKEN: [&[u8]; 12] = [
    b"",
    b"{",
    b"{\"text\":\"a\"} x",
    b"{\"text\":\"a\",}",
    b"{'text':'a'}",
    b"nonsense",
    b"{\"text\":\"\xff\xfe\"}",
    b"{\"text\":\"\\ud800\"}",
    b"{\"text\":\"a\",\"text\":\"b\"}",
    b"{\"client_id\":\"1\",\"text\":\"a\",\"client_id\":\"2\"}",
    b"\xef\xbb\xbf{}",
    b"\0",
];

/// Bodies that are JSON, and not what is asked for.
const WRONG: [&str; 9] = [
    "null",
    "[]",
    "true",
    "12",
    "\"text\"",
    "{}",
    "{\"client_id\":1,\"text\":\"a\"}",
    "{\"client_id\":\"1\",\"text\":\"a\",\"role\":\"admin\"}",
    "{\"client_id\":\"1\",\"text\":\"a\",\"__proto__\":{\"admin\":true}}",
];

#[tokio::test]
async fn a_body_is_read_strictly_everywhere() {
    let mut scene = Scene::set().await;
    let guest = scene.talking("Strict").await;
    let chat = format!("/v1/chats/{}", guest.chat);
    let (agent, admin) = (scene.agent.api.clone(), scene.server.admin());
    let doors: [(&Api, Method, String); 9] = [
        (&guest.api, Method::POST, "/v1/guest/messages".to_owned()),
        (&guest.api, Method::POST, "/v1/guest/read".to_owned()),
        (&agent, Method::POST, format!("{chat}/messages")),
        (&agent, Method::PUT, format!("{chat}/disposition")),
        (&agent, Method::PUT, "/v1/me/status".to_owned()),
        (&agent, Method::POST, "/v1/customers".to_owned()),
        (&admin, Method::POST, "/v1/agents".to_owned()),
        (&admin, Method::POST, "/v1/api-tokens".to_owned()),
        (&admin, Method::POST, "/v1/sessions".to_owned()),
    ];
    for (api, method, path) in &doors {
        for body in BROKEN {
            let answer = api.try_raw(method.clone(), path, &JSON, body).await.expect("there is an answer");
            answer.is_problem(400, "invalid_json");
        }
        for body in WRONG.iter().filter(|body| !(path.ends_with("read") && **body == "{}")) {
            let answer =
                api.try_raw(method.clone(), path, &JSON, body.as_bytes()).await.expect("there is an answer");
            assert_eq!(answer.status, 422, "{body}: {answer}");
            let known = ["wrong_type", "unknown_field", "missing_field", "invalid_value"];
            assert!(known.contains(&answer.code().as_str()), "{body}: {answer}");
        }
    }
    assert_eq!(guest.view().await["last_seq"], 0, "none of it was stored");
    scene.leave().await;
}

#[tokio::test]
async fn a_fault_is_told_with_its_place() {
    let mut scene = Scene::set().await;
    let guest = scene.talking("Places").await;
    let post = async |body: &str| {
        let answer = guest.api.try_raw(Method::POST, "/v1/guest/messages", &JSON, body.to_owned()).await;
        let answer = answer.expect("there is an answer");
        let fault = answer.json()["errors"][0].take();
        (answer.code(), fault["pointer"].as_str().unwrap_or_default().to_owned())
    };
    let told = |code: &str, pointer: &str| (code.to_owned(), pointer.to_owned());
    assert_eq!(post(r#"{"client_id":"1","text":2}"#).await, told("wrong_type", "/text"));
    assert_eq!(post(r#"{"client_id":"1"}"#).await, told("missing_field", "/text"));
    assert_eq!(post(r#"{"client_id":"1","text":"a","a/b":1}"#).await, told("unknown_field", "/a~1b"));
    scene.leave().await;
}

#[tokio::test]
async fn a_body_has_a_size() {
    let mut scene = Scene::set().await;
    let guest = scene.talking("Large").await;
    let frame = r#"{"client_id":"1","text":""}"#;
    let sized = |bytes: usize| {
        let filler = " ".repeat(bytes - frame.len());
        format!("{frame}{filler}")
    };
    let path = "/v1/guest/messages";
    let just = guest.api.try_raw(Method::POST, path, &JSON, sized(65_536)).await.expect("there is an answer");
    just.is_problem(422, "empty");
    for bytes in [65_537, 1 << 20] {
        assert_eq!(announce(&guest.api, bytes).await, "HTTP/1.1 413", "the size alone is told at once");
        // A server that has refused may close before everything is sent; then the answer can be lost on the way.
        if let Ok(answer) = guest.api.try_raw(Method::POST, path, &JSON, sized(bytes)).await {
            answer.is_problem(413, "too_large");
        }
    }
    let deep = "[".repeat(30_000) + &"]".repeat(30_000);
    let answer = guest.api.try_raw(Method::POST, path, &JSON, deep).await.expect("there is an answer");
    answer.is_problem(400, "invalid_json");
    guest.say("2", "Still here").await;
    scene.leave().await;
}

/// Says that a body of this size follows, sends none of it, and gives the beginning of the answer.
async fn announce(api: &Api, bytes: usize) -> String {
    let address = api.base().trim_start_matches("http://");
    let mut socket = TcpStream::connect(address).await.expect("the server accepts");
    let token = api.bearer().expect("a token");
    let header = format!(
        "POST /v1/guest/messages HTTP/1.1\r\nHost: {address}\r\nAuthorization: Bearer {token}\r\n\
         Content-Type: application/json\r\nContent-Length: {bytes}\r\n\r\n"
    );
    socket.write_all(header.as_bytes()).await.expect("the server reads");
    let mut start = [0; 12];
    within(PATIENCE, "the answer to a header", socket.read_exact(&mut start))
        .await
        .expect("there is an answer");
    String::from_utf8_lossy(&start).into_owned()
}
