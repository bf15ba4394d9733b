//! Rude and broken clients: each is refused with a reason or cut in time, and the others are served meanwhile.

use crate::support::{Desk, PASSWORD};
use serde_json::json;
use std::time::{Duration, Instant};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

#[tokio::test(flavor = "multi_thread")]
async fn silence_and_half_a_header_are_cut_in_time() {
    let desk = Desk::with(|_| {}, |limits| limits.header_s = 1).await;
    for start in ["", "P", "GET /v1/version HTTP/1.1\r\nhost: x\r\nx-slow: "] {
        let began = Instant::now();
        let mut socket = TcpStream::connect(desk.address).await.expect("it listens");
        socket.write_all(start.as_bytes()).await.expect("it reads");
        let mut rest = Vec::new();
        // Cut by a reset or an end: both are the end.
        let _ = socket.read_to_end(&mut rest).await;
        let took = began.elapsed();
        assert!((Duration::from_millis(900)..Duration::from_secs(10)).contains(&took), "{start:?}: {took:?}");
        assert_eq!(desk.anyone().get("/v1/version").await.status, 200);
    }
    // The header of a second request on the same connection has its own second.
    let mut socket = TcpStream::connect(desk.address).await.expect("it listens");
    let whole = "GET /v1/version HTTP/1.1\r\nhost: x\r\n\r\n";
    socket.write_all(whole.as_bytes()).await.expect("it reads");
    let mut some = [0; 64];
    assert!(socket.read(&mut some).await.expect("an answer") > 0);
    socket.write_all(b"GET /v1/ver").await.expect("it reads");
    let mut rest = Vec::new();
    let _ = socket.read_to_end(&mut rest).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_body_is_bounded_in_size_and_time() {
    let desk = Desk::with(|_| {}, |limits| limits.body_s = 1).await;
    let big = format!("{{\"login\":\"{}\"}}", "a".repeat(70_000));
    let reply = desk.anyone().send("POST", "/v1/sessions", Some(big)).await;
    assert_eq!(reply.problem(), (413, "too_large".into()));
    let slow = "POST /v1/sessions HTTP/1.1\r\nhost: x\r\ncontent-length: 10\r\nconnection: close\r\n\r\n{";
    assert_eq!(desk.anyone().raw(slow).await.problem(), (408, "body_timeout".into()));
}

#[tokio::test(flavor = "multi_thread")]
async fn nasty_bodies_are_refused_with_a_reason() {
    let desk = Desk::open().await;
    let send = async |body: &str| {
        let reply = desk.anyone().send("POST", "/v1/sessions", Some(body.into())).await;
        let pointer = reply.json()["errors"][0]["pointer"].as_str().map(str::to_owned);
        (reply.problem(), pointer)
    };
    let told = |status, code: &str, pointer: &str| ((status, code.to_owned()), Some(pointer.to_owned()));
    let broken = ((400, "invalid_json".to_owned()), None);
    let extra = format!("{{\"login\":\"ana\",\"password\":\"{PASSWORD}\",\"role\":\"admin\"}}");
    assert_eq!(send(&extra).await, told(422, "unknown_field", "/role"));
    assert_eq!(send("{\"login\":\"a\",\"login\":\"b\",\"password\":\"x\"}").await, broken);
    assert_eq!(send("{\"login\":").await, broken);
    assert_eq!(send(&"[".repeat(30_000)).await, broken);
    assert_eq!(
        send("{\"login\":{\"$ne\":null},\"password\":\"x\"}").await,
        told(422, "wrong_type", "/login")
    );
    assert_eq!(send("{\"login\":\"a\"}").await, told(422, "missing_field", "/password"));
    assert_eq!(send("[]").await, told(422, "wrong_type", ""));
    let form = "POST /v1/sessions HTTP/1.1\r\nhost: x\r\nconnection: close\r\ncontent-type: text/plain\r\n\
        content-length: 2\r\n\r\n{}";
    assert_eq!(desk.anyone().raw(form).await.problem(), (415, "json_expected".into()));
    let name = json!({ "name": "Eve\r\nX-Admin: 1 <script>alert(1)</script>\u{202e}" });
    let reply = desk.anyone().post("/v1/widget/demo/chats", &name).await;
    assert_eq!(reply.json()["chat"]["form"]["name"], name["name"], "kept as it is, and neutral");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_not_there_is_a_problem_too() {
    let desk = Desk::open().await;
    let anyone = desk.anyone();
    assert_eq!(anyone.get("/v1/nothing").await.problem(), (404, "not_found".into()));
    assert_eq!(anyone.get("/ui/../Cargo.toml").await.problem(), (404, "not_found".into()));
    assert_eq!(anyone.get("/ui/%2e%2e/%2e%2e/Cargo.toml").await.problem(), (404, "not_found".into()));
    assert_eq!(anyone.send("DELETE", "/v1/me", None).await.problem(), (405, "method_not_allowed".into()));
    assert_eq!(anyone.get("/v1/widget/nobody").await.problem(), (404, "not_found".into()));
    let own = anyone.clone().with("x-request-id", "trace-7").get("/v1/version").await;
    assert_eq!(own.header("x-request-id"), Some("trace-7"));
    assert_eq!(own.header("cache-control"), Some("no-store"));
    let ana = desk.log_in("ana").await;
    assert_eq!(ana.get("/v1/customers/c1/cases").await.problem(), (503, "crm_unavailable".into()));
    assert_eq!(ana.get("/v1/customers/c2").await.problem(), (404, "customer_not_found".into()));
    let change = Some(json!({ "phone": "1" }).to_string());
    let stale =
        ana.clone().with("if-match", "\"v2\"").send("PATCH", "/v1/customers/c1", change.clone()).await;
    assert_eq!(stale.problem(), (412, "stale_version".into()));
    let changed = ana.with("if-match", "\"v3\"").send("PATCH", "/v1/customers/c1", change).await;
    assert_eq!((changed.header("etag"), &changed.json()["phone"]), (Some("\"v4\""), &json!("1")));
}

#[tokio::test(flavor = "multi_thread")]
async fn pages_come_with_a_strict_policy_and_an_etag() {
    let desk = Desk::open().await;
    let lit = desk.anyone().get("/ui/vendor/lit.js").await;
    assert_eq!((lit.status, lit.header("content-type")), (200, Some("text/javascript; charset=utf-8")));
    let policy = lit.header("content-security-policy").expect("a policy");
    assert!(policy.contains("script-src 'self'") && policy.contains("require-trusted-types-for 'script'"));
    let again = desk
        .anyone()
        .with("if-none-match", lit.header("etag").expect("a tag"))
        .get("/ui/vendor/lit.js")
        .await;
    assert_eq!((again.status, again.text.as_str()), (304, ""));
    let packed = desk.anyone().with("accept-encoding", "gzip, br;q=0.9").get("/ui/vendor/lit.js").await;
    assert_eq!((packed.header("content-encoding"), lit.header("content-encoding")), (Some("br"), None));
    assert!(packed.header("etag") != lit.header("etag") && packed.text.len() < lit.text.len());
    let refused = desk.anyone().with("accept-encoding", "br;q=0").get("/ui/vendor/lit.js").await;
    assert_eq!(refused.header("content-encoding"), None);
    assert_eq!(desk.anyone().get("/ui/vendor/update.sh").await.status, 404);
    assert_eq!(desk.anyone().get("/").await.header("location"), Some("/support"));
}

#[tokio::test(flavor = "multi_thread")]
async fn one_address_has_so_many_connections() {
    let desk = Desk::with(|_| {}, |limits| limits.connections_per_address = 3).await;
    let mut held = Vec::new();
    for _ in 0..3 {
        let mut socket = TcpStream::connect(desk.address).await.expect("it listens");
        let whole = "GET /v1/version HTTP/1.1\r\nhost: x\r\n\r\n";
        socket.write_all(whole.as_bytes()).await.expect("it reads");
        assert!(socket.read(&mut [0; 64]).await.expect("an answer") > 0);
        held.push(socket);
    }
    assert_eq!(desk.anyone().raw("GET /v1/version HTTP/1.1\r\nhost: x\r\n\r\n").await.status, 0, "let go");
    held.clear();
    let began = Instant::now();
    while desk.anyone().get("/v1/version").await.status != 200 {
        assert!(began.elapsed() < Duration::from_secs(10), "places come back");
        tokio::task::yield_now().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_customer_asks_only_so_often() {
    let desk = Desk::with(|_| {}, |limits| limits.guest_requests_per_minute = 5).await;
    let (_, customer) = desk.customer("Ada").await;
    let first = customer.get("/v1/guest/chat").await;
    assert_eq!(first.header("ratelimit-policy"), Some("\"minute\";q=5;w=60"));
    let mut last = first;
    for _ in 0..6 {
        last = customer.get("/v1/guest/chat").await;
    }
    assert_eq!(last.problem(), (429, "rate_limited".into()));
    assert!(last.header("retry-after").is_some());
}
