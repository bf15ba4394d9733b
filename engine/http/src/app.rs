//! What all requests share: the handle, the systems outside, and the small memories of the wire (log-ins seen, stream
//! tickets, presence, rates). None of it is the truth: a restart may forget it all.

use crate::auth::{LogIns, Passwords, Secrets};
use crate::options::{Limits, Options, PolicyReport, Widget};
use crate::plugins::Plugins;
use crate::presence::Presence;
use crate::rate::Rates;
use crate::rulebook::Rulebook;
use crate::stream::{Board, StreamTickets, Streams, Typing};
use crate::web::Pages;
use hark_runtime::{Handle, Systems};
use std::collections::BTreeMap;
use std::sync::Arc;
use tokio::sync::watch;

/// What all requests share.
pub(crate) struct App {
    pub(crate) handle: Handle,
    pub(crate) systems: Arc<dyn Systems>,
    pub(crate) plugins: Arc<dyn Plugins>,
    pub(crate) secrets: Secrets,
    pub(crate) widgets: BTreeMap<String, Widget>,
    pub(crate) sessions_hours: u32,
    pub(crate) trusted_proxy: bool,
    pub(crate) policies: PolicyReport,
    pub(crate) rulebook: Arc<dyn Rulebook>,
    pub(crate) limits: Limits,
    pub(crate) pages: Pages,
    pub(crate) log_ins: LogIns,
    pub(crate) passwords: Passwords,
    pub(crate) rates: Rates,
    pub(crate) presence: Presence,
    pub(crate) stream_tickets: StreamTickets,
    pub(crate) streams: Streams,
    pub(crate) typing: Typing,
    pub(crate) board: Board,
    /// True once the service stops: streams say goodbye.
    pub(crate) stopping: watch::Sender<bool>,
}

impl App {
    pub(crate) fn new(options: Options) -> (std::net::TcpListener, Arc<Self>) {
        let Options { listener, handle, systems, secret, widgets, sessions_hours, .. } = options;
        let app = Self {
            handle,
            systems,
            plugins: options.plugins,
            secrets: Secrets::new(secret),
            widgets: widgets.into_iter().map(|widget| (widget.key.clone(), widget)).collect(),
            sessions_hours,
            trusted_proxy: options.trusted_proxy,
            policies: options.policies,
            rulebook: options.rulebook,
            rates: Rates::new(&options.limits),
            limits: options.limits,
            pages: Pages::new(options.dev_web),
            log_ins: LogIns::default(),
            passwords: Passwords::default(),
            presence: Presence::default(),
            stream_tickets: StreamTickets::default(),
            streams: Streams::default(),
            typing: Typing::default(),
            board: Board::default(),
            stopping: watch::Sender::new(false),
        };
        (listener, Arc::new(app))
    }

    /// The moment at which the service is told to stop.
    pub(crate) fn stopping(&self) -> watch::Receiver<bool> {
        self.stopping.subscribe()
    }
}
