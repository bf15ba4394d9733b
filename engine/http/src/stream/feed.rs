//! One listener's line of envelopes: the hello, what happened, what passes, and the goodbye with its reason. The three
//! transports carry it and add nothing.

use super::board::{Sight, Watching};
use super::envelope::{self, Audience, Envelope};
use crate::app::App;
use crate::auth::Caller;
use crate::options::Limits;
use crate::presence::{Here, Somebody};
use crate::problem::Problem;
use hark_core::state::{Role, Side, State};
use hark_core::view::QueueStrip;
use hark_core::{Event, QueueId, Time};
use hark_runtime::{Cursor, Happened, Interest, Subscription, Told, Whisper};
use serde_json::{Value, json};
use std::collections::{BTreeSet, VecDeque};
use std::sync::Arc;
use tokio::sync::watch;

/// Why a stream ends, with its close code.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Goodbye {
    /// Hark restarts: come back.
    Restart,
    /// The log-in has ended.
    Revoked,
    /// The listener was too slow: go on from the last cursor.
    Slow,
    /// The cursor is too old: begin again from a snapshot.
    Reset,
}

impl Goodbye {
    pub(crate) fn code(self) -> u16 {
        match self {
            Self::Restart => 1012,
            Self::Revoked => 4003,
            Self::Slow => 4008,
            Self::Reset => 1000,
        }
    }

    pub(crate) fn reason(self) -> &'static str {
        match self {
            Self::Restart => "restart",
            Self::Revoked => "revoked",
            Self::Slow => "slow_consumer",
            Self::Reset => "reset_required",
        }
    }
}

/// What is sent next.
#[derive(Debug, Clone)]
pub(crate) enum Frame {
    /// An envelope, as JSON without line breaks.
    Text { kind: &'static str, text: String, cursor: Option<Cursor> },
    /// The end.
    Close(Goodbye),
}

/// One listener's line.
pub(crate) struct Feed {
    app: Arc<App>,
    caller: Caller,
    audience: Audience,
    /// Where the line began: nothing up to here is missing once it has caught up.
    pub(crate) began: Cursor,
    /// After which cursor the listener wanted to hear.
    pub(crate) from: Cursor,
    subscription: Option<Subscription>,
    watching: Watching,
    stopping: watch::Receiver<bool>,
    ready: VecDeque<Frame>,
    /// What is being put into words, so that a cancelled `next` loses nothing.
    current: Option<Told>,
    queues: BTreeSet<QueueId>,
    strips: Vec<QueueStrip>,
    place: Option<u32>,
    _here: Here,
}

struct Beginning {
    queues: BTreeSet<QueueId>,
    message_limit: u32,
}

impl Feed {
    /// Opens a line after a cursor, or from now on.
    pub(crate) async fn open(app: &Arc<App>, caller: Caller, after: Option<Cursor>) -> Result<Self, Problem> {
        let somebody = Somebody::of(&caller).ok_or_else(Problem::unauthorized)?;
        let (audience, interest) = match &caller {
            Caller::Guest(chat) => (Audience::Guest(*chat), Interest::Chat(*chat)),
            Caller::Person(person) if person.role == Role::Agent => {
                (Audience::Agent(person.id), Interest::Agent(person.id))
            }
            Caller::Person(person) => (Audience::Supervisor(person.id), Interest::All),
            Caller::Nobody => return Err(Problem::unauthorized()),
        };
        let here = Here::new(app, somebody);
        let seen = app.handle.read(move |state| beginning(state, audience)).await?;
        let from = after.unwrap_or(seen.cursor);
        let known = from <= seen.cursor;
        let subscription = app.handle.subscribe(Some(from), interest).ok().filter(|_| known);
        let mut feed = Self {
            app: Arc::clone(app),
            caller,
            audience,
            began: seen.cursor,
            from,
            subscription,
            watching: app.board.watch(audience),
            stopping: app.stopping(),
            ready: VecDeque::new(),
            current: None,
            queues: seen.value.queues,
            strips: Vec::new(),
            place: None,
            _here: here,
        };
        feed.greet(seen.now, seen.value.message_limit);
        Ok(feed)
    }

    fn greet(&mut self, now: Time, message_limit: u32) {
        let hello = json!({
            "ping_s": Limits::PING.as_secs(), "message_limit": message_limit, "frame_bytes": Limits::FRAME_BYTES,
        });
        self.push(&Envelope::of_stream("stream.hello", now, self.from, hello), None);
        if self.subscription.is_none() {
            self.push(&Envelope::of_stream("stream.reset_required", now, self.began, json!({})), None);
            self.ready.push_back(Frame::Close(Goodbye::Reset));
        }
    }

    fn push(&mut self, envelope: &Envelope, cursor: Option<Cursor>) {
        self.ready.push_back(Frame::Text { kind: envelope.kind, text: envelope.text(), cursor });
    }

    /// Whether the log-in's time is over.
    pub(crate) fn has_expired(&self) -> bool {
        match &self.caller {
            Caller::Person(person) => person.expires_at <= self.app.handle.now(),
            _ => false,
        }
    }

    /// The caller, for what they send themselves.
    pub(crate) fn caller(&self) -> &Caller {
        &self.caller
    }

    /// What is sent next. Safe to cancel; after a goodbye it says goodbye for ever.
    pub(crate) async fn next(&mut self) -> Frame {
        loop {
            if let Some(Frame::Close(goodbye)) = self.ready.front() {
                return Frame::Close(*goodbye);
            }
            if let Some(frame) = self.ready.pop_front() {
                return frame;
            }
            if let Some(told) = self.current.clone() {
                self.translate(told).await;
                self.current = None;
                continue;
            }
            self.wait().await;
        }
    }

    async fn wait(&mut self) {
        let Some(subscription) = &mut self.subscription else {
            self.ready.push_back(Frame::Close(Goodbye::Reset));
            return;
        };
        let news = tokio::select! {
            biased;
            () = stopped(&mut self.stopping) => News::Stopping,
            told = subscription.next() => News::Told(told),
            sight = self.watching.next() => News::Sight(sight),
        };
        match news {
            News::Stopping => self.ready.push_back(Frame::Close(Goodbye::Restart)),
            News::Told(told) => self.current = Some(told),
            News::Sight(sight) => self.see(&sight),
        }
    }

    async fn translate(&mut self, told: Told) {
        match told {
            Told::Event(happened) => self.tell(&happened).await,
            Told::Whisper(whisper) => self.whisper(&whisper),
            Told::CaughtUp => {
                let now = self.app.handle.now();
                self.push(&Envelope::of_stream("stream.caught_up", now, self.began, json!({})), None);
            }
            Told::Lagged => self.ready.push_back(Frame::Close(Goodbye::Slow)),
            Told::Stopped => self.ready.push_back(Frame::Close(Goodbye::Restart)),
        }
    }

    async fn tell(&mut self, happened: &Arc<Happened>) {
        let audience = self.audience;
        let own = audience.agent();
        let moved = envelope::changes_activity_of(&happened.event).filter(|agent| own == Some(*agent));
        let (told, status) = if moved.is_some() || envelope::needs_state(&happened.event) {
            let event = Arc::clone(happened);
            let look = move |state: &State| {
                let told = envelope::tell(&event, audience, Some(state));
                (told, moved.and_then(|agent| envelope::status(agent, state)))
            };
            match self.app.handle.read(look).await {
                Ok(seen) => seen.value,
                // What cannot be told now is told after the listener has come back to its cursor.
                Err(_) => return self.ready.push_back(Frame::Close(Goodbye::Restart)),
            }
        } else {
            (envelope::tell(happened, audience, None), None)
        };
        if let Some(told) = told {
            self.push(&Envelope::of(happened, audience, told), Some(happened.cursor));
        }
        if let Some(status) = status {
            self.pass("agent.status_changed", status);
        }
        self.hear_of_self(&happened.event);
    }

    /// What an event means for the line itself.
    fn hear_of_self(&mut self, event: &Event) {
        let Caller::Person(person) = &self.caller else { return };
        let revoked = match event {
            Event::TokenClosed { token, .. } => *token == person.token,
            Event::AgentSaved { profile } if profile.id == person.id => {
                self.queues = profile.queues.clone();
                profile.disabled || profile.role != person.role
            }
            _ => false,
        };
        if revoked {
            self.ready.push_back(Frame::Close(Goodbye::Revoked));
        }
    }

    fn whisper(&mut self, whisper: &Whisper) {
        let for_us = match self.audience {
            Audience::Guest(_) => whisper.side != Some(Side::Customer),
            Audience::Agent(agent) | Audience::Supervisor(agent) => whisper.agent == Some(agent),
        };
        if for_us {
            let now = self.app.handle.now();
            self.push(&Envelope::passing(whisper.kind, now, whisper.chat, whisper.body.clone()), None);
        }
    }

    fn see(&mut self, sight: &Sight) {
        match self.audience {
            Audience::Guest(chat) => {
                let place = sight.places.get(&chat).copied();
                if place.is_some() && place != self.place {
                    let data = json!({ "position": place });
                    self.push(&Envelope::passing("chat.position_changed", sight.at, Some(chat), data), None);
                }
                self.place = place;
            }
            Audience::Agent(_) => self.see_queues(sight),
            Audience::Supervisor(_) => {
                self.see_queues(sight);
                if let Some(wallboard) = &sight.wallboard {
                    self.push(&Envelope::passing("metrics.tick", sight.at, None, wallboard.clone()), None);
                }
            }
        }
    }

    fn see_queues(&mut self, sight: &Sight) {
        let own = sight.strips.iter().filter(|strip| self.queues.contains(&strip.id));
        let own: Vec<QueueStrip> = own.cloned().collect();
        if own != self.strips {
            self.pass("queues.tick", json!({ "queues": own }));
            self.strips = own;
        }
    }

    fn pass(&mut self, kind: &'static str, data: Value) {
        let now = self.app.handle.now();
        self.push(&Envelope::passing(kind, now, None, data), None);
    }
}

/// What a line hears.
enum News {
    Stopping,
    Told(Told),
    Sight(Arc<Sight>),
}

async fn stopped(stopping: &mut watch::Receiver<bool>) {
    // The service never goes without saying so: a sender that is gone means the same.
    let _ = stopping.wait_for(|stopping| *stopping).await;
}

fn beginning(state: &State, audience: Audience) -> Beginning {
    let limits = &state.setup().limits;
    match audience.agent() {
        Some(agent) => Beginning {
            queues: state.agent(agent).map(|agent| agent.profile.queues.clone()).unwrap_or_default(),
            message_limit: limits.agent_message_chars,
        },
        None => Beginning { queues: BTreeSet::new(), message_limit: limits.customer_message_chars },
    }
}
