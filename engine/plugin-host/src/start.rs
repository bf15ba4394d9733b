//! Loading and starting a plugin, each step on a thread of its own: a plugin that hangs while it starts is a fault with
//! a reason, and the engine goes on.

use crate::border::{Border, Lent};
use crate::in_process::InProcess;
use crate::instance::{Instance, NotCreated};
use crate::library::Library;
use crate::limits;
use crate::options::{Isolation, PluginOptions};
use crate::transport::Transport;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::mpsc::{RecvTimeoutError, channel};

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

/// Opens a library's copy.
pub(crate) fn open(copy: PathBuf) -> Result<Library, String> {
    bounded("loading it", move || Library::open(&copy))?
}

/// All that is wrong with a plugin's settings, by themselves.
pub(crate) fn faults_of(options: &PluginOptions) -> Vec<String> {
    let mut faults = Vec::new();
    if options.isolation == Isolation::Process {
        faults.push("isolation = \"process\" is not to be had yet; say \"in_process\"".to_owned());
    }
    let mut within = |what: &str, is: u32, least: u32, most: u32| {
        if !(least..=most).contains(&is) {
            faults.push(format!("{what} is {is}, allowed are {least} to {most}"));
        }
    };
    within("deadline_ms", options.deadline_ms, 1, limits::MAX_DEADLINE_MS);
    within("queue", options.queue, 0, limits::MAX_QUEUE);
    if let Some(most) = options.max_in_flight {
        within("max_in_flight", most, 1, limits::MAX_IN_FLIGHT);
    }
    faults
}

/// Everything that is needed to make an instance, again and again if need be.
pub(crate) struct Starter {
    pub(crate) library: Library,
    pub(crate) host: Lent,
    pub(crate) border: &'static Border,
    pub(crate) config: String,
}

impl Starter {
    /// Makes an instance and puts it to work.
    pub(crate) fn start(&self) -> Result<Arc<dyn Transport>, NotCreated> {
        let (library, host, config) = (self.library.clone(), self.host, self.config.clone());
        let never = |why| NotCreated { later: false, why };
        let instance =
            bounded("starting it", move || Instance::create(&library, host, &config)).map_err(never)??;
        let running = InProcess::start(self.border, &self.library.about.manifest, instance);
        let running = running.map_err(|error| never(format!("there is no thread for it: {error}")))?;
        Ok(Arc::new(running))
    }
}
