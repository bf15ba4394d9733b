//! A desk that came up on an image against what its clients had been told before the cut.

use crate::desk::{Ledger, Look, judge};
use hark_tests::Server;
use hark_tests::client::Api;
use hyper::Method;
use std::collections::{BTreeMap, BTreeSet};

/// See the module.
pub(super) struct Verdict<'a> {
    pub(super) server: &'a Server,
    pub(super) ledger: &'a Ledger,
    pub(super) people: &'a BTreeMap<String, Api>,
    /// Whether an answer had gone out.
    pub(super) told: &'a dyn Fn(&str) -> bool,
}

impl Verdict<'_> {
    /// The number of chats that were looked at, or what is wrong.
    pub(super) async fn find(&self) -> Result<usize, String> {
        let books = self.ledger.read().chats.clone();
        let mut looks = 0;
        for (chat, book) in &books {
            let owner = book.owner.as_ref().map(|owner| self.moved(&self.people[owner]));
            match Look::at(&self.server.admin(), owner.as_ref(), chat).await {
                Some(look) => {
                    judge(book, book, self.told, &look).map_err(|lost| format!("{chat}: {lost}"))?;
                    looks += 1;
                }
                None if (self.told)(&book.asked) => return Err(format!("{chat} of {} is gone", book.name)),
                None => {}
            }
        }
        self.lists().await?;
        self.statuses().await?;
        Ok(looks)
    }

    /// The same person at the server of the image.
    fn moved(&self, person: &Api) -> Api {
        self.server.nobody().with(person.bearer().expect("people have tokens"))
    }

    /// Each chat is listed once, and each is one that somebody asked for.
    async fn lists(&self) -> Result<(), String> {
        let listed = self.server.admin().all("/v1/chats").await;
        let ids: BTreeSet<&str> = listed.iter().filter_map(|chat| chat["id"].as_str()).collect();
        let names: BTreeSet<&str> = listed.iter().filter_map(|chat| chat["name"].as_str()).collect();
        let asked = self.ledger.read().names.clone();
        if ids.len() != listed.len()
            || names.len() != listed.len()
            || !names.iter().all(|name| asked.contains(*name))
        {
            return Err(format!("{} entries, {} chats, {} customers", listed.len(), ids.len(), names.len()));
        }
        Ok(())
    }

    async fn statuses(&self) -> Result<(), String> {
        let registers = self.ledger.read().statuses.clone();
        for (agent, register) in &registers {
            if register.acknowledged(self.told) == 0 {
                continue;
            }
            let api = self.moved(&self.people[agent]);
            let desk = api.insist(Method::GET, "/v1/me/desk", &[], None).await.is(200);
            let seen = &desk["status"]["status"];
            if !register.allows(register, self.told, seen) {
                return Err(format!("{agent} is {seen}: {register:?}"));
            }
        }
        Ok(())
    }
}
