//! Who is it? By every identifier, in the ways in which people write them.

use crate::{Desk, ids};
use hark_plugin_sdk::json;

#[test]
fn one_address_leads_to_one_customer() {
    let desk = Desk::sample();
    let found = desk.lookup(json!({ "email": " Maria.LOPEZ@Example.com ", "limit": 10 }));
    assert_eq!(ids(&found), ["cus_88213"]);
    let maria = &found[0];
    assert_eq!(maria.customer.name, "Maria Lopez");
    assert_eq!(maria.customer.email.as_deref(), Some("maria.lopez@example.com"));
    assert_eq!(maria.customer.account.as_deref(), Some("88213"));
    assert!(maria.customer.vip);
    assert_eq!((maria.open_cases, maria.by.as_str()), (2, "email"));
    assert_eq!(maria.case, None);
}

#[test]
fn a_shared_address_leads_to_both_and_a_name_puts_its_owner_first() {
    let desk = Desk::sample();
    let both = desk.lookup(json!({ "email": "family@example.com" }));
    assert_eq!(ids(&both), ["cus_41001", "cus_41002"]);
    assert_eq!(both[0].score, both[1].score);
    let tom = desk.lookup(json!({ "email": "family@example.com", "name": "tom  walker" }));
    assert_eq!(ids(&tom), ["cus_41002", "cus_41001"]);
    assert!(tom[0].score > tom[1].score);
    let one = desk.lookup(json!({ "email": "family@example.com", "limit": 1 }));
    assert_eq!(one.len(), 1);
}

#[test]
fn a_case_number_brings_the_case_however_it_is_written() {
    let desk = Desk::sample();
    for number in ["CS-5512", "cs5512", " cs 5512 ", "5512", "#5512"] {
        let found = desk.lookup(json!({ "case": number }));
        assert_eq!(ids(&found), ["cus_88213"], "{number}");
        let case = found[0].case.as_ref().expect("the case");
        assert_eq!((case.number.as_str(), case.status.as_str()), ("CS-5512", "open"));
        assert_eq!(case.customer_id.as_deref(), Some("cus_88213"));
        assert_eq!(case.notes.len(), 1);
        assert_eq!(found[0].by, "case");
    }
}

#[test]
fn a_number_in_the_wrong_box_is_found_all_the_same() {
    let desk = Desk::sample();
    let by_case = desk.lookup(json!({ "account": "CS-5498" }));
    assert_eq!(by_case[0].case.as_ref().expect("the case").number, "CS-5498");
    let by_account = desk.lookup(json!({ "case": "88213" }));
    assert_eq!((ids(&by_account), by_account[0].by.as_str()), (vec!["cus_88213"], "account"));
}

#[test]
fn phones_are_compared_by_their_digits() {
    let desk = Desk::empty();
    let id = desk.customer(&json!({ "name": "Ada", "phone": "+44 (0)20 7946 0123" })).id;
    let other = desk.customer(&json!({ "name": "Bo", "phone": "+1 202-555-0143" })).id;
    for phone in ["+44 20 7946 0123", "0044 20 7946 0123", "020 7946 0123", "+442079460123", "٠٢٠٧٩٤٦٠١٢٣"]
    {
        assert_eq!(ids(&desk.lookup(json!({ "phone": phone }))), [&id], "{phone}");
    }
    assert_eq!(ids(&desk.lookup(json!({ "phone": "(202) 555 0143" }))), [&other]);
    for phone in ["7946 0124", "0123", "", "+44 21 7946 0123", "phone"] {
        assert_eq!(desk.lookup(json!({ "phone": phone })), [], "{phone}");
    }
}

#[test]
fn what_agrees_is_surer_and_what_disagrees_is_listed() {
    let desk = Desk::sample();
    let request = json!({ "email": "maria.lopez@example.com", "account": "8 82-13" });
    let agree = desk.lookup(request);
    let alone = desk.lookup(json!({ "account": "88213" }));
    assert_eq!(ids(&agree), ["cus_88213"]);
    assert_eq!(agree[0].by, "account");
    assert!(agree[0].score > alone[0].score && agree[0].score <= 100);
    let differ = desk.lookup(json!({ "email": "maria.lopez@example.com", "case": "CS-5507" }));
    assert_eq!(ids(&differ), ["cus_41001", "cus_88213"], "the case is surer than the address");
}

#[test]
fn a_name_counts_only_when_nothing_else_does() {
    let desk = Desk::sample();
    assert_eq!(desk.lookup(json!({ "name": "d. j. SMITH" })).len(), 2);
    let found = desk.lookup(json!({ "name": "Maria Lopez", "email": "dj.smith@example.org" }));
    assert_eq!(ids(&found), ["cus_50748"]);
    assert_eq!(desk.lookup(json!({ "name": "Nobody At All", "email": "nobody@example.com" })), []);
    assert_eq!(desk.lookup(json!({})), []);
    assert_eq!(desk.lookup(json!({ "name": " ", "email": "", "case": "-", "account": "#" })), []);
}

#[test]
fn custom_fields_lead_to_their_customer_until_they_change() {
    let desk = Desk::empty();
    let mut ada = desk.customer(&json!({ "name": "Ada", "fields": { "loyalty": "GOLD 77" } }));
    let found = desk.lookup(json!({ "fields": { "loyalty": "gold  77", "other": "x" } }));
    assert_eq!((ids(&found), found[0].by.as_str()), (vec![ada.id.as_str()], "loyalty"));
    ada.fields.clear();
    desk.ask::<hark_plugin_sdk::crm::Customer>("crm.update/1", json!({ "customer": ada })).expect("updated");
    assert_eq!(desk.lookup(json!({ "fields": { "loyalty": "gold 77" } })), []);
}
