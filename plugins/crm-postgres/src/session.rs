//! One connection, with the statements that it has prepared. It knows no customers, and begins and ends nothing.

use crate::error::Error;
use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use tokio::task::JoinHandle;
use tokio_postgres::types::ToSql;
use tokio_postgres::{Client, Row, Statement};

/// What a statement is given.
pub(crate) type Params<'a> = &'a [&'a (dyn ToSql + Sync)];

/// An open connection.
pub(crate) struct Session {
    client: Client,
    statements: Mutex<HashMap<&'static str, Statement>>,
    wire: JoinHandle<()>,
}

impl Drop for Session {
    fn drop(&mut self) {
        // The connection is closed even if the server is in the middle of an answer that nobody waits for.
        self.wire.abort();
    }
}

impl Session {
    /// A connection whose bytes are moved by the task `wire`.
    pub(crate) fn new(client: Client, wire: JoinHandle<()>) -> Self {
        Self { client, statements: Mutex::default(), wire }
    }

    /// Whether the server is known to be gone.
    pub(crate) fn is_closed(&self) -> bool {
        self.client.is_closed()
    }

    /// Runs statements that give nothing back.
    pub(crate) async fn run(&self, sql: &str) -> Result<(), Error> {
        Ok(self.client.batch_execute(sql).await?)
    }

    /// All rows.
    pub(crate) async fn rows(&self, sql: &'static str, params: Params<'_>) -> Result<Vec<Row>, Error> {
        let statement = self.statement(sql).await?;
        Ok(self.client.query(&statement, params).await?)
    }

    /// The first row, if there is one.
    pub(crate) async fn row(&self, sql: &'static str, params: Params<'_>) -> Result<Option<Row>, Error> {
        Ok(self.rows(sql, params).await?.into_iter().next())
    }

    /// The only row of a statement that always gives one.
    pub(crate) async fn one(&self, sql: &'static str, params: Params<'_>) -> Result<Row, Error> {
        let statement = self.statement(sql).await?;
        Ok(self.client.query_one(&statement, params).await?)
    }

    async fn statement(&self, sql: &'static str) -> Result<Statement, Error> {
        let known = self.statements.lock().unwrap_or_else(PoisonError::into_inner).get(sql).cloned();
        if let Some(statement) = known {
            return Ok(statement);
        }
        let statement = self.client.prepare(sql).await?;
        self.statements.lock().unwrap_or_else(PoisonError::into_inner).insert(sql, statement.clone());
        Ok(statement)
    }
}
