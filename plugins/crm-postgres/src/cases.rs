//! Cases and their notes: read, listed, opened. It never closes one; people do that in their own way.

use crate::customers;
use crate::error::Error;
use crate::session::Session;
use hark_plugin_sdk::crm::{Case, CaseNote, CasesRequest, CreateCaseRequest, NotesBudget, keys, limit};
use std::collections::HashMap;
use tokio_postgres::Row;

/// A time as RFC 3339, in UTC with milliseconds.
macro_rules! time {
    ($column:literal) => {
        concat!("to_char(", $column, " AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS.MS\"Z\"')")
    };
}

macro_rules! select {
    ($rest:literal) => {
        concat!(
            "SELECT cases.n, cases.id, number, customers.id AS customer_id, subject, status, ",
            time!("opened_at"),
            " AS opened, ",
            time!("updated_at"),
            " AS updated FROM cases JOIN customers ON customers.n = cases.customer WHERE ",
            $rest
        )
    };
}

/// The newest notes of each case, newest first, as many as an answer has room for.
const NOTES: &str = r#"SELECT "case", at, author, text FROM (
        SELECT n, "case", at, author, text,
            sum(octet_length(author) + octet_length(text)) OVER (PARTITION BY "case" ORDER BY n DESC) AS size
        FROM notes WHERE "case" = ANY($1)) AS sized
    WHERE size <= $2 ORDER BY n DESC"#;
const OPEN: &str = "INSERT INTO cases (id, number, number_key, customer, subject, status, opened_at, updated_at)
    VALUES ('cas_' || replace(gen_random_uuid()::text, '-', ''), $1, $2, $3, $4, 'open', now(), now()) RETURNING n";

/// A case without its notes, and its row number.
pub(crate) type Bare = (i64, Case);

fn read(row: &Row) -> Bare {
    let case = Case {
        id: row.get("id"),
        number: row.get("number"),
        customer_id: row.get("customer_id"),
        subject: row.get("subject"),
        status: row.get("status"),
        opened_at: row.get("opened"),
        updated_at: row.get("updated"),
        notes: Vec::new(),
    };
    (row.get("n"), case)
}

/// The case with this id, if there is one.
pub(crate) async fn find(db: &Session, id: &str) -> Result<Option<Bare>, Error> {
    Ok(db.row(select!("cases.id = $1"), &[&id]).await?.as_ref().map(read))
}

/// The cases in these rows, with their notes.
pub(crate) async fn at(db: &Session, numbers: &[i64]) -> Result<Vec<Bare>, Error> {
    if numbers.is_empty() {
        return Ok(Vec::new());
    }
    let rows = db.rows(select!("cases.n = ANY($1)"), &[&numbers]).await?;
    with_notes(db, rows.iter().map(read).collect()).await
}

/// A customer's newest case that is not closed.
pub(crate) async fn newest_open(db: &Session, customer: i64) -> Result<Option<i64>, Error> {
    let sql = "SELECT n FROM cases WHERE customer = $1 AND status <> 'closed' ORDER BY opened_at DESC, n DESC LIMIT 1";
    Ok(db.row(sql, &[&customer]).await?.map(|row| row.get(0)))
}

/// A customer's cases, newest first.
pub(crate) async fn list(db: &Session, request: &CasesRequest) -> Result<Vec<Case>, Error> {
    let customer = customers::number(db, &request.customer_id).await?;
    let sql = select!("cases.customer = $1 ORDER BY opened_at DESC, cases.n DESC LIMIT $2");
    let rows = db.rows(sql, &[&customer, &i64::from(limit(request.limit))]).await?;
    let cases = with_notes(db, rows.iter().map(read).collect()).await?;
    Ok(cases.into_iter().map(|(_, case)| case).collect())
}

/// Gives the cases their newest notes, oldest first, as far as there is room in one answer.
async fn with_notes(db: &Session, mut cases: Vec<Bare>) -> Result<Vec<Bare>, Error> {
    let mut budget = NotesBudget::default();
    let numbers: Vec<i64> = cases.iter().map(|(n, _)| *n).collect();
    let room = i64::try_from(budget.left()).unwrap_or(i64::MAX);
    let mut notes: HashMap<i64, Vec<CaseNote>> = HashMap::new();
    for row in db.rows(NOTES, &[&numbers, &room]).await? {
        let note = CaseNote { at: row.get("at"), author: row.get("author"), text: row.get("text") };
        notes.entry(row.get("case")).or_default().push(note);
    }
    for (n, case) in &mut cases {
        let newest = notes.remove(n).unwrap_or_default().into_iter();
        case.notes = newest.take_while(|note| budget.takes(note)).collect();
        case.notes.reverse();
    }
    Ok(cases)
}

/// Opens a case.
pub(crate) async fn create(db: &Session, request: &CreateCaseRequest) -> Result<Case, Error> {
    request.check()?;
    let customer = customers::number(db, &request.customer_id).await?;
    let n = open(db, customer, &request.subject).await?;
    one(db, n).await
}

/// The case in a row that is known to be there.
pub(crate) async fn one(db: &Session, n: i64) -> Result<Case, Error> {
    let case = at(db, &[n]).await?.pop();
    case.map(|(_, case)| case).ok_or_else(|| Error::no_case("that was there just now"))
}

/// Opens a case with the next number, for a customer that is there.
pub(crate) async fn open(db: &Session, customer: i64, subject: &str) -> Result<i64, Error> {
    let next: i64 = db.one("SELECT nextval('case_numbers')", &[]).await?.get(0);
    let number = format!("CS-{next}");
    Ok(db.one(OPEN, &[&number, &keys::case(&number), &customer, &subject]).await?.get(0))
}
