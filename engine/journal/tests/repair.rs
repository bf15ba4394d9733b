//! Repair, over really damaged files of a real desk: what can be read stays, what cannot is told by number, every damaged
//! byte is kept aside, and afterwards the journal is sound and opens.

use hark_core::command::{RequestChat, SaveAgent, SendMessage};
use hark_core::setup::{QueueSetup, Setup};
use hark_core::state::{Form, MessageKind, Role, Side};
use hark_core::{Action, Actor, BuiltIn, ChatId, Command, Reply, State, Time, check, decide};
use hark_journal::care::{Repair, Scan, Why, begin_before, check_turns};
use hark_journal::*;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// A desk that wrote its journal into a folder: many small segments.
struct Desk {
    dir: tempfile::TempDir,
    state: State,
    journal: Option<LocalJournal>,
    now: u64,
    seed: u64,
    /// The turn's record of each chat's request.
    requests: BTreeMap<ChatId, Seq>,
}

fn options(dir: &Path) -> Options {
    Options { segment_bytes: 8 << 10, prepare_ahead: false, ..Options::new(dir) }
}

impl Desk {
    fn new() -> Self {
        let dir = tempfile::tempdir().unwrap();
        let journal = Some(LocalJournal::open(&options(dir.path())).unwrap().0);
        let (state, requests) = (State::new(), BTreeMap::new());
        let mut desk = Self { dir, state, journal, now: 1_795_348_800_000, seed: 1, requests };
        let queues = [("support".to_owned(), QueueSetup::default())].into();
        desk.send(Actor::Engine, Action::Configure(Box::new(Setup { queues, ..Setup::default() })));
        let agent = SaveAgent {
            login: "ana".into(),
            name: "Ana".into(),
            role: Role::Agent,
            capacity: 1,
            queues: vec!["support".into()],
            skills: BTreeMap::new(),
            credential: None,
            disabled: false,
        };
        desk.send(Actor::Engine, Action::SaveAgent(Box::new(agent)));
        desk
    }

    fn send(&mut self, by: Actor, action: Action) -> Reply {
        self.now += 1000;
        self.seed += 1;
        let command = Command { at: Time::from_millis(self.now), seed: self.seed, by, key: None, action };
        let decision = decide(&mut self.state, command, &mut BuiltIn);
        let journal = self.journal.as_mut().expect("it is open");
        for turn in &decision.turns {
            let mut batch = Batch::new();
            batch.push_with(RecordKind::Turn, |out| encode_turn(turn, out)).unwrap();
            assert!(matches!(journal.append(journal.last(), &mut batch), Append::Committed(_)));
        }
        decision.reply.expect("it is taken")
    }

    fn chat(&mut self, name: &str) -> ChatId {
        let form = Form { name: name.into(), ..Form::default() };
        let request = RequestChat { form, queue: Some("support".into()), watched: false };
        let Reply::Chat(chat) = self.send(Actor::Engine, Action::RequestChat(Box::new(request))) else {
            panic!()
        };
        self.requests.insert(chat, self.last());
        chat
    }

    fn say(&mut self, chat: ChatId, text: &str) {
        self.seed += 1;
        let (client_id, text, kind) = (format!("c{}", self.seed), text.into(), MessageKind::Text);
        let message = SendMessage { chat, from: Side::Customer, client_id, text, kind };
        self.send(Actor::Customer { chat_id: chat }, Action::SendMessage(message));
    }

    fn last(&self) -> Seq {
        self.journal.as_ref().expect("it is open").last()
    }

    fn snapshot(&mut self) -> Seq {
        let last = self.last();
        let bytes = encode_state(&self.state);
        self.journal.as_mut().expect("it is open").write_snapshot(last, &bytes).unwrap();
        last
    }

    /// A desk with chats and messages over several segments, closed.
    fn busy() -> (Self, Vec<ChatId>) {
        let mut desk = Self::new();
        let mut chats = Vec::new();
        for number in 0..12 {
            let chat = desk.chat(&format!("Customer {number}"));
            (0..6).for_each(|_| desk.say(chat, &"word ".repeat(40)));
            chats.push(chat);
        }
        desk.journal = None;
        (desk, chats)
    }

    fn segments(&self) -> Vec<PathBuf> {
        self.files("journal-")
    }

    fn files(&self, begin: &str) -> Vec<PathBuf> {
        let entries = std::fs::read_dir(self.dir.path()).unwrap().map(|entry| entry.unwrap().path());
        let mut files: Vec<_> = entries
            .filter(|path| {
                let name = path.file_name().unwrap().to_str().unwrap();
                name.starts_with(begin) && name.ends_with(".hark")
            })
            .collect();
        files.sort();
        files
    }

    fn records(&self) -> Vec<Record> {
        let scan = Scan::open(Arc::new(RealDisk), self.dir.path(), Seq::NONE).unwrap();
        scan.map(Result::unwrap).collect()
    }

    fn plan(&self) -> Repair {
        Repair::plan(Arc::new(RealDisk), self.dir.path()).unwrap_or_else(|error| panic!("{error}"))
    }

    /// Repairs, and proves that the journal is sound, that every turn in it is accepted, that it opens and goes on, and
    /// that the damaged bytes are kept.
    fn repaired(&self, damaged: &[(PathBuf, Vec<u8>)]) -> Vec<PathBuf> {
        let before: BTreeMap<PathBuf, Vec<u8>> = self.bytes();
        drop(self.plan());
        assert_eq!(before, self.bytes(), "a plan changes nothing");
        let kept = self.plan().write().unwrap();
        for (path, bytes) in damaged {
            let name = path.file_name().unwrap().to_str().unwrap();
            let aside = kept.iter().find(|file| file.to_str().unwrap().contains(name));
            let aside = aside.unwrap_or_else(|| panic!("{name} is not among {kept:?}"));
            assert_eq!(&std::fs::read(aside).unwrap(), bytes, "the damaged bytes are kept");
        }
        let report = verify(self.dir.path()).unwrap();
        assert!(report.is_sound(), "{:?}", report.faults);
        let disk: Arc<dyn Disk> = Arc::new(RealDisk);
        let turns = check_turns(&disk, self.dir.path(), &mut |_, _| {}).unwrap();
        assert_eq!(turns.faults, [], "the desk accepts every turn");
        assert!(self.plan().is_idle(), "nothing is left to repair");
        let (journal, opened) = LocalJournal::open(&options(self.dir.path())).unwrap();
        assert_eq!(journal.last(), opened.found.next());
        kept
    }

    fn bytes(&self) -> BTreeMap<PathBuf, Vec<u8>> {
        let entries = std::fs::read_dir(self.dir.path()).unwrap().map(|entry| entry.unwrap().path());
        let files = entries.filter(|path| path.file_name().unwrap() != "lock");
        files.map(|path| (path.clone(), std::fs::read(&path).unwrap())).collect()
    }
}

/// Flips a bit in the payload of a record, found by its number.
fn flip(desk: &Desk, seq: Seq) -> (PathBuf, Vec<u8>) {
    for path in desk.segments().into_iter().rev() {
        let mut bytes = std::fs::read(&path).unwrap();
        let number = seq.0.to_le_bytes();
        let found = (64..bytes.len() - 20).find(|at| bytes[at + 8] == 1 && bytes[at + 12..at + 20] == number);
        if let Some(at) = found {
            bytes[at + 60] ^= 0x40;
            std::fs::write(&path, &bytes).unwrap();
            return (path, bytes);
        }
    }
    panic!("record {seq} is in no segment");
}

#[test]
fn a_sound_journal_and_an_empty_folder_need_nothing() {
    let (desk, _) = Desk::busy();
    assert!(desk.segments().len() >= 4, "several segments");
    assert!(desk.plan().is_idle());
    let empty = tempfile::tempdir().unwrap();
    assert!(Repair::plan(Arc::new(RealDisk), empty.path()).unwrap().is_idle());
}

#[test]
fn beside_a_running_desk_it_is_refused() {
    let (desk, _) = Desk::busy();
    let _running = LocalJournal::open(&options(desk.dir.path())).unwrap();
    assert!(matches!(Repair::plan(Arc::new(RealDisk), desk.dir.path()), Err(Error::Locked { .. })));
}

#[test]
fn a_torn_tail_is_cut_without_a_loss() {
    let (desk, _) = Desk::busy();
    let path = desk.segments().pop().unwrap();
    let mut bytes = std::fs::read(&path).unwrap();
    let end = bytes.iter().rposition(|byte| *byte != 0).unwrap() + 1;
    // A record's beginning, as a killed process leaves it.
    let at = end.next_multiple_of(8);
    bytes[at..at + 6].copy_from_slice(&[44, 1, 0, 0, 7, 7]);
    std::fs::write(&path, bytes).unwrap();
    let records = desk.records();
    let plan = desk.plan();
    assert!(plan.cut.is_some() && plan.lost.is_empty() && !plan.is_idle());
    drop(plan);
    assert_eq!(desk.repaired(&[]), Vec::<PathBuf>::new());
    assert!(desk.records()[..records.len()] == records);
}

#[test]
fn a_flipped_bit_loses_one_record_and_keeps_every_other_under_its_number() {
    let (desk, chats) = Desk::busy();
    let records = desk.records();
    // A message of the third chat.
    let lost = Seq(desk.requests[&chats[2]].0 + 2);
    let damaged = flip(&desk, lost);
    let plan = desk.plan();
    let unreadable: Vec<_> = plan.lost.iter().filter(|lost| lost.why == Why::Unreadable).collect();
    assert_eq!(unreadable.len(), 1, "{:?}", plan.lost);
    assert_eq!((unreadable[0].from, unreadable[0].to), (lost, lost));
    // The messages behind it have a gap in their numbers, which the desk does not accept.
    let refused: Vec<_> = plan.lost.iter().filter(|lost| matches!(lost.why, Why::NotAccepted(_))).collect();
    assert!(refused.iter().all(|lost| lost.chats.contains(&chats[2])), "{refused:?}");
    let gone: Vec<Seq> = plan.lost.iter().flat_map(|lost| lost.from.0..=lost.to.0).map(Seq).collect();
    drop(plan);
    desk.repaired(&[damaged]);
    let kept = desk.records();
    for record in &records {
        let now = kept.iter().find(|other| other.seq == record.seq).expect("every number is there");
        assert_eq!(now == record, !gone.contains(&record.seq), "record {}", record.seq);
    }
}

#[test]
fn what_a_snapshot_covers_is_lost_for_the_trail_but_not_for_the_desk() {
    let mut desk = Desk::new();
    let chat = desk.chat("Maria");
    (0..80).for_each(|_| desk.say(chat, &"word ".repeat(40)));
    desk.snapshot();
    desk.say(chat, "the last word");
    desk.journal = None;
    let damaged = flip(&desk, Seq(20));
    let plan = desk.plan();
    assert_eq!(plan.lost.len(), 1, "{:?}", plan.lost);
    drop(plan);
    desk.repaired(&[damaged]);
    let begin = begin_before(&RealDisk, desk.dir.path(), Some(Time::MAX)).unwrap();
    let mut state = begin.state;
    for record in
        desk.records().iter().filter(|record| record.seq > begin.seq && record.kind == RecordKind::Turn)
    {
        let turn = decode_turn(&record.payload).unwrap();
        turn.events.iter().for_each(|scoped| state.apply(turn.at, &scoped.event));
    }
    assert!(state == desk.state, "the desk is what it was");
}

#[test]
fn a_missing_segment_in_the_middle_is_told_by_its_numbers() {
    let (desk, _) = Desk::busy();
    let records = desk.records();
    let segments = desk.segments();
    let first =
        |path: &PathBuf| path.to_str().unwrap()[path.to_str().unwrap().len() - 25..][..20].parse().unwrap();
    let (from, end): (u64, u64) = (first(&segments[1]), first(&segments[2]));
    std::fs::remove_file(&segments[1]).unwrap();
    let plan = desk.plan();
    assert_eq!((plan.lost[0].from, plan.lost[0].to), (Seq(from), Seq(end - 1)), "{:?}", plan.lost);
    let gone: Vec<Seq> = plan.lost.iter().flat_map(|lost| lost.from.0..=lost.to.0).map(Seq).collect();
    drop(plan);
    desk.repaired(&[]);
    let kept = desk.records();
    let same = records.iter().filter(|record| kept.contains(record)).count();
    assert_eq!(same, records.len() - gone.len());
}

#[test]
fn a_truncated_segment_keeps_what_is_left_of_it() {
    let (desk, _) = Desk::busy();
    let segments = desk.segments();
    for place in [1, segments.len() - 1] {
        let bytes = std::fs::read(&segments[place]).unwrap();
        std::fs::write(&segments[place], &bytes[..1500]).unwrap();
        assert!(!desk.plan().lost.is_empty());
        desk.repaired(&[(segments[place].clone(), bytes[..1500].to_vec())]);
    }
}

#[test]
fn a_broken_header_loses_nothing_as_long_as_its_salt_is_right() {
    let (desk, _) = Desk::busy();
    let records = desk.records();
    let path = desk.segments()[1].clone();
    let mut bytes = std::fs::read(&path).unwrap();
    bytes[20] ^= 1;
    std::fs::write(&path, &bytes).unwrap();
    let plan = desk.plan();
    assert_eq!(plan.lost, [], "nothing");
    drop(plan);
    desk.repaired(&[(path, bytes)]);
    assert!(desk.records()[..records.len()] == records);
}

#[test]
fn a_broken_snapshot_is_set_aside_and_the_other_one_serves() {
    let mut desk = Desk::new();
    let chat = desk.chat("Maria");
    desk.snapshot();
    (0..80).for_each(|_| desk.say(chat, &"word ".repeat(40)));
    desk.snapshot();
    desk.journal = None;
    let newest = desk.files("snapshot-").pop().unwrap();
    let mut bytes = std::fs::read(&newest).unwrap();
    bytes[100] ^= 1;
    std::fs::write(&newest, &bytes).unwrap();
    assert_eq!(desk.plan().lost, []);
    desk.repaired(&[(newest, bytes)]);
    let begin = begin_before(&RealDisk, desk.dir.path(), Some(Time::MAX)).unwrap();
    assert!(begin.state.chat(chat).is_some(), "the older one is read");
}

#[test]
fn without_a_snapshot_that_reaches_the_first_record_it_says_that_nothing_helps() {
    let mut desk = Desk::new();
    let chat = desk.chat("Maria");
    for _ in 0..2 {
        (0..60).for_each(|_| desk.say(chat, &"word ".repeat(40)));
        desk.snapshot();
    }
    let last = desk.last();
    assert!(desk.journal.as_mut().unwrap().trim(last).unwrap() > Seq(1));
    desk.journal = None;
    for snapshot in desk.files("snapshot-") {
        let mut bytes = std::fs::read(&snapshot).unwrap();
        bytes[100] ^= 1;
        std::fs::write(&snapshot, &bytes).unwrap();
    }
    assert!(matches!(Repair::plan(Arc::new(RealDisk), desk.dir.path()), Err(Error::Missing { .. })));
}

#[test]
fn a_foreign_file_under_a_segments_name_costs_nothing() {
    let (desk, _) = Desk::busy();
    let records = desk.records();
    let foreign = desk.dir.path().join("journal-00000000000000000005.hark");
    let bytes = b"this is a shopping list, and no journal at all".repeat(20);
    std::fs::write(&foreign, &bytes).unwrap();
    assert!(!verify(desk.dir.path()).unwrap().is_sound());
    let plan = desk.plan();
    assert_eq!(plan.lost, []);
    drop(plan);
    desk.repaired(&[(foreign, bytes)]);
    assert!(desk.records()[..records.len()] == records);
}

#[test]
fn damage_anywhere_can_be_repaired_and_nothing_readable_before_it_is_lost() {
    let (desk, _) = Desk::busy();
    let whole = desk.bytes();
    let records = desk.records();
    let mut dice = 7_u64;
    let mut roll = |sides: usize| {
        dice = dice.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (dice >> 33) as usize % sides
    };
    for round in 0..60 {
        for (path, bytes) in &whole {
            std::fs::write(path, bytes).unwrap();
        }
        let segments = desk.segments();
        let path = &segments[roll(segments.len())];
        let mut bytes = whole[path].clone();
        let at = roll(bytes.len());
        let length = 1 + roll(600);
        bytes
            .iter_mut()
            .skip(at)
            .take(length)
            .for_each(|byte| *byte = (*byte).wrapping_mul(7).wrapping_add(91));
        std::fs::write(path, &bytes).unwrap();
        let plan = desk.plan();
        // An append that lost its end looks as if it had never been committed (FORMAT.md says why).
        let cut = plan.cut.is_some();
        let first_lost = plan.lost.iter().map(|lost| lost.from).min();
        drop(plan);
        desk.repaired(&[]);
        let kept = desk.records();
        let until = match (first_lost, cut) {
            (Some(lost), _) => lost.0 as usize - 1,
            (None, true) => kept.len() - 1,
            (None, false) => records.len(),
        };
        assert!(!cut || until + 2 >= records.len(), "round {round}: {until} of {}", records.len());
        let same = kept.iter().zip(&records).take_while(|(kept, record)| kept == record).count();
        assert!(same >= until, "round {round}: {same}, not {until}: byte {at} of {}", path.display());
        let extra: Vec<_> =
            std::fs::read_dir(desk.dir.path()).unwrap().map(|entry| entry.unwrap().path()).collect();
        for path in
            extra.iter().filter(|path| !whole.contains_key(*path) && path.file_name().unwrap() != "lock")
        {
            std::fs::remove_file(path).unwrap();
        }
    }
    check::all(&desk.state).unwrap();
}
