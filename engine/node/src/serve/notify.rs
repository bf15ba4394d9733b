//! Tells systemd how the service is (sd_notify): a datagram to the socket that it names. Without one nothing happens.

use std::os::linux::net::SocketAddrExt as _;
use std::os::unix::ffi::OsStrExt as _;
use std::os::unix::net::{SocketAddr, UnixDatagram};
use std::time::Duration;

/// The service takes requests.
pub(crate) const READY: &str = "READY=1";
/// The service is ending.
pub(crate) const STOPPING: &str = "STOPPING=1";
/// The writer turns.
pub(crate) const WATCHDOG: &str = "WATCHDOG=1";

/// Sends one state. That systemd cannot be told is no reason to stop: it will find out by itself.
pub(crate) fn tell(state: &str) {
    if let Err(error) = send(state) {
        tracing::warn!(%error, state, "systemd could not be told");
    }
}

fn send(state: &str) -> std::io::Result<()> {
    let Some(name) = std::env::var_os("NOTIFY_SOCKET") else { return Ok(()) };
    let address = match name.as_bytes() {
        // A name of Linux's own space, which is no file.
        [b'@', name @ ..] => SocketAddr::from_abstract_name(name)?,
        _ => SocketAddr::from_pathname(&name)?,
    };
    UnixDatagram::unbound()?.send_to_addr(state.as_bytes(), &address).map(drop)
}

/// The state that begins a reload: with it systemd wants the time of its monotonic clock, which the kernel prints.
pub(crate) fn reloading() -> String {
    let uptime = std::fs::read_to_string("/proc/uptime").unwrap_or_default();
    let seconds: f64 = uptime.split(' ').next().and_then(|text| text.parse().ok()).unwrap_or_default();
    format!("RELOADING=1\nMONOTONIC_USEC={:.0}", seconds * 1e6)
}

/// How often the watchdog wants to hear, with room to spare; none when there is no watchdog.
pub(crate) fn watchdog_interval() -> Option<Duration> {
    let micros: u64 = std::env::var("WATCHDOG_USEC").ok()?.parse().ok()?;
    Some(Duration::from_micros(micros) / 3)
}
