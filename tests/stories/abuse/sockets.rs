//! Sockets that send slowly, or nothing: they are closed, and others are served meanwhile.

use crate::Scene;
use futures_util::future::join_all;
use hark_tests::within;
use std::time::{Duration, Instant};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

/// The desk's own limits are 3 s for a header and for a body; the rest is for a busy machine.
const CLOSED_WITHIN: Duration = Duration::from_secs(10);
/// Slow ones at a time.
const SLOW: usize = 100;
/// Between two bytes of a slow one.
const DRIP: Duration = Duration::from_millis(200);

/// Sends `start` at once and `rest` byte by byte until the server closes; gives how long that took, and what it said.
async fn drip(address: String, start: &'static [u8], rest: &'static [u8]) -> (Duration, String) {
    let began = Instant::now();
    let socket = TcpStream::connect(&address).await.expect("the server accepts");
    let (mut reader, mut writer) = socket.into_split();
    let writing = async {
        if writer.write_all(start).await.is_err() {
            return;
        }
        for byte in rest.iter().cycle() {
            tokio::time::sleep(DRIP).await;
            if writer.write_all(&[*byte]).await.is_err() {
                return;
            }
        }
        std::future::pending::<()>().await;
    };
    let mut said = Vec::new();
    let reading = async {
        // A reset is an end as well.
        let _ = reader.read_to_end(&mut said).await;
    };
    let closed = async {
        tokio::select! {
            () = reading => {}
            () = async { writing.await; std::future::pending::<()>().await } => {}
        }
    };
    within(CLOSED_WITHIN, "the end of a slow connection", closed).await;
    (began.elapsed(), String::from_utf8_lossy(&said).into_owned())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn slow_headers_bodies_and_silence_are_closed_while_others_are_served() {
    let scene = Scene::set().await;
    let address = scene.server.base().trim_start_matches("http://").to_owned();
    let kinds: [(&[u8], &[u8]); 4] = [
        (b"GET /readyz HTTP/1.1\r\nHost: hark\r\nX-Slow: ", b"a"),
        (b"G", b""),
        (b"", b""),
        (b"POST /v1/sessions HTTP/1.1\r\nHost: hark\r\nContent-Type: application/json\r\nContent-Length: 60000\r\n\r\n{", b" "),
    ];
    let slow = (0..SLOW).map(|number| {
        let (start, rest) = kinds[number % kinds.len()];
        tokio::spawn(drip(address.clone(), start, rest))
    });
    let slow: Vec<_> = slow.collect();
    let mut longest = Duration::ZERO;
    while !slow.iter().all(tokio::task::JoinHandle::is_finished) {
        let began = Instant::now();
        scene.server.nobody().get("/readyz").await.must_be(200);
        longest = longest.max(began.elapsed());
    }
    let mut slowest = Duration::ZERO;
    for ended in join_all(slow).await {
        let (took, said) = ended.expect("a slow connection ends");
        assert!(!said.starts_with("HTTP/1.1 2"), "nobody is served half a request: {said}");
        slowest = slowest.max(took);
    }
    eprintln!("sockets: {SLOW} slow ones closed within {slowest:.1?}; others waited {longest:.1?} at most");
    scene.leave().await;
}

#[tokio::test]
async fn nonsense_is_no_request() {
    let scene = Scene::set().await;
    let address = scene.server.base().trim_start_matches("http://").to_owned();
    let nonsense: [&[u8]; 6] = [
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
        b"GET\r\n\r\n",
        b"GET / HTTP/9.9\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        b"POST /v1/sessions HTTP/1.1\r\nHost: a\r\nContent-Length: -1\r\n\r\n",
        b"\0\0\0\0\r\n\r\n",
    ];
    for bytes in nonsense {
        let (_, said) = drip(address.clone(), bytes, b"").await;
        assert!(!said.starts_with("HTTP/1.1 2") && !said.starts_with("HTTP/1.1 5"), "{bytes:?}: {said}");
    }
    scene.leave().await;
}
