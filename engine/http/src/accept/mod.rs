//! Our own accept loop over hyper: every connection has its deadlines from the moment it is accepted, its place under
//! the caps, and its orderly end. It knows nothing of what is asked.

mod caps;
mod watched;

use crate::app::App;
use crate::dispatch;
use crate::options::{Limits, seconds};
use axum::Router;
use axum::body::{Body, Bytes, HttpBody};
use axum::http::Request;
use caps::{Addresses, Place};
use hyper::body::{Frame, Incoming, SizeHint};
use hyper::service::service_fn;
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use hyper_util::server::conn::auto;
use std::convert::Infallible;
use std::future::Future;
use std::net::{IpAddr, SocketAddr};
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::{Duration, Instant};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Semaphore, watch};
use tokio::task::JoinSet;
use watched::{InFlight, Watch, Watched};

/// How long accepting rests when the system has no room for another connection.
const REST: Duration = Duration::from_millis(100);
/// How often a connection's deadlines are looked at, at least.
const LOOK: Duration = Duration::from_millis(2500);
/// Bytes of a header, at most.
const HEADER_BYTES: usize = 32 * 1024;
/// Fields of a header, at most.
const HEADER_FIELDS: usize = 100;
/// Requests at a time on one HTTP/2 connection.
const HTTP2_STREAMS: u32 = 100;

/// The connections that are open when accepting ends.
pub(crate) struct Connections(JoinSet<()>);

impl Connections {
    /// Waits until all have ended by themselves.
    pub(crate) async fn drain(mut self) {
        while self.0.join_next().await.is_some() {}
    }
}

/// Accepts connections until `stop` is there.
pub(crate) async fn accept(
    listener: TcpListener,
    app: Arc<App>,
    router: Router,
    stop: impl Future<Output = ()>,
) -> Connections {
    let places = Arc::new(Semaphore::new(app.limits.connections as usize));
    let addresses = Addresses::new(app.limits.connections_per_address);
    let server = Arc::new(server(&app.limits));
    let mut open = JoinSet::new();
    let mut stop = std::pin::pin!(stop);
    loop {
        let accepted = tokio::select! {
            biased;
            () = &mut stop => break,
            accepted = next(&listener, &places, &addresses) => accepted,
        };
        while open.try_join_next().is_some() {}
        let Some((stream, peer, place)) = accepted else { continue };
        let (app, router, server) = (Arc::clone(&app), router.clone(), Arc::clone(&server));
        open.spawn(async move { converse(&app, router, &server, stream, peer, place).await });
    }
    Connections(open)
}

/// The next connection with its place, or none when this one had to be let go.
async fn next(
    listener: &TcpListener,
    places: &Arc<Semaphore>,
    addresses: &Addresses,
) -> Option<(TcpStream, IpAddr, Place)> {
    let place = Arc::clone(places).acquire_owned().await.expect("the semaphore is never closed");
    match listener.accept().await {
        Ok((stream, peer)) => {
            let peer = plain(peer);
            let place = addresses.enter(peer, place)?;
            // Small answers go out at once. A connection that cannot say so works all the same.
            let _ = stream.set_nodelay(true);
            Some((stream, peer, place))
        }
        Err(error) => {
            tracing::warn!(%error, "a connection could not be accepted; resting for a moment");
            tokio::time::sleep(REST).await;
            None
        }
    }
}

/// The address, an IPv4 one as such.
fn plain(peer: SocketAddr) -> IpAddr {
    peer.ip().to_canonical()
}

fn server(limits: &Limits) -> auto::Builder<TokioExecutor> {
    let mut server = auto::Builder::new(TokioExecutor::new());
    server
        .http1()
        .timer(TokioTimer::new())
        .max_buf_size(HEADER_BYTES)
        .max_headers(HEADER_FIELDS)
        // The deadline of a header is ours; this one ends connections that are idle.
        .header_read_timeout(seconds(limits.idle_s));
    server
        .http2()
        .timer(TokioTimer::new())
        .max_concurrent_streams(HTTP2_STREAMS)
        .max_header_list_size(HEADER_BYTES as u32)
        .keep_alive_interval(Limits::PING)
        .keep_alive_timeout(Limits::PING);
    server
}

/// Serves one connection to its end, or to the first deadline that it misses.
async fn converse(
    app: &Arc<App>,
    router: Router,
    server: &auto::Builder<TokioExecutor>,
    stream: TcpStream,
    peer: IpAddr,
    place: Place,
) {
    let watch = Arc::new(Watch::new(&app.limits));
    let io = TokioIo::new(Watched::new(stream, Arc::clone(&watch), place));
    let requests = Arc::clone(&watch);
    let service = service_fn(move |request: Request<Incoming>| {
        let in_flight = InFlight::new(&requests, request.version());
        let router = router.clone();
        async move {
            let request = request.map(Body::new);
            let response = dispatch::answer(router, request, peer).await;
            Ok::<_, Infallible>(response.map(|body| Counted { body, _in_flight: in_flight }))
        }
    });
    let mut connection = std::pin::pin!(server.serve_connection_with_upgrades(io, service));
    let mut stopping = app.stopping();
    let mut leaving = false;
    loop {
        tokio::select! {
            // How a connection ends is its client's affair.
            _ = connection.as_mut() => return,
            () = stopped(&mut stopping), if !leaving => {
                leaving = true;
                connection.as_mut().graceful_shutdown();
            }
            () = look_again(&watch) => {
                if watch.is_overdue(Instant::now()) {
                    return;
                }
            }
        }
    }
}

async fn look_again(watch: &Watch) {
    let next = watch.deadline().map_or(LOOK, |deadline| deadline.saturating_duration_since(Instant::now()));
    tokio::time::sleep(next.min(LOOK)).await;
}

async fn stopped(stopping: &mut watch::Receiver<bool>) {
    if stopping.wait_for(|stopping| *stopping).await.is_err() {
        std::future::pending::<()>().await;
    }
}

/// A body that counts as a request in flight until it has been sent.
struct Counted {
    body: Body,
    _in_flight: InFlight,
}

impl HttpBody for Counted {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        Pin::new(&mut self.body).poll_frame(cx)
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}
