//! A connection beside the plugin's: to look at what is stored, to lock, to be in the way.

use crate::server::Server;
use tokio::runtime::{Builder, Runtime};
use tokio_postgres::{Client, NoTls};

pub(crate) struct Beside {
    runtime: Runtime,
    client: Client,
}

impl Beside {
    pub(crate) fn connect(server: &Server) -> Self {
        let runtime = Builder::new_multi_thread().worker_threads(1).enable_all().build().expect("a runtime");
        let client = runtime.block_on(async {
            let (client, wire) = tokio_postgres::connect(&server.url(), NoTls).await.expect("connected");
            tokio::spawn(wire);
            client
        });
        Self { runtime, client }
    }

    /// Runs statements.
    pub(crate) fn run(&self, sql: &str) {
        self.runtime.block_on(self.client.batch_execute(sql)).expect("done");
    }

    /// The number that a query gives.
    pub(crate) fn number(&self, sql: &str) -> i64 {
        self.runtime.block_on(self.client.query_one(sql, &[])).expect("asked").get(0)
    }
}
