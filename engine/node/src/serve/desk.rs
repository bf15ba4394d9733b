//! A whole desk in this process: engine, scripts, plugins and pages, opened and closed in their order. It knows neither
//! signals nor the command line.

use super::plugin_changes::Workshop;
use super::reactions::Reactor;
use super::rulebook::{Book, Kept, texts, watch};
use super::scripts::{self, Rules};
use super::secret::secret;
use super::swap::{Exchange, Exchangeable};
use super::{plugins, runtime_options, transcript};
use crate::config::{Config, Fault};
use crate::error::Error;
use hark_core::{Action, Actor, ChatId, Setup};
use hark_plugin_host::Host;
use hark_runtime::{Handle, Runtime, Systems as _};
use std::fs::DirBuilder;
use std::net::{SocketAddr, TcpListener};
use std::os::unix::fs::DirBuilderExt as _;
use std::path::Path;
use std::pin::Pin;
use std::sync::Arc;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

type Transcript = Pin<Box<dyn Future<Output = Option<String>> + Send>>;

/// What a plugin provides that is the desk's CRM.
const CRM: &str = "crm.lookup/1";

/// A running desk.
pub(crate) struct Desk {
    /// The way to it.
    pub(crate) handle: Handle,
    /// Where it listens.
    pub(crate) address: SocketAddr,
    /// The scripts, and which of them are in force.
    book: Book,
    runtime: Runtime,
    host: Arc<Host>,
    reactor: Arc<Reactor>,
    stop_web: oneshot::Sender<()>,
    web: JoinHandle<()>,
    jobs: JoinHandle<()>,
    watch: JoinHandle<()>,
}

impl Desk {
    /// Opens a desk that serves on `listener`.
    ///
    /// # Errors
    /// Faults of scripts and plugins, or a data folder that cannot be used.
    pub(crate) async fn open(config: &Config, listener: TcpListener) -> Result<Self, Error> {
        let data_dir = config.data_dir();
        let (host_options, mut faults) = plugins::host_options(config, &data_dir);
        let kept = Kept::read(&data_dir, config).map_err(Error::told)?;
        let asked = kept.apply(config);
        let texts = texts(&asked);
        let mut loaded = match scripts::load(&asked) {
            Ok(loaded) if faults.is_empty() => loaded,
            loaded => {
                faults.extend(loaded.err().into_iter().flatten());
                return Err(Error::Faults(faults));
            }
        };
        make_private(&data_dir)?;
        let exchange = Exchange::default();
        let rules = Rules::new(&loaded, texts, exchange.clone());
        let reactions = loaded.take_reactions();
        let policy = Exchangeable::new(loaded.policy, exchange);
        // Opening takes the folder's lock: nothing in it is touched before.
        let (runtime, handle) = Runtime::open(runtime_options(config, &data_dir, Box::new(policy)))?;
        let book = Book::new(kept, config, rules.clone(), handle.clone());
        let secret = secret(&data_dir)?;
        let host = load_plugins(host_options).await?;
        configure(&handle, &config.setup, host.has(CRM)).await?;
        let address = listener.local_addr().map_err(Error::io("look at", "the listener"))?;
        let systems = Arc::clone(&host) as Arc<dyn hark_runtime::Systems>;
        let reactor = Arc::new(Reactor::new(handle.clone(), systems, &data_dir));
        rules.react_with(&reactor, reactions)?;
        let jobs = host.serve_jobs(handle.clone(), transcripts(&handle));
        let watch = tokio::spawn(watch(book.clone()));
        let (stop_web, stopped) = oneshot::channel();
        let service = hark_http::Service::new(web_options(
            config,
            listener,
            &handle,
            &host,
            secret,
            (rules, book.clone()),
        ));
        let web = tokio::spawn(async {
            let stopped = async {
                let _ = stopped.await;
            };
            if let Err(error) = service.run(stopped).await {
                tracing::error!(%error, "the pages are not served");
            }
        });
        Ok(Self { handle, address, book, runtime, host, reactor, stop_web, web, jobs, watch })
    }

    /// Takes another configuration as far as that goes while the desk runs: the desk's own part, and the scripts.
    ///
    /// # Errors
    /// The scripts have faults, do not pass their own tests, or fail at a recorded question; then nothing has changed.
    pub(crate) async fn reload(&self, config: Config) -> Result<(), Error> {
        let _turn = self.book.turn().await;
        let passed = self.book.pass(&config).await?;
        configure(&self.handle, &config.setup, self.host.has(CRM)).await?;
        self.book.adopt(config, passed);
        Ok(())
    }

    /// Closes the desk: doors first, then the plugins, then the journal, which has everything that was answered.
    pub(crate) async fn close(self) {
        self.watch.abort();
        // The service that ended by itself needs no word.
        let _ = self.stop_web.send(());
        let _ = self.web.await;
        self.reactor.ending();
        self.host.drain().await;
        let (runtime, reactor) = (self.runtime, self.reactor);
        let end = move || {
            reactor.join();
            runtime.stop();
        };
        if tokio::task::spawn_blocking(end).await.is_err() {
            tracing::error!("the engine did not end well");
        }
        self.jobs.abort();
        tracing::debug!("the desk is closed");
    }
}

/// Customers' words lie in the data folder: nobody else on the machine is to read them.
fn make_private(folder: &Path) -> Result<(), Error> {
    DirBuilder::new().recursive(true).mode(0o700).create(folder).map_err(Error::io("make", folder))
}

async fn load_plugins(options: hark_plugin_host::Options) -> Result<Arc<Host>, Error> {
    let loaded = tokio::task::spawn_blocking(move || Host::load(&options)).await;
    let loaded = loaded.map_err(|_| Error::told("loading the plugins failed: see the log"))?;
    loaded.map(Arc::new).map_err(|faults| Error::Faults(plugin_faults(&faults)))
}

/// Everything that is wrong with the plugins of a configuration, found without starting one.
pub(crate) fn check_plugins(config: &Config) -> Vec<Fault> {
    let (options, mut faults) = plugins::host_options(config, &config.data_dir());
    faults.extend(plugin_faults(&Host::check(&options)));
    faults
}

/// The host's faults as ours.
fn plugin_faults(faults: &[hark_plugin_host::Fault]) -> Vec<Fault> {
    faults.iter().map(|fault| plugins::fault(&fault.plugin, &*fault.message)).collect()
}

/// What the host attaches to a case: the chat as text.
fn transcripts(handle: &Handle) -> impl Fn(ChatId) -> Transcript + Send + Sync + 'static {
    let handle = handle.clone();
    move |chat| {
        let handle = handle.clone();
        Box::pin(async move { transcript::of(&handle, chat).await })
    }
}

async fn configure(handle: &Handle, setup: &Setup, crm: bool) -> Result<(), Error> {
    let setup = Setup { crm, ..setup.clone() };
    handle.submit(Actor::Engine, Action::Configure(Box::new(setup)), None).await?;
    Ok(())
}

fn web_options(
    config: &Config,
    listener: TcpListener,
    handle: &Handle,
    host: &Arc<Host>,
    secret: [u8; 32],
    (rules, book): (Rules, Book),
) -> hark_http::Options {
    hark_http::Options {
        listener,
        handle: handle.clone(),
        systems: Arc::clone(host) as Arc<dyn hark_runtime::Systems>,
        plugins: Arc::new(Workshop::new(Arc::clone(host), handle.clone())),
        secret,
        widgets: config.widgets.clone(),
        sessions_hours: config.server.log_in_hours,
        trusted_proxy: config.server.trusted_proxy,
        policies: Arc::new(move || rules.report()),
        rulebook: Arc::new(book),
        dev_web: std::env::var_os("HARK_DEV_WEB").map(Into::into),
        limits: config.http.clone(),
    }
}
