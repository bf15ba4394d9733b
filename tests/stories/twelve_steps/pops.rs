//! Step 4 by itself: what pops for one match, a case number, several matches and none; and a permitted rejection.

use crate::agent;
use hark_tests::{AgentClient, Demo, GuestClient, Server};
use serde_json::{Value, json};

/// Offers a chat with this form and gives what pops; the chat is then taken through to its end.
async fn pop(server: &Server, demo: &Demo, agent: &mut AgentClient, mut form: Value) -> (Value, Value) {
    form["queue"] = json!("support");
    let guest = GuestClient::ask(&server.nobody(), &demo.widget, &form).await;
    let offer = agent.offered(&guest.chat).await;
    let pop = agent.popped(&offer).await;
    agent.take(&offer).await;
    agent.end(&guest.chat).await;
    let log = agent.log(&guest.chat).await;
    agent.finish(&guest.chat).await;
    agent.stream.of_chat("chat.closed", &guest.chat).await;
    (pop, log)
}

#[tokio::test]
async fn what_pops_follows_from_what_matches() {
    let (mut server, demo) = Server::demo().await;
    let mut agent = agent(&server, &demo).await;

    let (one, log) =
        pop(&server, &demo, &mut agent, json!({ "name": "M", "email": "maria.lopez@example.com" })).await;
    assert_eq!((&one["kind"], &one["matches"][0]["by"]), (&json!("record"), &json!("email")));
    assert_eq!((&log["mode"], &log["body"]["customer_name"]), (&json!("view"), &json!("Maria Lopez")));

    let (case, log) = pop(&server, &demo, &mut agent, json!({ "name": "M", "case": "CS-5512" })).await;
    assert_eq!((&case["kind"], &case["matches"][0]["case"]["number"]), (&json!("case"), &json!("CS-5512")));
    assert_eq!(log["mode"], "view");
    assert_eq!(log["body"]["case_id"], case["matches"][0]["case"]["id"], "the log belongs to the case");

    let (several, log) =
        pop(&server, &demo, &mut agent, json!({ "name": "Walker", "email": "family@example.com" })).await;
    let names: Vec<&Value> =
        several["matches"].as_array().into_iter().flatten().map(|one| &one["customer"]["name"]).collect();
    assert_eq!(several["kind"], "list");
    assert!(names.contains(&&json!("Anna Walker")) && names.contains(&&json!("Tom Walker")), "{names:?}");
    assert_eq!(log["mode"], "edit", "nobody has chosen one of them");

    let (none, log) =
        pop(&server, &demo, &mut agent, json!({ "name": "Somebody New", "email": "new@story.example" }))
            .await;
    assert_eq!(none["kind"], "blank");
    assert_eq!(none["fields"], json!({ "name": "Somebody New", "email": "new@story.example" }));
    assert_eq!(none["why"], Value::Null, "the CRM said that there is nobody");
    assert_eq!((&log["mode"], &log["body"]["customer_id"]), (&json!("edit"), &Value::Null));
    assert!(server.stop().await.success());
}

#[tokio::test]
async fn a_chosen_one_of_several_makes_the_log_theirs() {
    let (mut server, demo) = Server::demo().await;
    let mut agent = agent(&server, &demo).await;
    let form = json!({ "name": "Walker", "email": "family@example.com", "queue": "support" });
    let guest = GuestClient::ask(&server.nobody(), &demo.widget, &form).await;
    let offer = agent.offered(&guest.chat).await;
    let pop = agent.popped(&offer).await;
    agent.take(&offer).await;
    let tom =
        pop["matches"].as_array().into_iter().flatten().find(|one| one["customer"]["name"] == "Tom Walker");
    let tom = tom.expect("Tom is in the list")["customer"]["id"].clone();
    let path = format!("/v1/chats/{}/customer", guest.chat);
    agent.api.put(&path, &json!({ "customer_id": tom })).await.must_be(204);
    let linked = agent.stream.of_chat("customer.linked", &guest.chat).await;
    assert_eq!(linked.data["customer"]["name"], "Tom Walker");
    agent.end(&guest.chat).await;
    let log = agent.log(&guest.chat).await;
    assert_eq!((&log["mode"], &log["body"]["customer_id"]), (&json!("view"), &tom));
    assert!(server.stop().await.success());
}

#[tokio::test]
async fn a_permitted_rejection_is_a_break_and_the_next_agent_is_offered_the_chat() {
    let (mut server, demo) = Server::demo().await;
    let mut ana = agent(&server, &demo).await;
    let password = demo.said["agent"]["password"].as_str().expect("the demo tells it");
    let form = json!({ "name": "Unlucky", "queue": "support" });
    let mut guest = GuestClient::ask(&server.nobody(), &demo.widget, &form).await;
    let offer = ana.offered(&guest.chat).await;
    assert_eq!(offer["can_reject"], true);
    ana.api
        .press(&format!("/v1/offers/{}/reject", offer["id"].as_str().expect("it has an id")))
        .await
        .must_be(204);
    let status = ana.desk().await["status"].take();
    assert_eq!((&status["status"], &status["missed"]), (&json!("on_break"), &json!(true)));
    let mut leo = AgentClient::log_in(&server, "leo", password).await;
    leo.choose("available").await;
    let again = leo.offered(&guest.chat).await;
    assert_eq!(again["requested_at"], offer["requested_at"], "the chat kept its place");
    leo.take(&again).await;
    let connected = guest.stream.of_chat("chat.connected", &guest.chat).await;
    assert_eq!(connected.data["agent"], "Leo");
    assert!(server.stop().await.success());
}
