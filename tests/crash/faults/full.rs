//! A full disk: before the journal is full to its last byte the desk takes no more commands, says so, and can be read,
//! also after a start; with room it goes on by itself.

use super::Talk;
use crate::shim::{Fault, Shim};
use hyper::Method;
use serde_json::json;

/// More of these than fit into a segment of 1 MiB.
const MESSAGES: usize = 400;
const LENGTH: usize = 5000;

pub(super) async fn a_full_disk_is_read_and_goes_on_when_there_is_room(shim: &Shim) {
    let mut talk = Talk::begin(shim).await;
    shim.make(Fault::Full);
    let text = "x".repeat(LENGTH);
    let mut refused = None;
    for number in 5..MESSAGES {
        let answer = talk.say(number, &text).await.expect("the server stays");
        if answer.status != 201 {
            answer.is_problem(503, "disk_full");
            assert!(answer.header("retry-after").is_some(), "{answer}");
            refused = Some(number);
            break;
        }
    }
    let refused = refused.expect("a full disk is noticed before the journal is full");
    must_be_readable_and_no_more(&talk).await;
    assert!(talk.server.stop().await.success(), "it stops in order\n{}", talk.server.log());
    talk.server.spawn();
    talk.ready(503).await;
    must_be_readable_and_no_more(&talk).await;
    shim.make(Fault::None);
    talk.ready(200).await;
    let answer = talk.say(refused, &text).await.expect("the server serves");
    assert_eq!(answer.status, 201, "nothing of what was refused was kept: {answer}");
    talk.must_be_whole(0).await;
    assert!(talk.server.stop().await.success());
    eprintln!("faults: a full disk refused message {refused}, was read, and went on");
}

async fn must_be_readable_and_no_more(talk: &Talk) {
    let answer = talk.ready(503).await;
    assert_eq!(answer.code(), "not_ready");
    assert!(
        answer.json()["detail"].as_str().is_some_and(|detail| detail.contains("disk is full")),
        "{answer}"
    );
    talk.server.nobody().get("/healthz").await.must_be(200);
    talk.must_be_whole(0).await;
    let form = json!({ "name": "Another" });
    let path = "/v1/widget/main/chats";
    let asked =
        talk.server.nobody().try_send(Method::POST, path, Some(&form)).await.expect("the server answers");
    asked.is_problem(503, "disk_full");
    assert!(talk.server.has_said("the disk is full"), "{}", talk.server.log());
}
