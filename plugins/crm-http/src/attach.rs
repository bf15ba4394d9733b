//! Storing a finished chat's log with a case. The engine asks at least once: a chat whose log this plugin has stored, or
//! finds stored, is answered and not stored again.

use crate::crm::{Attach, Crm, needed};
use crate::fields;
use hark_plugin_rest::{Asking, Fields};
use hark_plugin_sdk::Failure;
use hark_plugin_sdk::crm::{AttachLogRequest, Case, CaseNote};
use std::collections::VecDeque;
use std::sync::{Mutex, MutexGuard, PoisonError};

/// Who wrote the note: not a person, so a name that no agent has.
const AUTHOR: &str = "Hark";
/// How many stored logs are remembered: other systems' own search may lag behind what was stored a moment ago.
const REMEMBERED: usize = 256;
/// How many of a customer's cases are looked at to find an open one.
const CASES: u32 = 20;

/// The chats whose logs were stored last, with their cases.
#[derive(Default)]
pub(crate) struct Stored(Mutex<VecDeque<(String, Case)>>);

impl Stored {
    fn get(&self, chat_id: &str) -> Option<Case> {
        self.all().iter().find(|(chat, _)| chat == chat_id).map(|(_, case)| case.clone())
    }

    fn add(&self, chat_id: &str, case: &Case) {
        let mut all = self.all();
        all.truncate(REMEMBERED - 1);
        all.push_front((chat_id.to_owned(), case.clone()));
    }

    fn all(&self) -> MutexGuard<'_, VecDeque<(String, Case)>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Stores a log, and gives back the case that holds it.
pub(crate) async fn attach(
    crm: &Crm,
    asking: &Asking<'_>,
    stored: &Stored,
    request: &AttachLogRequest,
) -> Result<Case, Failure> {
    request.check()?;
    let attach = needed(crm.attach.as_ref(), "attach")?;
    if let Some(case) = stored.get(&request.chat_id) {
        return Ok(case);
    }
    let mut fields = crm.fields(fields::attach(request, attach.longest));
    let mut case = match found(crm, asking, attach, &fields, request).await? {
        Some(case) => case,
        None => {
            let case = chosen(crm, asking, request).await?;
            fields.insert("case_id".to_owned(), case.id.clone());
            asking.ask(&attach.store, &fields).await?;
            case
        }
    };
    let text = fields.remove("note").unwrap_or_default();
    case.notes.push(CaseNote { at: request.ended_at.clone(), author: AUTHOR.to_owned(), text });
    stored.add(&request.chat_id, &case);
    Ok(case)
}

/// The case that holds this chat's log already.
async fn found(
    crm: &Crm,
    asking: &Asking<'_>,
    attach: &Attach,
    fields: &Fields,
    request: &AttachLogRequest,
) -> Result<Option<Case>, Failure> {
    let Some((find, case_id)) = &attach.find else { return Ok(None) };
    let Some(record) = asking.list(find, fields, 1).await?.pop() else { return Ok(None) };
    match case_id.as_ref().and_then(|pick| pick.of(&record)) {
        Some(id) => crm.get_case(asking, &id).await.map(Some),
        None => chosen(crm, asking, request).await.map(Some),
    }
}

/// The case that the log goes to: the one that was asked for, the newest open one, or a new one.
async fn chosen(crm: &Crm, asking: &Asking<'_>, request: &AttachLogRequest) -> Result<Case, Failure> {
    if let Some(id) = &request.case_id {
        let case = crm.get_case(asking, id).await?;
        if case.customer_id.is_some() {
            request.check_case(&case)?;
        }
        return Ok(case);
    }
    let cases = crm.cases(asking, &request.customer_id, CASES).await?;
    match cases.into_iter().find(|case| case.status != "closed") {
        Some(case) => Ok(case),
        None => crm.create_case(asking, &request.customer_id, &request.subject()).await,
    }
}
