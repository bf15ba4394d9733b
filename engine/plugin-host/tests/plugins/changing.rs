//! Plugins that are loaded, unloaded and reloaded while they are asked, in the desk's process and in a child: no
//! operation is lost, and a build that cannot serve never takes the place of one that does.

use crate::common::{DO, Loaded, bad_with, load, plugin, until};
use hark_plugin_host::{Isolation, PluginOptions, Refusal, Successor};
use hark_runtime::{SystemErrorKind, Systems as _};
use serde_json::{Value, json};
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};
use tempfile::TempDir;
use tokio::task::{JoinHandle, spawn_blocking};

const BOTH: [Isolation; 2] = [Isolation::InProcess, Isolation::Process];
/// Reloads while operations come and go.
const RELOADS: u64 = 25;
/// Askers meanwhile.
const ASKERS: usize = 6;

/// A desk with one plugin, whose file can be replaced.
struct Desk {
    loaded: Arc<Loaded>,
    folder: TempDir,
}

fn edition(flags: &[&str]) -> PathBuf {
    bad_with("edition", flags)
}

fn second() -> PathBuf {
    edition(&["-DEDITION=\"2\""])
}

impl Desk {
    /// The first edition serves.
    fn open(isolation: Isolation) -> Self {
        Self::with(isolation, |_| {})
    }

    fn with(isolation: Isolation, change: impl FnOnce(&mut PluginOptions)) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let mut options = PluginOptions {
            isolation,
            deadline_ms: 30_000,
            config: json!({ "bye": folder.path().join("bye") }),
            ..plugin("crm", folder.path().join("crm.so"))
        };
        change(&mut options);
        lay(folder.path(), &edition(&[]));
        Self { loaded: Arc::new(load(vec![options])), folder }
    }

    /// A new build in the old one's place, put there as a careful build does it.
    fn lay(&self, library: &Path) {
        lay(self.folder.path(), library);
    }

    fn file(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    async fn change<T: Send + 'static>(&self, wish: impl FnOnce(&Loaded) -> T + Send + 'static) -> T {
        let loaded = Arc::clone(&self.loaded);
        spawn_blocking(move || wish(&loaded)).await.expect("no panic")
    }

    async fn reload(&self) -> Result<(), Refusal> {
        self.change(|desk| {
            let changing = desk.host.changing().expect("nobody else is at it");
            changing.reload("crm").map(Successor::take_over)
        })
        .await
    }

    async fn load(&self) -> Result<(), Refusal> {
        self.change(|desk| {
            let changing = desk.host.changing().expect("nobody else is at it");
            changing.load("crm").map(Successor::take_over)
        })
        .await
    }

    async fn unload(&self) -> Result<(), Refusal> {
        self.change(|desk| desk.host.changing().expect("nobody else is at it").unload("crm")).await
    }

    async fn edition(&self) -> Value {
        self.loaded.ask(DO, json!({})).await.expect("it answers")["edition"].clone()
    }

    /// An operation that the plugin holds until this file is gone.
    async fn hold(&self, name: &str) -> (PathBuf, JoinHandle<Value>) {
        let (path, loaded) = (self.file(name), Arc::clone(&self.loaded));
        let request = json!(path);
        let held = tokio::spawn(async move { loaded.ask(DO, request).await.expect("it answers") });
        until("the plugin has it", || path.exists()).await;
        (path, held)
    }

    /// Why a reload is refused; the first edition serves on.
    async fn refusal(&self) -> String {
        let why = self.reload().await.expect_err("it cannot serve").to_string();
        assert_eq!(self.edition().await, "1", "{why}");
        let report = self.loaded.report("crm");
        assert_eq!((report.state.as_str(), report.reloads, report.restarts), ("serving", 0, 0), "{why}");
        why
    }
}

/// By renaming: what is read is one build or the other.
fn lay(folder: &Path, library: &Path) {
    let beside = folder.join("new.so");
    fs::copy(library, &beside).expect("copied");
    fs::rename(beside, folder.join("crm.so")).expect("renamed");
}

fn runs(pid: u32) -> bool {
    fs::exists(format!("/proc/{pid}")).expect("there is a /proc")
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_new_build_gets_what_comes_and_the_old_one_finishes_what_it_has() {
    for isolation in BOTH {
        let desk = Desk::open(isolation);
        let before = desk.loaded.report("crm");
        assert_eq!(desk.edition().await, "1");
        let (path, held) = desk.hold("held").await;
        desk.lay(&second());
        desk.reload().await.expect("it is in order");
        assert_eq!(desk.edition().await, "2");
        assert!(!held.is_finished() && !desk.file("bye").exists(), "the old one waits for its own");
        fs::remove_file(path).expect("removed");
        assert_eq!(held.await.expect("no panic"), json!({ "edition": "1" }));
        until("the end of the old one", || desk.file("bye").exists()).await;
        if let Some(pid) = before.pid {
            until("the end of its process", || !runs(pid)).await;
        }
        let report = desk.loaded.report("crm");
        assert_eq!((report.reloads, report.restarts, report.calls, report.errors), (1, 0, 3, 0));
        assert_eq!((report.version.as_str(), report.state.as_str()), ("2", "serving"));
        assert_ne!(report.sha256, before.sha256);
        assert_eq!(report.pid.is_some(), isolation == Isolation::Process);
        let copies = fs::read_dir(desk_cache(&desk)).expect("there are copies").count();
        assert_eq!(copies, 1, "the former build's copy is not kept");
    }
}

fn desk_cache(desk: &Desk) -> PathBuf {
    desk.loaded.folder().join("cache")
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_waits_for_a_seat_of_the_old_one_is_answered_by_the_new_one() {
    for isolation in BOTH {
        let desk = Desk::with(isolation, |options| options.max_in_flight = Some(1));
        let (path, held) = desk.hold("held").await;
        let loaded = Arc::clone(&desk.loaded);
        let waiting = tokio::spawn(async move { loaded.ask(DO, json!({})).await });
        until("it is asked", || desk.loaded.report("crm").calls == 2).await;
        desk.lay(&second());
        desk.reload().await.expect("it is in order");
        assert_eq!(waiting.await.expect("no panic"), Ok(json!({ "edition": "2" })));
        fs::remove_file(path).expect("removed");
        assert_eq!(held.await.expect("no panic"), json!({ "edition": "1" }));
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_operation_is_lost_however_often_builds_change() {
    for isolation in BOTH {
        let desk = Desk::open(isolation);
        let (over, asked) = (Arc::new(AtomicBool::new(false)), Arc::new(AtomicU64::new(0)));
        let askers: Vec<_> = (0..ASKERS)
            .map(|_| {
                let (loaded, over, asked) = (Arc::clone(&desk.loaded), Arc::clone(&over), Arc::clone(&asked));
                tokio::spawn(async move {
                    while !over.load(Ordering::Relaxed) {
                        loaded.ask(DO, json!({})).await.expect("nothing is lost");
                        asked.fetch_add(1, Ordering::Relaxed);
                    }
                })
            })
            .collect();
        for number in 0..RELOADS {
            let before = asked.load(Ordering::Relaxed);
            desk.lay(&if number % 2 == 0 { second() } else { edition(&[]) });
            desk.reload().await.expect("it is in order");
            until("further answers", || asked.load(Ordering::Relaxed) > before).await;
        }
        over.store(true, Ordering::Relaxed);
        for asker in askers {
            asker.await.expect("nothing is lost");
        }
        let report = desk.loaded.report("crm");
        assert_eq!((report.reloads, report.errors, report.dropped), (RELOADS, 0, 0));
        assert_eq!(report.calls, asked.load(Ordering::Relaxed));
        assert_eq!(desk.edition().await, "2");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_build_that_cannot_serve_is_refused_and_the_old_one_serves_on() {
    let schema = "-DSCHEMA=\"{\\\"type\\\":\\\"object\\\",\\\"required\\\":[\\\"server\\\"]}\"";
    let builds = [
        (bad_with("version", &[]), "it exports no hark_plugin_v1"),
        (bad_with("small", &[]), "its table has 8 bytes"),
        (edition(&[schema]), "in its configuration"),
        (edition(&["-DCREATE=return say(error,\"no licence\",HARK_REFUSED)"]), "no licence"),
        (edition(&["-DCREATE=return say(error,\"not yet\",HARK_UNAVAILABLE)"]), "not yet"),
        (
            edition(&["-DHEALTH=return say(message,\"a cold\",HARK_UNAVAILABLE)"]),
            "it says that it is not well: a cold",
        ),
    ];
    for isolation in BOTH {
        let desk = Desk::open(isolation);
        for (library, told) in &builds {
            desk.lay(library);
            let why = desk.refusal().await;
            assert!(why.contains(told), "{}: {why}", library.display());
        }
        fs::write(desk.file("crm.so"), "no library").expect("written");
        assert!(desk.refusal().await.starts_with("it cannot be loaded: "));
        fs::remove_file(desk.file("crm.so")).expect("removed");
        assert!(desk.refusal().await.contains("cannot be read"));
        if isolation == Isolation::Process {
            desk.lay(&edition(&["-DCREATE=abort()"]));
            assert!(desk.refusal().await.ends_with("was ended by signal 6 (abort)"));
            desk.lay(&edition(&["-DHEALTH=abort()"]));
            assert!(desk.refusal().await.contains("unexpectedly"));
        }
        desk.lay(&second());
        desk.reload().await.expect("it is in order");
        assert_eq!(desk.edition().await, "2");
    }
}

/// All of them at the same time: each takes as long as a start may take.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_build_that_hangs_is_given_up_and_the_old_one_serves_meanwhile() {
    let hangs = [
        ("-DCREATE=for(;;)pause_ms(1000)", "took longer than 10 s"),
        ("-DHEALTH=for(;;)pause_ms(1000)", "did not say how it is within 10 s"),
    ];
    let began = Instant::now();
    let mut all = Vec::new();
    for isolation in BOTH {
        for (flag, told) in hangs {
            let desk = Desk::open(isolation);
            desk.lay(&edition(&[flag]));
            all.push(tokio::spawn(async move {
                let (refused, busy) = tokio::join!(desk.refusal(), async {
                    until("the change has begun", || desk.loaded.host.changing().is_none()).await;
                    assert_eq!(desk.edition().await, "1");
                });
                let () = busy;
                assert!(refused.contains(told), "{refused}");
            }));
        }
    }
    for one in all {
        one.await.expect("it is given up");
    }
    assert!(began.elapsed() < Duration::from_secs(60), "{:?}", began.elapsed());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_unloaded_plugin_answers_at_once_that_it_is_until_it_is_loaded() {
    for isolation in BOTH {
        let desk = Desk::open(isolation);
        let (path, held) = desk.hold("held").await;
        let pid = desk.loaded.report("crm").pid;
        desk.unload().await.expect("it is loaded");
        let failure = desk.loaded.ask(DO, json!({})).await.expect_err("it is unloaded");
        assert_eq!(failure.kind, SystemErrorKind::Unavailable);
        assert_eq!(failure.message, "crm has been unloaded");
        fs::remove_file(path).expect("removed");
        assert_eq!(held.await.expect("no panic"), json!({ "edition": "1" }), "what was begun is finished");
        until("its end", || desk.file("bye").exists() && pid.is_none_or(|pid| !runs(pid))).await;
        let report = desk.loaded.report("crm");
        assert_eq!((report.state.as_str(), report.pid, report.restarts), ("unloaded", None, 0));
        assert!(desk.loaded.host.has(DO), "it would, if it were loaded");
        assert_eq!(desk.unload().await, Err(Refusal::Unloaded));
        assert_eq!(desk.reload().await, Err(Refusal::Unloaded));
        // As at the start of a desk, one that is ill is loaded all the same.
        desk.lay(&edition(&["-DEDITION=\"3\"", "-DHEALTH=return say(message,\"a cold\",HARK_UNAVAILABLE)"]));
        desk.load().await.expect("it starts");
        assert_eq!(desk.edition().await, "3");
        until("its health", || desk.loaded.report("crm").state == "failing").await;
        assert_eq!(desk.load().await, Err(Refusal::Loaded));
        let report = desk.loaded.report("crm");
        assert_eq!((report.reloads, report.last_error.as_deref()), (0, Some("a cold")));
    }
}

#[tokio::test]
async fn while_one_is_unloaded_the_next_that_can_is_asked() {
    let config = json!({ "bye": "/dev/null" });
    let first = PluginOptions { config: config.clone(), ..plugin("first", edition(&[])) };
    let desk = load(vec![first, PluginOptions { config, ..plugin("second", second()) }]);
    assert_eq!(desk.ask(DO, json!({})).await, Ok(json!({ "edition": "1" })));
    let changing = desk.host.changing().expect("nobody else is at it");
    assert_eq!(changing.unload("third"), Err(Refusal::Unknown));
    changing.unload("first").expect("it is loaded");
    assert_eq!(desk.ask(DO, json!({})).await, Ok(json!({ "edition": "2" })));
    assert!(desk.host.changing().is_none(), "one change at a time");
    changing.load("first").expect("it starts").take_over();
    assert_eq!(desk.ask(DO, json!({})).await, Ok(json!({ "edition": "1" })));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_build_that_is_not_wanted_in_the_end_leaves_nothing_behind() {
    let desk = Desk::open(Isolation::Process);
    let pid = desk.loaded.report("crm").pid;
    desk.lay(&second());
    let seen = desk
        .change(|desk| {
            let changing = desk.host.changing().expect("nobody else is at it");
            changing.reload("crm").map(|successor| successor.look().manifest.version)
        })
        .await;
    assert_eq!(seen.as_deref(), Ok("2"));
    assert_eq!(desk.edition().await, "1");
    until("the end of the other", || desk.file("bye").exists()).await;
    assert_eq!((desk.loaded.report("crm").pid, desk.loaded.report("crm").reloads), (pid, 0));
}
