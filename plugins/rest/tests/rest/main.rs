//! Asking over HTTPS: log-ins, retries, rates, pages, time and trust, against a server of the tests' own.

#[path = "../../../net/tests/net/authority.rs"]
mod authority;
mod log_ins;
mod pages;
#[allow(dead_code, reason = "other plugins' tests use all of it")]
mod server;
mod trouble;

use hark_plugin_rest::{Client, Fields, Request, RequestConfig, ServerConfig};
use hark_plugin_sdk::{Failure, Json, json};
use server::Server;

/// A client with what the server's configuration says, and more.
fn client(server: &Server, more: &Json) -> Result<Client, Failure> {
    let mut config = json!({ "base_url": server.url, "ca_file": server.root, "timeout_ms": 9000 });
    config.as_object_mut().expect("a table").extend(more.as_object().expect("a table").clone());
    let config: ServerConfig = serde_json::from_value(config).expect("a configuration");
    Client::new(&config)
}

fn request(config: &Json) -> Request {
    compile(config).expect("a request")
}

fn compile(config: &Json) -> Result<Request, Failure> {
    let config: RequestConfig = serde_json::from_value(config.clone()).expect("a configuration");
    Request::compile(&config, "get", &["id", "text", "limit"], &fields(&[("values.a", "A")]))
}

fn fields(pairs: &[(&str, &str)]) -> Fields {
    pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
}

fn ask(client: &Client, config: &Json) -> Result<Json, Failure> {
    let request = request(config);
    client.run(async |asking| asking.ask(&request, &fields(&[("id", "7")])).await)
}

#[test]
fn values_are_escaped_for_their_place() {
    let server = Server::start(|_| server::ok(&json!({})));
    let client = client(&server, &json!({})).expect("a client");
    let odd = "a/b?c=d&e='\"\\ü%{x}";
    let request = request(&json!({
        "method": "POST", "path": "/r/{id}/x", "query": { "q": "say '{text|soql}'", "none": "{limit}" },
        "headers": { "x-id": "{id}" },
        "body": { "text": "<{text}>", "limit": "{limit}", "number": "{id|number}", "list": ["{limit}", "{id}"] }
    }));
    let with = |id: &str| {
        let values = fields(&[("id", id), ("text", odd)]);
        client.run(async |asking| asking.ask(&request, &values).await)
    };
    with("7").expect("asked");
    let seen = &server.seen()[0];
    assert_eq!(seen.line(), "POST /r/7/x");
    assert_eq!(seen.query("q"), "say 'a/b?c=d&e=\\'\\\"\\\\ü%{x}'");
    assert!(!seen.query.contains_key("none"), "what is missing is left out");
    assert_eq!(seen.headers["x-id"], "7");
    assert_eq!(seen.body, json!({ "text": format!("<{odd}>"), "number": 7, "list": ["7"] }));
    with("../a b").expect("asked");
    assert_eq!(server.seen()[1].path, "/r/..%2Fa%20b/x");
    for wrong in ["..", ".", "", "line\nbreak"] {
        let failure = with(wrong).expect_err("no id");
        assert!(matches!(failure, Failure::Invalid(_)), "{wrong:?}: {failure}");
    }
    assert_eq!(server.seen().len(), 2);
}

#[test]
fn a_wrong_template_is_told_with_its_key() {
    let cases = [
        (json!({ "path": "/{emial}" }), "`get.path` names {emial}"),
        (json!({ "path": "r" }), "`get.path` does not begin with /"),
        (json!({ "path": "/", "query": { "q": "{id|sql}" } }), "`get.query.q` has a filter `sql`"),
        (json!({ "path": "/", "body": { "a": [{ "b": "{" }] } }), "`get.body.a[0].b` has a brace"),
        (json!({ "path": "/", "headers": { "a b": "x" } }), "`get.headers.a b` is no header's name"),
        (json!({ "path": "/", "query": { "c": "{cursor}" } }), "`get.query.c` names {cursor}"),
        (json!({ "path": "/{values.b}" }), "`get.path` names {values.b}"),
    ];
    for (config, names) in cases {
        let failure = compile(&config).expect_err("wrong");
        assert!(matches!(&failure, Failure::Invalid(text) if text.starts_with(names)), "{failure}");
    }
    assert!(compile(&json!({ "path": "/{{x}}/{values.a}/{field.b}" })).is_ok());
}
