//! Loading and starting a plugin, each step on a thread of its own: a plugin that hangs while it starts is a fault with
//! a reason, and the engine goes on.

use crate::about::About;
use crate::apart::{Apart, Guard, Hatched, Nest};
use crate::border::Lent;
use crate::in_process::InProcess;
use crate::instance::{Instance, NotCreated};
use crate::ledger::Ledger;
use crate::library::Library;
use crate::limits;
use crate::options::{Isolation, PluginOptions};
use crate::transport::Transport;
use std::path::{Path, PathBuf};
use std::sync::mpsc::{RecvTimeoutError, channel};
use std::sync::{Arc, Mutex, PoisonError};
use tokio::runtime::Handle;

/// Does something that a plugin may hang in, and waits no longer than [`limits::START`].
pub(crate) fn bounded<T: Send + 'static>(
    doing: &str,
    work: impl FnOnce() -> T + Send + 'static,
) -> Result<T, String> {
    let (done, wait) = channel();
    let body = move || {
        // Nobody waits for what comes too late; an instance that was made then is left behind.
        let _ = done.send(work());
    };
    std::thread::Builder::new()
        .name("plugin-start".to_owned())
        .spawn(body)
        .map_err(|error| format!("there is no thread to start it on: {error}"))?;
    wait.recv_timeout(limits::START).map_err(|error| match error {
        RecvTimeoutError::Timeout => format!("{doing} took longer than {} s", limits::START.as_secs()),
        RecvTimeoutError::Disconnected => format!("{doing} ended in a panic"),
    })
}

/// A plugin's library, opened where it is to run.
pub(crate) enum Source {
    Here(Library),
    Apart(Nest, Box<Hatched>),
}

impl Source {
    /// Opens a library's copy.
    pub(crate) fn open(
        options: &PluginOptions,
        copy: PathBuf,
        program: &Path,
        ledger: &Arc<Ledger>,
    ) -> Result<Self, String> {
        match options.isolation {
            Isolation::InProcess => bounded("loading it", move || Library::open(&copy))?.map(Self::Here),
            Isolation::Process => {
                let nest = Nest {
                    program: program.to_owned(),
                    library: copy,
                    memory_bytes: u64::from(options.memory_mib) << 20,
                    ledger: Arc::clone(ledger),
                };
                nest.hatch().map(|hatched| Self::Apart(nest, Box::new(hatched)))
            }
        }
    }

    pub(crate) fn about(&self) -> &About {
        match self {
            Self::Here(library) => &library.about,
            Self::Apart(_, hatched) => &hatched.about,
        }
    }
}

/// All that is wrong with a plugin's settings, by themselves.
pub(crate) fn faults_of(options: &PluginOptions) -> Vec<String> {
    let mut faults = Vec::new();
    let mut within = |what: &str, is: u32, least: u32, most: u32| {
        if !(least..=most).contains(&is) {
            faults.push(format!("{what} is {is}, allowed are {least} to {most}"));
        }
    };
    within("deadline_ms", options.deadline_ms, 1, limits::MAX_DEADLINE_MS);
    within("queue", options.queue, 0, limits::MAX_QUEUE);
    within("memory_mib", options.memory_mib, limits::MIN_MEMORY_MIB, limits::MAX_MEMORY_MIB);
    if let Some(most) = options.max_in_flight {
        within("max_in_flight", most, 1, limits::MAX_IN_FLIGHT);
    }
    faults
}

/// Where instances are made.
enum Place {
    Here {
        library: Library,
        host: Lent,
    },
    Apart {
        nest: Nest,
        runtime: Handle,
        /// The child that was made to look at the library: it gets the first instance.
        first: Mutex<Option<Box<Hatched>>>,
    },
}

/// Everything that is needed to make an instance, again and again if need be.
pub(crate) struct Starter {
    pub(crate) about: About,
    pub(crate) ledger: Arc<Ledger>,
    /// Operations that it is given at once.
    pub(crate) seats: u32,
    config: String,
    place: Place,
}

/// An instance at work, and the guard of its process if it has one.
pub(crate) struct Started {
    pub(crate) transport: Arc<dyn Transport>,
    pub(crate) guard: Option<Guard>,
}

impl Starter {
    /// What is needed for this plugin.
    ///
    /// # Errors
    /// It is to run in a child process, and there is no runtime to look after it.
    pub(crate) fn new(options: &PluginOptions, source: Source, ledger: Arc<Ledger>) -> Result<Self, String> {
        let about = source.about().clone();
        let place = match source {
            Source::Here(library) => Place::Here { library, host: Lent::new(Arc::clone(&ledger) as _) },
            Source::Apart(nest, hatched) => {
                let runtime = Handle::try_current()
                    .map_err(|_| "a plugin in a process of its own needs a tokio runtime".to_owned())?;
                Place::Apart { nest, runtime, first: Mutex::new(Some(hatched)) }
            }
        };
        let most = about.manifest.max_in_flight.min(limits::MAX_IN_FLIGHT);
        let seats = options.max_in_flight.unwrap_or(most).min(most);
        Ok(Self { about, ledger, seats, config: options.config.to_string(), place })
    }

    /// Makes an instance and puts it to work.
    pub(crate) fn start(&self) -> Result<Started, NotCreated> {
        match &self.place {
            Place::Here { library, host } => self.start_here(library, *host),
            Place::Apart { nest, runtime, first } => {
                let first = first.lock().unwrap_or_else(PoisonError::into_inner).take();
                let hatched = first.map_or_else(|| nest.hatch(), |hatched| Ok(*hatched));
                // It was opened well before, so it may be again.
                let hatched = hatched.map_err(|why| NotCreated { later: true, why })?;
                let (apart, guard) = Apart::start(hatched, &self.config, &self.ledger, self.seats, runtime)?;
                Ok(Started { transport: Arc::new(apart), guard: Some(guard) })
            }
        }
    }

    fn start_here(&self, library: &Library, host: Lent) -> Result<Started, NotCreated> {
        let (library, config) = (library.clone(), self.config.clone());
        let never = |why| NotCreated { later: false, why };
        let instance =
            bounded("starting it", move || Instance::create(&library, host, &config)).map_err(never)??;
        let listener = Arc::clone(&self.ledger) as _;
        let manifest = &self.about.manifest;
        let running = InProcess::start(&self.ledger.plugin, listener, manifest, instance, !manifest.blocking);
        let running = running.map_err(|error| never(format!("there is no thread for it: {error}")))?;
        Ok(Started { transport: Arc::new(running), guard: None })
    }
}
