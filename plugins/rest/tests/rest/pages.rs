//! Lists: page by page in each of the ways in which systems have them, never without end, never to another address.

use crate::server::{Seen, Server, ok, status};
use crate::{client, fields, request};
use hark_plugin_sdk::{Failure, Json, json};

fn list(server: &Server, config: &Json, limit: usize) -> Result<Vec<Json>, Failure> {
    let client = client(server, &json!({})).expect("a client");
    let request = request(config);
    client.run(async |asking| asking.list(&request, &fields(&[("text", "x")]), limit).await)
}

/// Numbers from `start` on, two a page, ten in all.
fn two(start: usize) -> Vec<usize> {
    (start..10).take(2).collect()
}

#[test]
fn a_cursor_a_link_and_an_offset_lead_on() {
    let at = |seen: &Seen, name: &str| seen.query(name).parse().unwrap_or(0);
    let cursor = Server::start(move |seen| {
        let start: usize = at(seen, "after");
        let next =
            if start < 8 { json!({ "next": { "after": (start + 2).to_string() } }) } else { json!({}) };
        ok(&json!({ "results": two(start), "paging": next }))
    });
    let link = Server::start(move |seen| {
        let start: usize = at(seen, "from");
        let next = (start < 8).then(|| format!("/r?from={}&text=x", start + 2));
        ok(&json!({ "results": two(start), "next": next }))
    });
    let offset = Server::start(move |seen| ok(&json!({ "results": two(at(seen, "skip")) })));
    let query = json!({ "after": "{cursor}", "text": "{text}" });
    let ways = [
        (
            cursor,
            json!({ "path": "/r", "list": "/results", "query": query, "next": { "cursor": "/paging/next/after" } }),
        ),
        (
            link,
            json!({ "path": "/r", "list": "/results", "query": { "text": "{text}" }, "next": { "link": "/next" } }),
        ),
        (
            offset,
            json!({
                "path": "/r", "list": "/results", "query": { "skip": "{offset}", "text": "{text}" }, "next": { "offset": 2 }
            }),
        ),
    ];
    for (server, mut config) in ways {
        let numbers = |limit, config: &Json| list(&server, config, limit).expect("listed");
        assert_eq!(
            numbers(100, &config),
            json!([0, 1, 2, 3, 4, 5]).as_array().expect("a list").clone(),
            "three pages"
        );
        assert!(server.seen().iter().all(|seen| seen.query("text") == "x"));
        assert_eq!(server.lines().len(), 3);
        assert_eq!(numbers(3, &config).len(), 3);
        assert_eq!(server.lines().len(), 2, "no further than is wanted");
        config["pages"] = json!(20);
        assert_eq!(numbers(100, &config).len(), 10);
        assert!(server.lines().len() <= 6, "it ends where the list ends");
    }
}

#[test]
fn a_link_to_elsewhere_is_not_followed() {
    let other = Server::start(|_| ok(&json!({ "results": [1] })));
    let target = format!("{}/r", other.url);
    let server = Server::start(move |_| ok(&json!({ "results": [0], "next": target })));
    let config = json!({ "path": "/r", "list": "/results", "next": { "link": "/next" } });
    let failure = list(&server, &config, 10).expect_err("elsewhere");
    assert!(matches!(&failure, Failure::Unavailable(text) if text.contains("another address")), "{failure}");
    assert_eq!(other.seen().len(), 0, "our token did not go there");
}

#[test]
fn nothing_is_an_empty_list_and_one_thing_a_list_of_one() {
    let config = json!({ "path": "/r", "list": "/user" });
    let answers = [
        (ok(&json!({ "user": { "id": 1 } })), 1),
        (ok(&json!({ "user": null })), 0),
        (ok(&json!({})), 0),
        (status(404, &json!({})), 0),
    ];
    for (answer, count) in answers {
        let server = Server::start(move |_| answer.clone());
        assert_eq!(list(&server, &config, 10).expect("listed").len(), count);
    }
}
