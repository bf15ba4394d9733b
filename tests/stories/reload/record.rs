//! What the journal says of the decisions: each event that a script decided, held against the version that it names.

use hark_core::Event;
use hark_journal::{LocalJournal, Options, RecordKind, Seq, decode_turn};
use std::collections::BTreeMap;
use std::path::Path;

/// What was found.
#[derive(Debug, Default)]
pub(crate) struct Record {
    /// Chats that were asked for.
    pub(crate) created: usize,
    /// Chats that are over with all that belongs to them.
    pub(crate) closed: usize,
    /// Decisions of scripts.
    pub(crate) decisions: usize,
    /// How many of them each version made.
    pub(crate) versions: BTreeMap<String, usize>,
}

impl Record {
    /// Reads the journal of a server that has ended. `marks` says how each version answers.
    ///
    /// # Panics
    /// An answer is not that of the version that its event names.
    pub(crate) fn read(data: &Path, marks: &BTreeMap<String, char>) -> Self {
        let mut options = Options::new(data.join(hark_runtime::Options::JOURNAL));
        options.archive = true;
        let (journal, _) = LocalJournal::open(&options).expect("the journal opens");
        let mut record = Self::default();
        for entry in journal.reader().read_archived(Seq(1)) {
            let entry = entry.expect("the journal is whole");
            if entry.kind != RecordKind::Turn {
                continue;
            }
            let turn = decode_turn(&entry.payload).expect("a turn");
            // A turn is one command's: within it nothing is exchanged.
            let mut of_turn = None;
            for scoped in &turn.events {
                if let Some((version, answer)) = record.decided(&scoped.event) {
                    let mark = marks.get(version).unwrap_or_else(|| panic!("nobody loaded {version}"));
                    assert_eq!(
                        answer,
                        wanted(&scoped.event, *mark),
                        "of version {version}: {:?}",
                        scoped.event
                    );
                    let first = of_turn.get_or_insert_with(|| version.to_owned());
                    assert_eq!(first, version, "two versions in turn {}", entry.seq);
                    record.decisions += 1;
                    *record.versions.entry(version.to_owned()).or_default() += 1;
                }
            }
        }
        record
    }

    /// The version that an event names, and what it answered; counts what chats do.
    fn decided<'a>(&mut self, event: &'a Event) -> Option<(&'a str, String)> {
        match event {
            Event::ChatCreated { .. } => self.created += 1,
            Event::ChatClosed { .. } => self.closed += 1,
            _ => {}
        }
        Some(match event {
            Event::ChatQueued { priority, policy, .. } => (policy, priority.to_string()),
            Event::OfferPresented { offer, policy, .. } => {
                (policy, offer.reject.reason.clone().unwrap_or_default())
            }
            Event::MessageCreated { message, policy: Some(policy), .. } => {
                (policy, message.text.split(' ').next_back().unwrap_or_default().to_owned())
            }
            _ => return None,
        })
    }
}

/// What a version of this mark answers.
fn wanted(event: &Event, mark: char) -> String {
    match event {
        Event::ChatQueued { .. } => if mark == 'A' { "3" } else { "7" }.to_owned(),
        _ => format!("{mark}{}", mark.to_ascii_lowercase()),
    }
}
