//! Carries out the engine's jobs: hears of each, asks the plugin that can do it, and brings the answer, or why there is
//! none, back as a command. It decides nothing: whether another try is worth it is the core's business.

mod errand;

use crate::host::Host;
use crate::limits;
use errand::Errand;
use hark_core::state::Job;
use hark_core::{ChatId, Event, JobId};
use hark_runtime::{Error, Handle, Interest, Subscription, Told};
use std::collections::{BTreeMap, VecDeque};
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;
use tokio::task::{JoinHandle, JoinSet};

/// Pause before a busy engine is asked again.
const PAUSE: Duration = Duration::from_millis(20);

/// Renders a chat's transcript, or says that it cannot.
type Transcript = dyn Fn(ChatId) -> Pin<Box<dyn Future<Output = Option<String>> + Send>> + Send + Sync;

/// Starts the service; it ends with the engine.
pub(crate) fn serve<F, R>(host: Arc<Host>, handle: Handle, transcript: F) -> JoinHandle<()>
where
    F: Fn(ChatId) -> R + Send + Sync + 'static,
    R: Future<Output = Option<String>> + Send + 'static,
{
    let transcript: Arc<Transcript> = Arc::new(move |chat| Box::pin(transcript(chat)));
    let errand = Errand { host, handle: handle.clone(), transcript };
    tokio::spawn(async move {
        let mut desk =
            Desk { errand, begun: BTreeMap::new(), waiting: VecDeque::new(), running: JoinSet::new() };
        while let Some(mut subscription) = desk.look_up(&handle).await {
            if desk.listen(&mut subscription).await == Over::ForGood {
                return;
            }
        }
    })
}

/// Why listening is over.
#[derive(PartialEq, Eq)]
enum Over {
    /// Something may have been missed: look again.
    Lagged,
    /// The engine has stopped.
    ForGood,
}

struct Desk {
    errand: Errand,
    /// The latest try of each job that is not over: a job that is told twice is done once.
    begun: BTreeMap<JobId, u8>,
    waiting: VecDeque<Job>,
    running: JoinSet<()>,
}

impl Desk {
    /// Takes the jobs that are in flight, and listens from there on. None: the engine has stopped.
    async fn look_up(&mut self, handle: &Handle) -> Option<Subscription> {
        loop {
            let in_flight =
                handle.read(|state| state.jobs().filter(|job| !job.resting).cloned().collect::<Vec<_>>());
            match in_flight.await {
                Ok(seen) => {
                    // What was read is complete, so the first of the kept events to miss is the one after it.
                    if let Ok(subscription) = handle.subscribe(Some(seen.cursor), Interest::All) {
                        self.begun.retain(|id, _| seen.value.iter().any(|job| job.id == *id));
                        self.waiting.retain(|job| self.begun.contains_key(&job.id));
                        seen.value.into_iter().for_each(|job| self.take(job));
                        return Some(subscription);
                    }
                }
                Err(Error::Stopped(_)) => return None,
                Err(_) => {}
            }
            tokio::time::sleep(PAUSE).await;
        }
    }

    async fn listen(&mut self, subscription: &mut Subscription) -> Over {
        loop {
            self.hand_out();
            tokio::select! {
                told = subscription.next() => match told {
                    Told::Event(happened) => self.hear(&happened.event),
                    Told::Lagged => return Over::Lagged,
                    Told::Stopped => return Over::ForGood,
                    Told::Whisper(_) | Told::CaughtUp => {}
                },
                Some(_) = self.running.join_next() => {}
            }
        }
    }

    fn hear(&mut self, event: &Event) {
        match event {
            Event::JobRequested { job } => self.take((**job).clone()),
            Event::JobEnded { job, .. } | Event::JobRested { job, .. } => {
                self.begun.remove(job);
                self.waiting.retain(|waiting| waiting.id != *job);
            }
            _ => {}
        }
    }

    fn take(&mut self, job: Job) {
        if self.begun.get(&job.id).is_none_or(|attempt| *attempt < job.attempt) {
            self.begun.insert(job.id, job.attempt);
            self.waiting.push_back(job);
        }
    }

    fn hand_out(&mut self) {
        while self.running.len() < limits::JOBS_AT_ONCE
            && let Some(job) = self.waiting.pop_front()
        {
            let errand = self.errand.clone();
            self.running.spawn(async move { errand.run(job).await });
        }
    }
}
