//! Who we are: each kind of log-in, tokens that end and tokens that are refused, and no secret in any message.

use crate::server::{Server, ok, status};
use crate::{ask, client};
use hark_plugin_sdk::{Failure, json};
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

#[test]
fn each_kind_of_log_in_has_its_header() {
    let server = Server::start(|_| ok(&json!({})));
    let kinds = [
        (json!({ "bearer": { "token": server.secret("tok-1") } }), "authorization", "Bearer tok-1"),
        (json!({ "api_key": { "header": "X-Key", "key": server.secret("key-1") } }), "x-key", "key-1"),
        (
            json!({ "basic": { "user": "ana@example.com/token", "password": server.secret("pass-1") } }),
            "authorization",
            "Basic YW5hQGV4YW1wbGUuY29tL3Rva2VuOnBhc3MtMQ==",
        ),
    ];
    for (number, (auth, header, value)) in kinds.into_iter().enumerate() {
        let client =
            client(&server, &json!({ "auth": auth, "headers": { "x-app": "hark" } })).expect("a client");
        ask(&client, &json!({ "path": "/" })).expect("asked");
        let seen = &server.seen()[number];
        assert_eq!((seen.headers[header].as_str(), seen.headers["x-app"].as_str()), (value, "hark"));
    }
}

/// A server that gives tokens `tok-1`, `tok-2`, … and takes what `takes` says.
fn with_tokens(lasts: u32, takes: impl Fn(&str) -> bool + Send + Sync + 'static) -> Server {
    let made = Arc::new(AtomicU32::new(0));
    Server::start(move |seen| {
        if seen.path == "/token" {
            let number = made.fetch_add(1, Ordering::SeqCst) + 1;
            return ok(
                &json!({ "access_token": format!("tok-{number}"), "expires_in": lasts, "token_type": "Bearer" }),
            );
        }
        let token = seen.headers.get("authorization").map_or("", String::as_str);
        if takes(token) {
            ok(&json!({ "with": token }))
        } else {
            status(401, &json!({ "message": format!("{token} has ended") }))
        }
    })
}

fn oauth2(server: &Server) -> hark_plugin_sdk::Json {
    json!({
        "auth": { "oauth2": {
            "token_url": format!("{}/token", server.url), "client_id": "hark", "scope": "a b",
            "client_secret": server.secret("s&cret"), "more": { "audience": "crm" }
        } },
        "error": "{/message}"
    })
}

#[test]
fn a_token_is_fetched_once_and_kept() {
    let server = with_tokens(3600, |_| true);
    let client = client(&server, &oauth2(&server)).expect("a client");
    std::thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                let answer = ask(&client, &json!({ "path": "/" })).expect("asked");
                assert_eq!(answer["with"], "Bearer tok-1");
            });
        }
    });
    let tokens: Vec<_> = server.seen().into_iter().filter(|seen| seen.path == "/token").collect();
    assert_eq!(tokens.len(), 1, "four waited for one token");
    let form = "grant_type=client_credentials&client_id=hark&client_secret=s%26cret&scope=a%20b&audience=crm";
    assert_eq!(tokens[0].body, form);
    assert!(!tokens[0].headers.contains_key("authorization"));
}

#[test]
fn a_token_is_renewed_before_it_ends() {
    let server = with_tokens(1, |_| true);
    let client = client(&server, &oauth2(&server)).expect("a client");
    let mut answer = ask(&client, &json!({ "path": "/" })).expect("asked");
    assert_eq!(answer["with"], "Bearer tok-1");
    let end = std::time::Instant::now() + std::time::Duration::from_secs(10);
    while answer["with"] == "Bearer tok-1" {
        assert!(std::time::Instant::now() < end, "the token lasts for one second");
        answer = ask(&client, &json!({ "path": "/" })).expect("asked");
    }
    assert_eq!(answer["with"], "Bearer tok-2");
}

#[test]
fn a_refused_token_is_replaced_once() {
    let server = with_tokens(3600, |token| token == "Bearer tok-2");
    let client = client(&server, &oauth2(&server)).expect("a client");
    let answer = ask(&client, &json!({ "method": "POST", "path": "/" })).expect("the second token is taken");
    assert_eq!(answer["with"], "Bearer tok-2");

    let server = with_tokens(3600, |_| false);
    let client = crate::client(&server, &oauth2(&server)).expect("a client");
    let failure = ask(&client, &json!({ "path": "/" })).expect_err("none is taken");
    assert!(
        matches!(&failure, Failure::Unavailable(text) if text.contains("refuses Hark's log-in")),
        "{failure}"
    );
    assert!(
        failure.message().contains("[hidden] has ended") && !failure.message().contains("tok-"),
        "{failure}"
    );
    assert_eq!(server.lines(), ["POST /token", "GET /", "POST /token", "GET /"]);
}

#[test]
fn a_token_server_that_says_no_is_told_without_the_secret() {
    let server = Server::start(|seen| status(400, &json!({ "error": seen.body })));
    let client = client(&server, &oauth2(&server)).expect("a client");
    let failure = ask(&client, &json!({ "path": "/" })).expect_err("no token");
    assert_eq!(failure, Failure::unavailable("the token server refuses Hark's log-in (400)"));
}

#[test]
fn addresses_that_would_show_secrets_are_refused() {
    let server = Server::start(|_| ok(&json!({})));
    let cases = [
        (json!({ "base_url": "http://crm.example.com" }), "`server.base_url` does not begin with https://"),
        (json!({ "base_url": "https://a:b@crm.example.com" }), "`server.base_url` has a user or password"),
        (json!({ "base_url": "crm.example.com" }), "`server.base_url` is not https://HOST"),
        (json!({ "headers": { "a b": "c" } }), "`server.headers.a b`"),
        (
            json!({ "auth": { "bearer": { "token": { "env": "HARK_NO_SUCH" } } } }),
            "`server.auth.bearer.token`",
        ),
        (
            json!({ "auth": { "bearer": { "token": server.secret("a\u{1}b") } } }),
            "`server.auth.bearer.token`",
        ),
    ];
    for (more, names) in cases {
        let failure = client(&server, &more).err().expect("refused");
        assert!(matches!(&failure, Failure::Invalid(text) if text.starts_with(names)), "{failure}");
    }
    assert!(client(&server, &json!({ "base_url": "http://127.0.0.1:1" })).is_ok());
}
