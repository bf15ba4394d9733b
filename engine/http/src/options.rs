//! What the service is started with, and the names and defaults of its limits. Values only: nothing is opened here.

use crate::plugins::Plugins;
use crate::rulebook::Rulebook;
use hark_runtime::{Handle, Systems};
use serde::{Deserialize, Serialize};
use std::net::TcpListener;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

/// Tells how the decision points' policies are doing, for `GET /v1/policies`.
pub type PolicyReport = Arc<dyn Fn() -> serde_json::Value + Send + Sync>;

/// What the service is started with.
pub struct Options {
    /// Where connections come in; bound already, so that its address is known.
    pub listener: TcpListener,
    /// The way to the desk.
    pub handle: Handle,
    /// CRM and FAQ.
    pub systems: Arc<dyn Systems>,
    /// The plugins that they are.
    pub plugins: Arc<dyn Plugins>,
    /// The installation's secret: guests' tokens are made from it, so it must outlast restarts.
    pub secret: [u8; 32],
    /// Doors for customers.
    pub widgets: Vec<Widget>,
    /// How long a person stays logged in, in hours.
    pub sessions_hours: u32,
    /// Whether `X-Forwarded-For` and `X-Forwarded-Proto` are believed: only behind a proxy that sets them.
    pub trusted_proxy: bool,
    /// How the policies are doing.
    pub policies: PolicyReport,
    /// The scripts.
    pub rulebook: Arc<dyn Rulebook>,
    /// Serves the pages from this folder instead of from the binary, for work on them.
    pub dev_web: Option<PathBuf>,
    /// Bounds of sizes, numbers and times.
    pub limits: Limits,
}

/// A door for customers: one page or site where chats are asked for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Widget {
    /// Names it in addresses.
    pub key: String,
    /// What customers read.
    pub title: String,
    /// Names of the queues that customers may choose; all open ones when empty.
    #[serde(default)]
    pub queues: Vec<String>,
    /// Languages of its pages, BCP 47 tags, the first one being the default.
    #[serde(default)]
    pub languages: Vec<String>,
}

/// Bounds of sizes, numbers and times of the wire.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Limits {
    /// Connections at a time; beyond it new ones wait in the system's queue.
    pub connections: u32,
    /// Connections at a time from one address; beyond it new ones are closed at once.
    pub connections_per_address: u32,
    /// Largest body of a request, in bytes.
    pub body_bytes: u32,
    /// Seconds from accepting a connection, or from the first byte of a later request, to the end of the header.
    pub header_s: u32,
    /// Seconds for the body of a request.
    pub body_s: u32,
    /// Seconds that a connection may be idle between requests.
    pub idle_s: u32,
    /// Seconds that a write may be stuck because the reader does not read.
    pub write_s: u32,
    /// Requests a minute of one guest.
    pub guest_requests_per_minute: u32,
    /// Requests a minute of guests and strangers from one address.
    pub address_requests_per_minute: u32,
    /// Chats a minute asked for from one address.
    pub address_chats_per_minute: u32,
    /// Failed log-ins a minute for one login from one address.
    pub log_in_failures_per_minute: u32,
    /// Seconds between a stop being asked for and open requests being cut.
    pub drain_s: u32,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            connections: 10_000,
            connections_per_address: 8_192,
            body_bytes: 64 * 1024,
            header_s: 5,
            body_s: 10,
            idle_s: 75,
            write_s: 15,
            guest_requests_per_minute: 1_200,
            address_requests_per_minute: 120_000,
            address_chats_per_minute: 6_000,
            log_in_failures_per_minute: 10,
            drain_s: 10,
        }
    }
}

impl Limits {
    /// Largest frame that a client may send on a stream, and largest that it is sent, in bytes.
    pub const FRAME_BYTES: usize = 64 * 1024;
    /// How often a stream is pinged.
    pub const PING: Duration = Duration::from_secs(20);
    /// How often an SSE stream says that it lives.
    pub const COMMENT: Duration = Duration::from_secs(15);
    /// How long one who only asks and holds no stream counts as connected after the last request.
    pub const LEASE: Duration = Duration::from_secs(30);
    /// How long a stream ticket works.
    pub const STREAM_TICKET: Duration = Duration::from_secs(30);
    /// How often figures, queues and places are looked at for those who watch.
    pub const BOARD: Duration = Duration::from_secs(1);
    /// Least time between two typing notices of one side of a chat.
    pub const TYPING: Duration = Duration::from_millis(900);
    /// How long a customer can look at a chat that is over, in hours.
    pub const GUEST_LOOKS_BACK_HOURS: u64 = 24;
}

pub(crate) fn seconds(number: u32) -> Duration {
    Duration::from_secs(u64::from(number))
}
