//! A supervisor's stream over the whole story: from its events alone it is checked that a chat has one owner at a time,
//! that nobody has more chats than their capacity, and that an offer has one end.

use crate::ledger::Acknowledged;
use hark_tests::client::{Api, Event, Stream};
use hyper::Method;
use std::collections::{BTreeMap, BTreeSet};

/// How offers ended.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Ends {
    pub(crate) accepted: u32,
    pub(crate) rejected: u32,
    pub(crate) expired: u32,
    pub(crate) withdrawn: u32,
}

/// A supervisor who watches.
pub(crate) struct Watch {
    stream: Stream,
}

/// All that was seen, in order.
#[derive(Debug)]
pub(crate) struct Seen {
    events: Vec<Event>,
}

impl Watch {
    pub(crate) async fn begin(api: &Api) -> Self {
        let desk = api.insist(Method::GET, "/v1/me/desk", &[], None).await.is(200);
        Self { stream: Stream::open(api, desk["cursor"].as_str().map(str::to_owned)).await }
    }

    /// Watches until so many chats are closed.
    pub(crate) async fn until_closed(mut self, chats: usize) -> Seen {
        let (mut events, mut closed) = (Vec::new(), 0);
        while closed < chats {
            let event = self.stream.next().await;
            assert_ne!(event.kind, "stream.reset_required", "the stream goes on from its cursor");
            closed += usize::from(event.kind == "chat.closed");
            if event.id.is_some() {
                events.push(event);
            }
        }
        Seen { events }
    }
}

/// Who has what, as the events say.
#[derive(Debug, Default)]
struct Desk {
    owner: BTreeMap<String, String>,
    wrap_up: BTreeMap<String, String>,
    offered: BTreeMap<String, (String, String)>,
    over: BTreeSet<String>,
}

impl Desk {
    fn load(&self, agent: &str) -> usize {
        let has = |whose: &BTreeMap<String, String>| whose.values().filter(|owner| *owner == agent).count();
        has(&self.owner) + has(&self.wrap_up) + self.offered.values().filter(|(_, to)| to == agent).count()
    }

    fn take(&mut self, event: &Event, chat: &str) {
        let text = |name: &str| event.data[name].as_str().unwrap_or_default().to_owned();
        match event.kind.as_str() {
            "offer.presented" => {
                let (offer, agent) = (text("id"), text("agent_id"));
                assert!(
                    self.offered.values().all(|(one, to)| one != chat && *to != agent),
                    "one offer at a time: {event:?}"
                );
                assert!(!self.owner.contains_key(chat), "nobody has what is offered: {event:?}");
                self.offered.insert(offer, (chat.to_owned(), agent));
            }
            "offer.accepted" | "offer.rejected" | "offer.expired" | "offer.withdrawn" => {
                let offer = text("offer_id");
                self.offered.remove(&offer);
                assert!(self.over.insert(offer), "an offer ends once: {event:?}");
                if event.kind == "offer.accepted" {
                    let before = self.owner.insert(chat.to_owned(), text("agent_id"));
                    assert_eq!(before, None, "one owner at a time: {event:?}");
                }
            }
            "chat.ended" => {
                let owner = self.owner.remove(chat).unwrap_or_else(|| panic!("{chat} had no owner"));
                assert_eq!(owner, text("agent_id"), "its owner's chat ends: {event:?}");
                self.wrap_up.insert(chat.to_owned(), owner);
            }
            "chat.closed" => assert!(self.wrap_up.remove(chat).is_some(), "it ended before: {event:?}"),
            "message.created" if event.data["from"] == "agent" => {
                assert_eq!(Some(&text("agent_id")), self.owner.get(chat), "its owner writes: {event:?}");
            }
            _ => {}
        }
    }
}

impl Seen {
    /// How many of this kind were seen for a chat.
    pub(crate) fn count(&self, kind: &str, chat: &str) -> usize {
        self.events.iter().filter(|event| event.is(kind, chat)).count()
    }

    pub(crate) fn ends(&self) -> Ends {
        let mut ends = Ends::default();
        for event in &self.events {
            match event.kind.as_str() {
                "offer.accepted" => ends.accepted += 1,
                "offer.rejected" => ends.rejected += 1,
                "offer.expired" => ends.expired += 1,
                "offer.withdrawn" => ends.withdrawn += 1,
                _ => {}
            }
        }
        ends
    }

    /// Goes through all events in their order.
    pub(crate) fn must_be_orderly(&self, acknowledged: &Acknowledged) {
        let (mut desk, mut ids, mut cursors) = (Desk::default(), BTreeSet::new(), BTreeSet::new());
        for event in &self.events {
            assert!(ids.insert(event.id.clone()), "an event comes once: {event:?}");
            assert!(cursors.insert(event.cursor.clone()), "a cursor names one event: {event:?}");
            if let Some(chat) = event.chat_id.clone() {
                desk.take(event, &chat);
            }
            for (agent, capacity) in &acknowledged.capacity {
                let load = desk.load(agent);
                assert!(load as u64 <= *capacity, "{agent} has {load} of {capacity}: {event:?}");
            }
        }
        assert!(
            desk.owner.is_empty() && desk.wrap_up.is_empty() && desk.offered.is_empty(),
            "all is over: {desk:?}"
        );
    }
}
