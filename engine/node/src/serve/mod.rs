//! `hark serve`: runs the desk until it is told to stop, reloads it, and tells systemd how it is.

mod audit;
mod desk;
mod logging;
mod notify;
mod plugin_changes;
mod plugins;
mod reactions;
mod rulebook;
mod scripts;
mod secret;
mod signals;
mod swap;
mod transcript;

pub(crate) use desk::{Desk, check_plugins};
pub(crate) use logging::start as start_log;
pub(crate) use plugins::fault as plugin_fault;
pub(crate) use scripts::{Loaded, load as load_scripts};
use signals::{Signals, Wish};

use crate::config::{Config, Fault};
use crate::error::Error;
use crate::people;
use crate::say::complain;
use hark_core::Policy;
use hark_runtime::Options;
use std::future::Future;
use std::net::{SocketAddr, TcpListener};
use std::path::Path;
use std::time::Duration;

/// What the plugin host is to load for a configuration, and a fault for every plugin whose file is not there.
pub(crate) fn plugin_options(config: &Config) -> (hark_plugin_host::Options, Vec<Fault>) {
    plugins::host_options(config, &config.data_dir())
}

/// How often the engine is looked at, at least.
const LOOK: Duration = Duration::from_millis(500);
/// Exit code of a second interrupt, as a shell would tell it.
const INTERRUPTED: i32 = 130;

/// Runs the desk of a configuration.
///
/// # Errors
/// It could not start, or it could not go on.
pub(crate) fn serve(file: &Path) -> Result<(), Error> {
    let config = Config::load(file).map_err(Error::Faults)?;
    start_log(&config.log);
    on_executor(async {
        let mut signals = signals()?;
        let listener = listen(config.server.listen)?;
        let desk = Desk::open(&config, listener).await?;
        complain(format!("hark: serving on http://{}", desk.address));
        if !people::has_admin(&desk.handle).await? {
            complain(first_admin(file));
        }
        let end = attend(&desk, &mut signals, async |desk| reload(desk, file).await).await;
        close(desk, &mut signals).await;
        end
    })
}

fn first_admin(file: &Path) -> String {
    let file = file.display();
    format!(
        "hark: nobody can configure this desk yet. Stop it, make the first admin, and start it again:\n    \
         hark user add NAME --role admin --config {file}"
    )
}

/// Runs `work` on the executor of this process.
///
/// # Errors
/// What `work` says, or that no executor can be had.
pub(crate) fn on_executor<T>(work: impl Future<Output = Result<T, Error>>) -> Result<T, Error> {
    let executor = tokio::runtime::Builder::new_multi_thread()
        .thread_name("hark-worker")
        .enable_all()
        .build()
        .map_err(Error::io("start", "the executor"))?;
    let worked = executor.block_on(work);
    // What had to end has ended; a plugin's thread that never comes back is not waited for.
    executor.shutdown_background();
    worked
}

/// The signals of this process from now on.
pub(crate) fn signals() -> Result<Signals, Error> {
    Signals::new().map_err(Error::io("listen to", "signals"))
}

/// Listens on an address.
///
/// # Errors
/// It is taken, or not ours.
pub(crate) fn listen(address: SocketAddr) -> Result<TcpListener, Error> {
    let listener = TcpListener::bind(address).map_err(Error::io("listen on", address.to_string()))?;
    listener.set_nonblocking(true).map_err(Error::io("listen on", address.to_string()))?;
    Ok(listener)
}

/// What the runtime is opened with.
pub(crate) fn runtime_options(config: &Config, data_dir: &Path, policy: Box<dyn Policy + Send>) -> Options {
    Options {
        inbox: config.server.inbox,
        feed_events: config.server.replay_events,
        snapshot_turns: config.journal.snapshot_every,
        segment_bytes: config.journal.segment_mib << 20,
        keep_months: config.journal.keep_months,
        ..Options::new(data_dir, policy)
    }
}

/// Looks after a desk until it is told to stop.
///
/// # Errors
/// The engine takes no commands any more.
pub(crate) async fn attend(
    desk: &Desk,
    signals: &mut Signals,
    reload: impl AsyncFn(&Desk),
) -> Result<(), Error> {
    notify::tell(notify::READY);
    let mut look = tokio::time::interval(notify::watchdog_interval().unwrap_or(LOOK).min(LOOK));
    loop {
        tokio::select! {
            wish = signals.next() => match wish {
                Wish::Stop => return Ok(()),
                Wish::Reload => reload(desk).await,
            },
            _ = look.tick() => turns(desk).await?,
        }
    }
}

/// Looks whether the writer turns, and says so to the watchdog. One that is slow is not told of: systemd will judge.
async fn turns(desk: &Desk) -> Result<(), Error> {
    match tokio::time::timeout(LOOK, desk.handle.read(|_| ())).await {
        Ok(Ok(_) | Err(hark_runtime::Error::Busy | hark_runtime::Error::NoRoom)) => {
            notify::tell(notify::WATCHDOG);
        }
        Ok(Err(error)) => {
            tracing::error!(%error, "the engine ends");
            return Err(Error::Desk(error));
        }
        Err(_) => tracing::warn!("the engine is slow to answer"),
    }
    Ok(())
}

/// Closes a desk. A second interrupt ends the process at once: what was acknowledged is on the disk.
#[expect(clippy::disallowed_methods, reason = "who interrupts twice wants no closing; the journal bears it")]
pub(crate) async fn close(desk: Desk, signals: &mut Signals) {
    notify::tell(notify::STOPPING);
    tokio::select! {
        () = desk.close() => {}
        () = signals.second_stop() => std::process::exit(INTERRUPTED),
    }
}

/// Reads the configuration again. One with faults changes nothing and is told in the log.
async fn reload(desk: &Desk, file: &Path) {
    notify::tell(&notify::reloading());
    let reloaded = match Config::load(file) {
        Ok(config) => desk.reload(config).await,
        Err(faults) => Err(Error::Faults(faults)),
    };
    match reloaded {
        Ok(()) => tracing::info!("reloaded: queues, codes, limits and scripts; the rest at the next start"),
        Err(error) => not_reloaded(&error),
    }
    notify::tell(notify::READY);
}

/// Tells in the log why what answered goes on answering.
fn not_reloaded(error: &Error) {
    let Error::Faults(faults) = error else { return tracing::error!(%error, "not reloaded") };
    for fault in faults {
        tracing::error!(%fault, "not reloaded");
    }
}
