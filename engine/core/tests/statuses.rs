//! The status table of the domain, graces of both sides, and what a chat's end brings.

mod common;

use common::{Desk, customer, plain, with_codes};
use hark_core::command::SaveAgent;
use hark_core::setup::{OrphanRule, QueueSetup, Setup};
use hark_core::state::{ChosenCode, EndedBy, LogStatus, Role, Shown, Stage, Status};
use hark_core::{Action, Refusal, Reply, policy::LogMode};
use std::collections::BTreeMap;

fn busy() -> (Desk, hark_core::AgentId, hark_core::ChatId) {
    let mut desk = Desk::new(&[("support", plain())]);
    let ana = desk.staff("ana", &["support"], 1);
    desk.ask("Maria", "support");
    let chat = desk.accept(ana);
    (desk, ana, chat)
}

#[test]
fn a_log_in_leads_to_on_break() {
    let mut desk = Desk::new(&[("support", plain())]);
    let ana = desk.hire("ana", &["support"], 1);
    assert_eq!(desk.shown(ana), Shown::LoggedOut);
    desk.log_in(ana);
    assert_eq!(desk.shown(ana), Shown::OnBreak);
}

#[test]
fn a_status_chosen_while_busy_is_the_next_one() {
    let (mut desk, ana, chat) = busy();
    desk.choose(ana, Status::OnBreak).expect("it is kept for later");
    assert_eq!(
        (desk.shown(ana), desk.agent(ana).next.as_ref().map(|next| next.status)),
        (Shown::Busy, Some(Status::OnBreak))
    );
    desk.end(ana, chat);
    assert_eq!(desk.shown(ana), Shown::PostProcessing);
    desk.finish(ana, chat).expect("nothing holds it");
    assert_eq!((desk.shown(ana), desk.agent(ana).next.clone()), (Shown::OnBreak, None));
}

#[test]
fn stop_new_leads_to_work_offline_and_resuming_takes_it_back() {
    let mut desk = Desk::new(&[("support", plain())]);
    let ana = desk.staff("ana", &["support"], 2);
    assert_eq!(desk.stop_new(ana, true), Err(Refusal::NotBusy));
    desk.ask("Maria", "support");
    let chat = desk.accept(ana);
    desk.stop_new(ana, true).expect("she is busy");
    let waiting = desk.ask("Wei", "support");
    assert_eq!(desk.stage(waiting), Stage::Waiting);
    desk.stop_new(ana, false).expect("she resumes");
    assert_eq!(desk.offer_to(ana).map(|(_, chat)| chat), Some(waiting));
    desk.stop_new(ana, true).expect("she is busy");
    assert_eq!(desk.offer_to(ana), None, "the offer is withdrawn");
    desk.end(ana, chat);
    desk.finish(ana, chat).expect("nothing holds it");
    assert_eq!((desk.shown(ana), desk.agent(ana).stop_new), (Shown::WorkOffline, false));
}

#[test]
fn a_missed_offer_while_busy_makes_the_break_the_next_status() {
    let mut desk = Desk::new(&[("support", plain())]);
    let ana = desk.staff("ana", &["support"], 2);
    desk.ask("Maria", "support");
    let chat = desk.accept(ana);
    desk.ask("Wei", "support");
    desk.pass(20);
    assert_eq!((desk.shown(ana), desk.offer_to(ana)), (Shown::Busy, None));
    desk.end(ana, chat);
    desk.finish(ana, chat).expect("nothing holds it");
    assert_eq!((desk.shown(ana), desk.agent(ana).missed), (Shown::OnBreak, true));
}

#[test]
fn mandatory_codes_hold_post_processing_until_they_are_chosen() {
    let mut desk = Desk::new(&[("billing", with_codes())]);
    let ana = desk.staff("ana", &["billing"], 1);
    desk.ask("Maria", "billing");
    let chat = desk.accept(ana);
    desk.end(ana, chat);
    assert_eq!(desk.finish(ana, chat), Err(Refusal::CodesMissing(vec!["topic".into()])));
    desk.pass(300);
    assert!(matches!(desk.stage(chat), Stage::Ended { post, .. } if post.held), "{:?}", desk.stage(chat));
    let choose = |code: &str| {
        let codes = vec![ChosenCode { list: "topic".into(), code: code.into() }];
        Action::SetDisposition { chat, codes, note: "credit issued".into() }
    };
    assert_eq!(desk.by(ana, choose("99")), Err(Refusal::UnknownCode("99".into())));
    desk.by(ana, choose("12")).expect("a code of the list");
    assert_eq!(desk.shown(ana), Shown::Available);
    let log = desk.state.log(chat).expect("its log is there");
    assert_eq!((log.body.codes[0].code.as_str(), log.body.notes.as_str()), ("12", "credit issued"));
}

#[test]
fn post_processing_can_be_extended_as_often_as_the_queue_says() {
    let (mut desk, ana, chat) = busy();
    desk.end(ana, chat);
    desk.by(ana, Action::ExtendPostProcessing(chat)).expect("the first");
    desk.by(ana, Action::ExtendPostProcessing(chat)).expect("the second");
    assert_eq!(desk.by(ana, Action::ExtendPostProcessing(chat)), Err(Refusal::NoMoreExtensions(2)));
    desk.pass(179);
    assert_eq!(desk.shown(ana), Shown::PostProcessing);
    desk.pass(1);
    assert_eq!(desk.shown(ana), Shown::Available);
}

#[test]
fn a_queue_without_post_processing_closes_at_once() {
    let mut desk = Desk::new(&[("support", QueueSetup { post_processing_s: 0, ..plain() })]);
    let ana = desk.staff("ana", &["support"], 1);
    desk.ask("Maria", "support");
    let chat = desk.accept(ana);
    desk.end(ana, chat);
    assert_eq!((desk.shown(ana), desk.state.chat(chat)), (Shown::Available, None));
    let log = desk.state.log(chat).expect("its log is there");
    assert_eq!((log.mode, log.status), (LogMode::Edit, LogStatus::Open));
}

#[test]
fn a_waiting_customer_may_come_back_within_the_grace_and_is_abandoned_after_it() {
    let mut desk = Desk::new(&[("support", plain())]);
    let chat = desk.ask("Maria", "support");
    desk.engine(Action::CustomerDisconnected(chat));
    desk.pass(59);
    desk.engine(Action::CustomerConnected(chat));
    desk.pass(600);
    assert_eq!(desk.stage(chat), Stage::Waiting);
    desk.engine(Action::CustomerDisconnected(chat));
    desk.pass(60);
    assert!(desk.state.chat(chat).is_none());
    assert!(desk.last_events().contains(&"chat.abandoned"));
}

#[test]
fn an_active_customer_has_a_longer_grace_and_then_ends_the_chat() {
    let (mut desk, ana, chat) = busy();
    desk.engine(Action::CustomerDisconnected(chat));
    desk.pass(119);
    assert_eq!(desk.stage(chat), Stage::Active { agent: ana });
    desk.pass(1);
    assert!(matches!(desk.stage(chat), Stage::Ended { by: EndedBy::CustomerGone, .. }));
    assert_eq!(desk.shown(ana), Shown::PostProcessing);
}

#[test]
fn an_agent_who_vanishes_gets_no_offers_and_is_logged_out_in_the_end() {
    let (mut desk, ana, chat) = busy();
    desk.engine(Action::AgentDisconnected(ana));
    desk.pass(30);
    let waiting = desk.ask("Wei", "support");
    assert_eq!(desk.stage(waiting), Stage::Waiting);
    desk.engine(Action::CustomerConnected(chat));
    desk.pass(270);
    assert_eq!(
        (desk.shown(ana), desk.stage(chat)),
        (Shown::LoggedOut, Stage::Waiting),
        "re-queued by the rule"
    );
    desk.engine(Action::AgentConnected(ana));
    desk.log_in(ana);
    desk.choose(ana, Status::Available).expect("Available can be chosen");
    assert_eq!(desk.offer_to(ana).map(|(_, chat)| chat), Some(chat), "it kept its arrival time");
}

#[test]
fn a_slow_reload_is_no_departure() {
    let mut desk = Desk::new(&[("support", plain())]);
    let ana = desk.staff("ana", &["support"], 1);
    let chat = desk.ask("Maria", "support");
    desk.engine(Action::AgentDisconnected(ana));
    desk.pass(15);
    desk.engine(Action::AgentConnected(ana));
    assert_eq!(desk.accept(ana), chat);
}

#[test]
fn a_vanished_agents_chats_end_where_the_rule_says_so() {
    let queues = BTreeMap::from([("support".to_owned(), plain())]);
    let mut setup = Setup { queues, ..Setup::default() };
    setup.grace.agent_chats = OrphanRule::End;
    let mut desk = Desk::with_setup(setup);
    let ana = desk.staff("ana", &["support"], 1);
    desk.ask("Maria", "support");
    let chat = desk.accept(ana);
    desk.engine(Action::AgentDisconnected(ana));
    desk.pass(300);
    assert_eq!((desk.shown(ana), desk.state.chat(chat)), (Shown::LoggedOut, None));
    assert!(desk.state.log(chat).is_some(), "its log waits for the agent");
}

#[test]
fn deadlines_that_passed_while_the_engine_was_down_are_handled_as_passed() {
    let mut desk = Desk::new(&[("support", plain())]);
    let ana = desk.staff("ana", &["support"], 1);
    let chat = desk.ask("Maria", "support");
    desk.now += 3_600_000;
    desk.engine(Action::Open);
    assert_eq!((desk.shown(ana), desk.stage(chat)), (Shown::OnBreak, Stage::Waiting));
    desk.pass(60);
    assert!(desk.state.chat(chat).is_none(), "the customer did not come back after the start");
}

#[test]
fn nobody_writes_after_the_end() {
    let (mut desk, ana, chat) = busy();
    desk.say(customer(chat), chat, "m1", "thank you").expect("the chat is active");
    desk.end(ana, chat);
    assert_eq!(desk.say(customer(chat), chat, "m2", "one more thing"), Err(Refusal::ChatEnded));
    let repeat =
        desk.say(customer(chat), chat, "m1", "thank you").expect("a repeat is told what the first was told");
    assert!(matches!(repeat, Reply::Message { seq: 1, repeated: true, .. }));
}

#[test]
fn who_was_disabled_while_signed_in_can_still_sign_out() {
    let mut desk = Desk::new(&[("support", plain())]);
    let ana = desk.hire("ana", &["support"], 1);
    desk.log_in(ana);
    let token = desk.state.tokens().next().expect("they are signed in").id;
    let mut profile = SaveAgent {
        login: "ana".into(),
        name: "ANA".into(),
        role: Role::Agent,
        capacity: 1,
        queues: vec!["support".into()],
        skills: BTreeMap::new(),
        credential: None,
        disabled: true,
    };
    desk.engine(Action::SaveAgent(Box::new(profile.clone())));
    // Each command is replayed into a second state: a refusal after something had changed would part the two.
    assert_eq!(desk.by(ana, Action::CloseToken(token)), Ok(Reply::Done));
    assert_eq!(desk.state.tokens().count(), 0);
    profile.disabled = false;
    desk.engine(Action::SaveAgent(Box::new(profile)));
    assert_eq!(desk.shown(ana), Shown::LoggedOut);
}
