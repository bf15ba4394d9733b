//! Who may do what: every route for every role and for nobody, log-in and log-out, cookies and their traps, and
//! customers who try each other's doors.

use crate::support::{Client, Desk, PASSWORD, text};
use serde_json::{Value, json};
use std::collections::BTreeSet;

const METHODS: [&str; 5] = ["get", "post", "put", "patch", "delete"];

/// Every route as the description names it: method, path, least role.
fn routes() -> Vec<(String, String, String)> {
    let document = hark_http::openapi();
    let paths = document["paths"].as_object().expect("paths");
    let operations = paths.iter().flat_map(|(path, operations)| {
        let operations = operations.as_object().expect("operations");
        operations
            .iter()
            .map(move |(method, operation)| (method.clone(), path.clone(), text(&operation["x-role"])))
    });
    operations.collect()
}

/// A path with ids that name nothing.
fn nowhere(path: &str) -> String {
    let path = path.replace("/agents/{id}", "/agents/agt_00000000000000000000000000");
    let path = path.replace("/offers/{id}", "/offers/off_00000000000000000000000000");
    let path = path.replace("/api-tokens/{id}", "/api-tokens/tok_00000000000000000000000000");
    let path = path.replace("{chat_id}", "int_00000000000000000000000000").replace("{key}", "demo");
    path.replace("{id}", "int_00000000000000000000000000")
}

/// Streams wait; they have tests of their own.
fn waits(path: &str) -> bool {
    path.starts_with("/v1/events") || path == "/v1/stream"
}

fn expected(needs: &str, has: &str) -> Option<u16> {
    let rank = |role: &str| ["agent", "supervisor", "admin"].iter().position(|known| *known == role);
    match (needs, has) {
        ("anyone", _) | ("guest" | "guest_or_agent", "guest") => None,
        (_, "nobody") => Some(401),
        (_, "guest") => Some(404),
        ("guest", _) => Some(403),
        ("guest_or_agent", _) => None,
        (needs, has) if rank(has) >= rank(needs) => None,
        _ => Some(403),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_route_knows_who_may_use_it() {
    let desk = Desk::open().await;
    let (_, guest) = desk.customer("Ada").await;
    let mut tried = 0;
    for (method, path, needs) in routes() {
        // Logging out would end the rest of the test.
        if waits(&path) || path == "/v1/sessions/current" {
            continue;
        }
        for has in ["nobody", "guest", "agent", "supervisor", "admin"] {
            let client = match has {
                "nobody" => desk.anyone(),
                "guest" => guest.clone(),
                "agent" => desk.log_in_once("ana").await,
                "supervisor" => desk.log_in_once("sue").await,
                _ => desk.log_in_once("adam").await,
            };
            let reply = client.send(&method.to_uppercase(), &nowhere(&path), None).await;
            match expected(&needs, has) {
                Some(status) => assert_eq!(reply.problem().0, status, "{method} {path} as {has}"),
                None => assert!(
                    ![401, 403, 405].contains(&reply.status) || reply.json()["code"] != "unauthorized",
                    "{method} {path} as {has}: {}",
                    reply.text
                ),
            }
            assert!(reply.status < 500 || reply.status == 503, "{method} {path} as {has}: {}", reply.text);
            assert!(reply.header("x-request-id").is_some(), "{method} {path}");
            tried += 1;
        }
    }
    assert!(tried > 250, "{tried} tries are too few to be all routes");
}

impl Desk {
    /// The same log-in each time, so that hundreds of tries cost one password.
    async fn log_in_once(&self, login: &str) -> Client {
        use std::collections::HashMap;
        use std::sync::Mutex;
        static TOKENS: Mutex<Option<HashMap<(String, u16), String>>> = Mutex::new(None);
        let key = (login.to_owned(), self.address.port());
        let known = TOKENS.lock().expect("whole").get_or_insert_default().get(&key).cloned();
        match known {
            Some(token) => self.bearer(&token),
            None => {
                let client = self.log_in(login).await;
                TOKENS.lock().expect("whole").get_or_insert_default().insert(key, client.token());
                client
            }
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_description_is_whole() {
    let document = hark_http::openapi();
    assert_eq!(document["openapi"], "3.1.0");
    let text = document.to_string();
    let schemas = document["components"]["schemas"].as_object().expect("schemas");
    for (at, _) in text.match_indices("#/components/schemas/") {
        let name: String = text[at + 21..].chars().take_while(|letter| *letter != '"').collect();
        assert!(schemas.contains_key(&name), "{name} is referred to and not there");
    }
    let ids: Vec<String> = routes().into_iter().map(|(method, path, _)| format!("{method} {path}")).collect();
    assert_eq!(ids.iter().collect::<BTreeSet<_>>().len(), ids.len());
    assert!(routes().iter().all(|(method, _, _)| METHODS.contains(&method.as_str())));
    let desk = Desk::open().await;
    assert_eq!(desk.anyone().get("/v1/openapi.json").await.json(), document);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_log_in_begins_and_ends() {
    let desk = Desk::open().await;
    let wrong = |login: &str, password: &str| json!({ "login": login, "password": password });
    let anyone = desk.anyone();
    let (bad, unknown) = (
        anyone.post("/v1/sessions", &wrong("ana", "x")).await,
        anyone.post("/v1/sessions", &wrong("nobody", "x")).await,
    );
    assert_eq!(bad.problem(), (401, "bad_credentials".into()));
    assert_eq!((bad.problem(), &bad.json()["detail"]), (unknown.problem(), &unknown.json()["detail"]));
    let ana = desk.log_in("ana").await;
    assert_eq!(ana.get("/v1/me").await.json()["login"], "ana");
    assert_eq!(ana.send("DELETE", "/v1/sessions/current", None).await.status, 204);
    assert_eq!(ana.get("/v1/me").await.problem(), (401, "unauthorized".into()));
    let mut limited = 0;
    for _ in 0..12 {
        limited += u32::from(anyone.post("/v1/sessions", &wrong("ben", "x")).await.status == 429);
    }
    assert!(limited >= 1, "guessing is slowed down");
    let again = anyone.post("/v1/sessions", &wrong("ben", PASSWORD)).await;
    assert_eq!(again.problem(), (429, "rate_limited".into()));
    assert!(again.header("retry-after").is_some());
    desk.log_in("sue").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_cookie_writes_from_our_own_pages_alone() {
    let desk = Desk::open().await;
    let answer = desk.anyone().post("/v1/sessions", &json!({ "login": "ana", "password": PASSWORD })).await;
    let cookie = answer.header("set-cookie").expect("a cookie").to_owned();
    assert!(cookie.starts_with("hark=hrs_") && cookie.contains("; HttpOnly; SameSite=Lax"), "{cookie}");
    let pair = cookie.split(';').next().expect("a pair");
    let page = desk.anyone().with("cookie", pair);
    assert_eq!(page.get("/v1/me").await.status, 200);
    let status = json!({ "status": "work_offline" });
    let own = format!("http://{}", desk.address);
    let csrf = (403, "csrf".to_owned());
    assert_eq!(page.put("/v1/me/status", &status).await.problem(), csrf);
    assert_eq!(page.clone().with("origin", &own).put("/v1/me/status", &status).await.problem(), csrf);
    let evil = page.clone().with("x-hark-csrf", "1").with("origin", "http://evil.example");
    assert_eq!(evil.put("/v1/me/status", &status).await.problem(), csrf);
    let good = page.with("x-hark-csrf", "1").with("origin", &own);
    assert_eq!(good.put("/v1/me/status", &status).await.json()["status"], "work_offline");
}

#[tokio::test(flavor = "multi_thread")]
async fn customers_see_their_own_chat_and_nothing_else() {
    let desk = Desk::open().await;
    let (mine, me) = desk.customer("Ada").await;
    let (theirs, other) = desk.customer("Eve").await;
    assert_eq!(me.get("/v1/guest/chat").await.json()["id"], mine.as_str());
    assert_eq!(other.get("/v1/guest/chat").await.json()["id"], theirs.as_str());
    let mut bodies = BTreeSet::new();
    for path in [format!("/v1/chats/{mine}"), format!("/v1/chats/{theirs}"), "/v1/chats/int_x".into()] {
        for (method, path) in
            [("GET", path.clone()), ("POST", format!("{path}/end")), ("GET", path + "/events")]
        {
            let reply = me.send(method, &path, None).await;
            assert_eq!(reply.problem(), (404, "not_found".into()), "{path}");
            let mut body: Value = reply.json();
            body["instance"] = json!("");
            bodies.insert(body.to_string());
        }
    }
    assert_eq!(bodies.len(), 1, "what is there and what is not look the same: {bodies:?}");
    let forged = format!("gst_{}_{}", &theirs[4..], me.token().rsplit('_').next().expect("a signature"));
    assert_eq!(desk.bearer(&forged).get("/v1/guest/chat").await.problem(), (401, "unauthorized".into()));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_disabled_agent_is_out_at_once() {
    let desk = Desk::open().await;
    let (ben, admin) = (desk.log_in("ben").await, desk.log_in("adam").await);
    let id = text(&ben.get("/v1/me").await.json()["id"]);
    let change = json!({ "disabled": true }).to_string();
    assert_eq!(admin.send("PATCH", &format!("/v1/agents/{id}"), Some(change)).await.status, 200);
    assert_eq!(ben.get("/v1/me").await.status, 401);
    let body = json!({ "login": "ben", "password": PASSWORD });
    assert_eq!(desk.anyone().post("/v1/sessions", &body).await.problem(), (401, "bad_credentials".into()));
}
