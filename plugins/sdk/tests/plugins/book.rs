//! The integrator's book says what is true: its first plugin is the one that is tested, and each payload that it shows
//! is the payload of the operation, field by field. (Its Rust code is compiled as documentation tests of the SDK.)

use hark_plugin_sdk::{Json, crm, faq};
use serde::{Serialize, de::DeserializeOwned};
use std::path::Path;

fn book() -> String {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("sdk lies in plugins");
    std::fs::read_to_string(folder.join("README.md")).expect("the book is here")
}

#[test]
fn the_first_plugin_is_the_one_that_is_tested() {
    let shown = format!("```rust\n{}```", include_str!("../../examples/first_crm.rs"));
    assert!(book().contains(&shown), "plugins/README.md does not show sdk/examples/first_crm.rs as it is");
}

/// The request and the answer that the book shows for an operation.
fn shown(operation: &str) -> [Json; 2] {
    let book = book();
    let heading = format!("\n### `{operation}`\n");
    let section = book.split_once(&heading).unwrap_or_else(|| panic!("{operation} is not in the book")).1;
    let section = section.split("\n#").next().expect("a split has a first part");
    let blocks = section.split("```json\n").skip(1);
    let blocks = blocks.map(|block| block.split_once("```").expect("blocks end").0);
    let blocks: Vec<Json> =
        blocks.map(|block| serde_json::from_str(block).expect("the book shows JSON")).collect();
    blocks.try_into().unwrap_or_else(|_| panic!("{operation}: one request and one answer"))
}

/// Read as the type and written again it must be the same: no field too many, none misspelt.
fn same<T: Serialize + DeserializeOwned>(operation: &str, shown: &Json) {
    let read: T =
        serde_json::from_value(shown.clone()).unwrap_or_else(|error| panic!("{operation}: {error}"));
    assert_eq!(&serde_json::to_value(read).expect("JSON"), shown, "{operation}");
}

fn shows<Q, A>(operation: &str)
where
    Q: Serialize + DeserializeOwned,
    A: Serialize + DeserializeOwned,
{
    let [request, answer] = shown(operation);
    same::<Q>(operation, &request);
    same::<A>(operation, &answer);
}

#[test]
fn every_payload_of_the_book_is_the_operations_own() {
    shows::<crm::LookupRequest, crm::LookupAnswer>(crm::LOOKUP);
    shows::<crm::SearchRequest, crm::SearchAnswer>(crm::SEARCH);
    shows::<crm::GetRequest, crm::Customer>(crm::GET);
    shows::<crm::CreateRequest, crm::Customer>(crm::CREATE);
    shows::<crm::UpdateRequest, crm::Customer>(crm::UPDATE);
    shows::<crm::CasesRequest, crm::CasesAnswer>(crm::CASES);
    shows::<crm::CreateCaseRequest, crm::Case>(crm::CREATE_CASE);
    shows::<crm::AttachLogRequest, crm::AttachLogAnswer>(crm::ATTACH_LOG);
    shows::<faq::SearchRequest, faq::SearchAnswer>(faq::SEARCH);
    shows::<faq::GetRequest, faq::Article>(faq::GET);
    shows::<faq::CategoriesRequest, faq::CategoriesAnswer>(faq::CATEGORIES);
    shows::<faq::FeedbackRequest, faq::FeedbackAnswer>(faq::FEEDBACK);
    let operations = crm::OPERATIONS.iter().chain(faq::OPERATIONS);
    assert_eq!(operations.count(), 12, "an operation was added: show its payloads above and in the book");
}
