//! Who is it, by what a form says? All ways are asked at once, each by its key; a name alone counts only when nothing
//! else led to anybody, because names are shared.

use crate::error::Error;
use crate::found::{self, Found};
use crate::session::Session;
use hark_plugin_sdk::crm::{LookupRequest, Match, keys, limit, score};
use tokio_postgres::Row;

/// All ways at once, the surest first. None leads to more than a hundred: a phone number of half the town identifies
/// nobody.
const WAYS: &str = r#"
    SELECT 1 AS turn, 'case as case' AS way, customer, n AS "case", NULL AS key FROM cases WHERE number_key = $1
    UNION ALL (SELECT 2, 'case as account', n, NULL, NULL FROM customers WHERE account_key = $2 LIMIT 100)
    UNION ALL (SELECT 3, 'account as account', n, NULL, NULL FROM customers WHERE account_key = $3 LIMIT 100)
    UNION ALL SELECT 4, 'account as case', customer, n, NULL FROM cases WHERE number_key = $4
    UNION ALL (SELECT 5, 'email', n, NULL, NULL FROM customers WHERE email_key = $5 LIMIT 100)
    UNION ALL (SELECT 6, 'phone', n, NULL, phone_key FROM customers WHERE phone_tail = $6 LIMIT 100)
    UNION ALL (SELECT 7, 'field', customer, NULL, name
        FROM customer_fields JOIN unnest($7::text[], $8::text[]) AS asked (name, value_key) USING (name, value_key)
        LIMIT 100)
    UNION ALL (SELECT 8, 'name', n, NULL, NULL FROM customers WHERE name_key = $9 LIMIT 100)
    ORDER BY turn, customer"#;
/// Who of those found has the name.
const NAMED: &str = "SELECT n FROM customers WHERE n = ANY($1) AND name_key = $2";

/// The customers that fit, best first.
pub(crate) async fn lookup(db: &Session, request: &LookupRequest) -> Result<Vec<Match>, Error> {
    let mut found = Found::default();
    find(db, request, &mut found).await?;
    found::read(found, db, limit(request.limit)).await
}

/// Adds all to whom the request leads.
pub(crate) async fn find(db: &Session, request: &LookupRequest, found: &mut Found) -> Result<(), Error> {
    let key = |text: &Option<String>, key: fn(&str) -> Option<String>| text.as_deref().and_then(key);
    let phone = key(&request.phone, keys::phone);
    let name = key(&request.name, keys::name);
    let fields = request.fields.iter().filter_map(|(name, value)| Some((name, keys::name(value)?)));
    let (names, values): (Vec<_>, Vec<_>) = fields.unzip();
    let rows = db
        .rows(
            WAYS,
            &[
                &key(&request.case, keys::case),
                &key(&request.case, keys::account),
                &key(&request.account, keys::account),
                &key(&request.account, keys::case),
                &key(&request.email, keys::email),
                &phone.as_deref().map(keys::phone_tail),
                &names,
                &values,
                &name,
            ],
        )
        .await?;
    add_ways(&rows, phone.as_deref(), found);
    add_name(db, &rows, name.as_deref(), found).await
}

/// People mix case and account numbers up: what fits in neither of its own places is taken for the other.
fn add_ways(rows: &[Row], phone: Option<&str>, found: &mut Found) {
    let has = |way| rows.iter().any(|row| row.get::<_, &str>("way") == way);
    let (case_is_case, account_is_account) = (has("case as case"), has("account as account"));
    for row in rows {
        let (score, by) = match row.get("way") {
            "case as case" => (score::CASE, "case"),
            "case as account" if !case_is_case => (score::ACCOUNT, "account"),
            "account as account" => (score::ACCOUNT, "account"),
            "account as case" if !account_is_account => (score::CASE, "case"),
            "email" => (score::EMAIL, "email"),
            "phone" if is_phone(row, phone) => (score::PHONE, "phone"),
            "field" => (score::FIELD, row.get("key")),
            _ => continue,
        };
        found.add(row.get("customer"), score, by, row.get("case"));
    }
}

fn is_phone(row: &Row, asked: Option<&str>) -> bool {
    asked.is_some_and(|asked| keys::same_phone(asked, row.get("key")))
}

/// A name finds somebody only when nothing else did; else it tells those apart who share an address.
async fn add_name(db: &Session, rows: &[Row], name: Option<&str>, found: &mut Found) -> Result<(), Error> {
    let Some(name) = name else { return Ok(()) };
    if found.is_empty() {
        for row in rows.iter().filter(|row| row.get::<_, &str>("way") == "name") {
            found.add(row.get("customer"), score::NAME, "name", None);
        }
        return Ok(());
    }
    for row in db.rows(NAMED, &[&found.customers(), &name]).await? {
        found.agree(&row.get(0));
    }
    Ok(())
}
