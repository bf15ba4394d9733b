//! What is over is compared with history: made anew from the journal of the run by the real projector, on a real disk.

use hark_core::ChatId;
use hark_core::state::Chat;
use hark_journal::history::{Filter, History, Options, Roster, Service};
use hark_journal::{JournalReader, Seq};
use std::collections::BTreeMap;
use std::sync::mpsc;
use std::time::Duration;

/// History that takes longer than this for one run stands still.
const PATIENCE: Duration = Duration::from_secs(60);

/// Every chat that left the live state is in history, once, as it was then; and no other is.
pub(crate) fn compare(journal: JournalReader, left: &BTreeMap<ChatId, Chat>) {
    let dir = tempfile::tempdir().expect("a temporary folder can be made");
    let last = journal.last();
    let (tell, folded) = mpsc::channel();
    let told = move |seq: Seq| {
        // Once it has come far enough nobody listens any more.
        let _ = tell.send(seq);
    };
    let roster = Roster::of(&hark_core::State::new());
    let service = Service::open(Options::new(dir.path()), journal, roster, told).expect("history opens");
    let history = service.history();
    while folded.recv_timeout(PATIENCE).unwrap_or_else(|_| panic!("HISTORY stands: {:?}", history.report()))
        < last
    {}
    compare_all(&history, left);
}

fn compare_all(history: &History, left: &BTreeMap<ChatId, Chat>) {
    for (id, chat) in left {
        let kept = history.chat(*id).expect("history can be read");
        // Whether a page was connected follows from starts of the engine too, which are no events of the chat.
        let same = kept
            .as_ref()
            .is_some_and(|kept| kept.chat == Chat { presence: kept.chat.presence, ..chat.clone() });
        assert!(same, "HISTORY chat {id} is kept as {kept:?}");
    }
    let kept = history.chats(&Filter::default(), left.len() + 1).expect("history can be read");
    assert!(kept.len() == left.len(), "HISTORY keeps {} chats of {}", kept.len(), left.len());
}
