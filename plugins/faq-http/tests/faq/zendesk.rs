//! Zendesk Guide: HTML bodies, snippets with emphasis, categories by number, votes.

use crate::server::{Seen, Server, ok, status};
use crate::{categories, create, search};
use hark_plugin_sdk::testing::Driver;
use hark_plugin_sdk::{Failure, Json, json};

fn article() -> Json {
    json!({
        "id": 37486578, "title": "Reset the router", "locale": "en-us", "section_id": 98838,
        "body": "<h2>Before you begin</h2><p>Hold it for <strong>ten</strong> seconds &amp; wait.</p><ul><li>One</li></ul>",
        "html_url": "https://x.zendesk.com/hc/en-us/articles/37486578", "updated_at": "2026-04-01T08:00:00Z"
    })
}

fn found() -> Json {
    let mut found = article();
    found["snippet"] = json!("Hold it for <em>ten</em> seconds");
    found["result_type"] = json!("article");
    found
}

fn server() -> Server {
    Server::start(|seen: &Seen| {
        let host = &seen.headers["host"];
        match seen.line().replace("/api/v2/help_center", "").as_str() {
            "GET /articles/search.json" => {
                let fits = seen.query("query") == "router" && ["", "en-us"].contains(&seen.query("locale"));
                let fits = fits && ["", "111"].contains(&seen.query("category"));
                ok(
                    &json!({ "count": 1, "results": if fits { vec![found()] } else { Vec::new() }, "next_page": null }),
                )
            }
            "GET /articles/37486578.json" => ok(&json!({ "article": article() })),
            "GET /categories.json" if seen.query("page") == "2" => {
                ok(&json!({ "categories": [{ "id": 222, "name": "Billing" }], "next_page": null }))
            }
            "GET /categories.json" => ok(&json!({
                "categories": [{ "id": 111, "name": "Internet" }],
                "next_page": format!("https://{host}/api/v2/help_center/categories.json?page=2")
            })),
            "POST /articles/37486578/up.json" => ok(&json!({ "vote": { "id": 1, "value": 1 } })),
            "POST /articles/37486578/down.json" => ok(&json!({ "vote": { "id": 1, "value": -1 } })),
            _ => status(404, &json!({ "error": "RecordNotFound", "description": "Not found" })),
        }
    })
}

fn desk(server: &Server) -> Driver {
    let auth =
        json!({ "basic": { "user": "ana@example.com/token", "password": server.secret("zd-secret") } });
    create(&json!({ "preset": "zendesk", "server": server.config(&auth) })).expect("created")
}

#[test]
fn articles_are_found_by_words_language_and_category() {
    let server = server();
    let faq = desk(&server);
    let hits =
        search(&faq, json!({ "text": " router ", "language": "en-US", "limit": 5 })).expect("searched");
    assert_eq!(hits.len(), 1);
    let hit = &hits[0];
    assert_eq!((hit.id.as_str(), hit.title.as_str()), ("37486578", "Reset the router"));
    assert_eq!(hit.snippet, "Hold it for *ten* seconds");
    assert_eq!(hit.language.as_deref(), Some("en-us"));
    assert!(hit.score > 0.0);
    let found = |category: &str| {
        search(&faq, json!({ "text": "router", "category": category })).expect("searched").len()
    };
    assert_eq!((found("Internet"), found("Billing"), found("Nothing")), (1, 0, 0));
    let listed = server.lines().iter().filter(|line| line.ends_with("/categories.json")).count();
    assert_eq!(listed, 2, "two pages, once: the ids are kept");
    assert_eq!(search(&faq, json!({ "text": "  " })), Ok(Vec::new()));
    assert_eq!(server.lines(), [""; 0], "nothing is asked for nothing");
}

#[test]
fn an_article_is_markdown() {
    let server = server();
    let faq = desk(&server);
    let article = faq.call("faq.get/1", json!({ "id": "37486578" })).expect("read");
    assert_eq!(article["body"], "## Before you begin\n\nHold it for **ten** seconds & wait.\n\n- One");
    assert_eq!(article["updated_at"], "2026-04-01T08:00:00Z");
    for id in ["1", "../../users/me"] {
        let failure = faq.call("faq.get/1", json!({ "id": id })).expect_err("none");
        assert!(matches!(failure, Failure::NotFound(_)), "{id}: {failure}");
    }
}

#[test]
fn categories_and_votes_go_through() {
    let server = server();
    let faq = desk(&server);
    assert_eq!(categories(&faq), [("Internet".to_owned(), 0), ("Billing".to_owned(), 0)]);
    server.lines();
    for (helpful, vote) in [(true, "up"), (false, "down")] {
        faq.call("faq.feedback/1", json!({ "id": "37486578", "helpful": helpful })).expect("voted");
        assert_eq!(server.lines(), [format!("POST /api/v2/help_center/articles/37486578/{vote}.json")]);
    }
    let failure = faq.call("faq.feedback/1", json!({ "id": "1", "helpful": true })).expect_err("none");
    let words = "the other system knows no such thing: RecordNotFound   Not found";
    assert_eq!(failure, Failure::not_found(words));
}
