//! The desk's twelve steps over the wire, repeats that must change nothing, and races that one must win.

use crate::listen::Listener;
use crate::support::{Client, Desk, fresh, text};
use serde_json::{Value, json};

/// The parts of a chat that is under way.
struct Talk {
    desk: Desk,
    chat: String,
    agent: Client,
    customer: Client,
    console: Listener,
    page: Listener,
}

#[tokio::test(flavor = "multi_thread")]
async fn a_chat_runs_through_all_its_steps() {
    let mut talk = begin().await;
    converse(&mut talk).await;
    end(&mut talk).await;
    save_log(&talk).await;
    look_back(&talk).await;
}

/// The agent becomes Available, the customer searches, fills in the form and waits; the offer is accepted.
async fn begin() -> Talk {
    let desk = Desk::open().await;
    let agent = desk.log_in("ana").await;
    assert_eq!(agent.get("/v1/me/desk").await.json()["status"]["status"], "on_break");
    let status = agent.put("/v1/me/status", &json!({ "status": "available" })).await.json();
    assert_eq!(status["status"], "available");
    let mut console = Listener::open(&agent, None).await;
    let page = desk.anyone();
    let widget = page.get("/v1/widget/demo").await.json();
    assert_eq!((&widget["open"], &widget["message_limit"]), (&json!(true), &json!(500)));
    let hits = page.get("/v1/widget/demo/faq?q=re%20fund+now").await.json();
    assert_eq!(hits["hits"][0]["snippet"], "re fund now");
    assert_eq!(page.get("/v1/faq/billing%2Frefund").await.json()["id"], "billing/refund");
    let (chat, customer) = desk.customer("Ada").await;
    let offer = console.hear("offer.presented").await;
    assert_eq!(offer["data"]["chat_id"], chat.as_str());
    let offers = agent.get("/v1/me/desk").await.json()["offers"].clone();
    assert_eq!((&offers[0]["id"], &offers[0]["can_reject"]), (&offer["data"]["id"], &json!(true)));
    for field in ["id", "chat_id", "expires_at", "can_reject", "screen_pop"] {
        assert!(!offers[0][field].is_null(), "{field}");
    }
    let accept = format!("/v1/offers/{}/accept", text(&offer["data"]["id"]));
    let accepted = agent.post(&accept, &json!({})).await;
    assert_eq!((accepted.status, &accepted.json()["chat"]["state"]), (200, &json!("active")));
    console.hear("offer.accepted").await;
    assert_eq!(console.hear("agent.status_changed").await["data"]["status"], "busy");
    let page = Listener::open(&customer, None).await;
    Talk { desk, chat, agent, customer, console, page }
}

/// Both write, each sees the other type, and a private note stays private.
async fn converse(talk: &mut Talk) {
    let Talk { chat, agent, customer, console, page, .. } = talk;
    let path = format!("/v1/chats/{chat}/messages");
    assert_eq!(agent.post(&format!("/v1/chats/{chat}/typing"), &json!({ "on": true })).await.status, 204);
    assert_eq!(page.hear("typing.started").await["data"]["side"], "agent");
    let hello = agent.post(&path, &json!({ "client_id": fresh(), "text": "Hello <b>Ada</b>" })).await;
    assert_eq!(hello.status, 201, "{}", hello.text);
    assert_eq!(page.hear("message.created").await["data"]["text"], "Hello <b>Ada</b>");
    assert_eq!(customer.post("/v1/guest/typing", &json!({ "on": true })).await.status, 204);
    assert_eq!(console.hear("message.created").await["data"]["text"], "Hello <b>Ada</b>");
    assert_eq!(console.hear("typing.started").await["data"]["side"], "customer");
    let note = json!({ "client_id": fresh(), "text": "be kind", "kind": "note" });
    assert_eq!(agent.post(&path, &note).await.status, 201);
    let said = customer.post("/v1/guest/messages", &json!({ "client_id": fresh(), "text": "Hi" })).await;
    assert_eq!(said.json()["message"]["seq"], 3);
    assert_eq!(console.hear("message.created").await["data"]["kind"], "note");
    assert_eq!(console.hear("message.created").await["seq"], 3);
    assert_eq!(page.hear("message.created").await["seq"], 3, "the note was told to nobody else");
    let seen = customer.get("/v1/guest/messages?after_seq=0").await.json();
    assert_eq!(seen["data"].as_array().map(Vec::len), Some(2), "no note: {seen}");
}

/// The customer is found, the chat ends, and its codes are chosen.
async fn end(talk: &mut Talk) {
    let Talk { chat, agent, console, page, .. } = talk;
    let link = json!({ "customer_id": "c1" });
    assert_eq!(agent.put(&format!("/v1/chats/{chat}/customer"), &link).await.status, 204);
    assert_eq!(console.hear("customer.linked").await["data"]["customer"]["name"], "Ada");
    assert_eq!(agent.post(&format!("/v1/chats/{chat}/end"), &json!({})).await.status, 204);
    assert_eq!(page.hear("chat.ended").await["data"]["by"], "agent");
    let finish = format!("/v1/chats/{chat}/post-processing/finish");
    assert_eq!(agent.post(&finish, &json!({})).await.problem(), (409, "codes_missing".into()));
    let codes = json!({ "codes": [{ "list": "reason", "code": "refund" }], "note": "paid" });
    assert_eq!(agent.put(&format!("/v1/chats/{chat}/disposition"), &codes).await.status, 200);
}

/// View mode for a known customer; the log is saved against the version that was read; the wrap-up ends.
async fn save_log(talk: &Talk) {
    let (agent, log_path) = (&talk.agent, format!("/v1/chat-logs/{}", talk.chat));
    let log = agent.get(&log_path).await;
    assert_eq!((&log.json()["mode"], log.header("etag")), (&json!("view"), Some("\"v1\"")));
    let body = json!({ "subject": "Refund", "notes": "sent", "codes": [], "customer_id": "c1" });
    assert_eq!(agent.put(&log_path, &body).await.problem(), (428, "if_match_required".into()));
    let saved = agent.clone().with("if-match", "\"v1\"").put(&log_path, &body).await;
    assert_eq!((saved.status, saved.header("etag")), (200, Some("\"v2\"")), "{}", saved.text);
    let stale = agent.clone().with("if-match", "\"v1\"").put(&log_path, &json!({ "subject": "x" })).await;
    assert_eq!(stale.problem(), (412, "stale_version".into()));
    let finish = format!("/v1/chats/{}/post-processing/finish", talk.chat);
    assert_eq!(agent.post(&finish, &json!({})).await.status, 204);
    // Whoever never saw the answer asks again, and the chat may have left the desk since.
    assert_eq!(agent.post(&finish, &json!({})).await.status, 204);
    assert_eq!(agent.post(&format!("/v1/chats/{}/end", talk.chat), &json!({})).await.status, 204);
    assert_eq!(agent.get("/v1/me/desk").await.json()["status"]["status"], "available");
}

/// The chat is history for both.
async fn look_back(talk: &Talk) {
    let Talk { chat, agent, customer, .. } = talk;
    let closed = agent.get(&format!("/v1/chats/{chat}")).await.json();
    assert_eq!((&closed["state"], &closed["transcript"][2]["text"]), (&json!("closed"), &json!("Hi")));
    assert_eq!(customer.get("/v1/guest/chat").await.json()["state"], "ended");
    let late = customer.post("/v1/guest/messages", &json!({ "client_id": fresh(), "text": "late" })).await;
    assert_eq!(late.problem(), (409, "chat_ended".into()));
    let listed = agent.get("/v1/chats?state=closed").await.json();
    assert_eq!(listed["data"][0]["id"], chat.as_str(), "{listed}");
    let logs = talk.desk.log_in("sue").await.get("/v1/chat-logs?status=saved").await.json();
    assert_eq!(logs["data"][0]["chat_id"], chat.as_str(), "{logs}");
    let html = agent.get(&format!("/v1/chats/{chat}/transcript?format=html")).await;
    assert!(html.text.contains("Hello &lt;b&gt;Ada&lt;/b&gt;"), "{}", html.text);
    let trail = agent.get(&format!("/v1/chats/{chat}/events")).await.json();
    let events = trail["data"].as_array().expect("a list");
    let kinds: Vec<&Value> = events.iter().map(|event| &event["type"]).collect();
    for kind in ["chat.created", "offer.presented", "offer.accepted", "message.created", "chat.closed"] {
        assert!(kinds.contains(&&json!(kind)), "{kind} in {kinds:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_repeat_changes_nothing_and_is_told_the_same() {
    let desk = Desk::open().await;
    let form = json!({ "name": "Ada", "question": "?" });
    let once = desk.anyone().with("idempotency-key", "k1");
    let (first, again) = (
        once.post("/v1/widget/demo/chats", &form).await.json(),
        once.post("/v1/widget/demo/chats", &form).await.json(),
    );
    assert_eq!((&first["chat"]["id"], &first["token"]), (&again["chat"]["id"], &again["token"]));
    let other = once.post("/v1/widget/demo/chats", &json!({ "name": "Eve" })).await;
    assert_eq!(other.problem(), (422, "idempotency_key_reused".into()));
    let same = desk.bearer(&text(&first["token"])).post("/v1/widget/demo/chats", &form).await;
    assert_eq!((same.status, &same.json()["chat"]["id"]), (200, &first["chat"]["id"]), "two tabs, one chat");
    let customer = desk.bearer(&text(&first["token"]));
    let message = json!({ "client_id": "m1", "text": "Hi" });
    let (sent, again) = (
        customer.post("/v1/guest/messages", &message).await,
        customer.post("/v1/guest/messages", &message).await,
    );
    assert_eq!((sent.status, again.status), (201, 200));
    assert_eq!(sent.json(), again.json());
    let changed = customer.post("/v1/guest/messages", &json!({ "client_id": "m1", "text": "Ho" })).await;
    assert_eq!(changed.problem(), (422, "client_id_reused".into()));
    let long = json!({ "client_id": "m2", "text": "é".repeat(501) });
    assert_eq!(customer.post("/v1/guest/messages", &long).await.problem(), (422, "too_long".into()));
    let fits = json!({ "client_id": "m2", "text": "é".repeat(500) });
    assert_eq!(customer.post("/v1/guest/messages", &fits).await.status, 201);
    let admin = desk.log_in("adam").await.with("idempotency-key", "t1");
    let tokens = (
        admin.post("/v1/api-tokens", &json!({ "label": "bot" })).await.json(),
        admin.post("/v1/api-tokens", &json!({ "label": "bot" })).await.json(),
    );
    assert_eq!(tokens.0, tokens.1);
    assert_eq!(desk.bearer(&text(&tokens.0["token"])).get("/v1/me").await.json()["login"], "adam");
}

#[tokio::test(flavor = "multi_thread")]
async fn of_all_who_accept_an_offer_its_agent_wins_once() {
    let desk = Desk::open().await;
    let (ana, ben) = (desk.available("ana").await, desk.available("ben").await);
    let (chat, _) = desk.customer("Ada").await;
    let offers = (ana.get("/v1/offers").await.json(), ben.get("/v1/offers").await.json());
    let (winner, loser, offers) =
        if offers.0["data"][0].is_null() { (&ben, &ana, offers.1) } else { (&ana, &ben, offers.0) };
    let accept = format!("/v1/offers/{}/accept", text(&offers["data"][0]["id"]));
    let tries = (0..20).map(|number| {
        let (client, accept) = (if number % 2 == 0 { winner } else { loser }.clone(), accept.clone());
        tokio::spawn(async move { (number % 2 == 0, client.post(&accept, &json!({})).await) })
    });
    for tried in futures_util::future::join_all(tries).await {
        let (wins, reply) = tried.expect("it was sent");
        if wins {
            assert_eq!((reply.status, &reply.json()["chat"]["id"]), (200, &json!(chat)));
        } else {
            assert_eq!(reply.problem(), (409, "offer_taken".into()));
        }
    }
    let listed = desk.log_in("sue").await.get("/v1/chats").await.json();
    assert_eq!(listed["data"].as_array().map(Vec::len), Some(1));
    assert_eq!(loser.get(&format!("/v1/chats/{chat}")).await.problem(), (404, "chat_not_found".into()));
}
