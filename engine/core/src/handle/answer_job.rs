//! A plugin's answer comes back as a command, and so does its silence.

use super::{offers, text};
use crate::event::Event;
use crate::id::{ChatId, JobId};
use crate::policy::PopMoment;
use crate::record::Match;
use crate::refusal::Refusal;
use crate::reply::Reply;
use crate::state::{Ask, Form, Job, LookUp, Outcome};
use crate::writer::Writer;
use alloc::boxed::Box;
use alloc::string::String;
use alloc::vec::Vec;

/// First rest between two tries, in seconds; it doubles with each.
const FIRST_REST_S: u64 = 2;
/// Most matches that are kept, whatever a plugin sends.
const MATCHES_KEPT: usize = 50;

pub(super) fn answer_job(w: &mut Writer<'_>, id: JobId, outcome: Outcome) -> Result<Reply, Refusal> {
    let job = w.state.job(id).filter(|job| !job.resting).cloned().ok_or(Refusal::JobOver)?;
    end_try(w, &job, outcome);
    Ok(Reply::Done)
}

/// Ends one try of a job: with an answer, with a rest before the next try, or for good. Somebody waits for a look-up,
/// so it is tried once; a log can wait.
pub(super) fn end_try(w: &mut Writer<'_>, job: &Job, outcome: Outcome) {
    let tries = match job.ask {
        Ask::Lookup(_) => 1,
        Ask::AttachLog(_) => w.state.setup().limits.job_attempts,
    };
    match outcome {
        Outcome::Failed { why, again: true } if job.attempt < tries => rest(w, job, why),
        outcome => {
            w.emit(Event::JobEnded { job: job.id, chat: job.chat });
            match job.ask {
                Ask::Lookup(_) => looked_up(w, job.chat, outcome),
                Ask::AttachLog(_) => attached(w, job.chat, outcome),
            }
        }
    }
}

fn rest(w: &mut Writer<'_>, job: &Job, why: String) {
    let seconds = FIRST_REST_S << u32::from(job.attempt - 1).min(16);
    w.emit(Event::JobRested { job: job.id, chat: job.chat, why, until: w.now.plus_s(seconds) });
}

fn looked_up(w: &mut Writer<'_>, chat: ChatId, outcome: Outcome) {
    let look_up = match outcome {
        Outcome::Matches(mut matches) => {
            matches.truncate(MATCHES_KEPT);
            LookUp::Found { matches }
        }
        Outcome::Failed { why, .. } => LookUp::Failed { why },
        Outcome::Attached(_) => LookUp::Failed { why: "the CRM answered another question".into() },
    };
    if w.state.chat(chat).is_none() {
        return;
    }
    let tie = only_match(&look_up).cloned();
    w.emit(Event::CustomerLookedUp { chat, look_up: Box::new(look_up) });
    if let Some(found) = tie
        && w.state.chat(chat).is_some_and(|chat| chat.customer.is_none())
    {
        let case = found.case.map(|case| case.id.0);
        w.emit(Event::CustomerLinked { chat, customer: Some(Box::new(found.customer)), case });
    }
    if let Some(agent) = w.state.chat(chat).and_then(crate::state::Chat::holder) {
        offers::pop(w, chat, agent, PopMoment::Offered);
    }
}

/// One match is the customer; several are for the agent to choose from.
fn only_match(look_up: &LookUp) -> Option<&Match> {
    match look_up.matches() {
        [one] => Some(one),
        _ => None,
    }
}

fn attached(w: &mut Writer<'_>, chat: ChatId, outcome: Outcome) {
    match outcome {
        Outcome::Attached(case) => w.emit(Event::ChatLogFiled { chat, case: Box::new(case) }),
        Outcome::Failed { why, .. } => w.emit(Event::ChatLogFilingFailed { chat, why }),
        Outcome::Matches(_) => {
            w.emit(Event::ChatLogFilingFailed { chat, why: "the CRM answered another question".into() });
        }
    }
}

/// Whether a customer's record is of a size that Hark keeps.
pub(super) fn check_record(customer: &crate::record::Customer) -> Result<(), Refusal> {
    text::at_most(&customer.id.0, crate::id::ForeignId::LIMIT)?;
    let fields: Vec<&str> =
        customer.fields.iter().flat_map(|(key, value)| [key.as_str(), value.as_str()]).collect();
    fields.into_iter().try_for_each(|field| text::at_most(field, Form::PAGE_LIMIT))
}
