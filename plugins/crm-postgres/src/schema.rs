//! The tables, and the way from every older database to today's: one step per version, never changed once released. It
//! runs in one transaction, under a lock that a second start waits for.

use crate::error::Error;
use crate::session::Session;
use hark_plugin_sdk::Failure;

/// Each step makes version `index + 1` of the one before.
const STEPS: &[&str] = &[include_str!("schema/0001.sql")];
/// The oldest server that has all that the plugin needs, as `server_version_num`.
const OLDEST_SERVER: i32 = 130_000;
/// Migrations may take longer than an operation; the store ends them when the start's time is over.
const NO_TIMEOUT: &str = "SET LOCAL statement_timeout = 0; SET LOCAL idle_in_transaction_session_timeout = 0";
const LOCK: &str =
    "SELECT pg_advisory_xact_lock(hashtextextended('hark crm-postgres ' || $1::text, 0))::text";
/// Whether the schema exists, has the plugin's own table, and how many other tables and views it has.
const LOOK: &str = "SELECT to_regnamespace($1) IS NOT NULL AS there,
        to_regclass($1 || '.hark_migrations') IS NOT NULL AS ours,
        (SELECT count(*) FROM pg_class WHERE relnamespace = to_regnamespace($1) AND relkind IN ('r', 'p', 'v', 'm')) AS tables,
        current_setting('server_version_num')::int AS server";
const OWN_TABLE: &str = "CREATE TABLE hark_migrations (
    version    integer PRIMARY KEY,
    applied_at timestamptz NOT NULL DEFAULT now()
)";

/// Brings the database to today's version.
pub(crate) async fn migrate(db: &Session, schema: &str) -> Result<(), Error> {
    db.run(NO_TIMEOUT).await?;
    // The lock first, then the look: two engines may start at once.
    db.one(LOCK, &[&schema]).await?;
    if !prepare(db, schema).await? {
        db.run(OWN_TABLE).await?;
    }
    let version: i32 = db.one("SELECT coalesce(max(version), 0) FROM hark_migrations", &[]).await?.get(0);
    let done = usize::try_from(version).unwrap_or_default();
    if done > STEPS.len() {
        let known = STEPS.len();
        let text = format!("the customer database has version {version}, this plugin knows up to {known}");
        return Err(Failure::invalid(text).into());
    }
    for (step, number) in STEPS.iter().zip(1i32..).skip(done) {
        db.run(step).await?;
        db.rows("INSERT INTO hark_migrations (version) VALUES ($1)", &[&number]).await?;
    }
    Ok(())
}

/// Makes the schema when it is not there. True when the plugin's own table is in it.
async fn prepare(db: &Session, schema: &str) -> Result<bool, Error> {
    let look = db.one(LOOK, &[&schema]).await?;
    if look.get::<_, i32>("server") < OLDEST_SERVER {
        let text = format!("PostgreSQL {} or newer is needed", OLDEST_SERVER / 10_000);
        return Err(Failure::invalid(text).into());
    }
    let ours: bool = look.get("ours");
    if !ours && look.get::<_, i64>("tables") > 0 {
        let text = format!("the schema {schema} has tables of somebody else: name another in `schema`");
        return Err(Failure::invalid(text).into());
    }
    if !look.get::<_, bool>("there") {
        // The configuration lets only plain names through.
        db.run(&format!("CREATE SCHEMA {schema}")).await?;
    }
    Ok(ours)
}
