//! The header that says who we are: fixed, or with a token that is fetched by OAuth2 client credentials, kept, renewed
//! before it ends, and dropped when the other system no longer takes it. No secret leaves by another way.

use crate::request::PLAIN;
use crate::server::{AuthConfig, address};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hark_plugin_net::Secret;
use hark_plugin_sdk::{Failure, Json};
use hyper::Uri;
use hyper::header::{AUTHORIZATION, HeaderName, HeaderValue};
use percent_encoding::utf8_percent_encode;
use std::time::{Duration, Instant};
use tokio::sync::Mutex;

/// For how long a token lasts whose maker does not say.
const LIFETIME: Duration = Duration::from_secs(900);
/// How long before its end a token is renewed, at most.
const MARGIN: Duration = Duration::from_secs(60);
/// The longest life that is believed.
const MAX_LIFETIME: f64 = 86_400.0;

/// Who we are to the other system.
pub(crate) enum Auth {
    /// Nobody in particular.
    Nobody,
    /// The same header with each request.
    Fixed { name: HeaderName, value: HeaderValue, secret: Secret },
    /// A token that comes and goes.
    Token(Tokens),
}

/// Where tokens come from, and the one that is there.
pub(crate) struct Tokens {
    pub(crate) from: Uri,
    /// The form that is sent there; it has the client's secret.
    pub(crate) form: Secret,
    client_secret: Secret,
    /// Held while a token is fetched, so that only one is.
    token: Mutex<Option<Token>>,
}

struct Token {
    header: HeaderValue,
    secret: Secret,
    until: Instant,
}

impl Auth {
    /// Reads the secrets that are named.
    pub(crate) fn read(config: Option<&AuthConfig>) -> Result<Self, Failure> {
        let fixed = |name: HeaderName, text: String, secret: Secret, key: &str| {
            Ok(Self::Fixed { name, value: header(&text, key)?, secret })
        };
        match config {
            None => Ok(Self::Nobody),
            Some(AuthConfig::Bearer { token }) => {
                let key = "server.auth.bearer.token";
                let token = token.read(key)?;
                fixed(AUTHORIZATION, format!("Bearer {}", token.reveal()), token, key)
            }
            Some(AuthConfig::ApiKey { header: name, key: source }) => {
                let key = "server.auth.api_key.key";
                let secret = source.read(key)?;
                let name = HeaderName::try_from(name.as_str())
                    .map_err(|_| Failure::invalid("`server.auth.api_key.header` is no header's name"))?;
                fixed(name, secret.reveal().to_owned(), secret, key)
            }
            Some(AuthConfig::Basic { user, password }) => {
                let key = "server.auth.basic.password";
                let password = password.read(key)?;
                let pair = STANDARD.encode(format!("{user}:{}", password.reveal()));
                fixed(AUTHORIZATION, format!("Basic {pair}"), password, key)
            }
            Some(oauth2) => Tokens::read(oauth2).map(Self::Token),
        }
    }

    /// A message of somebody else's without our secrets in it.
    pub(crate) fn scrub(&self, message: &str) -> String {
        match self {
            Self::Nobody => message.to_owned(),
            Self::Fixed { secret, .. } => secret.scrub(message),
            Self::Token(tokens) => {
                let message = tokens.client_secret.scrub(message);
                match tokens.token.try_lock().ok().as_deref() {
                    Some(Some(token)) => token.secret.scrub(&message),
                    _ => message,
                }
            }
        }
    }
}

impl Tokens {
    fn read(config: &AuthConfig) -> Result<Self, Failure> {
        let AuthConfig::OAuth2 { token_url, client_id, client_secret, scope, more } = config else {
            return Err(Failure::Internal("these credentials have no token".to_owned()));
        };
        let from = address(token_url, "server.auth.oauth2.token_url")?;
        let client_secret = client_secret.read("server.auth.oauth2.client_secret")?;
        let mut form = vec![
            ("grant_type", "client_credentials"),
            ("client_id", client_id),
            ("client_secret", client_secret.reveal()),
        ];
        form.extend(scope.as_deref().map(|scope| ("scope", scope)));
        form.extend(more.iter().map(|(name, value)| (name.as_str(), value.as_str())));
        let coded = |text| utf8_percent_encode(text, PLAIN);
        let pairs: Vec<String> =
            form.into_iter().map(|(name, value)| format!("{}={}", coded(name), coded(value))).collect();
        Ok(Self { from, form: Secret::new(pairs.join("&")), client_secret, token: Mutex::default() })
    }

    /// The header with a token that lasts; `fetch` asks for a new one.
    pub(crate) async fn header(
        &self,
        fetch: impl Future<Output = Result<Json, Failure>>,
    ) -> Result<HeaderValue, Failure> {
        let mut token = self.token.lock().await;
        if let Some(token) = token.as_ref().filter(|token| Instant::now() < token.until) {
            return Ok(token.header.clone());
        }
        let fresh = Token::read(&fetch.await?)?;
        let header = fresh.header.clone();
        *token = Some(fresh);
        Ok(header)
    }

    /// Drops a token that is no longer taken, unless there is another already.
    pub(crate) async fn refused(&self, header: &HeaderValue) {
        let mut token = self.token.lock().await;
        if token.as_ref().is_some_and(|token| token.header == header) {
            *token = None;
        }
    }
}

impl Token {
    fn read(answer: &Json) -> Result<Self, Failure> {
        let token = answer["access_token"].as_str();
        let token =
            token.ok_or_else(|| Failure::unavailable("the answer of the token server has no token"))?;
        // Some write the number as a text, some do not say.
        let seconds = &answer["expires_in"];
        let seconds = seconds.as_f64().or_else(|| seconds.as_str()?.parse().ok());
        let lifetime = seconds.filter(|seconds| *seconds > 0.0);
        let lifetime = lifetime.map_or(LIFETIME, |s| Duration::from_secs_f64(s.min(MAX_LIFETIME)));
        Ok(Self {
            header: header(&format!("Bearer {token}"), "access_token")?,
            secret: Secret::new(token),
            until: Instant::now() + lifetime - MARGIN.min(lifetime / 2),
        })
    }
}

fn header(text: &str, key: &str) -> Result<HeaderValue, Failure> {
    let mut value = HeaderValue::from_str(text)
        .map_err(|_| Failure::invalid(format!("`{key}` has characters that no header can have")))?;
    value.set_sensitive(true);
    Ok(value)
}
