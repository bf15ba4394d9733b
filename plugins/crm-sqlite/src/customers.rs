//! Customers: read, made, changed. The keys and words by which they are found are written here, and nowhere else.

use crate::error::Error;
use crate::search;
use hark_plugin_sdk::crm::{Customer, NewCustomer, keys};
use rusqlite::{Connection, OptionalExtension, Row, named_params, params};

const SELECT: &str =
    "SELECT n, id, name, email, phone, account, company, language, vip, since, notes, fields, version
    FROM customers WHERE ";

/// The customer with this id.
pub(crate) fn get(db: &Connection, id: &str) -> Result<Customer, Error> {
    Ok(find(db, id)?.ok_or_else(|| Error::no_customer(id))?.1)
}

/// Row number and customer, if there is one with this id.
pub(crate) fn find(db: &Connection, id: &str) -> Result<Option<(i64, Customer)>, Error> {
    let mut query = db.prepare_cached(&format!("{SELECT} id = ?"))?;
    Ok(query.query_row([id], read).optional()?)
}

/// The row number of a customer that must be there.
pub(crate) fn number(db: &Connection, id: &str) -> Result<i64, Error> {
    let mut query = db.prepare_cached("SELECT n FROM customers WHERE id = ?")?;
    query.query_row([id], |row| row.get(0)).optional()?.ok_or_else(|| Error::no_customer(id))
}

/// The customer in a row that is known to be there.
pub(crate) fn at(db: &Connection, n: i64) -> Result<Customer, Error> {
    let mut query = db.prepare_cached(&format!("{SELECT} n = ?"))?;
    Ok(query.query_row([n], read)?.1)
}

fn read(row: &Row) -> rusqlite::Result<(i64, Customer)> {
    let fields: String = row.get("fields")?;
    let fields = serde_json::from_str(&fields).map_err(|error| {
        rusqlite::Error::FromSqlConversionFailure(0, rusqlite::types::Type::Text, Box::new(error))
    })?;
    let customer = Customer {
        id: row.get("id")?,
        name: row.get("name")?,
        email: row.get("email")?,
        phone: row.get("phone")?,
        account: row.get("account")?,
        company: row.get("company")?,
        language: row.get("language")?,
        vip: row.get("vip")?,
        since: row.get("since")?,
        notes: row.get("notes")?,
        fields,
        version: row.get("version")?,
    };
    Ok((row.get("n")?, customer))
}

/// Stores a new customer under a new id.
pub(crate) fn create(db: &Connection, new: NewCustomer) -> Result<Customer, Error> {
    let id: String = db.query_row("SELECT 'cus_' || lower(hex(randomblob(10)))", [], |row| row.get(0))?;
    let customer = new.under(id);
    insert(db, &customer)?;
    Ok(customer)
}

/// Stores a customer as it is, id and version too.
pub(crate) fn insert(db: &Connection, customer: &Customer) -> Result<i64, Error> {
    customer.check()?;
    db.prepare_cached(
        "INSERT INTO customers (id, name, vip, fields, version, changed_at) VALUES (?, '', 0, '{}', 0, '')",
    )?
    .execute([&customer.id])?;
    let n = db.last_insert_rowid();
    write(db, n, customer)?;
    Ok(n)
}

/// Replaces a customer; the version must be the stored one.
pub(crate) fn update(db: &Connection, mut customer: Customer) -> Result<Customer, Error> {
    let (n, stored) = find(db, &customer.id)?.ok_or_else(|| Error::no_customer(&customer.id))?;
    customer.changed_from(stored.version)?;
    customer.check()?;
    write(db, n, &customer)?;
    Ok(customer)
}

/// Writes a checked customer to its row, with all by which it is found.
fn write(db: &Connection, n: i64, customer: &Customer) -> Result<(), Error> {
    let phone_key = customer.phone.as_deref().and_then(keys::phone);
    db.prepare_cached(
        "UPDATE customers SET name = :name, name_key = :name_key, email = :email, email_key = :email_key,
            phone = :phone, phone_key = :phone_key, phone_tail = :phone_tail, account = :account,
            account_key = :account_key, company = :company, language = :language, vip = :vip, since = :since,
            notes = :notes, fields = :fields, version = :version,
            changed_at = strftime('%Y-%m-%dT%H:%M:%fZ', 'now')
         WHERE n = :n",
    )?
    .execute(named_params! {
        ":n": n,
        ":name": customer.name,
        ":name_key": keys::name(&customer.name),
        ":email": customer.email,
        ":email_key": customer.email.as_deref().and_then(keys::email),
        ":phone": customer.phone,
        ":phone_key": phone_key,
        ":phone_tail": phone_key.as_deref().map(keys::phone_tail),
        ":account": customer.account,
        ":account_key": customer.account.as_deref().and_then(keys::account),
        ":company": customer.company,
        ":language": customer.language,
        ":vip": customer.vip,
        ":since": customer.since,
        ":notes": customer.notes,
        ":fields": serde_json::to_string(&customer.fields).expect("a map of texts is JSON"),
        ":version": customer.version,
    })?;
    write_fields(db, n, customer)?;
    search::index(db, n, customer)
}

fn write_fields(db: &Connection, n: i64, customer: &Customer) -> Result<(), Error> {
    db.prepare_cached("DELETE FROM customer_fields WHERE customer = ?")?.execute([n])?;
    let mut insert = db.prepare_cached("INSERT INTO customer_fields VALUES (?, ?, ?)")?;
    for (name, value) in &customer.fields {
        if let Some(key) = keys::name(value) {
            insert.execute(params![n, name, key])?;
        }
    }
    Ok(())
}
