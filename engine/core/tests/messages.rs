//! What becomes of a message when a policy looks at it: it passes, changes, or is refused.

mod common;

use common::{Desk, customer, plain};
use hark_core::command::SendMessage;
use hark_core::policy::{Answered, MessageQuestion, Verdict};
use hark_core::state::{EndedBy, MessageKind, Side};
use hark_core::{Action, Actor, ChatId, Event, Policy, Refusal, Reply};

/// Answers each message with what stands here.
struct Says(Verdict);

impl Policy for Says {
    fn version(&self) -> &str {
        "v7"
    }

    fn answered(&self) -> Answered {
        Answered::Script { file: "redact.lua".into() }
    }

    fn message(&mut self, question: &MessageQuestion<'_>) -> Verdict {
        assert!(question.agent.is_none(), "the customer writes");
        self.0.clone()
    }
}

fn desk(says: Verdict) -> (Desk, ChatId) {
    let mut desk = Desk::new(&[("support", plain())]);
    let chat = desk.ask("Maria", "support");
    desk.policy = Box::new(Says(says));
    (desk, chat)
}

fn write(desk: &mut Desk, chat: ChatId, client_id: &str, text: &str) -> Result<Reply, Refusal> {
    desk.say(customer(chat), chat, client_id, text)
}

#[test]
fn a_changed_message_is_stored_as_changed_and_repeats_are_the_same_one() {
    let (mut desk, chat) = desk(Verdict::Change("my card is •••• 1111".into()));
    let first = write(&mut desk, chat, "a", "my card is 4111111111111111").expect("it passes");
    let stored = &desk.state.chat(chat).expect("it is live").messages[0];
    assert_eq!((stored.text.as_str(), stored.changed), ("my card is •••• 1111", true));
    let by = desk.turns.iter().flat_map(|turn| &turn.events).find_map(|scoped| match &scoped.event {
        Event::MessageCreated { policy, answered, .. } => Some((policy.clone(), answered.clone())),
        _ => None,
    });
    let script = Answered::Script { file: "redact.lua".into() };
    assert_eq!(by, Some((Some("v7".to_owned()), Some(script))));
    let again = write(&mut desk, chat, "a", "my card is 4111111111111111");
    let (Reply::Message { id, .. }, Ok(Reply::Message { id: same, repeated, .. })) = (first, again) else {
        panic!("both are answered with the message")
    };
    assert_eq!((same, repeated), (id, true));
}

#[test]
fn a_message_that_passes_says_nothing_of_policies() {
    let (mut desk, chat) = desk(Verdict::Pass);
    write(&mut desk, chat, "a", "Hello").expect("it passes");
    let stored = &desk.state.chat(chat).expect("it is live").messages[0];
    assert_eq!((stored.text.as_str(), stored.changed), ("Hello", false));
    let silent = |event: &Event| matches!(event, Event::MessageCreated { policy: None, answered: None, .. });
    assert!(desk.turns.iter().flat_map(|turn| &turn.events).any(|scoped| silent(&scoped.event)));
}

#[test]
fn a_refused_message_leaves_nothing_behind() {
    let (mut desk, chat) = desk(Verdict::Refuse("no links, please".into()));
    let refused = write(&mut desk, chat, "a", "https://example.org").expect_err("it is refused");
    assert_eq!(refused, Refusal::MessageRefused("no links, please".into()));
    assert_eq!(refused.to_string(), "the message was not sent: no links, please");
    assert!(desk.state.chat(chat).expect("it is live").messages.is_empty());
    desk.policy = Box::new(Says(Verdict::Pass));
    write(&mut desk, chat, "a", "Hello").expect("the same id can be used for another text");
}

#[test]
fn a_change_that_could_not_have_been_written_is_refused() {
    for wrong in [" ".to_owned(), "x".repeat(100_000)] {
        let (mut desk, chat) = desk(Verdict::Change(wrong));
        assert!(write(&mut desk, chat, "a", "Hello").is_err());
        assert!(desk.state.chat(chat).expect("it is live").messages.is_empty());
    }
}

#[test]
fn a_script_leaves_notes_that_no_policy_judges_and_speaks_to_no_customer() {
    let (mut desk, chat) = desk(Verdict::Refuse("never".into()));
    let script = || Actor::Script { file: "after.lua".into() };
    let mut write = |kind: MessageKind| {
        let (from, client_id, text) = (Side::Agent, "script-1".into(), "call them back".into());
        desk.send(script(), Action::SendMessage(SendMessage { chat, from, client_id, text, kind }), None)
    };
    assert_eq!(write(MessageKind::Text), Err(Refusal::NotYourChat));
    write(MessageKind::Note).expect("a note is taken");
    let note = &desk.chat(chat).messages[0];
    assert_eq!((note.agent_id, note.changed), (None, false), "nobody's note, as it was written");
    desk.send(script(), Action::EndChat(chat), None).expect("it may be ended");
    let by = desk.events().find_map(|event| match event {
        Event::ChatAbandoned { by, .. } => Some(*by),
        _ => None,
    });
    assert_eq!(by, Some(EndedBy::Supervisor));
}
