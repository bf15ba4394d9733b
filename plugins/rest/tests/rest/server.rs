//! An HTTPS server of the tests' own: it answers as a function says, and remembers what it was asked. It speaks for
//! `localhost`, by an authority that is made for it.

use crate::authority;
use http_body_util::{BodyExt as _, Full};
use hyper::body::{Bytes, Incoming};
use hyper::service::service_fn;
use hyper::{Request, Response};
use hyper_util::rt::TokioIo;
use percent_encoding::percent_decode_str;
use rustls::ServerConfig;
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::convert::Infallible;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};
use tokio::net::TcpListener;
use tokio::runtime::{Builder, Runtime};
use tokio_rustls::TlsAcceptor;

/// What was asked.
#[derive(Clone, Debug)]
pub(crate) struct Seen {
    pub(crate) method: String,
    /// As it was sent, without the query.
    pub(crate) path: String,
    /// Decoded.
    pub(crate) query: BTreeMap<String, String>,
    pub(crate) headers: BTreeMap<String, String>,
    /// JSON, or a text.
    pub(crate) body: Value,
}

impl Seen {
    /// Method and path.
    pub(crate) fn line(&self) -> String {
        format!("{} {}", self.method, self.path)
    }

    /// A parameter of the query, or nothing.
    pub(crate) fn query(&self, name: &str) -> &str {
        self.query.get(name).map_or("", String::as_str)
    }
}

/// What is answered.
#[derive(Clone, Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) headers: Vec<(&'static str, String)>,
    pub(crate) body: String,
}

/// An answer with this status.
pub(crate) fn status(status: u16, body: &Value) -> Answer {
    Answer { status, headers: Vec::new(), body: body.to_string() }
}

/// Success.
pub(crate) fn ok(body: &Value) -> Answer {
    status(200, body)
}

type Behaviour = dyn Fn(&Seen) -> Answer + Send + Sync;

/// A server that runs until it is dropped.
pub(crate) struct Server {
    pub(crate) url: String,
    /// PEM file with the root that vouches for it.
    pub(crate) root: PathBuf,
    folder: tempfile::TempDir,
    seen: Arc<Mutex<Vec<Seen>>>,
    runtime: Option<Runtime>,
}

impl Drop for Server {
    fn drop(&mut self) {
        if let Some(runtime) = self.runtime.take() {
            runtime.shutdown_background();
        }
    }
}

impl Server {
    pub(crate) fn start(behaviour: impl Fn(&Seen) -> Answer + Send + Sync + 'static) -> Self {
        let made = authority::certificate();
        let folder = tempfile::tempdir().expect("a folder");
        let root = folder.path().join("root.pem");
        std::fs::write(&root, &made.root).expect("written");
        let runtime = Builder::new_multi_thread().worker_threads(1).enable_all().build().expect("a runtime");
        let listener = runtime.block_on(TcpListener::bind("127.0.0.1:0")).expect("a port");
        let port = listener.local_addr().expect("a port").port();
        let seen = Arc::default();
        runtime.spawn(serve(listener, acceptor(&made), Arc::new(behaviour), Arc::clone(&seen)));
        Self { url: format!("https://localhost:{port}"), root, folder, seen, runtime: Some(runtime) }
    }

    /// What was asked so far.
    pub(crate) fn seen(&self) -> Vec<Seen> {
        self.seen.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Methods and paths that were asked since the last time.
    pub(crate) fn lines(&self) -> Vec<String> {
        let seen = std::mem::take(&mut *self.seen.lock().unwrap_or_else(PoisonError::into_inner));
        seen.iter().map(Seen::line).collect()
    }

    /// The configuration's `server` for this one, with a log-in.
    pub(crate) fn config(&self, auth: &Value) -> Value {
        json!({ "base_url": self.url, "ca_file": self.root, "auth": auth, "timeout_ms": 9000 })
    }

    /// The name of a file with a secret in it.
    pub(crate) fn secret(&self, text: &str) -> Value {
        let path = self.folder.path().join(format!("secret-{text}"));
        std::fs::write(&path, text).expect("written");
        json!({ "file": path })
    }
}

fn acceptor(made: &authority::Made) -> TlsAcceptor {
    let certificate = CertificateDer::from_pem_slice(made.certificate.as_bytes()).expect("PEM");
    let key = PrivateKeyDer::from_pem_slice(made.key.as_bytes()).expect("PEM");
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .expect("ring has the versions")
        .with_no_client_auth()
        .with_single_cert(vec![certificate], key)
        .expect("they belong together");
    TlsAcceptor::from(Arc::new(config))
}

async fn serve(
    listener: TcpListener,
    acceptor: TlsAcceptor,
    behaviour: Arc<Behaviour>,
    seen: Arc<Mutex<Vec<Seen>>>,
) {
    while let Ok((stream, _)) = listener.accept().await {
        let (acceptor, behaviour, seen) = (acceptor.clone(), Arc::clone(&behaviour), Arc::clone(&seen));
        tokio::spawn(async move {
            // A client that does not trust us goes away in the middle.
            let Ok(stream) = acceptor.accept(stream).await else { return };
            let service = service_fn(|request| answer(request, &behaviour, &seen));
            let served =
                hyper::server::conn::http1::Builder::new().serve_connection(TokioIo::new(stream), service);
            drop(served.await);
        });
    }
}

async fn answer(
    request: Request<Incoming>,
    behaviour: &Arc<Behaviour>,
    seen: &Arc<Mutex<Vec<Seen>>>,
) -> Result<Response<Full<Bytes>>, Infallible> {
    let (head, body) = request.into_parts();
    let body = body.collect().await.map(http_body_util::Collected::to_bytes).unwrap_or_default();
    let decode = |text: &str| percent_decode_str(text).decode_utf8_lossy().into_owned();
    let pairs = head.uri.query().unwrap_or_default().split('&').filter_map(|pair| pair.split_once('='));
    let headers = head.headers.iter();
    let asked = Seen {
        method: head.method.to_string(),
        path: head.uri.path().to_owned(),
        query: pairs.map(|(name, value)| (decode(name), decode(value))).collect(),
        headers: headers
            .map(|(name, value)| (name.to_string(), String::from_utf8_lossy(value.as_bytes()).into_owned()))
            .collect(),
        body: serde_json::from_slice(&body)
            .unwrap_or_else(|_| Value::String(String::from_utf8_lossy(&body).into_owned())),
    };
    seen.lock().unwrap_or_else(PoisonError::into_inner).push(asked.clone());
    let answer = behaviour(&asked);
    let mut response = Response::builder().status(answer.status).header("content-type", "application/json");
    for (name, value) in answer.headers {
        response = response.header(name, value);
    }
    Ok(response.body(Full::from(answer.body)).expect("the tests' headers are right"))
}
