//! All twelve steps with a customer whom the CRM knows, in the demo's queue with mandatory codes and a log that is filed
//! by itself.

use crate::agent;
use hark_tests::client::Event;
use hark_tests::{AgentClient, GuestClient, PATIENCE, Server};
use serde_json::{Value, json};

const MARIA: &str = "maria.lopez@example.com";

#[tokio::test]
async fn twelve_steps_with_an_existing_customer() {
    let (mut server, demo) = Server::demo().await;
    let mut agent = agent(&server, &demo).await;
    let mut guest = step_2_ask(&server, &demo.widget).await;
    let offer = steps_3_and_4_pop(&mut agent, &guest).await;
    step_5_accept(&mut agent, &offer).await;
    step_6_write(&mut agent, &mut guest).await;
    step_7_faq(&agent, &mut guest).await;
    step_8_codes(&agent, &guest.chat).await;
    step_9_end(&mut agent, &mut guest).await;
    let customer = steps_10_and_11_log(&agent, &guest.chat).await;
    step_12_finish(&mut agent, &guest, &customer).await;
    assert_eq!(server.admin().server_faults(), Vec::<String>::new());
    assert!(server.stop().await.success());
}

async fn step_2_ask(server: &Server, widget: &str) -> GuestClient {
    let api = server.nobody();
    let page = api.get(&format!("/v1/widget/{widget}")).await.is(200);
    assert_eq!(
        (&page["open"], &page["faq"], &page["message_limit"]),
        (&json!(true), &json!(true), &json!(500))
    );
    let found = api.get(&format!("/v1/widget/{widget}/faq?q=pasword%20forgoten")).await.is(200);
    let hit =
        found["hits"][0]["id"].as_str().expect("a search with typing errors finds something").to_owned();
    let article = api.get(&format!("/v1/faq/{}", hit.replace('/', "%2F"))).await.is(200);
    assert_eq!(article["id"], hit.as_str());
    let form = json!({
        "name": "Maria Lopez", "email": MARIA, "queue": "billing", "question": "Why did I get two invoices?", "faq": hit,
    });
    let guest = GuestClient::ask(&api, widget, &form).await;
    assert_eq!(guest.told["state"], "waiting");
    assert!(
        guest.told["position"].is_null() || guest.told["position"] == 1,
        "the place in the queue: {}",
        guest.told
    );
    guest
}

async fn steps_3_and_4_pop(agent: &mut AgentClient, guest: &GuestClient) -> Value {
    let offer = agent.offered(&guest.chat).await;
    let desk = agent.desk().await;
    assert_eq!(desk["offers"][0]["id"], offer["id"]);
    assert_eq!(desk["offers"][0]["chat_id"], guest.chat.as_str());
    for field in ["expires_at", "can_reject", "screen_pop"] {
        assert!(!desk["offers"][0][field].is_null(), "an offer has {field}: {desk}");
    }
    let pop = agent.popped(&offer).await;
    assert_eq!(pop["kind"], "record", "one match is a record: {pop}");
    assert_eq!(pop["matches"][0]["customer"]["name"], "Maria Lopez");
    assert_eq!(pop["matches"][0]["customer"]["vip"], true);
    offer
}

async fn step_5_accept(agent: &mut AgentClient, offer: &Value) {
    let path = |verb: &str| format!("/v1/offers/{}/{verb}", offer["id"].as_str().expect("it has an id"));
    agent.api.press(&path("presented")).await.must_be(204);
    assert_eq!(offer["can_reject"], false, "the queue does not permit it");
    assert!(offer["reject_reason"].as_str().is_some_and(|why| !why.is_empty()));
    agent.api.press(&path("reject")).await.is_problem(403, "reject_not_permitted");
    let chat = agent.take(offer).await;
    assert_eq!(chat["state"], "active");
    assert_eq!(chat["customer"]["email"], MARIA, "the chat is tied to the record");
    assert_eq!(agent.take(offer).await["id"], chat["id"], "accepting again is no fault");
    assert_eq!(agent.status().await, "busy");
}

async fn step_6_write(agent: &mut AgentClient, guest: &mut GuestClient) {
    guest.stream.of_chat("chat.connected", &guest.chat).await;
    guest.api.post("/v1/guest/typing", &json!({ "on": true })).await.must_be(204);
    let typing = agent.stream.of_chat("typing.started", &guest.chat).await;
    assert_eq!(typing.data["side"], "customer");
    let asked = guest.say("c1", "Hello! I was billed twice — why?").await;
    agent.stream.until(PATIENCE, "the question", |event| event.data == asked).await;
    agent.stream.say(&json!({ "type": "typing", "chat_id": guest.chat, "on": true })).await;
    let typing = guest.stream.of_chat("typing.started", &guest.chat).await;
    assert_eq!(typing.data["side"], "agent");
    let note = json!({ "client_id": "n1", "text": "VIP, be quick", "kind": "note" });
    agent.api.post(&format!("/v1/chats/{}/messages", guest.chat), &note).await.must_be(201);
    let said = agent.say(&guest.chat, "a1", "Good morning, I am looking.").await;
    let next = |event: &Event| event.kind == "message.created" && event.data["from"] == "agent";
    let heard = guest.stream.until(PATIENCE, "the answer", next).await;
    assert_eq!(heard.data["text"], "Good morning, I am looking.", "the private note is not told");
    let seq = &said["seq"];
    guest.api.post("/v1/guest/read", &json!({ "delivered": seq, "read": seq })).await.must_be(204);
    let read = agent.stream.of_chat("message.read", &guest.chat).await;
    assert_eq!(read.data, json!({ "side": "customer", "delivered": seq, "read": seq }));
}

async fn step_7_faq(agent: &AgentClient, guest: &mut GuestClient) {
    let found = agent.api.get("/v1/faq?q=invoice").await.is(200);
    let id = found["hits"][0]["id"].as_str().expect("there are articles about invoices").replace('/', "%2F");
    let article = agent.api.get(&format!("/v1/faq/{id}")).await.is(200);
    let text = article["body"].as_str().expect("an article has a text");
    let body = json!({ "client_id": "f1", "text": text, "kind": "faq" });
    let sent = agent.api.post(&format!("/v1/chats/{}/messages", guest.chat), &body).await.is(201);
    let heard = guest.hears(text).await;
    assert_eq!((&heard, &heard["kind"]), (&sent["message"], &json!("faq")));
}

async fn step_8_codes(agent: &AgentClient, chat: &str) {
    let path = format!("/v1/chats/{chat}/disposition");
    let wrong = json!({ "codes": [{ "list": "outcome", "code": "NOPE" }] });
    let refused = agent.api.put(&path, &wrong).await;
    assert_eq!(refused.code(), "code_not_found", "{refused}");
    let codes = json!([{ "list": "topic", "code": "INV" }, { "list": "topic", "code": "REF" }]);
    let said =
        agent.api.put(&path, &json!({ "codes": codes, "note": "Two invoices in March" })).await.is(200);
    assert_eq!(said["codes"], codes);
    let mandatory = said["code_rules"]
        .as_array()
        .expect("there are rules")
        .iter()
        .filter(|rule| rule["mandatory"] == true);
    assert_eq!(mandatory.count(), 1);
}

async fn step_9_end(agent: &mut AgentClient, guest: &mut GuestClient) {
    agent.end(&guest.chat).await;
    let started = agent.stream.of_chat("post_processing.started", &guest.chat).await;
    assert_eq!(agent.status().await, "post_processing");
    let ended = guest.stream.of_chat("chat.ended", &guest.chat).await;
    assert_eq!(ended.data["by"], "agent");
    let late = json!({ "client_id": "c9", "text": "And one more thing" });
    guest.api.post("/v1/guest/messages", &late).await.is_problem(409, "chat_ended");
    let path = format!("/v1/chats/{}/post-processing", guest.chat);
    let extended = agent.api.press(&format!("{path}/extend")).await.is(200);
    assert!(extended["until"].as_str() > started.data["until"].as_str(), "more time: {extended}");
    agent.api.press(&format!("{path}/finish")).await.is_problem(409, "codes_missing");
}

async fn steps_10_and_11_log(agent: &AgentClient, chat: &str) -> String {
    let path = format!("/v1/chat-logs/{chat}");
    let log = agent.log(chat).await;
    assert_eq!((&log["mode"], &log["body"]["customer_name"]), (&json!("view"), &json!("Maria Lopez")));
    assert_eq!(log["body"]["notes"], "Two invoices in March");
    let customer = log["body"]["customer_id"].as_str().expect("the log is tied to the record").to_owned();
    let mut body = log["body"].clone();
    body["subject"] = json!("Double invoice");
    agent.api.put(&format!("{path}/draft"), &body).await.must_be(204);
    assert_eq!(agent.log(chat).await["draft"]["body"], body);
    agent.api.put(&path, &body).await.is_problem(428, "if_match_required");
    let stale = [("if-match", "\"v7\"")];
    agent.api.send(hyper::Method::PUT, &path, &stale, Some(&body)).await.is_problem(412, "stale_version");
    let codes = json!({ "codes": [{ "list": "outcome", "code": "OK" }, { "list": "topic", "code": "INV" }], "note": "Done" });
    agent.api.put(&format!("/v1/chats/{chat}/disposition"), &codes).await.must_be(200);
    customer
}

async fn step_12_finish(agent: &mut AgentClient, guest: &GuestClient, customer: &str) {
    agent.finish(&guest.chat).await;
    agent.stream.of_chat("chat.closed", &guest.chat).await;
    assert_eq!(agent.status().await, "available");
    let filed = agent.stream.of_chat("chat_log.filed", &guest.chat).await;
    let cases = agent.api.get(&format!("/v1/customers/{customer}/cases")).await.is(200);
    let cases = cases["data"].as_array().expect("a list has data");
    let case =
        cases.iter().find(|case| case["id"] == filed.data["case"]["id"]).expect("the case is the customer's");
    let noted = |text: &str| case["notes"].to_string().contains(text);
    assert!(
        noted("I was billed twice — why?") && noted("I am looking."),
        "the transcript is in the case: {case}"
    );
    let transcript = guest.api.get("/v1/guest/transcript?format=txt").await;
    transcript.must_be(200);
    let text = String::from_utf8_lossy(&transcript.body);
    assert!(text.contains("I was billed twice — why?") && !text.contains("VIP, be quick"), "{text}");
}
