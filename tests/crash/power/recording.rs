//! The run that is recorded: a desk under load that is stopped and started once in between, so that an opening is in the
//! record, too.

use super::disk::Before;
use crate::desk::{DESK, Ledger, Load, Size};
use crate::shim::Shim;
use hark_tests::client::Api;
use hark_tests::{Seed, Server};
use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

/// Enough for the record to have chats in every stage, and few enough to look at all of them in every image.
const SIZE: Size = Size { agents: 2, customers: 6, restless: 1 };
/// How long each of the two halves is.
const HALF: Duration = Duration::from_millis(2500);

/// What was recorded, and what the clients know.
pub(super) struct Recording {
    /// The recorded server, which has ended; its people and tokens are those of every image.
    pub(super) server: Server,
    pub(super) settings: String,
    pub(super) before: Before,
    pub(super) trace: PathBuf,
    pub(super) ledger: Arc<Ledger>,
    pub(super) people: BTreeMap<String, Api>,
    _shim: Shim,
}

impl Recording {
    pub(super) async fn make(seed: &mut Seed) -> Self {
        // Snapshots as often as can be, so that many cuts meet one.
        let settings = DESK.replace("snapshot_every = 1500", "snapshot_every = 100");
        let shim = Shim::build();
        let mut server = Server::serve(&settings).await;
        assert!(server.stop().await.success());
        let before = Before::of(&server.data());
        shim.attend(&mut server, true);
        server.start().await;
        let mut load = Load::begin(&server, SIZE, seed).await;
        Self::work(&mut load).await;
        assert!(server.stop().await.success());
        server.start().await;
        Self::work(&mut load).await;
        load.drop_all().await;
        server.kill().await;
        let (ledger, people) = (Arc::clone(&load.ledger), load.people.clone());
        Self { server, settings, before, trace: shim.trace(), ledger, people, _shim: shim }
    }

    async fn work(load: &mut Load) {
        tokio::select! {
            () = tokio::time::sleep(HALF) => {}
            () = load.fails() => {}
        }
    }

    pub(super) fn told(&self) -> String {
        let ledger = self.ledger.read();
        let messages: usize = ledger.chats.values().map(|book| book.kept.len()).sum();
        format!("{} chats, {} of them closed, {messages} messages", ledger.chats.len(), ledger.closed)
    }
}
