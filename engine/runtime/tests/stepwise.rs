//! The engine one step at a time: nobody is told before it is durable, and what is durable is there after a death at
//! any step.

use hark_core::command::RequestChat;
use hark_core::setup::{QueueSetup, Setup};
use hark_core::state::Form;
use hark_core::{Action, Actor, BuiltIn, Reply, Time};
use hark_runtime::Options;
use hark_runtime::stepwise::{Appended, Stepwise};
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

fn configure(engine: &mut Stepwise) {
    let queues = BTreeMap::from([("support".to_owned(), QueueSetup::default())]);
    let setup = Setup { queues, ..Setup::default() };
    drop(engine.submit(engine.start(), Actor::Engine, Action::Configure(Box::new(setup)), None));
}

#[test]
fn an_answer_comes_only_after_the_append() {
    let dir = tempfile::tempdir().expect("a folder");
    let mut engine = open(dir.path(), 1);
    configure(&mut engine);
    let mut answer = engine.submit(engine.start(), Actor::Engine, request(), None);
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
        drop(engine.submit(engine.start(), Actor::Engine, request(), None));
        engine.hand_over();
        if durable {
            assert!(matches!(engine.append(), Appended::Durable(_)));
        }
        drop(engine);
        let chats = open(dir.path(), seed + 10).state().chats().count();
        assert_eq!(chats, usize::from(durable));
    }
}
