//! Pick-a-customer: any words, in any order, beginnings are enough; ranked by PostgreSQL's text search.

use crate::error::Error;
use crate::found::{self, Found};
use crate::session::Session;
use crate::{lookup, words};
use hark_plugin_sdk::crm::{LookupRequest, Match, SearchRequest, limit, text_score};

const LATEST: &str = "SELECT n FROM customers ORDER BY changed_at DESC, n DESC LIMIT $1";
/// The weights are those of company, phone, account and e-mail, and name.
const RANKED: &str = "SELECT n, ts_rank('{0.3, 0.4, 0.6, 1.0}', words, query)::float8 AS rank
    FROM customers, (SELECT $1::text::tsquery AS query) AS asked
    WHERE words @@ query ORDER BY rank DESC, n LIMIT $2";

/// Customers that fit a text, best first; a blank text gives those who changed last.
pub(crate) async fn search(db: &Session, request: &SearchRequest) -> Result<Vec<Match>, Error> {
    let mut found = Found::default();
    let text = request.text.trim();
    let limit = limit(request.limit);
    if text.is_empty() {
        for row in db.rows(LATEST, &[&i64::from(limit)]).await? {
            found.add(row.get(0), 0, "latest", None);
        }
    } else {
        let whole = || Some(text.to_owned());
        let numbers =
            LookupRequest { case: whole(), email: whole(), phone: whole(), ..LookupRequest::default() };
        lookup::find(db, &numbers, &mut found).await?;
        by_words(db, text, limit, &mut found).await?;
    }
    found::read(found, db, limit).await
}

/// All words first; when nobody has all of them, any.
async fn by_words(db: &Session, text: &str, limit: u32, found: &mut Found) -> Result<(), Error> {
    let asked = words::asked(text);
    for operator in [" & ", " | "] {
        if asked.is_empty() || ranked(db, &asked.join(operator), limit, found).await? {
            break;
        }
    }
    Ok(())
}

async fn ranked(db: &Session, query: &str, limit: u32, found: &mut Found) -> Result<bool, Error> {
    let rows = db.rows(RANKED, &[&query, &i64::from(limit)]).await?;
    let Some(best) = rows.first().map(|row| row.get::<_, f64>("rank").max(f64::MIN_POSITIVE)) else {
        return Ok(false);
    };
    for row in rows {
        found.add(row.get("n"), text_score(row.get::<_, f64>("rank") / best), "text", None);
    }
    Ok(true)
}
