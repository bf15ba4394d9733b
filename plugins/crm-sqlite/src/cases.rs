//! Cases and their notes: read, listed, opened. It never closes one; people do that in their own way.

use crate::customers;
use crate::error::Error;
use hark_plugin_sdk::crm::{Case, CaseNote, CasesRequest, CreateCaseRequest, NotesBudget, keys, limit};
use rusqlite::{Connection, OptionalExtension, Row, params};

const SELECT: &str =
    "SELECT cases.n, cases.id, number, customers.id AS customer_id, subject, status, opened_at, updated_at
    FROM cases JOIN customers ON customers.n = cases.customer WHERE ";

/// A case without its notes, and its row number.
pub(crate) struct Stored {
    /// Row number.
    pub(crate) n: i64,
    /// The case; `notes` is empty.
    pub(crate) case: Case,
}

impl Stored {
    fn read(row: &Row) -> rusqlite::Result<Self> {
        let case = Case {
            id: row.get("id")?,
            number: row.get("number")?,
            customer_id: row.get("customer_id")?,
            subject: row.get("subject")?,
            status: row.get("status")?,
            opened_at: row.get("opened_at")?,
            updated_at: row.get("updated_at")?,
            notes: Vec::new(),
        };
        Ok(Self { n: row.get("n")?, case })
    }

    /// The case with its notes, as many as the budget has room for.
    pub(crate) fn with_notes(mut self, db: &Connection, budget: &mut NotesBudget) -> Result<Case, Error> {
        self.case.notes = notes(db, self.n, budget)?;
        Ok(self.case)
    }
}

/// The case with this id, if there is one.
pub(crate) fn find(db: &Connection, id: &str) -> Result<Option<Stored>, Error> {
    let mut query = db.prepare_cached(&format!("{SELECT} cases.id = ?"))?;
    Ok(query.query_row([id], Stored::read).optional()?)
}

/// The case in a row that is known to be there.
pub(crate) fn at(db: &Connection, n: i64) -> Result<Stored, Error> {
    let mut query = db.prepare_cached(&format!("{SELECT} cases.n = ?"))?;
    Ok(query.query_row([n], Stored::read)?)
}

/// A customer's newest case that is not closed.
pub(crate) fn newest_open(db: &Connection, customer: i64) -> Result<Option<Stored>, Error> {
    let mut query = db.prepare_cached(&format!(
        "{SELECT} cases.customer = ? AND status <> 'closed' ORDER BY opened_at DESC, cases.n DESC LIMIT 1"
    ))?;
    Ok(query.query_row([customer], Stored::read).optional()?)
}

/// How many of a customer's cases are not closed.
pub(crate) fn count_open(db: &Connection, customer: i64) -> Result<u32, Error> {
    let mut query =
        db.prepare_cached("SELECT count(*) FROM cases WHERE customer = ? AND status <> 'closed'")?;
    Ok(query.query_row([customer], |row| row.get(0))?)
}

/// A customer's cases, newest first.
pub(crate) fn list(db: &Connection, request: &CasesRequest) -> Result<Vec<Case>, Error> {
    let customer = customers::number(db, &request.customer_id)?;
    let mut query = db.prepare_cached(&format!(
        "{SELECT} cases.customer = ? ORDER BY opened_at DESC, cases.n DESC LIMIT ?"
    ))?;
    let found = query.query_map(params![customer, limit(request.limit)], Stored::read)?;
    let found = found.collect::<Result<Vec<_>, _>>()?;
    let mut budget = NotesBudget::default();
    found.into_iter().map(|case| case.with_notes(db, &mut budget)).collect()
}

/// The newest notes that fit, oldest first.
fn notes(db: &Connection, case: i64, budget: &mut NotesBudget) -> Result<Vec<CaseNote>, Error> {
    let mut query =
        db.prepare_cached("SELECT at, author, text FROM notes WHERE \"case\" = ? ORDER BY n DESC")?;
    let mut rows = query.query([case])?;
    let mut notes = Vec::new();
    while let Some(row) = rows.next()? {
        let note = CaseNote { at: row.get(0)?, author: row.get(1)?, text: row.get(2)? };
        if !budget.takes(&note) {
            break;
        }
        notes.push(note);
    }
    notes.reverse();
    Ok(notes)
}

/// Opens a case.
pub(crate) fn create(db: &Connection, request: &CreateCaseRequest) -> Result<Case, Error> {
    request.check()?;
    let customer = customers::number(db, &request.customer_id)?;
    Ok(open(db, customer, &request.subject)?.case)
}

/// Opens a case with the next number, for a customer that is there.
pub(crate) fn open(db: &Connection, customer: i64, subject: &str) -> Result<Stored, Error> {
    let next = "UPDATE counters SET value = value + 1 WHERE name = 'case' RETURNING value";
    let next: i64 = db.prepare_cached(next)?.query_row([], |row| row.get(0))?;
    let number = format!("CS-{next}");
    db.prepare_cached(
        "INSERT INTO cases (id, number, number_key, customer, subject, status, opened_at, updated_at)
         SELECT 'cas_' || lower(hex(randomblob(10))), ?1, ?2, ?3, ?4, 'open', now, now
         FROM (SELECT strftime('%Y-%m-%dT%H:%M:%fZ', 'now') AS now)",
    )?
    .execute(params![number, keys::case(&number), customer, subject])?;
    at(db, db.last_insert_rowid())
}
