//! Offers and their four ends, and what they do to the status table of the domain.

mod common;

use common::{Desk, customer, plain};
use hark_core::setup::QueueSetup;
use hark_core::state::{Shown, Stage, Status};
use hark_core::{Action, Refusal, Reply};

#[test]
fn the_longest_idle_agent_is_offered_a_new_chat() {
    let mut desk = Desk::new(&[("support", plain())]);
    let (ana, leo) = (desk.staff("ana", &["support"], 1), desk.staff("leo", &["support"], 1));
    let first = desk.ask("Maria", "support");
    assert_eq!(desk.offer_to(ana).map(|(_, chat)| chat), Some(first));
    let second = desk.ask("Wei", "support");
    assert_eq!(desk.offer_to(leo).map(|(_, chat)| chat), Some(second));
}

#[test]
fn accepting_makes_busy_and_ending_makes_post_processing_then_available() {
    let mut desk = Desk::new(&[("support", plain())]);
    let ana = desk.staff("ana", &["support"], 1);
    let chat = desk.ask("Maria", "support");
    assert_eq!(desk.accept(ana), chat);
    assert_eq!((desk.shown(ana), desk.stage(chat)), (Shown::Busy, Stage::Active { agent: ana }));
    desk.end(ana, chat);
    assert_eq!(desk.shown(ana), Shown::PostProcessing);
    desk.pass(59);
    assert_eq!(desk.shown(ana), Shown::PostProcessing);
    desk.pass(2);
    assert_eq!(desk.shown(ana), Shown::Available);
    assert!(desk.state.chat(chat).is_none(), "a closed chat leaves the live state");
}

#[test]
fn a_rejected_chat_goes_back_to_its_place_and_on_to_the_next_agent() {
    let mut desk = Desk::new(&[("support", QueueSetup { reject_allowed: true, ..plain() })]);
    let (ana, leo) = (desk.staff("ana", &["support"], 1), desk.staff("leo", &["support"], 1));
    let chat = desk.ask("Maria", "support");
    let arrived = desk.chat(chat).arrived;
    desk.pass(3);
    desk.reject(ana).expect("the queue permits it");
    assert_eq!(desk.shown(ana), Shown::OnBreak);
    assert_eq!(desk.offer_to(leo).map(|(_, chat)| chat), Some(chat));
    assert_eq!(desk.chat(chat).arrived, arrived);
}

#[test]
fn rejecting_without_permission_is_refused_with_the_reason() {
    let mut desk = Desk::new(&[("support", plain())]);
    let ana = desk.staff("ana", &["support"], 1);
    desk.ask("Maria", "support");
    let refused = desk.reject(ana).expect_err("the queue does not permit it");
    assert_eq!(refused, Refusal::RejectNotPermitted("this queue does not permit it".into()));
    assert!(desk.offer_to(ana).is_some(), "the offer stands");
}

#[test]
fn an_expired_offer_puts_its_agent_on_a_break() {
    let mut desk = Desk::new(&[("support", plain())]);
    let ana = desk.staff("ana", &["support"], 1);
    let chat = desk.ask("Maria", "support");
    let (offer, _) = desk.offer_to(ana).expect("it is offered");
    desk.pass(20);
    assert_eq!((desk.shown(ana), desk.stage(chat)), (Shown::OnBreak, Stage::Waiting));
    let late = desk.by(ana, Action::AcceptOffer(offer));
    assert_eq!(late, Err(Refusal::OfferTaken { how: "expired" }));
    desk.choose(ana, Status::Available).expect("Available can be chosen");
    assert_eq!(desk.offer_to(ana).map(|(_, chat)| chat), Some(chat), "the backlog is routed at once");
}

#[test]
fn an_offer_that_is_due_expires_before_a_late_acceptance_is_heard() {
    let mut desk = Desk::new(&[("support", plain())]);
    let ana = desk.staff("ana", &["support"], 1);
    desk.ask("Maria", "support");
    let (offer, _) = desk.offer_to(ana).expect("it is offered");
    desk.now += 20_000;
    assert_eq!(desk.by(ana, Action::AcceptOffer(offer)), Err(Refusal::OfferTaken { how: "expired" }));
}

#[test]
fn an_offer_is_withdrawn_without_fault_when_the_customer_or_the_agent_leaves() {
    let mut desk = Desk::new(&[("support", plain())]);
    let ana = desk.staff("ana", &["support"], 1);
    let chat = desk.ask("Maria", "support");
    desk.send(customer(chat), Action::EndChat(chat), None).expect("a customer may leave");
    assert_eq!((desk.shown(ana), desk.offer_to(ana)), (Shown::Available, None));
    assert!(desk.last_events().contains(&"chat.abandoned"));
    let next = desk.ask("Wei", "support");
    let stranger = desk.send(customer(chat), Action::EndChat(next), None);
    assert_eq!(stranger, Err(Refusal::NotYourChat), "nobody ends the chat of another customer");
    desk.choose(ana, Status::WorkOffline).expect("it can be chosen");
    assert_eq!((desk.shown(ana), desk.stage(next)), (Shown::WorkOffline, Stage::Waiting));
    assert_eq!(desk.agent(ana).missed_today, 0);
}

#[test]
fn accepting_twice_is_no_error_and_accepting_anothers_offer_is() {
    let mut desk = Desk::new(&[("support", plain())]);
    let (ana, leo) = (desk.staff("ana", &["support"], 1), desk.staff("leo", &["support"], 1));
    let chat = desk.ask("Maria", "support");
    let (offer, _) = desk.offer_to(ana).expect("it is offered");
    assert!(matches!(desk.by(leo, Action::AcceptOffer(offer)), Err(Refusal::OfferTaken { .. })));
    assert_eq!(desk.by(ana, Action::AcceptOffer(offer)), Ok(Reply::Chat(chat)));
    assert_eq!(desk.by(ana, Action::AcceptOffer(offer)), Ok(Reply::Chat(chat)));
    assert_eq!(desk.by(leo, Action::AcceptOffer(offer)), Err(Refusal::OfferTaken { how: "accepted" }));
}

#[test]
fn with_capacity_for_two_offers_come_one_at_a_time_and_never_beyond() {
    let mut desk = Desk::new(&[("support", plain())]);
    let ana = desk.staff("ana", &["support"], 2);
    let (first, second, third) =
        (desk.ask("A", "support"), desk.ask("B", "support"), desk.ask("C", "support"));
    assert_eq!(desk.accept(ana), first);
    assert_eq!(desk.accept(ana), second);
    assert_eq!((desk.offer_to(ana), desk.stage(third)), (None, Stage::Waiting));
    desk.end(ana, first);
    assert_eq!(desk.shown(ana), Shown::Busy);
    assert_eq!(desk.offer_to(ana), None, "a wrap-up takes its slot until it is over");
    desk.finish(ana, first).expect("no code is mandatory");
    assert_eq!(desk.offer_to(ana).map(|(_, chat)| chat), Some(third));
}

#[test]
fn an_offer_is_withdrawn_when_its_agent_is_given_less_room_or_other_queues() {
    let mut desk = Desk::new(&[("support", plain()), ("sales", plain())]);
    let ana = desk.staff("ana", &["support"], 2);
    desk.ask("Maria", "support");
    desk.accept(ana);
    let second = desk.ask("Wei", "support");
    assert_eq!(desk.offer_to(ana).map(|(_, chat)| chat), Some(second));
    // Two chats were allowed, and now it is one: the invariants, checked after each command, would stop the engine.
    assert_eq!(desk.hire("ana", &["support"], 1), ana);
    assert_eq!((desk.offer_to(ana), desk.stage(second)), (None, Stage::Waiting));
    desk.hire("ana", &["support"], 2);
    assert_eq!(desk.offer_to(ana).map(|(_, chat)| chat), Some(second));
    desk.hire("ana", &["sales"], 2);
    assert_eq!(desk.offer_to(ana), None);
    assert_eq!(desk.agent(ana).missed_today, 0, "that is no fault of theirs");
}
