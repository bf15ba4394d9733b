//! Closed doors: every route without credentials, with those of others, after log-out; log-ins that are guessed; writes
//! by cookie from elsewhere.

use crate::{Scene, form};
use hark_tests::client::{Api, Closed};
use hark_tests::{AgentClient, PATIENCE, Server};
use hyper::Method;
use serde_json::{Value, json};

/// Routes that anybody may use.
fn is_public(path: &str) -> bool {
    let operations = ["/healthz", "/readyz", "/v1/version", "/v1/openapi.json"];
    let customers = path.starts_with("/v1/widget/") || path.starts_with("/v1/faq/");
    let log_ins = matches!(path, "/v1/sessions" | "/v1/sessions/one-time");
    operations.contains(&path) || customers || log_ins
}

/// Methods and paths that the server says it has, with something in the place of each parameter.
async fn routes(api: &Api) -> Vec<(Method, String)> {
    let document = api.get("/v1/openapi.json").await.is(200);
    assert!(
        document["openapi"].as_str().is_some_and(|version| version.starts_with("3.1")),
        "{}",
        document["openapi"]
    );
    let mut routes = Vec::new();
    for (path, methods) in document["paths"].as_object().expect("an OpenAPI document has paths") {
        for method in ["GET", "POST", "PUT", "PATCH", "DELETE"] {
            if methods[method.to_lowercase()].is_object() {
                routes.push((method.parse().expect("a method"), path.clone()));
            }
        }
    }
    assert!(routes.len() > 50, "there are many routes: {}", routes.len());
    routes
}

/// The path with ids that look like ids.
fn filled(path: &str) -> String {
    let mut parts = path.split('/').map(|part| match part {
        "{key}" => "main".to_owned(),
        part if part.starts_with('{') => "int_01234567890123456789012345".to_owned(),
        part => part.to_owned(),
    });
    let first = parts.next().unwrap_or_default();
    parts.fold(first, |path, part| format!("{path}/{part}"))
}

#[tokio::test]
async fn every_route_asks_who_is_there() {
    let scene = Scene::set().await;
    let nobody = scene.server.nobody();
    for (method, path) in routes(&nobody).await {
        let body = matches!(method, Method::POST | Method::PUT | Method::PATCH).then(|| json!({}));
        let answer = nobody.send(method, &filled(&path), &[], body.as_ref()).await;
        if is_public(&path) {
            assert!(!matches!(answer.status, 401 | 403), "it is for everybody: {answer}");
        } else {
            answer.is_problem(401, "unauthorized");
        }
    }
    nobody.with("hrk_no-such-token").get("/v1/me").await.is_problem(401, "unauthorized");
    nobody.get("/v1/no-such-route").await.is_problem(404, "not_found");
    scene.leave().await;
}

#[tokio::test]
async fn customers_and_agents_stay_on_their_side() {
    let scene = Scene::set().await;
    let guest = scene.guest("Curious").await;
    for (method, path) in routes(&guest.api).await {
        let body = matches!(method, Method::POST | Method::PUT | Method::PATCH).then(|| json!({}));
        let own = path.starts_with("/v1/guest/")
            || path.starts_with("/v1/stream")
            || path.starts_with("/v1/events");
        if is_public(&path) || own {
            continue;
        }
        guest.api.send(method, &filled(&path), &[], body.as_ref()).await.is_problem(404, "not_found");
    }
    let agent = &scene.agent.api;
    for path in ["/v1/queues", "/v1/metrics/realtime", "/v1/plugins", "/v1/policies", "/v1/api-tokens"] {
        agent.get(path).await.is_problem(403, "forbidden");
    }
    let promoted = agent.post("/v1/agents", &json!({ "login": "me", "name": "me", "role": "admin" })).await;
    promoted.is_problem(403, "forbidden");
    let own = format!("/v1/agents/{}", scene.agent.id);
    agent
        .send(Method::PATCH, &own, &[], Some(&json!({ "role": "admin" })))
        .await
        .is_problem(403, "forbidden");
    agent.get("/v1/guest/chat").await.is_problem(403, "forbidden");
    scene.leave().await;
}

#[tokio::test]
async fn guessing_is_told_nothing_and_is_slowed_down() {
    let scene = Scene::set().await;
    let api = scene.server.nobody();
    let guess = |login: &str| json!({ "login": login, "password": "no such password" });
    let mut told: Vec<Value> = Vec::new();
    for login in ["ana", "nobody-of-this-name"] {
        let answer = api.post("/v1/sessions", &guess(login)).await;
        answer.is_problem(401, "bad_credentials");
        let mut body = answer.json();
        body["instance"].take();
        told.push(body);
    }
    assert_eq!(told[0], told[1], "who is there and who is not look the same");
    let mut limited = None;
    for _ in 0..30 {
        let answer = api.post("/v1/sessions", &guess("ana")).await;
        if answer.status == 429 {
            limited = Some(answer);
            break;
        }
    }
    let limited = limited.expect("who guesses must wait");
    limited.is_problem(429, "rate_limited");
    assert!(limited.header("retry-after").is_some(), "and is told for how long");
    scene.leave().await;
}

#[tokio::test]
async fn a_log_out_ends_token_and_stream() {
    let mut scene = Scene::set().await;
    scene.agent.api.delete("/v1/sessions/current").await.must_be(204);
    assert_eq!(scene.agent.stream.closes(PATIENCE).await, Closed(4003));
    scene.agent.api.get("/v1/me").await.is_problem(401, "unauthorized");
    scene.leave().await;
}

#[tokio::test]
async fn who_is_disabled_is_out_at_once() {
    let scene = Scene::set().await;
    let person = scene.server.hire("leo", "agent", 1, &["usual"]).await;
    let mut leo = AgentClient::arrive(&scene.server, &person).await;
    let path = format!("/v1/agents/{}", leo.id);
    scene
        .server
        .admin()
        .send(Method::PATCH, &path, &[], Some(&json!({ "disabled": true })))
        .await
        .must_be(200);
    assert_eq!(leo.stream.closes(PATIENCE).await, Closed(4003));
    leo.api.get("/v1/me").await.is_problem(401, "unauthorized");
    let log_in = json!({ "login": person.login, "password": person.password });
    scene.server.nobody().post("/v1/sessions", &log_in).await.is_problem(401, "bad_credentials");
    scene.leave().await;
}

#[tokio::test]
async fn a_write_by_cookie_comes_from_our_own_pages() {
    let scene = Scene::set().await;
    let person = scene.server.hire("leo", "agent", 1, &["usual"]).await;
    let api = scene.server.nobody();
    let log_in = json!({ "login": person.login, "password": person.password });
    let answer = api.post("/v1/sessions", &log_in).await;
    answer.must_be(201);
    let set = answer.header("set-cookie").expect("a log-in sets a cookie").to_owned();
    for part in ["HttpOnly", "SameSite=Lax"] {
        assert!(set.contains(part), "{set}");
    }
    let cookie = set.split(';').next().expect("a cookie has a value").to_owned();
    let (own, wish) = (api.base().to_owned(), json!({ "status": "available" }));
    let put = async |headers: &[(&str, &str)]| {
        let mut all = vec![("cookie", cookie.as_str())];
        all.extend_from_slice(headers);
        api.send(Method::PUT, "/v1/me/status", &all, Some(&wish)).await
    };
    put(&[]).await.is_problem(403, "csrf");
    put(&[("origin", &own)]).await.is_problem(403, "csrf");
    put(&[("x-hark-csrf", "1")]).await.is_problem(403, "csrf");
    put(&[("origin", "http://evil.example"), ("x-hark-csrf", "1")]).await.is_problem(403, "csrf");
    put(&[("origin", "null"), ("x-hark-csrf", "1")]).await.is_problem(403, "csrf");
    put(&[("origin", &own), ("x-hark-csrf", "1")]).await.must_be(200);
    api.send(Method::GET, "/v1/me", &[("cookie", &cookie)], None).await.must_be(200);
    let kept = api.post("/v1/widget/main/chats", &form("Still open")).await;
    kept.must_be(201);
    scene.leave().await;
}

#[tokio::test]
async fn nobody_writes_lines_of_their_own_into_the_log() {
    let desk = "default_queue = \"q\"\n[queues.q]\n[scripts]\nfiles = []\n[[widgets]]\nkey = \"main\"\n[log]\nlevel = \"debug\"\n";
    let mut server = Server::serve(&format!("plugins = []\n{desk}")).await;
    let forged = "x\r\nFORGED line\u{1b}[31m";
    let api = server.nobody();
    let log_in = json!({ "login": forged, "password": forged });
    api.post("/v1/sessions", &log_in).await.is_problem(401, "bad_credentials");
    api.post("/v1/widget/main/chats", &form(forged)).await.must_be(201);
    let agent = json!({ "login": forged, "name": forged });
    let made = server.admin().post("/v1/agents", &agent).await;
    assert!(made.status < 500, "{made}");
    assert!(server.stop().await.success());
    let log = server.log();
    assert!(log.contains("a log-in failed"), "the log tells of it: {log}");
    let forged =
        log.lines().filter(|line| line.trim_start().starts_with("FORGED") || line.contains('\u{1b}'));
    assert_eq!(forged.count(), 0, "each line of the log is Hark's own: {log}");
}
