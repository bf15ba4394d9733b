//! Opens history and waits until it has what it should have.

use crate::desk::Desk;
use hark_core::{ChatId, State};
use hark_journal::history::{Filter, History, Options, Roster, Service};
use hark_journal::{JournalReader, Seq};
use std::path::Path;
use std::sync::mpsc::{Receiver, channel};
use std::time::Duration;

/// Far beyond what any step takes; whoever waits so long waits for ever.
const PATIENCE: Duration = Duration::from_secs(60);

pub(crate) struct Watched {
    pub(crate) service: Service,
    pub(crate) history: History,
    told: Receiver<Seq>,
}

impl Watched {
    pub(crate) fn open(dir: &Path, journal: JournalReader, state: &State, keep_months: u32) -> Self {
        let mut options = Options::new(dir.join("history"));
        options.keep_months = keep_months;
        let (tell, told) = channel();
        let service = Service::open(options, journal, Roster::of(state), move |seq| {
            // A test that has seen enough does not listen any more.
            let _ = tell.send(seq);
        });
        let service = service.expect("there are threads");
        Self { history: service.history(), service, told }
    }

    pub(crate) fn of(dir: &Path, desk: &Desk) -> Self {
        let watched = Self::open(dir, desk.journal.reader(), &desk.state, 0);
        watched.wait(hark_journal::Journal::last(&desk.journal));
        watched
    }

    pub(crate) fn wait(&self, seq: Seq) {
        self.service.ring();
        while self.told.recv_timeout(PATIENCE).expect("history goes on") < seq {}
    }

    /// What it was told first: where it begins.
    pub(crate) fn first_told(&self) -> Seq {
        self.told.recv_timeout(PATIENCE).expect("history opens")
    }
}

/// All chats that are over are there, as the live state last had them, with all their events, and none besides.
pub(crate) fn assert_same(history: &History, desk: &Desk) {
    let kept = history.chats(&Filter::default(), usize::MAX).expect("it reads");
    let ids: Vec<ChatId> = kept.iter().map(|closed| closed.chat.id).collect();
    let wanted: Vec<ChatId> = desk.left.keys().rev().copied().collect();
    assert_eq!(ids, wanted, "newest first, each once");
    for closed in kept {
        assert_eq!(closed.chat, desk.left[&closed.chat.id]);
    }
    for (chat, wanted) in &desk.events {
        let events = history.events(*chat).expect("it reads");
        assert_eq!(events.len(), wanted.len(), "events of {chat}");
        for (past, (at, by, scoped)) in events.iter().zip(wanted) {
            assert_eq!(
                (&past.at, &past.by, &past.scope, &past.event),
                (at, by, &scoped.scope, &scoped.event)
            );
        }
    }
    for log in desk.state.logs() {
        assert_eq!(history.log(log.chat).expect("it reads").as_ref(), Some(log));
    }
}

impl Watched {
    /// Everything that is told until history ends by itself.
    pub(crate) fn told_until_the_end(&self) -> Vec<Seq> {
        self.told.iter().collect()
    }
}
