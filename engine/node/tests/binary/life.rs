//! A desk's life: first start, a second one on its folder, a kill, a reload, a good end.

use crate::commands::initialised;
use crate::support::{Running, eventually, hark, hark_with_input, told};
use std::fs;
use std::os::unix::net::UnixDatagram;
use std::path::{Path, PathBuf};

/// A desk with an admin, on a free port, without plugins.
fn desk(folder: &Path) -> PathBuf {
    let file = initialised(folder);
    fs::write(&file, PLAIN).expect("it can be written");
    let name = file.display().to_string();
    let add = ["user", "add", "root", "--role", "admin", "--password-stdin", "--config", &name];
    let output = hark_with_input(&add, "a good password\n");
    assert!(output.status.success(), "{}", told(&output));
    file
}

const PLAIN: &str = "plugins = []\n[server]\nlisten = \"127.0.0.1:0\"\n";

#[test]
fn a_desk_begins_ends_and_goes_on_and_nobody_else_opens_its_folder() {
    let folder = tempfile::tempdir().expect("a temporary folder can be made");
    let file = desk(folder.path());
    let name = file.display().to_string();
    let mut running = Running::serve(&file);
    let (status, answer) = running.log_in("root", "a good password");
    assert_eq!(status, 201, "{answer}");

    let second = hark(&["serve", "--config", &name]).output().expect("the binary runs");
    assert_eq!(second.status.code(), Some(1), "{}", told(&second));
    assert!(told(&second).contains("in use"), "{}", told(&second));
    let user = hark(&["user", "list", "--config", &name]).output().expect("the binary runs");
    assert_eq!(user.status.code(), Some(1));
    assert!(told(&user).contains("stop it first, or ask it by POST /v1/agents"), "{}", told(&user));

    running.signal("TERM");
    assert_eq!(running.wait().code(), Some(0));
    assert_eq!(Running::serve(&file).log_in("root", "a good password").0, 201);
}

#[test]
fn what_was_acknowledged_outlives_a_kill() {
    let folder = tempfile::tempdir().expect("a temporary folder can be made");
    let file = desk(folder.path());
    let mut running = Running::serve(&file);
    let (_, answer) = running.log_in("root", "a good password");
    let token = answer["token"].as_str().expect("a token").to_owned();
    let agent = serde_json::json!({ "login": "leo", "name": "Leo", "role": "agent", "capacity": 3, "queues": ["support"],
        "password": "another good one" });
    let (status, made) = running.post("/v1/agents", &token, &agent);
    assert_eq!(status, 201, "{made}");
    running.signal("KILL");
    assert_eq!(running.wait().code(), None);
    let again = Running::serve(&file);
    assert_eq!(again.log_in("leo", "another good one").0, 201);
    assert_eq!(again.get("/v1/me", &token).1["login"], "root", "the log-in is kept as well");
}

#[test]
fn a_reload_takes_what_has_no_faults_and_nothing_else() {
    let folder = tempfile::tempdir().expect("a temporary folder can be made");
    let file = desk(folder.path());
    let running = Running::serve(&file);
    let queues = || {
        let (_, widget) = running.get("/v1/widget/main", "");
        let queues = widget["queues"].as_array().cloned().unwrap_or_default();
        queues.iter().map(|queue| queue["queue"].as_str().unwrap_or_default().to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(queues(), ["support"]);
    let two = format!("{PLAIN}[queues.support]\n[queues.sales]\n");
    fs::write(&file, &two).expect("it can be written");
    running.signal("HUP");
    eventually("the second queue is there", || (queues().len() == 2).then_some(()));
    fs::write(&file, format!("{two}[queues.third]\npriority = 77\n")).expect("it can be written");
    running.signal("HUP");
    fs::write(&file, format!("{two}[queues.fourth]\n")).expect("it can be written");
    running.signal("HUP");
    eventually("the fourth queue is there", || queues().contains(&"fourth".to_owned()).then_some(()));
    assert!(!queues().contains(&"third".to_owned()));
}

#[test]
fn a_reload_takes_no_scripts_that_fail_their_own_tests() {
    let folder = tempfile::tempdir().expect("a temporary folder can be made");
    let file = desk(folder.path());
    let scripts = file.with_file_name("scripts");
    fs::create_dir_all(scripts.join("test")).expect("a folder can be made");
    let rules = |greeting: &str| {
        format!("hark.on(\"route_chat\", function() return {{ turn_away = \"{greeting}\" }} end)")
    };
    let expect = "local desk = policy(\"mine.lua\")\nit(\"turns away politely\", function()\n\
        expect(desk.route_chat(chat()).turn_away).to_equal(\"Come again\")\nend)";
    fs::write(scripts.join("mine.lua"), rules("Come again")).expect("it can be written");
    fs::write(scripts.join("test/mine.lua"), expect).expect("it can be written");
    let mine = format!("{PLAIN}[scripts]\nfiles = [\"mine.lua\"]\n");
    fs::write(&file, &mine).expect("it can be written");
    let mut running = Running::serve(&file);
    let turned_away = |running: &Running| {
        let (status, told) =
            running.post("/v1/widget/main/chats", "", &serde_json::json!({ "name": "Maria" }));
        (status, told.to_string().contains("Come again"))
    };
    let polite = turned_away(&running);
    assert!(polite.1, "{polite:?}");
    fs::write(scripts.join("mine.lua"), rules("Go away")).expect("it can be written");
    fs::write(&file, format!("{mine}[queues.second]\n")).expect("it can be written");
    let said = running.reload();
    assert!(said.contains("not reloaded") && said.contains("turns away politely fails"), "{said}");
    assert_eq!(turned_away(&running), polite);
    fs::write(scripts.join("mine.lua"), rules("Come again soon")).expect("it can be written");
    fs::write(scripts.join("test/mine.lua"), "").expect("it can be written");
    let said = running.reload();
    assert!(!said.contains("not reloaded"), "{said}");
    assert!(turned_away(&running).1);
}

#[test]
fn a_reload_takes_no_scripts_that_fail_at_a_recorded_question() {
    let folder = tempfile::tempdir().expect("a temporary folder can be made");
    let file = desk(folder.path());
    let scripts = file.with_file_name("scripts");
    fs::create_dir_all(&scripts).expect("a folder can be made");
    let rules = |body: &str| format!("hark.on(\"route_chat\", function(chat) {body} end)");
    fs::write(scripts.join("mine.lua"), rules("return { priority = 3 }")).expect("it can be written");
    fs::write(&file, format!("{PLAIN}[scripts]\nfiles = [\"mine.lua\"]\n")).expect("it can be written");
    let mut running = Running::serve(&file);
    let ask = |name: &str| running.post("/v1/widget/main/chats", "", &serde_json::json!({ "name": name })).0;
    assert_eq!(ask("Mallory"), 201);
    // Without an e-mail address this one fails, and nothing but the record knows that there are such customers.
    let careless = rules("return { priority = #chat.form.email }");
    fs::write(scripts.join("mine.lua"), careless).expect("it can be written");
    let said = running.reload();
    let told = "a recorded question fails: mine.lua:1: attempt to get length of a nil value";
    assert!(said.contains("not reloaded") && said.contains(told), "{said}");
    fs::write(scripts.join("mine.lua"), rules("return { priority = 4 }")).expect("it can be written");
    let said = running.reload();
    assert!(!said.contains("not reloaded"), "{said}");
    assert!(said.contains("1 different"), "other answers are no failure: {said}");
}

#[test]
fn systemd_is_told() {
    let folder = tempfile::tempdir().expect("a temporary folder can be made");
    let file = desk(folder.path());
    let path = folder.path().join("notify");
    let socket = UnixDatagram::bind(&path).expect("a socket can be made");
    let mut command = hark(&["serve", "--config", &file.display().to_string()]);
    let mut child = command.env("NOTIFY_SOCKET", &path).spawn().expect("the binary starts");
    let hear = || {
        let mut buffer = [0; 256];
        let length = socket.recv(&mut buffer).expect("it is told");
        String::from_utf8_lossy(&buffer[..length]).into_owned()
    };
    assert_eq!(hear(), "READY=1");
    assert_eq!(hear(), "WATCHDOG=1");
    let pid = child.id().to_string();
    std::process::Command::new("kill").args(["-s", "TERM", &pid]).status().expect("there is a kill");
    while hear() != "STOPPING=1" {}
    assert!(child.wait().expect("it is ours").success());
}
