//! A help centre of an admin's own, by templates alone; and what is said of configurations that cannot work.

use crate::server::{Seen, Server, ok, status};
use crate::{categories, create, search};
use hark_plugin_sdk::{Failure, Json, json};

fn config(server: &Server) -> Json {
    json!({
        "server": server.config(&json!({ "bearer": { "token": server.secret("tok-1") } })),
        "values": { "site": "main" },
        "article": {
            "id": "{/no}", "title": "{/title}", "body": "{/text}", "category": "{/topic/name}",
            "language": "{/lang}", "updated_at": "{/changed|time}"
        },
        "hit": { "score": "{/rank}" },
        "search": {
            "method": "POST", "idempotent": true, "path": "/{values.site}/search", "list": "/hits",
            "body": { "q": "{text}", "topic": "{category}", "lang": "{language}", "size": "{limit|number}" }
        },
        "get": { "path": "/{values.site}/articles/{id}" },
        "categories": { "name": "{/name}", "count": "{/articles}", "request": { "path": "/topics", "list": "/topics" } }
    })
}

fn server() -> Server {
    Server::start(|seen: &Seen| {
        let article = |no: u32, rank: f64| {
            json!({
                "no": no, "title": format!("Title {no}"), "text": "long ".repeat(100), "topic": { "name": "Internet" },
                "lang": "en", "changed": 1_767_323_045_000_u64, "rank": rank
            })
        };
        match seen.line().as_str() {
            "POST /main/search" => {
                ok(&json!({ "hits": [article(1, 7.5), article(2, 3.25), { "title": "no id" }] }))
            }
            "GET /main/articles/1" => ok(&article(1, 0.0)),
            "GET /topics" => ok(&json!({ "topics": [{ "name": "Internet", "articles": 12 }] })),
            _ => status(404, &json!({})),
        }
    })
}

#[test]
fn what_the_templates_say_is_asked_and_read() {
    let server = server();
    let faq = create(&config(&server)).expect("created");
    let hits =
        search(&faq, json!({ "text": "a \"b\"", "category": "Internet", "limit": 2 })).expect("searched");
    let scores: Vec<_> = hits.iter().map(|hit| (hit.id.as_str(), hit.score)).collect();
    assert_eq!(scores, [("1", 7.5), ("2", 3.25)]);
    assert_eq!((hits[0].snippet.chars().count(), hits[0].category.as_deref()), (200, Some("Internet")));
    assert_eq!(server.seen()[0].body, json!({ "q": "a \"b\"", "topic": "Internet", "size": 2 }));
    let article = faq.call("faq.get/1", json!({ "id": "1" })).expect("read");
    assert_eq!(article["updated_at"], "2026-01-02T03:04:05.000Z");
    assert_eq!(categories(&faq), [("Internet".to_owned(), 12)]);
    let failure = faq.call("faq.feedback/1", json!({ "id": "1", "helpful": true })).expect_err("no way");
    assert!(matches!(&failure, Failure::UnknownOperation(text) if text.contains("`feedback`")), "{failure}");
}

#[test]
fn what_cannot_work_is_told_with_its_key() {
    let server = server();
    let with = |key: &str, value: Json| {
        let mut config = config(&server);
        config[key] = value;
        create(&config).err().unwrap_or_else(|| panic!("{key} is taken"))
    };
    let cases = [
        (with("get", json!({ "path": "/{no}" })), "`get.path` names {no}"),
        (with("values", json!({})), "names {values.site}"),
        (with("article", json!({ "id": "{/no}", "title": "{x}", "body": "" })), "`article.title` names {x}"),
        (with("hit", json!({ "score": "{/rank" })), "`hit.score` has a brace"),
        (with("preset", json!("intercom")), "`preset` is one of zendesk"),
        (with("search", json!({ "path": "search" })), "`search.path` does not begin with /"),
    ];
    for (failure, names) in cases {
        let text = failure.message();
        assert!(matches!(failure, Failure::Invalid(_)) && text.contains(names), "{names}: {failure}");
    }
}
