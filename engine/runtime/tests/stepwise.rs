//! The engine one step at a time: nobody is told before it is durable, and what is durable is there after a death at
//! any step.

use hark_core::command::RequestChat;
use hark_core::setup::{QueueSetup, Setup};
use hark_core::state::Form;
use hark_core::{Action, Actor, BuiltIn, Reply, Time};
use hark_runtime::stepwise::{Answer, Appended, Stepwise};
use hark_runtime::{Error, Options};
use std::collections::BTreeMap;
use std::path::Path;

fn open(dir: &Path, seed: u64) -> Stepwise {
    let journal = hark_journal::Options::new(dir.join("journal"));
    let options = Options::new(dir, Box::new(BuiltIn));
    Stepwise::open(options, &journal, Time::from_millis(1_000), seed).expect("the engine opens")
}

fn request() -> Action {
    let form = Form { name: "Maria".into(), ..Form::default() };
    Action::RequestChat(Box::new(RequestChat { form, queue: None, watched: false }))
}

fn decide(engine: &mut Stepwise, action: Action) -> Answer {
    let answer = engine.submit(Actor::Engine, action, None).expect("there is room in the inbox");
    engine.tick(engine.start());
    answer
}

fn configure(engine: &mut Stepwise) {
    let queues = BTreeMap::from([("support".to_owned(), QueueSetup::default())]);
    let setup = Setup { queues, ..Setup::default() };
    decide(engine, Action::Configure(Box::new(setup)));
}

#[test]
fn an_answer_comes_only_after_the_append() {
    let dir = tempfile::tempdir().expect("a folder");
    let mut engine = open(dir.path(), 1);
    configure(&mut engine);
    let mut answer = decide(&mut engine, request());
    assert_eq!(answer.told(), None, "decided only");
    assert!(engine.hand_over());
    engine.tell();
    assert_eq!(answer.told(), None, "handed over only");
    assert!(matches!(engine.append(), Appended::Durable(_)));
    assert_eq!(answer.told(), None, "durable, but not told");
    engine.tell();
    let done = answer.told().expect("told").expect("taken");
    assert!(matches!(done.reply, Reply::Chat(_)));
}

#[test]
fn after_a_death_what_was_durable_is_there_and_nothing_else() {
    let dir = tempfile::tempdir().expect("a folder");
    for (seed, durable) in [(1, false), (2, true)] {
        let mut engine = open(dir.path(), seed);
        configure(&mut engine);
        decide(&mut engine, request());
        engine.hand_over();
        if durable {
            assert!(matches!(engine.append(), Appended::Durable(_)));
        }
        drop(engine);
        let chats = open(dir.path(), seed + 10).state().chats().count();
        assert_eq!(chats, usize::from(durable));
    }
}

#[test]
fn a_full_inbox_turns_away_and_has_room_after_the_next_turn() {
    let dir = tempfile::tempdir().expect("a folder");
    let journal = hark_journal::Options::new(dir.path().join("journal"));
    let options = Options { inbox: 2, ..Options::new(dir.path(), Box::new(BuiltIn)) };
    let mut engine = Stepwise::open(options, &journal, Time::from_millis(1_000), 1).expect("it opens");
    let mut taken = || engine.submit(Actor::Engine, request(), None).map(drop);
    assert_eq!([taken(), taken(), taken()], [Ok(()), Ok(()), Err(Error::Busy)]);
    engine.tick(engine.start());
    assert!(engine.submit(Actor::Engine, request(), None).is_ok());
}
