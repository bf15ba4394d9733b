//! Customers: read, made, changed. The keys and words by which they are found are written here, and nowhere else.

use crate::error::Error;
use crate::keys;
use crate::search;
use hark_plugin_sdk::Failure;
use hark_plugin_sdk::crm::{Customer, NewCustomer};
use rusqlite::{Connection, OptionalExtension, Row, named_params, params};

/// The longest field, in characters: more is a mistake, not a customer.
const MAX_FIELD: usize = 20_000;
/// The most custom fields of a customer.
const MAX_FIELDS: usize = 200;

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
    let customer = Customer {
        id,
        name: new.name,
        email: new.email,
        phone: new.phone,
        account: new.account,
        company: new.company,
        language: new.language,
        vip: new.vip,
        since: new.since,
        notes: new.notes,
        fields: new.fields,
        version: 1,
    };
    insert(db, &customer)?;
    Ok(customer)
}

/// Stores a customer as it is, id and version too.
pub(crate) fn insert(db: &Connection, customer: &Customer) -> Result<i64, Error> {
    check(customer)?;
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
    if stored.version != customer.version {
        let text = format!(
            "somebody else has changed this customer (version {} is stored, {} was sent): look at it again first",
            stored.version, customer.version
        );
        return Err(Failure::Refused(text).into());
    }
    check(&customer)?;
    customer.version += 1;
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

fn check(customer: &Customer) -> Result<(), Error> {
    let texts = [
        ("email", &customer.email),
        ("phone", &customer.phone),
        ("account", &customer.account),
        ("company", &customer.company),
        ("language", &customer.language),
        ("notes", &customer.notes),
    ];
    let texts = texts.iter().filter_map(|(name, text)| Some((*name, text.as_deref()?)));
    let fields = customer.fields.iter().map(|(name, text)| (name.as_str(), text.as_str()));
    for (name, text) in texts.chain(fields).chain([("name", customer.name.as_str())]) {
        if text.chars().count() > MAX_FIELD {
            return Err(Error::invalid(format!("`{name}` is longer than {MAX_FIELD} characters")));
        }
    }
    if customer.fields.len() > MAX_FIELDS {
        return Err(Error::invalid(format!("there are more than {MAX_FIELDS} fields")));
    }
    let known =
        [Some(&customer.name), customer.email.as_ref(), customer.phone.as_ref(), customer.account.as_ref()];
    if known.iter().flatten().all(|text| text.trim().is_empty()) {
        return Err(Error::invalid(
            "a customer needs a name, an e-mail address, a phone or an account number",
        ));
    }
    match &customer.since {
        Some(since) if !is_date(since) => Err(Error::invalid("`since` is not a date such as 2021-03-14")),
        _ => Ok(()),
    }
}

/// Whether a text is an ISO date, by its shape.
fn is_date(text: &str) -> bool {
    let digits = |part: &str, len| part.len() == len && part.bytes().all(|b| b.is_ascii_digit());
    let parts: Vec<_> = text.split('-').collect();
    matches!(parts[..], [y, m, d] if digits(y, 4) && digits(m, 2) && digits(d, 2)
        && ("01"..="12").contains(&m) && ("01"..="31").contains(&d))
}
