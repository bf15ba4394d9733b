//! The load as a whole: people are hired, agents and customers play, each chat with another real dialogue, until it is
//! told that it is enough.

use super::ledger::Ledger;
use super::{agent::Agent, customer, restless};
use hark_tests::client::Api;
use hark_tests::{Dialogue, Seed, Server, dialogues};
use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use tokio::task::JoinSet;

/// How many people there are at a time.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Size {
    pub(crate) agents: usize,
    pub(crate) customers: usize,
    pub(crate) restless: usize,
}

/// A load under way.
pub(crate) struct Load {
    pub(crate) ledger: Arc<Ledger>,
    /// Everybody's way to the API, by their id.
    pub(crate) people: BTreeMap<String, Api>,
    staff: JoinSet<()>,
    customers: JoinSet<()>,
    enough: Arc<AtomicBool>,
}

impl Load {
    /// Hires everybody and begins.
    pub(crate) async fn begin(server: &Server, size: Size, seed: &mut Seed) -> Self {
        let mut lines = dialogues();
        seed.shuffle(&mut lines);
        let lines: Arc<Vec<Arc<Dialogue>>> = Arc::new(lines.into_iter().map(Arc::new).collect());
        let mut load = Self {
            ledger: Arc::default(),
            people: BTreeMap::new(),
            staff: JoinSet::new(),
            customers: JoinSet::new(),
            enough: Arc::default(),
        };
        for number in 0..size.agents {
            let person = server.hire(&format!("agent{number}"), "agent", 3, &["service"]).await;
            let api = server.nobody().log_in(&person.login, &person.password).await;
            load.people.insert(person.id.clone(), api.clone());
            let (dialogues, ledger) = (Arc::clone(&lines), Arc::clone(&load.ledger));
            load.staff.spawn(Agent { api, person, dialogues, ledger }.work());
        }
        for number in 0..size.restless {
            let person = server.hire(&format!("restless{number}"), "agent", 1, &[]).await;
            let api = server.nobody().log_in(&person.login, &person.password).await;
            load.people.insert(person.id.clone(), api.clone());
            load.staff.spawn(restless::play(api, person.id, seed.split(), Arc::clone(&load.ledger)));
        }
        let next = Arc::new(AtomicUsize::new(0));
        for _ in 0..size.customers {
            let (api, enough, next) = (server.nobody(), Arc::clone(&load.enough), Arc::clone(&next));
            let (lines, ledger) = (Arc::clone(&lines), Arc::clone(&load.ledger));
            load.customers.spawn(async move {
                while !enough.load(Ordering::Relaxed) {
                    let number = next.fetch_add(1, Ordering::Relaxed);
                    let dialogue = Arc::clone(&lines[number % lines.len()]);
                    customer::play(api.clone(), number, dialogue, Arc::clone(&ledger)).await;
                }
            });
        }
        load
    }

    /// Waits for whoever fails; it never comes back otherwise.
    pub(crate) async fn fails(&mut self) {
        loop {
            tokio::select! {
                Some(done) = self.staff.join_next() => panic!("somebody of the staff left early: {done:?}"),
                Some(done) = self.customers.join_next() => done.expect("a customer's part does not fail"),
                else => std::future::pending().await,
            }
        }
    }

    /// Lets the chats that are there come to their end, all of them.
    pub(crate) async fn finish(&mut self) {
        self.enough.store(true, Ordering::Relaxed);
        while let Some(done) = self.customers.join_next().await {
            done.expect("a customer's part does not fail");
        }
        loop {
            if self.ledger.is_all_over() {
                break;
            }
            let still = std::time::Duration::from_millis(10);
            if let Ok(Some(done)) = tokio::time::timeout(still, self.staff.join_next()).await {
                panic!("somebody of the staff left early: {done:?}");
            }
        }
    }

    /// Everybody goes, whatever they were doing.
    pub(crate) async fn drop_all(&mut self) {
        self.staff.shutdown().await;
        self.customers.shutdown().await;
    }
}
