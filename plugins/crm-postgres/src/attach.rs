//! Keeping a finished chat's log as a note of a case. The engine asks at least once, so a chat that is here already is
//! answered and not stored again, whatever else the second request says.

use crate::error::Error;
use crate::session::Session;
use crate::{cases, customers};
use hark_plugin_sdk::crm::{AttachLogRequest, Case};

/// Who wrote the note: not a person, so a name that no agent has.
const AUTHOR: &str = "Hark";
const STORED: &str = "SELECT \"case\" FROM notes WHERE chat_id = $1";
const STORE: &str = "INSERT INTO notes (\"case\", at, author, text, chat_id) VALUES ($1, $2, $3, $4, $5)";
const TOUCH: &str = "UPDATE cases SET updated_at = clock_timestamp() WHERE n = $1";

/// Stores a log, and gives back the case that holds it.
pub(crate) async fn attach(db: &Session, request: &AttachLogRequest) -> Result<Case, Error> {
    request.check()?;
    if let Some(n) = stored(db, request).await? {
        return cases::one(db, n).await;
    }
    // Two logs of one customer come one after the other: the first may open the case that the second goes to.
    let customer = customers::hold(db, &request.customer_id).await?;
    if let Some(n) = stored(db, request).await? {
        return cases::one(db, n).await;
    }
    let n = case(db, request, customer).await?;
    db.rows(STORE, &[&n, &request.ended_at, &AUTHOR, &request.note(), &request.chat_id]).await?;
    db.rows(TOUCH, &[&n]).await?;
    cases::one(db, n).await
}

/// The case that holds this chat's log already.
async fn stored(db: &Session, request: &AttachLogRequest) -> Result<Option<i64>, Error> {
    Ok(db.row(STORED, &[&request.chat_id]).await?.map(|row| row.get(0)))
}

/// The case that the log goes to: the one that was asked for, the newest open one, or a new one.
async fn case(db: &Session, request: &AttachLogRequest, customer: i64) -> Result<i64, Error> {
    if let Some(id) = &request.case_id {
        let (n, case) = cases::find(db, id).await?.ok_or_else(|| Error::no_case(id))?;
        request.check_case(&case)?;
        return Ok(n);
    }
    match cases::newest_open(db, customer).await? {
        Some(n) => Ok(n),
        None => cases::open(db, customer, &request.subject()).await,
    }
}
