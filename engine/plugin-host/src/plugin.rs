//! One plugin as it is configured, and whichever of its builds answers now. Whoever asks gets an answer or a reason in
//! time, also while one build takes another's place.

use crate::apart;
use crate::build::{Build, Leave};
use crate::counters::Counters;
use crate::failure::{Blame, Failure, Given};
use crate::gate::Gate;
use crate::limits;
use crate::operation::Operation;
use crate::options::PluginOptions;
use crate::transport::Ending;
use hark_runtime::SystemReport;
use std::borrow::Cow;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

/// See the module.
pub(crate) struct Plugin {
    pub(crate) options: PluginOptions,
    pub(crate) counters: Arc<Counters>,
    build: Mutex<Arc<Build>>,
    /// The threads that end former builds.
    farewells: Gate,
}

impl Plugin {
    /// A plugin with its first build.
    pub(crate) fn new(options: &PluginOptions, build: Arc<Build>) -> Arc<Self> {
        let counters = Arc::clone(&build.ledger.counters);
        Arc::new(Self {
            options: options.clone(),
            counters,
            build: Mutex::new(build),
            farewells: Gate::default(),
        })
    }

    pub(crate) fn name(&self) -> &str {
        &self.options.name
    }

    /// The build that answers now.
    pub(crate) fn build(&self) -> Arc<Build> {
        Arc::clone(&self.build.lock().unwrap_or_else(PoisonError::into_inner))
    }

    pub(crate) fn is_unloaded(&self) -> bool {
        self.build().leaves() == Some(Leave::Unloaded)
    }

    /// Asks the plugin, and answers within its deadline.
    pub(crate) async fn ask(&self, operation: Cow<'static, str>, request: Vec<u8>) -> Given {
        self.answer(operation, request, true).await
    }

    /// As [`Plugin::ask`], past the circuit breaker: for whoever tries a plugin on purpose.
    pub(crate) async fn try_out(&self, operation: Cow<'static, str>, request: Vec<u8>) -> Given {
        self.answer(operation, request, false).await
    }

    async fn answer(&self, name: Cow<'static, str>, request: Vec<u8>, guarded: bool) -> Given {
        let began = Instant::now();
        let until = began + Duration::from_millis(self.options.deadline_ms.into());
        let counters = &self.counters;
        Counters::count(&counters.calls);
        let given = self.attempt(Operation { name, request, began, until, guarded }).await;
        match &given {
            Ok(_) => counters.answered(began.elapsed()),
            Err(failure) => {
                if failure.blame == Blame::Silence {
                    Counters::count(&counters.timeouts);
                }
                let own = matches!(failure.blame, Blame::Plugin | Blame::Silence);
                counters.failed(&failure.error.message, own);
            }
        }
        given
    }

    async fn attempt(&self, mut operation: Operation) -> Given {
        if operation.request.len() > limits::REQUEST_BYTES {
            let (has, most) = (operation.request.len(), limits::REQUEST_BYTES);
            return Err(Failure::invalid(format!("the request has {has} bytes, allowed are {most}")));
        }
        loop {
            let build = self.build();
            match build.take(operation).await {
                Ok(given) => return given,
                // Another build has taken its place meanwhile: that one answers.
                Err(back) if !Arc::ptr_eq(&build, &self.build()) => operation = back,
                Err(_) => {
                    let how = build.leaves().unwrap_or(Leave::Stopped).word();
                    return Err(Failure::kept_back(format!("{} has been {how}", self.name())));
                }
            }
        }
    }

    /// Another build answers from now on. The former one finishes what it has begun.
    pub(crate) fn replace(self: &Arc<Self>, build: Arc<Build>) {
        let former =
            std::mem::replace(&mut *self.build.lock().unwrap_or_else(PoisonError::into_inner), build);
        self.retire(&former, Leave::Replaced);
    }

    /// Nothing answers from now on, until another build does. What was begun is finished.
    pub(crate) fn unload(self: &Arc<Self>) {
        self.retire(&self.build(), Leave::Unloaded);
    }

    /// Closes a build, and ends it on a thread that is left behind if the plugin never comes back.
    pub(crate) fn retire(self: &Arc<Self>, build: &Arc<Build>, why: Leave) {
        let Some(transport) = build.close(why) else { return };
        // Whoever is inside is answered or told by its own deadline; what is beyond that is for a slow machine.
        let patience = Duration::from_millis(self.options.deadline_ms.into()) + limits::DRAIN;
        let (plugin, build) = (Arc::clone(self), Arc::clone(build));
        let body = move || {
            let _bye = plugin.farewells.enter();
            let (name, how) = (plugin.name(), why.word());
            match build.end(&*transport, patience, limits::DRAIN) {
                Ending::Destroyed => tracing::debug!(plugin = name, how, "a build of the plugin has ended"),
                Ending::LeftBehind => {
                    tracing::warn!(
                        plugin = name,
                        how,
                        "a build of the plugin does not end, and is left behind"
                    );
                }
            }
        };
        if let Err(error) = std::thread::Builder::new().name("plugin-end".to_owned()).spawn(body) {
            tracing::warn!(plugin = self.name(), %error, "a build of the plugin is left behind: there is no thread to end it on");
        }
    }

    /// Ends the plugin: nothing new is taken, what is open is finished. Returns within about `within`, unless the
    /// plugin's own `drain` or `destroy` hangs; so it belongs on a thread that may be left behind.
    pub(crate) fn end(&self, within: Duration) -> Ending {
        let (end, build) = (Instant::now() + within, self.build());
        let ending = match build.close(Leave::Stopped) {
            Some(transport) => build.end(&*transport, Duration::ZERO, within),
            None => Ending::Destroyed,
        };
        let others = self.farewells.close(end.saturating_duration_since(Instant::now()));
        if others { ending } else { Ending::LeftBehind }
    }

    pub(crate) fn report(&self) -> SystemReport {
        let (build, counters) = (self.build(), &self.counters);
        let read = |counter: &AtomicU64| counter.load(Ordering::Relaxed);
        let (state, trouble) = build.state();
        let pid = build.pid();
        SystemReport {
            name: self.name().to_owned(),
            path: self.options.path.display().to_string(),
            sha256: build.about.sha256.clone(),
            version: build.about.manifest.version.clone(),
            abi: build.about.abi(),
            isolation: self.options.isolation.word().to_owned(),
            pid,
            memory_kib: pid.and_then(apart::resident_kib),
            state: state.to_owned(),
            restarts: read(&counters.restarts),
            reloads: read(&counters.reloads),
            last_death: counters.last_death(),
            operations: build.about.manifest.capabilities.clone(),
            calls: read(&counters.calls),
            errors: read(&counters.errors),
            timeouts: read(&counters.timeouts),
            dropped: read(&counters.dropped),
            last_error: trouble.or_else(|| counters.last_error()),
            median_us: counters.percentile_us(50),
            p95_us: counters.percentile_us(95),
        }
    }
}
