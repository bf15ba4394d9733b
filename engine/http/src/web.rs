//! The pages: plain files of `web/`, in the binary, with an ETag each and a strict content security policy. Nothing
//! is made at run time.

use axum::body::Body;
use axum::http::{HeaderValue, StatusCode, header, request};
use axum::response::Response;
use bytes::Bytes;
use std::borrow::Cow;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::{Component, Path, PathBuf};

/// A file of the pages.
struct Asset {
    path: &'static str,
    body: &'static [u8],
    /// The body in brotli, where that is smaller.
    packed: Option<&'static [u8]>,
}

/// A body to send.
struct Sent {
    body: Cow<'static, [u8]>,
    /// Whether it is in brotli.
    packed: bool,
}

include!(concat!(env!("OUT_DIR"), "/assets.rs"));

/// What pages may load and do: their own files, nothing from elsewhere, and no markup from text.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; \
    media-src 'self'; connect-src 'self'; font-src 'self'; frame-ancestors 'none'; base-uri 'none'; \
    form-action 'self'; require-trusted-types-for 'script'";

/// Addresses of pages, and their files.
const PAGES: [(&str, &str); 4] = [
    ("/support", "support.html"),
    ("/console", "console.html"),
    ("/supervisor", "supervisor.html"),
    ("/admin", "admin.html"),
];

/// See the module.
pub(crate) struct Pages {
    folder: Option<PathBuf>,
}

impl Pages {
    /// Pages from the binary, or from a folder for work on them.
    pub(crate) fn new(folder: Option<PathBuf>) -> Self {
        Self { folder }
    }

    /// The answer to a request for a page or one of its files.
    pub(crate) async fn answer(&self, parts: &request::Parts) -> Option<Response> {
        let address = parts.uri.path();
        if address == "/" {
            return Some(redirect("/support"));
        }
        let page = PAGES.iter().find(|(page, _)| *page == address).map(|(_, file)| *file);
        let file = page.or_else(|| address.strip_prefix("/ui/"))?;
        let sent = self.read(file, takes_brotli(parts)).await?;
        let mut hasher = DefaultHasher::new();
        sent.body.hash(&mut hasher);
        let tag = format!("\"{:016x}\"", hasher.finish());
        let known = parts.headers.get(header::IF_NONE_MATCH).and_then(|known| known.to_str().ok());
        let fresh = known.is_some_and(|known| known.split(',').any(|known| known.trim() == tag));
        Some(respond(file, if fresh { None } else { Some(sent) }, &tag))
    }

    async fn read(&self, file: &str, brotli: bool) -> Option<Sent> {
        content_type(file)?;
        match &self.folder {
            None => {
                let asset = ASSETS.iter().find(|asset| asset.path == file)?;
                let packed = asset.packed.filter(|_| brotli);
                Some(Sent { body: Cow::Borrowed(packed.unwrap_or(asset.body)), packed: packed.is_some() })
            }
            Some(folder) => {
                let plain = Path::new(file).components().all(|part| matches!(part, Component::Normal(_)));
                let path = plain.then(|| folder.join(file))?;
                let read = tokio::task::spawn_blocking(move || std::fs::read(path)).await;
                read.ok()?.ok().map(|body| Sent { body: Cow::Owned(body), packed: false })
            }
        }
    }
}

/// Whether the browser says that it can read brotli.
fn takes_brotli(parts: &request::Parts) -> bool {
    let accepted =
        parts.headers.get_all(header::ACCEPT_ENCODING).iter().filter_map(|value| value.to_str().ok());
    let mut codings = accepted.flat_map(|value| value.split(','));
    codings.any(|coding| {
        let mut parts = coding.split(';').map(str::trim);
        parts.next() == Some("br")
            && !parts.any(|weight| matches!(weight, "q=0" | "q=0.0" | "q=0.00" | "q=0.000"))
    })
}

fn redirect(to: &'static str) -> Response {
    let mut response = Response::new(Body::empty());
    *response.status_mut() = StatusCode::TEMPORARY_REDIRECT;
    response.headers_mut().insert(header::LOCATION, HeaderValue::from_static(to));
    response
}

fn respond(file: &str, sent: Option<Sent>, tag: &str) -> Response {
    let packed = sent.as_ref().is_some_and(|sent| sent.packed);
    let mut response = match sent.map(|sent| sent.body) {
        None => {
            let mut response = Response::new(Body::empty());
            *response.status_mut() = StatusCode::NOT_MODIFIED;
            response
        }
        Some(Cow::Borrowed(body)) => Response::new(Body::from(Bytes::from_static(body))),
        Some(Cow::Owned(body)) => Response::new(Body::from(body)),
    };
    let headers = response.headers_mut();
    if let Some(content) = content_type(file) {
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(content));
    }
    if let Ok(tag) = HeaderValue::from_str(tag) {
        headers.insert(header::ETAG, tag);
    }
    if packed {
        headers.insert(header::CONTENT_ENCODING, HeaderValue::from_static("br"));
    }
    headers.insert(header::VARY, HeaderValue::from_static("accept-encoding"));
    // Files are asked for again each time, and not sent again while they are the same.
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-cache"));
    headers.insert(header::CONTENT_SECURITY_POLICY, HeaderValue::from_static(POLICY));
    let same = HeaderValue::from_static("same-origin");
    headers.insert("cross-origin-opener-policy", same.clone());
    headers.insert("cross-origin-resource-policy", same);
    let none = "camera=(), microphone=(), geolocation=(), payment=(), usb=()";
    headers.insert("permissions-policy", HeaderValue::from_static(none));
    response
}

/// What a file is; one of another kind is not served.
fn content_type(file: &str) -> Option<&'static str> {
    Some(match file.rsplit_once('.')?.1 {
        "html" => "text/html; charset=utf-8",
        "js" => "text/javascript; charset=utf-8",
        "css" => "text/css; charset=utf-8",
        "svg" => "image/svg+xml",
        "png" => "image/png",
        "ico" => "image/x-icon",
        "woff2" => "font/woff2",
        "webmanifest" => "application/manifest+json",
        "mp3" => "audio/mpeg",
        "ogg" => "audio/ogg",
        "wav" => "audio/wav",
        _ => return None,
    })
}
