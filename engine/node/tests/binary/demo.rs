//! The demonstration.

use crate::support::Running;
use std::path::PathBuf;

#[test]
fn the_demonstration_tells_what_works_and_leaves_nothing_behind() {
    let mut demo = Running::demo(&[]);
    assert_eq!(demo.get("/healthz", "").0, 200);
    for who in ["agent", "supervisor", "admin"] {
        let (login, password) = (demo.told[who]["login"].as_str(), demo.told[who]["password"].as_str());
        let (status, answer) = demo.log_in(login.expect("it is told"), password.expect("it is told"));
        assert_eq!((status, answer["agent"]["role"].as_str()), (201, Some(who)), "{answer}");
    }
    let token = demo.told["admin"]["token"].as_str().expect("it is told").to_owned();
    let (_, plugins) = demo.get("/v1/plugins", &token);
    let states: Vec<_> =
        plugins["data"].as_array().expect("a list").iter().map(|plugin| &plugin["state"]).collect();
    assert_eq!(states, ["serving", "serving"], "{plugins}");
    let (_, policies) = demo.get("/v1/policies", &token);
    assert!(policies["points"].as_array().is_some_and(|points| !points.is_empty()), "{policies}");
    let (_, widget) = demo.get("/v1/widget/main", "");
    assert_eq!(widget["queues"].as_array().map(Vec::len), Some(3), "{widget}");
    let (_, hits) = demo.get("/v1/widget/main/faq?q=router", "");
    assert!(hits["hits"].as_array().is_some_and(|hits| !hits.is_empty()), "{hits}");
    let dir = PathBuf::from(demo.told["dir"].as_str().expect("it is told"));
    assert!(dir.join("data/secret").is_file());
    demo.signal("TERM");
    assert_eq!(demo.wait().code(), Some(0));
    assert!(!dir.exists());
}

#[test]
fn a_folder_that_is_named_is_kept_and_gone_on_with() {
    let folder = tempfile::tempdir().expect("a temporary folder can be made");
    let dir = folder.path().join("here").display().to_string();
    let mut demo = Running::demo(&["--dir", &dir]);
    let chat = serde_json::json!({ "name": "Maria", "question": "Is it kept?" });
    let (status, made) = demo.post("/v1/widget/main/chats", "", &chat);
    assert_eq!(status, 201, "{made}");
    demo.signal("INT");
    assert_eq!(demo.wait().code(), Some(0));
    let again = Running::demo(&["--dir", &dir]);
    let (status, seen) = again.get("/v1/guest/chat", made["token"].as_str().expect("a token"));
    assert_eq!(status, 200, "{seen}");
    assert_eq!(again.log_in("ana", again.told["agent"]["password"].as_str().expect("it is told")).0, 201);
}
