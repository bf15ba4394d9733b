//! One try of one job, from its request to the command that tells what came of it.

use super::{PAUSE, Transcript};
use crate::cut;
use crate::host::Host;
use crate::limits;
use hark_core::record::{Case, Match};
use hark_core::state::{Ask, AttachLog, Job, Lookup, Outcome};
use hark_core::{Action, Actor};
use hark_runtime::{Error, Handle, SystemError, SystemErrorKind, Systems};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use std::sync::Arc;

const LOOKUP: &str = "crm.lookup/1";
const ATTACH_LOG: &str = "crm.attach_log/1";
/// What stands at the end of a log that was cut.
const CUT: &str = "\n(the log is longer; the rest was left out)";
/// How often a busy engine is asked to take an answer. After that the job's own deadline ends the try.
const DELIVERIES: u32 = 50;

/// What an errand needs. Cheap to clone.
#[derive(Clone)]
pub(super) struct Errand {
    pub(super) host: Arc<Host>,
    pub(super) handle: Handle,
    pub(super) transcript: Arc<Transcript>,
}

#[derive(Deserialize)]
struct Found {
    matches: Vec<Match>,
}

#[derive(Deserialize)]
struct Attached {
    case: Case,
}

/// [`AttachLog`] with what only the runtime knows.
#[derive(Serialize)]
struct WithText<'a> {
    #[serde(flatten)]
    log: &'a AttachLog,
    text: String,
}

impl Errand {
    /// Carries a job out and tells the engine.
    pub(super) async fn run(&self, job: Job) {
        let (operation, outcome) = match &job.ask {
            Ask::Lookup(lookup) => (LOOKUP, self.look_up(lookup).await),
            Ask::AttachLog(log) => (ATTACH_LOG, self.attach(log).await),
        };
        let outcome = outcome.unwrap_or_else(|error| {
            let again = error.kind == SystemErrorKind::Unavailable;
            Outcome::Failed { why: error.message, again }
        });
        self.deliver(&job, operation, outcome).await;
    }

    async fn look_up(&self, lookup: &Lookup) -> Result<Outcome, SystemError> {
        let answer = self.host.ask(LOOKUP, encode(lookup)?).await?;
        decode::<Found>(LOOKUP, &answer).map(|found| Outcome::Matches(found.matches))
    }

    async fn attach(&self, log: &AttachLog) -> Result<Outcome, SystemError> {
        let text = (self.transcript)(log.chat_id).await.ok_or_else(|| SystemError {
            kind: SystemErrorKind::Unavailable,
            message: "the chat's transcript cannot be read now".to_owned(),
        })?;
        let request = encode(&WithText { log, text: bounded(text) })?;
        let answer = self.host.ask(ATTACH_LOG, request).await?;
        decode::<Attached>(ATTACH_LOG, &answer).map(|attached| Outcome::Attached(attached.case))
    }

    async fn deliver(&self, job: &Job, operation: &str, outcome: Outcome) {
        let name = self.host.provider(operation).map_or("none", |plugin| plugin.name());
        for _ in 0..DELIVERIES {
            let action = Action::AnswerJob { job: job.id, outcome: Box::new(outcome.clone()) };
            match self.handle.submit(Actor::Plugin { name: name.to_owned() }, action, None).await {
                Err(Error::Busy | Error::NoRoom) => tokio::time::sleep(PAUSE).await,
                // A refusal says that the job ended meanwhile; a stopped engine hands it out again when it starts.
                Ok(_) | Err(_) => return,
            }
        }
        tracing::warn!(plugin = name, job = %job.id, "the engine was too busy to take an answer");
    }
}

fn bounded(text: String) -> String {
    if text.len() <= limits::LOG_TEXT_BYTES {
        return text;
    }
    cut::at_most(text, limits::LOG_TEXT_BYTES - CUT.len()) + CUT
}

fn encode(request: &impl Serialize) -> Result<Vec<u8>, SystemError> {
    serde_json::to_vec(request).map_err(|error| SystemError {
        kind: SystemErrorKind::Invalid,
        message: format!("the request cannot be written: {error}"),
    })
}

fn decode<T: DeserializeOwned>(operation: &str, answer: &[u8]) -> Result<T, SystemError> {
    serde_json::from_slice(answer).map_err(|error| SystemError {
        kind: SystemErrorKind::Invalid,
        message: format!("the answer to {operation} is not as it should be: {error}"),
    })
}
