//! What the host itself adds to an operation: a plugin in C that answers at once, in the engine's process and in a child,
//! asked one after the other and many at once, beside what a bare hop to a thread and back costs.

use hark_plugin_host::{Host, Isolation, Options, PluginOptions};
use hark_runtime::Systems;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Arc;
use std::time::{Duration, Instant};

const ROUNDS: usize = 20_000;
const AT_ONCE: usize = 64;

fn main() {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build();
    // On a worker, as the engine asks.
    let measured = runtime.expect("a runtime").block_on(async { tokio::spawn(measure()).await });
    measured.expect("measured");
}

async fn measure() {
    let folder = tempfile::tempdir().expect("a folder");
    let (quick, slow) = (build(folder.path(), "false"), build(folder.path(), "true"));
    tell(&format!("a bare hop to a thread and back: {:.2} µs\n", thread_hop()));
    for (isolation, bound) in [(Isolation::InProcess, 5.0), (Isolation::Process, 60.0)] {
        for (library, blocking) in [(&quick, "does not block"), (&slow, "blocks")] {
            let plugin = PluginOptions { isolation, ..PluginOptions::new("noop", library) };
            let program = env!("CARGO_BIN_EXE_hark-plugin-host").into();
            let options = Options { program, ..Options::new(vec![plugin], folder.path().join("cache")) };
            let host = Arc::new(Host::load(&options).expect("loaded"));
            one_by_one(&host, ROUNDS / 10).await;
            let times = one_by_one(&host, ROUNDS).await;
            let crowd = at_once(&host).await;
            let (median, p95) = (micros(times[ROUNDS / 2]), micros(times[ROUNDS * 95 / 100]));
            let place = isolation.word();
            tell(&format!(
                "{place}, a plugin that {blocking}: median {median:.2} µs (bound {bound} µs for one that does not \
                 block), p95 {p95:.2} µs; {AT_ONCE} at once: {crowd:.2} µs each\n"
            ));
            host.drain().await;
        }
    }
}

fn tell(text: &str) {
    std::io::stdout().write_all(text.as_bytes()).expect("told");
}

fn micros(time: Duration) -> f64 {
    time.as_secs_f64() * 1e6
}

fn build(folder: &Path, blocking: &str) -> PathBuf {
    let room = Path::new(env!("CARGO_MANIFEST_DIR"));
    let library = folder.join(format!("noop-{blocking}.so"));
    let done = Command::new("cc")
        .args(["-std=c11", "-O2", "-shared", "-fPIC", "-pthread", "-I"])
        .arg(room.join("../../plugins/abi/include"))
        .arg(format!("-DBLOCKING=\"{blocking}\""))
        .arg("-o")
        .arg(&library)
        .arg(room.join("tests/bad/noop.c"))
        .status();
    assert!(done.expect("the benchmark needs `cc`").success(), "noop.c builds");
    library
}

/// The time of each, from the shortest to the longest.
async fn one_by_one(host: &Host, rounds: usize) -> Vec<Duration> {
    let mut times = Vec::with_capacity(rounds);
    for _ in 0..rounds {
        let began = Instant::now();
        host.ask("test.do/1", b"{}".to_vec()).await.expect("answered");
        times.push(began.elapsed());
    }
    times.sort_unstable();
    times
}

async fn at_once(host: &Arc<Host>) -> f64 {
    let began = Instant::now();
    let asked: Vec<_> = (0..AT_ONCE)
        .map(|_| {
            let host = Arc::clone(host);
            tokio::spawn(async move { one_by_one(&host, ROUNDS / AT_ONCE).await.len() })
        })
        .collect();
    let mut asked_in_all = 0;
    for one in asked {
        asked_in_all += one.await.expect("no panic");
    }
    micros(began.elapsed()) / asked_in_all as f64
}

/// The floor: a word to another thread and back.
fn thread_hop() -> f64 {
    let (there, wait) = std::sync::mpsc::channel::<usize>();
    let (back, answer) = std::sync::mpsc::channel::<usize>();
    let thread =
        std::thread::spawn(move || wait.into_iter().for_each(|word| back.send(word).expect("heard")));
    let began = Instant::now();
    for word in 0..ROUNDS {
        there.send(word).expect("heard");
        answer.recv().expect("answered");
    }
    let took = began.elapsed();
    drop(there);
    thread.join().expect("no panic");
    micros(took) / ROUNDS as f64
}
