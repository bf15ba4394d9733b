//! The cookie of a person's log-in. Nothing but the token is in it.

use crate::ask::header_text;
use axum::http::{HeaderMap, HeaderValue, header};

/// Name over TLS: browsers take it from the very host alone.
const SECURE: &str = "__Host-hark";
/// Name without TLS.
const PLAIN: &str = "hark";

/// The token of the request's cookie.
pub(super) fn token(headers: &HeaderMap) -> Option<String> {
    let text = header_text(headers, header::COOKIE.as_str())?;
    let pairs = text.split(';').filter_map(|pair| pair.trim().split_once('='));
    let ours =
        |wanted: &str| pairs.clone().find(|(name, _)| *name == wanted).map(|(_, value)| value.to_owned());
    ours(SECURE).or_else(|| ours(PLAIN)).filter(|token| !token.is_empty())
}

/// Keeps a token for `seconds`.
pub(crate) fn set_cookie(token: &str, seconds: u64, secure: bool) -> HeaderValue {
    let name = if secure { SECURE } else { PLAIN };
    let flag = if secure { "; Secure" } else { "" };
    let text = format!("{name}={token}; Path=/; HttpOnly; SameSite=Lax; Max-Age={seconds}{flag}");
    HeaderValue::from_str(&text).expect("tokens are letters, digits and underscores")
}

/// Forgets the token.
pub(crate) fn clear_cookie(secure: bool) -> HeaderValue {
    set_cookie("", 0, secure)
}
