//! Plugins that break their process, in a child: none delays an operation by more than its deadline, the state tells
//! what happened, and the next child serves.

use crate::common::{DO, Loaded, STATS, bad, bad_with, faults, load, plugin, until};
use hark_plugin_host::{Isolation, PluginOptions, limits};
use hark_runtime::SystemErrorKind;
use serde_json::json;
use std::path::PathBuf;
use std::time::{Duration, Instant};

/// Beyond a deadline, for a machine that has much else to do: what is proved is that nobody waits for the plugin.
const SLACK: Duration = Duration::from_secs(10);

fn apart(path: PathBuf) -> PluginOptions {
    PluginOptions { isolation: Isolation::Process, deadline_ms: 500, ..plugin("crm", path) }
}

fn desk() -> Loaded {
    load(vec![apart(bad("crash"))])
}

impl Loaded {
    /// Asks for a death, and says how it was told.
    async fn dies_of(&self, wish: &str) -> String {
        let pid = self.report("crm").pid.expect("a child runs");
        let began = Instant::now();
        let failure = self.ask(DO, json!(wish)).await.expect_err("it dies");
        assert!(began.elapsed() < Duration::from_millis(500) + SLACK, "{wish}: {:?}", began.elapsed());
        assert_eq!(failure.kind, SystemErrorKind::Unavailable, "{wish}");
        self.lives_again(wish, pid).await;
        self.report("crm").last_death.expect("it died")
    }

    /// Waits for another child than this one, which serves.
    async fn lives_again(&self, wish: &str, pid: u32) {
        until(&format!("another child after {wish}"), || {
            let report = self.report("crm");
            report.state != "restarting" && report.pid.is_some_and(|new| new != pid)
        })
        .await;
        // Silence before may have set it aside for a moment; a death never does.
        let end = Instant::now() + Duration::from_secs(30);
        while self.ask(DO, json!("well")).await != Ok(json!({ "answer": "well" })) {
            assert!(Instant::now() < end, "after {wish}: {:?}", self.report("crm"));
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        until("the old one is gone", || !runs(pid)).await;
    }
}

fn runs(pid: u32) -> bool {
    std::fs::exists(format!("/proc/{pid}")).expect("there is a /proc")
}

#[tokio::test]
async fn each_death_is_told_and_the_next_child_serves() {
    let desk = desk();
    let deaths = [
        ("segfault", "was ended by signal 11 (segmentation fault)"),
        ("abort", "was ended by signal 6 (abort)"),
        ("after_free", "was ended by signal "),
        ("exit", "ended by itself with code 3"),
        ("close_all", "lost its line"),
        ("fork_and_die", "was ended by signal 6 (abort)"),
    ];
    for (number, (wish, told)) in (1..).zip(deaths) {
        let death = desk.dies_of(wish).await;
        assert!(death.contains(told), "{wish}: {death}");
        let report = desk.report("crm");
        assert_eq!(report.restarts, number, "{wish}");
        assert_eq!(report.state, "serving", "a death is told as one, and opens no circuit: {wish}");
    }
}

#[tokio::test]
async fn everything_that_is_open_is_answered_at_once_when_the_child_dies() {
    let desk = load(vec![PluginOptions { deadline_ms: 60_000, ..apart(bad("crash")) }]);
    let began = Instant::now();
    let (one, two, three, _) = tokio::join!(
        desk.ask(DO, json!("spin")),
        desk.ask(DO, json!("silence")),
        desk.ask(DO, json!("silence")),
        desk.ask(DO, json!("abort")),
    );
    assert!(began.elapsed() < Duration::from_secs(10), "{:?}", began.elapsed());
    for failure in [one, two, three] {
        assert_eq!(failure.expect_err("it died").kind, SystemErrorKind::Unavailable);
    }
    until("its death is told", || desk.report("crm").last_death.is_some()).await;
    assert_eq!(desk.report("crm").last_death.as_deref(), Some("was ended by signal 6 (abort)"));
}

#[tokio::test]
async fn one_that_eats_memory_ends_at_its_own_limit() {
    let desk = load(vec![PluginOptions { memory_mib: 128, deadline_ms: 5000, ..apart(bad("crash")) }]);
    let pid = desk.report("crm").pid.expect("a child runs");
    let failure = desk.ask(DO, json!("leak")).await.expect_err("there is no more memory");
    assert_eq!(failure.kind, SystemErrorKind::Unavailable);
    // It fails politely, and would for ever.
    desk.lives_again("leak", pid).await;
    let death = desk.report("crm").last_death.expect("it died");
    assert_eq!(death, "used up its 128 MiB of memory, and was killed");
    assert!(desk.report("crm").memory_kib.expect("it runs") < 64 << 10);
}

#[tokio::test]
async fn one_whose_seats_are_all_stuck_is_killed_after_a_while_and_one_that_is_only_slow_is_not() {
    let desk = load(vec![
        PluginOptions { max_in_flight: Some(2), ..apart(bad("crash")) },
        PluginOptions {
            isolation: Isolation::Process,
            max_in_flight: Some(1),
            deadline_ms: 5,
            ..plugin("slow", bad_with("slow", &["-DOPERATION=\"test.other/1\""]))
        },
    ]);
    let pid = desk.report("crm").pid.expect("a child runs");
    let slow = desk.report("slow").pid;
    let (one, two) = tokio::join!(desk.ask(DO, json!("spin")), desk.ask(DO, json!("spin")));
    assert!(one.is_err() && two.is_err());
    while desk.report("crm").last_death.is_none() {
        let _ = desk.ask("test.other/1", json!({})).await;
        let began = Instant::now();
        let _ = desk.ask(DO, json!("well")).await;
        assert!(began.elapsed() < Duration::from_millis(500) + SLACK);
    }
    desk.lives_again("spin", pid).await;
    assert_eq!(desk.report("crm").last_death.as_deref(), Some("had been stuck for 5 s, and was killed"));
    assert_eq!(
        (desk.report("slow").pid, desk.report("slow").restarts),
        (slow, 0),
        "it lets go, again and again"
    );
}

#[tokio::test]
async fn one_that_does_not_even_answer_a_ping_is_killed() {
    let desk = desk();
    let pid = desk.report("crm").pid.expect("a child runs");
    let failure = desk.ask(DO, json!("stop")).await.expect_err("it stands still");
    assert_eq!(failure.message, "crm did not answer within 500 ms");
    desk.lives_again("stop", pid).await;
    assert_eq!(desk.report("crm").last_death.as_deref(), Some("did not answer for 5 s, and was killed"));
}

#[tokio::test]
async fn what_it_does_to_its_own_files_and_processes_is_its_own_business() {
    let desk = load(vec![PluginOptions { deadline_ms: 20_000, ..apart(bad("crash")) }]);
    for (wish, answer) in [("stdio", "mute"), ("fork", "forked"), ("chatter", "said")] {
        assert_eq!(desk.ask(DO, json!(wish)).await, Ok(json!({ "answer": answer })), "{wish}");
    }
    assert!(desk.ask(STATS, json!({})).await.is_ok());
    let pid = desk.report("crm").pid.expect("a child runs");
    assert_eq!(desk.report("crm").restarts, 0);
    desk.host.drain().await;
    until("it is gone with what it forked", || members(pid) == 0).await;
}

/// How many processes of this group are there.
fn members(group: u32) -> usize {
    let all = std::fs::read_dir("/proc").expect("there is a /proc");
    let group = group.to_string();
    let member = |entry: &std::fs::DirEntry| {
        let stat = std::fs::read_to_string(entry.path().join("stat")).unwrap_or_default();
        // The name stands in brackets and may have anything in it; then state, parent, group.
        let after = stat.rsplit(')').next().unwrap_or_default();
        let mut words = after.split_whitespace();
        let (state, member) = (words.next(), words.nth(1));
        member == Some(group.as_str()) && state != Some("Z")
    };
    all.flatten().filter(member).count()
}

#[tokio::test]
async fn a_child_ends_with_its_host_however_that_goes() {
    let desk = desk();
    let pid = desk.report("crm").pid.expect("a child runs");
    drop(desk);
    until("it is gone", || !runs(pid)).await;
}

#[tokio::test]
async fn one_that_dies_while_it_is_loaded_is_a_fault_and_no_death_of_ours() {
    let told = faults(vec![apart(bad("init"))]);
    assert_eq!(told, ["plugin crm: while it was loaded it was ended by signal 6 (abort)"]);
}

#[tokio::test]
async fn one_that_dies_while_it_starts_is_tried_again_and_the_desk_opens_without_it() {
    let folder = tempfile::tempdir().expect("a folder");
    let when = folder.path().join("when");
    std::fs::write(&when, "").expect("written");
    let library = bad_with("start", &["-DSTART=abort()"]);
    let desk = load(vec![PluginOptions { config: json!({ "when": when }), ..apart(library) }]);
    let report = desk.report("crm");
    assert_eq!(report.state, "starting");
    let why = "while it was started it was ended by signal 6 (abort)";
    assert_eq!(report.last_error.as_deref(), Some(why));
    assert_eq!(desk.fails().await.message, format!("crm has not started: {why}"));

    std::fs::remove_file(&when).expect("removed");
    until("its start", || desk.report("crm").state == "serving").await;
    // Dying once it runs and dying when it is started again: it comes back when it can.
    std::fs::write(&when, "").expect("written");
    assert_eq!(desk.fails().await.kind, SystemErrorKind::Unavailable);
    until("a start that fails", || desk.report("crm").last_error.as_deref() == Some(&format!("it {why}")))
        .await;
    assert_eq!(desk.report("crm").state, "restarting");
    std::fs::remove_file(&when).expect("removed");
    until("another child", || desk.report("crm").state == "serving").await;
    assert!(desk.ask(STATS, json!({})).await.is_ok());
}

/// In either way a start takes a bounded time, and in a child nothing is left of it.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_that_hangs_while_it_starts_is_given_up() {
    let library = bad_with("start", &["-DSTART=for(;;)pause_ms(1000)"]);
    let here = plugin("here", library.clone());
    let began = Instant::now();
    let (told, desk) = tokio::task::spawn_blocking(move || {
        std::thread::scope(|scope| {
            let told = scope.spawn(|| faults(vec![here]));
            let runtime = tokio::runtime::Handle::current();
            let desk = scope.spawn(move || {
                let _in_it = runtime.enter();
                load(vec![apart(library)])
            });
            (told.join().expect("no panic"), desk.join().expect("no panic"))
        })
    })
    .await
    .expect("no panic");
    assert_eq!(told, ["plugin here: starting it took longer than 10 s"]);
    assert_eq!(
        desk.report("crm").last_error.as_deref(),
        Some("while it was started it took longer than 10 s")
    );
    assert!(began.elapsed() < limits::START + 3 * SLACK, "{:?}", began.elapsed());
}

/// A copy has locks that nobody will open and a line that is another's: it says nothing, and nobody waits for it.
#[tokio::test]
async fn a_copy_of_itself_cannot_speak_for_it() {
    let options = PluginOptions { deadline_ms: 2000, max_in_flight: Some(4), ..apart(bad("crash")) };
    let desk = load(vec![options]);
    let pid = desk.report("crm").pid.expect("a child runs");
    let own = json!("o".repeat(1000 * 1000 - 2));
    for _ in 0..10 {
        // Others speak at the same time, so that locks are held when it forks.
        let (one, two, well, three) = tokio::join!(
            desk.ask(DO, json!("both_answer")),
            desk.ask(DO, json!("copy_goes_on")),
            desk.ask(DO, json!("well")),
            desk.ask(DO, json!("copy_goes_on")),
        );
        assert!(one.as_ref() == Ok(&own), "a whole answer, and its own: {one:.200?}");
        assert_eq!((two, three), (Ok(json!({ "answer": "own" })), Ok(json!({ "answer": "own" }))));
        assert_eq!(well, Ok(json!({ "answer": "well" })));
    }
    let began = Instant::now();
    let (copy, well) = tokio::join!(desk.ask(DO, json!("copy_answers")), desk.ask(DO, json!("well")));
    assert_eq!(copy.expect_err("only the copy answered").message, "crm did not answer within 2000 ms");
    assert!(well.is_ok() && began.elapsed() < Duration::from_millis(2000) + SLACK, "{:?}", began.elapsed());
    let report = desk.report("crm");
    assert_eq!((report.errors, report.timeouts, report.dropped), (1, 1, 0), "{report:?}");
    assert_eq!((report.pid, report.restarts), (Some(pid), 0), "{report:?}");
    until("its copies are gone, and it serves", || members(pid) == 1).await;
    assert_eq!(desk.ask(DO, json!("well")).await, Ok(json!({ "answer": "well" })));
    desk.host.drain().await;
    until("it is gone", || members(pid) == 0).await;
}
