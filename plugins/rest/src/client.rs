//! Asks another system: within the time that there is, as often as is allowed, again when that is harmless. What comes of
//! it is JSON or a [`Failure`] in words for an agent.

use crate::auth::Auth;
use crate::change::Change;
use crate::pick::Pick;
use crate::rate::Rate;
use crate::request::{CURSOR, Fields, Next, OFFSET, Ready, Request};
use crate::server::ServerConfig;
use crate::wire::{Reply, Wire};
use hark_plugin_sdk::{Failure, Json, time_left};
use hyper::StatusCode;
use hyper::header::{AUTHORIZATION, HeaderName, HeaderValue};
use std::time::{Duration, Instant};
use tokio::runtime::{Builder, Runtime};
use tokio::time::{sleep, timeout};

/// The first pause before a request is sent again; it doubles.
const FIRST_PAUSE: Duration = Duration::from_millis(100);
/// The longest pause that another system can ask for; what is longer is not believed.
const LONGEST_PAUSE: Duration = Duration::from_secs(600);
/// What is left of a call's time for the way back.
const MARGIN: Duration = Duration::from_millis(20);
/// The longest message of another system that an agent is shown, in characters.
const MESSAGE: usize = 200;

/// Another system, ready to be asked.
pub struct Client {
    runtime: Runtime,
    wire: Wire,
    auth: Auth,
    headers: Vec<(HeaderName, HeaderValue)>,
    rate: Rate,
    retries: u32,
    within: Duration,
    error: Option<Pick>,
}

/// One operation's way to ask, with its end in time.
pub struct Asking<'a> {
    client: &'a Client,
    until: Instant,
}

impl Client {
    /// Reads secrets and roots; connects to nothing yet.
    ///
    /// # Errors
    /// [`Failure::Invalid`] with the key that is wrong.
    pub fn new(config: &ServerConfig) -> Result<Self, Failure> {
        let headers = config.headers.iter().map(|(name, value)| {
            let wrong = |_| Failure::invalid(format!("`server.headers.{name}` is no header"));
            let value = HeaderValue::from_str(value).map_err(|_| wrong(()))?;
            Ok((HeaderName::try_from(name.as_str()).map_err(|_| wrong(()))?, value))
        });
        let error = config.error.as_ref().map(|error| Pick::compile(error, "server.error")).transpose()?;
        let runtime = Builder::new_multi_thread()
            .worker_threads(1)
            .thread_name("rest")
            .enable_all()
            .build()
            .map_err(|error| Failure::unavailable(format!("no thread for the network: {error}")))?;
        Ok(Self {
            runtime,
            wire: Wire::new(config.base()?, config.ca_file.as_deref())?,
            auth: Auth::read(config.auth.as_ref())?,
            headers: headers.collect::<Result<_, Failure>>()?,
            rate: Rate::new(config.requests_per_second),
            retries: config.retries,
            within: Duration::from_millis(config.timeout_ms),
            error,
        })
    }

    /// Does one operation, which may ask several times, within the time that is configured or that the host still waits.
    ///
    /// # Errors
    /// What `work` says; [`Failure::Unavailable`] when the time is over.
    pub fn run<A>(&self, work: impl AsyncFnOnce(&Asking<'_>) -> Result<A, Failure>) -> Result<A, Failure> {
        let left = time_left().map(|left| left.saturating_sub(MARGIN));
        let within = left.map_or(self.within, |left| left.min(self.within));
        let asking = Asking { client: self, until: Instant::now() + within };
        let done = self.runtime.block_on(async { timeout(within, work(&asking)).await });
        done.unwrap_or_else(|_| Err(Failure::unavailable("the other system did not answer in time")))
    }
}

impl Asking<'_> {
    /// The time that is left.
    #[must_use]
    pub fn left(&self) -> Duration {
        self.until.saturating_duration_since(Instant::now())
    }

    /// Sends a request and reads the JSON of its answer.
    ///
    /// # Errors
    /// [`Failure::NotFound`] and its like for what the other system says, [`Failure::Unavailable`] when it cannot be
    /// asked.
    pub async fn ask(&self, request: &Request, fields: &Fields) -> Result<Json, Failure> {
        self.send(&request.ready(fields, None)?).await
    }

    /// Sends a request whose body says what of a record is another than before, and nothing else of it.
    ///
    /// # Errors
    /// As [`Asking::ask`].
    pub async fn change(&self, request: &Request, fields: &Fields, change: &Change) -> Result<Json, Failure> {
        self.send(&request.ready(fields, Some(change))?).await
    }

    /// The records of a list, page by page until there are `limit`, the list ends, or the pages that are allowed.
    ///
    /// # Errors
    /// As [`Asking::ask`]. No list in an answer is an empty one, and so is "not found".
    pub async fn list(&self, request: &Request, fields: &Fields, limit: usize) -> Result<Vec<Json>, Failure> {
        let mut records = Vec::new();
        let mut ready = request.ready(fields, None)?;
        for _ in 0..request.pages {
            let answer = match self.send(&ready).await {
                Err(Failure::NotFound(_)) => break,
                other => other?,
            };
            let page = page(&answer, &request.list);
            let count = page.len();
            records.extend(page);
            if records.len() >= limit || count == 0 {
                break;
            }
            match self.next(request, fields, &answer, count, records.len())? {
                Some(next) => ready = next,
                None => break,
            }
        }
        records.truncate(limit);
        Ok(records)
    }

    /// The request for the page after this one.
    fn next(
        &self,
        request: &Request,
        fields: &Fields,
        answer: &Json,
        count: usize,
        sofar: usize,
    ) -> Result<Option<Ready>, Failure> {
        let mut fields = fields.clone();
        let text =
            |pointer: &str| answer.pointer(pointer).and_then(Json::as_str).filter(|text| !text.is_empty());
        match &request.next {
            None => return Ok(None),
            Some(Next::Link(pointer)) => {
                let Some(link) = text(pointer) else { return Ok(None) };
                let target = self.client.wire.below(link)?;
                return Ok(Some(Ready { target, ..request.ready(&fields, None)? }));
            }
            Some(Next::Cursor(pointer)) => {
                let Some(cursor) = text(pointer) else { return Ok(None) };
                fields.insert(CURSOR.to_owned(), cursor.to_owned());
            }
            Some(Next::Offset(full)) if count < *full => return Ok(None),
            Some(Next::Offset(_)) => {
                fields.insert(OFFSET.to_owned(), sofar.to_string());
            }
        }
        request.ready(&fields, None).map(Some)
    }

    async fn send(&self, ready: &Ready) -> Result<Json, Failure> {
        let mut pause = FIRST_PAUSE;
        let mut token_was_refused = false;
        for further in (0..=self.client.retries).rev() {
            let (mut reply, token) = self.once(ready).await?;
            let refused =
                matches!(&reply, Reply::Answer { status, .. } if *status == StatusCode::UNAUTHORIZED);
            if let (true, false, Some(token)) = (refused, token_was_refused, token)
                && let Auth::Token(tokens) = &self.client.auth
            {
                token_was_refused = true;
                tokens.refused(&token).await;
                reply = self.once(ready).await?.0;
            }
            let wait = reply.wait().unwrap_or(pause).min(LONGEST_PAUSE);
            if reply.asks_for_rest() {
                self.client.rate.pause(wait);
            }
            let again = further > 0 && ready.idempotent && reply.may_pass();
            if !again || Instant::now() + wait >= self.until {
                return self.judged(reply);
            }
            sleep(wait).await;
            pause *= 2;
        }
        Err(Failure::unavailable("the other system cannot be reached"))
    }

    /// Sends it once, when it is our turn, and says with which token.
    async fn once(&self, ready: &Ready) -> Result<(Reply, Option<HeaderValue>), Failure> {
        self.turn().await?;
        let mut headers = self.client.headers.clone();
        headers.extend(ready.headers.iter().cloned());
        let mut token = None;
        match &self.client.auth {
            Auth::Nobody => {}
            Auth::Fixed { name, value, .. } => headers.push((name.clone(), value.clone())),
            Auth::Token(tokens) => {
                let value = tokens.header(self.token()).await?;
                headers.push((AUTHORIZATION, value.clone()));
                token = Some(value);
            }
        }
        Ok((self.client.wire.send(ready, &headers).await, token))
    }

    async fn turn(&self) -> Result<(), Failure> {
        match self.client.rate.take(self.left()) {
            Ok(wait) if wait.is_zero() => {}
            Ok(wait) => sleep(wait).await,
            Err(wait) => {
                let text = format!("the other system is asked too often; again in {} s", wait.as_secs() + 1);
                return Err(Failure::unavailable(text));
            }
        }
        Ok(())
    }

    /// Asks for a token.
    async fn token(&self) -> Result<Json, Failure> {
        let Auth::Token(tokens) = &self.client.auth else {
            return Err(Failure::Internal("there is no token to ask for".to_owned()));
        };
        let refused = |status: StatusCode| {
            Failure::unavailable(format!("the token server refuses Hark's log-in ({})", status.as_u16()))
        };
        match self.client.wire.send_form(&tokens.from, &tokens.form).await {
            Reply::Answer { status, body: Some(body), .. } if status.is_success() => Ok(body),
            Reply::Answer { status, .. } if status.is_client_error() => Err(refused(status)),
            Reply::Answer { status, .. } => {
                Err(Failure::unavailable(format!("the token server is out of order ({})", status.as_u16())))
            }
            Reply::None(why) => {
                Err(Failure::unavailable(format!("the token server cannot be reached ({why})")))
            }
        }
    }

    fn judged(&self, reply: Reply) -> Result<Json, Failure> {
        let (status, body) = match reply {
            Reply::None(why) => {
                return Err(Failure::unavailable(format!("the other system cannot be reached ({why})")));
            }
            Reply::Answer { status, body, .. } => (status, body),
        };
        if status.is_success() {
            return body.ok_or_else(|| Failure::unavailable("the other system's answer is not JSON"));
        }
        let said = self.client.error.as_ref().zip(body.as_ref()).and_then(|(error, body)| error.of(body));
        let said = said.map(|said| {
            let said: String = self.client.auth.scrub(&said).chars().take(MESSAGE).collect();
            format!(": {said}")
        });
        let text = |what: &str| format!("the other system {what}{}", said.as_deref().unwrap_or_default());
        let number = status.as_u16();
        Err(match number {
            404 | 410 => Failure::not_found(text("knows no such thing")),
            401 | 407 => Failure::unavailable(text("refuses Hark's log-in")),
            403 => Failure::refused(text("does not permit this")),
            409 | 412 => Failure::refused(text("has a conflict with this")),
            429 => Failure::unavailable(text("was asked too often")),
            300..=399 => Failure::unavailable(text("has moved: `server.base_url` is not right")),
            400..=499 => Failure::invalid(text(&format!("does not take this ({number})"))),
            _ => Failure::unavailable(text(&format!("is out of order ({number})"))),
        })
    }
}

/// The records of one page: a list at the pointer, or the one thing that is there.
fn page(answer: &Json, pointer: &str) -> Vec<Json> {
    match answer.pointer(pointer) {
        Some(Json::Array(records)) => records.clone(),
        Some(Json::Object(_)) => vec![answer.pointer(pointer).cloned().unwrap_or_default()],
        _ => Vec::new(),
    }
}
