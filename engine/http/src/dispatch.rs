//! From a request to its answer: the router made of the route table, and what every request goes through, in order:
//! who asks, how often, whether they may, the body, the endpoint. Problems of all kinds leave here in one form.

use crate::api;
use crate::app::App;
use crate::ask::{Ask, header_text};
use crate::auth::{Caller, admit, authenticate};
use crate::options::seconds;
use crate::presence::Somebody;
use crate::problem::Problem;
use crate::rate::Left;
use crate::route::{Outcome, Route, Who};
use axum::Router;
use axum::body::Body;
use axum::extract::{FromRequestParts, RawPathParams, Request};
use axum::http::{HeaderName, HeaderValue, Method, StatusCode, header, request};
use axum::response::Response;
use axum::routing::{MethodFilter, on};
use bytes::Bytes;
use futures_util::FutureExt;
use http_body_util::{BodyExt, LengthLimitError, Limited};
use std::net::IpAddr;
use std::panic::AssertUnwindSafe;
use std::sync::Arc;

/// Where a request came from.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Peer(pub(crate) IpAddr);

/// The id under which a request is logged and answered.
#[derive(Debug, Clone)]
struct RequestId(String);

const X_REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");
/// Longest request id of a caller's own that is kept, in characters.
const REQUEST_ID_LIMIT: usize = 64;

/// The router of all routes.
pub(crate) fn router(app: &Arc<App>) -> Router {
    let mut router = Router::new();
    for route in api::table() {
        let filter = MethodFilter::try_from(route.method.clone()).expect("the table has plain methods alone");
        let (path, route, app) = (route.path, Arc::new(route), Arc::clone(app));
        let handler = move |request: Request| dispatch(Arc::clone(&app), Arc::clone(&route), request);
        router = router.route(path, on(filter, handler));
    }
    let pages = Arc::clone(app);
    router
        .fallback(move |request: Request| fall_back(Arc::clone(&pages), request))
        .method_not_allowed_fallback(refuse_method)
}

/// Answers any request: gives it its id, and the answer the headers that all have.
pub(crate) async fn answer(router: Router, mut request: Request<Body>, peer: IpAddr) -> Response {
    let id = request_id(&request);
    request.extensions_mut().insert(Peer(peer));
    request.extensions_mut().insert(RequestId(id.clone()));
    let Ok(mut response) = tower::ServiceExt::oneshot(router, request).await;
    let headers = response.headers_mut();
    if let Ok(id) = HeaderValue::from_str(&id) {
        headers.insert(X_REQUEST_ID, id);
    }
    let standing = [
        (header::CACHE_CONTROL, "no-store"),
        (header::CONTENT_SECURITY_POLICY, "default-src 'none'; frame-ancestors 'none'"),
        (header::REFERRER_POLICY, "no-referrer"),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    ];
    for (name, value) in standing {
        headers.entry(name).or_insert(HeaderValue::from_static(value));
    }
    response
}

/// The caller's own id when it is harmless to log, or a new one.
fn request_id(request: &Request<Body>) -> String {
    let harmless = |id: &&str| {
        (1..=REQUEST_ID_LIMIT).contains(&id.len())
            && id.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte))
    };
    let own = header_text(request.headers(), X_REQUEST_ID.as_str()).filter(harmless);
    own.map_or_else(|| format!("req_{:016x}", getrandom::u64().unwrap_or_default()), str::to_owned)
}

fn id_of(parts: &request::Parts) -> String {
    parts.extensions.get::<RequestId>().map(|id| id.0.clone()).unwrap_or_default()
}

async fn dispatch(app: Arc<App>, route: Arc<Route>, request: Request) -> Response {
    let (parts, body) = request.into_parts();
    let id = id_of(&parts);
    match AssertUnwindSafe(serve(app, &route, parts, body)).catch_unwind().await {
        Ok(Ok(response)) => response,
        Ok(Err(problem)) => {
            tracing::debug!(request = %id, path = route.path, code = problem.code, "refused");
            problem.into_response(&id)
        }
        Err(_) => {
            tracing::error!(request = %id, path = route.path, "an endpoint panicked: this is a defect");
            Problem::internal().into_response(&id)
        }
    }
}

async fn serve(app: Arc<App>, route: &Route, mut parts: request::Parts, body: Body) -> Outcome {
    let address = address(&app, &parts);
    let params = params(&mut parts).await?;
    let caller = match authenticate(&app, &parts).await {
        // Where nobody need be known, a cookie that may not be used is as good as none.
        Err(problem) if route.who == Who::Anyone && problem.code == "csrf" => Caller::Nobody,
        caller => caller?,
    };
    let left = limit_rate(&app, &caller, address)?;
    admit(route.who, &caller)?;
    let body = read_body(&app, &parts, body).await?;
    if let Some(somebody) = Somebody::of(&caller) {
        app.presence.seen(somebody);
    }
    let secure = is_secure(&app, &parts);
    let mut response = (route.answer)(Ask { app, parts, params, body, caller, address, secure }).await?;
    if let Some(left) = left {
        tell_rate(&mut response, left);
    }
    Ok(response)
}

/// Customers and strangers ask only so often; people and machines that are known as often as they can.
fn limit_rate(app: &App, caller: &Caller, address: IpAddr) -> Result<Option<Left>, Problem> {
    match caller {
        Caller::Person(_) => Ok(None),
        Caller::Guest(chat) => app.rates.outside(address, Some(*chat)).map(Some),
        Caller::Nobody => app.rates.outside(address, None).map(Some),
    }
}

fn tell_rate(response: &mut Response, left: Left) {
    let headers = response.headers_mut();
    let state = format!("\"minute\";r={}", left.remaining);
    let policy = format!("\"minute\";q={};w=60", left.limit);
    for (name, value) in [("ratelimit", state), ("ratelimit-policy", policy)] {
        if let Ok(value) = HeaderValue::from_str(&value) {
            headers.insert(HeaderName::from_static(name), value);
        }
    }
}

/// Whose address counts: the peer's, or the last one that a trusted proxy has seen.
fn address(app: &App, parts: &request::Parts) -> IpAddr {
    let peer = parts.extensions.get::<Peer>().map_or(IpAddr::from([0, 0, 0, 0]), |peer| peer.0);
    let forwarded = || {
        let all = header_text(&parts.headers, "x-forwarded-for")?;
        all.rsplit(',').next()?.trim().parse().ok()
    };
    if app.trusted_proxy { forwarded().unwrap_or(peer) } else { peer }
}

fn is_secure(app: &App, parts: &request::Parts) -> bool {
    app.trusted_proxy && header_text(&parts.headers, "x-forwarded-proto") == Some("https")
}

async fn params(parts: &mut request::Parts) -> Result<Vec<(String, String)>, Problem> {
    let raw = RawPathParams::from_request_parts(parts, &()).await;
    // A path that is not UTF-8 names nothing.
    let raw = raw.map_err(|_| Problem::not_found())?;
    Ok(raw.iter().map(|(name, value)| (name.to_owned(), value.to_owned())).collect())
}

async fn read_body(app: &App, parts: &request::Parts, body: Body) -> Result<Bytes, Problem> {
    let most = app.limits.body_bytes as usize;
    let too_large = || {
        let detail = format!("a body may have {most} bytes");
        Problem::new(StatusCode::PAYLOAD_TOO_LARGE, "too_large", detail)
    };
    let told = header_text(&parts.headers, header::CONTENT_LENGTH.as_str());
    if told.and_then(|length| length.parse::<u64>().ok()).is_some_and(|length| length > most as u64) {
        return Err(too_large());
    }
    let whole = Limited::new(body, most).collect();
    match tokio::time::timeout(seconds(app.limits.body_s), whole).await {
        Err(_) => {
            let detail = "the body took too long";
            Err(Problem::new(StatusCode::REQUEST_TIMEOUT, "body_timeout", detail))
        }
        Ok(Err(error)) if error.is::<LengthLimitError>() => Err(too_large()),
        Ok(Err(_)) => Err(Problem::new(StatusCode::BAD_REQUEST, "broken_body", "the body broke off")),
        Ok(Ok(body)) => check_type(parts, body.to_bytes()),
    }
}

/// A body is JSON. What a form of another site can send is refused, whatever is in it.
fn check_type(parts: &request::Parts, body: Bytes) -> Result<Bytes, Problem> {
    let named = header_text(&parts.headers, header::CONTENT_TYPE.as_str());
    let essence = named.map(|named| named.split(';').next().unwrap_or_default().trim().to_ascii_lowercase());
    match essence.as_deref() {
        _ if body.is_empty() => Ok(body),
        None | Some("application/json") => Ok(body),
        Some(_) => {
            let detail = "a body is application/json";
            Err(Problem::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, "json_expected", detail))
        }
    }
}

async fn fall_back(app: Arc<App>, request: Request) -> Response {
    let (parts, _) = request.into_parts();
    let read = matches!(parts.method, Method::GET | Method::HEAD);
    let page = if read { app.pages.answer(&parts).await } else { None };
    page.unwrap_or_else(|| Problem::not_found().into_response(&id_of(&parts)))
}

async fn refuse_method(request: Request) -> Response {
    let (parts, _) = request.into_parts();
    let detail = format!("{} is not done here", parts.method);
    Problem::new(StatusCode::METHOD_NOT_ALLOWED, "method_not_allowed", detail).into_response(&id_of(&parts))
}
