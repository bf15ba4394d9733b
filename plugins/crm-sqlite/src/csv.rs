//! Customers as CSV, in and out: for moving from another system and to one, and for a look in a spreadsheet. One row is
//! one customer, whole. Cases and notes stay where they are.

use crate::customers;
use crate::error::Error;
use crate::store::Store;
use ::csv::{ReaderBuilder, StringRecord, Writer};
use hark_plugin_sdk::crm::{Customer, NewCustomer, keys};
use rusqlite::{Connection, OptionalExtension};
use std::io::{Read, Write};
use std::path::Path;

/// The columns that every customer has. Others are named `field:` and the field's name.
const COLUMNS: [&str; 10] =
    ["id", "name", "email", "phone", "account", "company", "language", "vip", "since", "notes"];
const FIELD: &str = "field:";
/// What `vip` says to mean yes, and no.
const VIP: [(&str, bool); 7] =
    [("true", true), ("yes", true), ("1", true), ("false", false), ("no", false), ("0", false), ("", false)];
/// Customers that are written at once: a running desk waits no longer than for these.
const BATCH: usize = 500;
/// The most faults of a file that are told.
const FAULTS: usize = 20;

/// What an import did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Imported {
    /// Customers that were not there.
    pub made: u64,
    /// Customers that were there, by their id or account number.
    pub replaced: u64,
}

/// Takes customers in. The whole file is checked before anything is written. `progress` hears how many of how many are
/// done.
///
/// # Errors
/// What is wrong, each with its line; or why the database cannot be used.
pub fn import(
    db: &Path,
    from: impl Read,
    progress: &mut dyn FnMut(u64, u64),
) -> Result<Imported, Vec<String>> {
    let customers = read(from)?;
    let told = |failure: hark_plugin_sdk::Failure| vec![failure.message().to_owned()];
    let store = Store::open(db).map_err(told)?;
    let mut imported = Imported::default();
    let (mut done, all) = (0, customers.len() as u64);
    for batch in customers.chunks(BATCH) {
        let replaced =
            store.write(|db| batch.iter().try_fold(0, |sum, row| Ok(sum + u64::from(put(db, row)?))));
        let replaced = replaced.map_err(told)?;
        imported.replaced += replaced;
        imported.made += batch.len() as u64 - replaced;
        done += batch.len() as u64;
        progress(done, all);
    }
    Ok(imported)
}

/// Writes one customer over the one with the same id, or else account number. True when there was one.
fn put(db: &Connection, customer: &Customer) -> Result<bool, Error> {
    let account = customer.account.as_deref().and_then(keys::account);
    let by_account = || {
        let mut query =
            db.prepare_cached("SELECT id FROM customers WHERE account_key = ? ORDER BY n LIMIT 1")?;
        Ok::<_, Error>(query.query_row([account], |row| row.get::<_, String>(0)).optional()?)
    };
    let id = if customer.id.is_empty() { by_account()? } else { Some(customer.id.clone()) };
    let stored = id.as_deref().map(|id| customers::find(db, id)).transpose()?.flatten();
    match (stored, id) {
        (Some((_, stored)), _) => {
            let (id, version) = (stored.id, stored.version);
            customers::update(db, Customer { id, version, ..customer.clone() })?;
            Ok(true)
        }
        (None, Some(_)) => customers::insert(db, customer).map(|_| false),
        (None, None) => customers::create(db, unnamed(customer.clone())).map(|_| false),
    }
}

fn unnamed(customer: Customer) -> NewCustomer {
    let Customer { name, email, phone, account, company, language, vip, since, notes, fields, .. } = customer;
    NewCustomer { name, email, phone, account, company, language, vip, since, notes, fields }
}

fn read(from: impl Read) -> Result<Vec<Customer>, Vec<String>> {
    let mut reader = ReaderBuilder::new().flexible(false).from_reader(from);
    let head = reader.headers().map_err(|error| vec![error.to_string()])?.clone();
    let strange = head.iter().filter(|name| !COLUMNS.contains(name) && !name.starts_with(FIELD));
    let strange: Vec<String> = strange
        .map(|name| {
            format!("line 1: the column `{name}` is not known; there are {}, {FIELD}NAME", COLUMNS.join(", "))
        })
        .collect();
    if !strange.is_empty() {
        return Err(strange);
    }
    let (mut customers, mut faults) = (Vec::new(), Vec::new());
    for row in reader.records() {
        let customer = row.map_err(|error| error.to_string()).and_then(|row| {
            let line = row.position().map_or(0, ::csv::Position::line);
            customer(&head, &row).map_err(|what| format!("line {line}: {what}"))
        });
        match customer {
            Ok(customer) => customers.push(customer),
            Err(fault) if faults.len() < FAULTS => faults.push(fault),
            Err(_) => break,
        }
    }
    if faults.is_empty() { Ok(customers) } else { Err(faults) }
}

fn customer(head: &StringRecord, row: &StringRecord) -> Result<Customer, String> {
    let mut customer = Customer { version: 1, ..Customer::default() };
    for (column, text) in head.iter().zip(row).filter(|(_, text)| !text.is_empty()) {
        let text = text.to_owned();
        match column {
            "id" => customer.id = text,
            "name" => customer.name = text,
            "email" => customer.email = Some(text),
            "phone" => customer.phone = Some(text),
            "account" => customer.account = Some(text),
            "company" => customer.company = Some(text),
            "language" => customer.language = Some(text),
            "since" => customer.since = Some(text),
            "notes" => customer.notes = Some(text),
            "vip" => {
                let meant = VIP.iter().find(|(word, _)| text.eq_ignore_ascii_case(word));
                customer.vip = meant.ok_or("`vip` is true or false")?.1;
            }
            field => {
                customer.fields.insert(field.trim_start_matches(FIELD).to_owned(), text);
            }
        }
    }
    customer.check().map_err(|failure| failure.message().to_owned())?;
    Ok(customer)
}

/// Gives all customers out, in the order in which they were made, and says how many.
///
/// # Errors
/// Why the database cannot be read, or the file not be written.
pub fn export(db: &Path, to: impl Write, progress: &mut dyn FnMut(u64, u64)) -> Result<u64, String> {
    if !db.exists() {
        return Err(format!("{}: there is no such file", db.display()));
    }
    let store = Store::open(db).map_err(|failure| failure.message().to_owned())?;
    let (numbers, fields) = store
        .read(|db| {
            let numbers = column::<i64>(db, "SELECT n FROM customers ORDER BY n")?;
            Ok((numbers, column::<String>(db, "SELECT DISTINCT name FROM customer_fields ORDER BY name")?))
        })
        .map_err(|failure| failure.message().to_owned())?;
    let mut writer = Writer::from_writer(to);
    let own = fields.iter().map(|name| format!("{FIELD}{name}"));
    let written = |error: ::csv::Error| error.to_string();
    writer.write_record(COLUMNS.map(str::to_owned).into_iter().chain(own)).map_err(written)?;
    for (done, batch) in numbers.chunks(BATCH).enumerate() {
        let customers =
            store.read(|db| batch.iter().map(|n| customers::at(db, *n)).collect::<Result<Vec<_>, _>>());
        for customer in customers.map_err(|failure| failure.message().to_owned())? {
            writer.write_record(row(&customer, &fields)).map_err(written)?;
        }
        progress((done * BATCH + batch.len()) as u64, numbers.len() as u64);
    }
    writer.flush().map_err(|error| error.to_string())?;
    Ok(numbers.len() as u64)
}

fn column<T: rusqlite::types::FromSql>(db: &Connection, select: &str) -> Result<Vec<T>, Error> {
    let mut query = db.prepare(select)?;
    let rows = query.query_map([], |row| row.get(0))?;
    Ok(rows.collect::<Result<_, _>>()?)
}

fn row(customer: &Customer, fields: &[String]) -> Vec<String> {
    let text = |text: &Option<String>| text.clone().unwrap_or_default();
    let known = [
        customer.id.clone(),
        customer.name.clone(),
        text(&customer.email),
        text(&customer.phone),
        text(&customer.account),
        text(&customer.company),
        text(&customer.language),
        customer.vip.to_string(),
        text(&customer.since),
        text(&customer.notes),
    ];
    let own = fields.iter().map(|name| customer.fields.get(name).cloned().unwrap_or_default());
    known.into_iter().chain(own).collect()
}
