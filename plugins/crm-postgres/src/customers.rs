//! Customers: read, made, changed. The keys and words by which they are found are written here, and nowhere else.

use crate::error::Error;
use crate::session::Session;
use crate::words;
use hark_plugin_sdk::Failure;
use hark_plugin_sdk::crm::{Customer, NewCustomer, keys};
use std::collections::HashMap;
use tokio_postgres::Row;

macro_rules! select {
    ($rest:literal) => {
        concat!(
            "SELECT n, id, name, email, phone, account, company, language, vip, since, notes, fields::text AS fields, \
                version, (SELECT count(*) FROM cases WHERE customer = customers.n AND status <> 'closed') AS open_cases \
             FROM customers WHERE ",
            $rest
        )
    };
}

/// Writes a new customer, or all of one that is there.
const WRITE: &str = "INSERT INTO customers (id, name, name_key, email, email_key, phone, phone_key, phone_tail, account,
        account_key, company, language, vip, since, notes, fields, words, version, changed_at)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16::text::jsonb, $17::text::tsvector, $18,
        clock_timestamp())
    ON CONFLICT (id) DO UPDATE SET (name, name_key, email, email_key, phone, phone_key, phone_tail, account, account_key,
        company, language, vip, since, notes, fields, words, version, changed_at)
      = (EXCLUDED.name, EXCLUDED.name_key, EXCLUDED.email, EXCLUDED.email_key, EXCLUDED.phone, EXCLUDED.phone_key,
        EXCLUDED.phone_tail, EXCLUDED.account, EXCLUDED.account_key, EXCLUDED.company, EXCLUDED.language, EXCLUDED.vip,
        EXCLUDED.since, EXCLUDED.notes, EXCLUDED.fields, EXCLUDED.words, EXCLUDED.version, EXCLUDED.changed_at)
    RETURNING n";
const FORGET_FIELDS: &str = "DELETE FROM customer_fields WHERE customer = $1";
const WRITE_FIELDS: &str = "INSERT INTO customer_fields SELECT $1, * FROM unnest($2::text[], $3::text[])";

/// The customer with this id.
pub(crate) async fn get(db: &Session, id: &str) -> Result<Customer, Error> {
    let row = db.row(select!("id = $1"), &[&id]).await?;
    read(&row.ok_or_else(|| Error::no_customer(id))?)
}

/// The row number of a customer that must be there; nobody else changes the customer until the end of this work.
pub(crate) async fn hold(db: &Session, id: &str) -> Result<i64, Error> {
    let row = db.row("SELECT n FROM customers WHERE id = $1 FOR UPDATE", &[&id]).await?;
    Ok(row.ok_or_else(|| Error::no_customer(id))?.get(0))
}

/// The row number of a customer that must be there.
pub(crate) async fn number(db: &Session, id: &str) -> Result<i64, Error> {
    let row = db.row("SELECT n FROM customers WHERE id = $1", &[&id]).await?;
    Ok(row.ok_or_else(|| Error::no_customer(id))?.get(0))
}

/// The customers in these rows, and how many of the cases of each are not closed.
pub(crate) async fn at(db: &Session, numbers: &[i64]) -> Result<HashMap<i64, (Customer, u32)>, Error> {
    let rows = db.rows(select!("n = ANY($1)"), &[&numbers]).await?;
    let all = rows.iter().map(|row| {
        let open = u32::try_from(row.get::<_, i64>("open_cases")).unwrap_or(u32::MAX);
        Ok((row.get("n"), (read(row)?, open)))
    });
    all.collect()
}

fn read(row: &Row) -> Result<Customer, Error> {
    let fields = serde_json::from_str(row.get("fields"))
        .map_err(|error| Failure::Internal(format!("a customer's fields in the database: {error}")))?;
    Ok(Customer {
        id: row.get("id"),
        name: row.get("name"),
        email: row.get("email"),
        phone: row.get("phone"),
        account: row.get("account"),
        company: row.get("company"),
        language: row.get("language"),
        vip: row.get("vip"),
        since: row.get("since"),
        notes: row.get("notes"),
        fields,
        version: row.get::<_, i64>("version").unsigned_abs(),
    })
}

/// Stores a new customer under a new id.
pub(crate) async fn create(db: &Session, new: NewCustomer) -> Result<Customer, Error> {
    let id = db.one("SELECT 'cus_' || replace(gen_random_uuid()::text, '-', '')", &[]).await?.get(0);
    let customer = new.under(id);
    write(db, &customer).await?;
    Ok(customer)
}

/// Replaces a customer; the version must be the stored one.
pub(crate) async fn update(db: &Session, mut customer: Customer) -> Result<Customer, Error> {
    hold(db, &customer.id).await?;
    let stored = get(db, &customer.id).await?;
    customer.changed_from(stored.version)?;
    write(db, &customer).await?;
    Ok(customer)
}

/// Writes a customer, with all by which it is found, and returns its row number.
pub(crate) async fn write(db: &Session, customer: &Customer) -> Result<i64, Error> {
    customer.check()?;
    let key = |text: &Option<String>, key: fn(&str) -> Option<String>| text.as_deref().and_then(key);
    let phone_key = key(&customer.phone, keys::phone);
    let version = i64::try_from(customer.version).map_err(|_| Failure::invalid("`version` is too large"))?;
    let fields = serde_json::to_string(&customer.fields).expect("a map of texts is JSON");
    let row = db
        .one(
            WRITE,
            &[
                &customer.id,
                &customer.name,
                &keys::name(&customer.name),
                &customer.email,
                &key(&customer.email, keys::email),
                &customer.phone,
                &phone_key,
                &phone_key.as_deref().map(keys::phone_tail),
                &customer.account,
                &key(&customer.account, keys::account),
                &customer.company,
                &customer.language,
                &customer.vip,
                &customer.since,
                &customer.notes,
                &fields,
                &words::of(customer),
                &version,
            ],
        )
        .await?;
    let n = row.get(0);
    write_fields(db, n, customer).await?;
    Ok(n)
}

async fn write_fields(db: &Session, n: i64, customer: &Customer) -> Result<(), Error> {
    db.rows(FORGET_FIELDS, &[&n]).await?;
    let fields = customer.fields.iter().filter_map(|(name, value)| Some((name, keys::name(value)?)));
    let (names, values): (Vec<_>, Vec<_>) = fields.unzip();
    if !names.is_empty() {
        db.rows(WRITE_FIELDS, &[&n, &names, &values]).await?;
    }
    Ok(())
}
