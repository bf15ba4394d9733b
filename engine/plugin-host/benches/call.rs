//! What the host itself adds to an operation: a plugin in C that answers at once, asked one after the other and many at
//! once, beside what a JSON echo on a thread costs without any host.

use hark_plugin_host::{Host, Options, PluginOptions};
use hark_runtime::Systems;
use std::io::Write;
use std::path::Path;
use std::process::Command;
use std::sync::Arc;
use std::time::Instant;

const ROUNDS: u32 = 20_000;
const AT_ONCE: u32 = 64;

fn main() {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build();
    runtime.expect("a runtime").block_on(measure());
}

async fn measure() {
    let folder = tempfile::tempdir().expect("a folder");
    let plugin = PluginOptions::new("noop", build(folder.path()));
    let options = Options::new(vec![plugin], folder.path().join("cache"));
    let host = Arc::new(Host::load(&options).expect("loaded"));
    one_by_one(&host, ROUNDS / 10).await;
    let alone = one_by_one(&host, ROUNDS).await;
    let hop = thread_hop(ROUNDS);
    let crowd = at_once(&host).await;
    let mut out = std::io::stdout();
    let report = format!(
        "one after the other: {alone:.2} µs each ({:.1} x a bare hop to a thread and back, {hop:.2} µs)\n\
         {AT_ONCE} at once: {crowd:.2} µs each\n",
        alone / hop
    );
    out.write_all(report.as_bytes()).expect("told");
    host.drain().await;
}

fn build(folder: &Path) -> std::path::PathBuf {
    let room = Path::new(env!("CARGO_MANIFEST_DIR"));
    let library = folder.join("noop.so");
    let done = Command::new("cc")
        .args(["-std=c11", "-O2", "-shared", "-fPIC", "-pthread", "-I"])
        .arg(room.join("../../plugins/abi/include"))
        .arg("-o")
        .arg(&library)
        .arg(room.join("tests/bad/noop.c"))
        .status();
    assert!(done.expect("the benchmark needs `cc`").success(), "noop.c builds");
    library
}

async fn one_by_one(host: &Host, rounds: u32) -> f64 {
    let began = Instant::now();
    for _ in 0..rounds {
        host.ask("test.do/1", b"{}".to_vec()).await.expect("answered");
    }
    began.elapsed().as_secs_f64() * 1e6 / f64::from(rounds)
}

async fn at_once(host: &Arc<Host>) -> f64 {
    let began = Instant::now();
    let asked: Vec<_> = (0..AT_ONCE)
        .map(|_| {
            let host = Arc::clone(host);
            tokio::spawn(async move { one_by_one(&host, ROUNDS / AT_ONCE).await })
        })
        .collect();
    for one in asked {
        one.await.expect("no panic");
    }
    began.elapsed().as_secs_f64() * 1e6 / f64::from(ROUNDS / AT_ONCE * AT_ONCE)
}

/// The floor: a word to another thread and back.
fn thread_hop(rounds: u32) -> f64 {
    let (there, wait) = std::sync::mpsc::channel::<u32>();
    let (back, answer) = std::sync::mpsc::channel::<u32>();
    let thread =
        std::thread::spawn(move || wait.into_iter().for_each(|word| back.send(word).expect("heard")));
    let began = Instant::now();
    for word in 0..rounds {
        there.send(word).expect("heard");
        answer.recv().expect("answered");
    }
    let took = began.elapsed();
    drop(there);
    thread.join().expect("no panic");
    took.as_secs_f64() * 1e6 / f64::from(rounds)
}
