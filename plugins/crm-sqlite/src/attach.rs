//! Keeping a finished chat's log as a note of a case. The engine asks at least once, so a chat that is here already is
//! answered and not stored again, whatever else the second request says.

use crate::cases::{self, Stored};
use crate::customers;
use crate::error::Error;
use hark_plugin_sdk::crm::{AttachLogRequest, Case, NotesBudget};
use rusqlite::{Connection, OptionalExtension, params};

/// Who wrote the note: not a person, so a name that no agent has.
const AUTHOR: &str = "Hark";

/// Stores a log, and gives back the case that holds it.
pub(crate) fn attach(db: &Connection, request: &AttachLogRequest) -> Result<Case, Error> {
    request.check()?;
    if let Some(case) = stored(db, &request.chat_id)? {
        return case.with_notes(db, &mut NotesBudget::default());
    }
    let customer = customers::number(db, &request.customer_id)?;
    let case = match &request.case_id {
        Some(id) => chosen(db, id, request)?,
        None => match cases::newest_open(db, customer)? {
            Some(case) => case,
            None => cases::open(db, customer, &request.subject())?,
        },
    };
    db.prepare_cached("INSERT INTO notes (\"case\", at, author, text, chat_id) VALUES (?, ?, ?, ?, ?)")?
        .execute(params![case.n, request.ended_at, AUTHOR, request.note(), request.chat_id])?;
    db.prepare_cached("UPDATE cases SET updated_at = strftime('%Y-%m-%dT%H:%M:%fZ', 'now') WHERE n = ?")?
        .execute([case.n])?;
    cases::at(db, case.n)?.with_notes(db, &mut NotesBudget::default())
}

/// The case that holds this chat's log already.
fn stored(db: &Connection, chat_id: &str) -> Result<Option<Stored>, Error> {
    let mut query = db.prepare_cached("SELECT \"case\" FROM notes WHERE chat_id = ?")?;
    let case: Option<i64> = query.query_row([chat_id], |row| row.get(0)).optional()?;
    case.map(|n| cases::at(db, n)).transpose()
}

/// The case that was asked for, which must be this customer's.
fn chosen(db: &Connection, id: &str, request: &AttachLogRequest) -> Result<Stored, Error> {
    let case = cases::find(db, id)?.ok_or_else(|| Error::no_case(id))?;
    request.check_case(&case.case)?;
    Ok(case)
}
