//! The named values that templates of each operation see. They are what was asked, and nothing else.

use hark_plugin_rest::Fields;
use hark_plugin_sdk::crm::{AttachLogRequest, Customer, LookupRequest};
use std::collections::BTreeMap;

/// What templates of look-ups may name, beside `{field.NAME}` and `{values.NAME}` as all may.
pub(crate) const LOOKUP: &[&str] = &["email", "phone", "account", "case", "name", "limit"];
/// What the template of a search may name.
pub(crate) const SEARCH: &[&str] = &["text", "limit"];
/// What templates may name that read one record.
pub(crate) const GET: &[&str] = &["id"];
/// What the template may name that makes a customer.
pub(crate) const CREATE: &[&str] =
    &["name", "email", "phone", "account", "company", "language", "vip", "since", "notes"];
/// What the template may name that changes a customer.
pub(crate) const UPDATE: &[&str] =
    &["id", "version", "name", "email", "phone", "account", "company", "language", "vip", "since", "notes"];
/// What the template may name that lists cases.
pub(crate) const CASES: &[&str] = &["customer_id", "limit"];
/// What the template may name that makes a case.
pub(crate) const CREATE_CASE: &[&str] = &["customer_id", "subject"];
/// What templates may name that find and store a log.
pub(crate) const ATTACH: &[&str] =
    &["customer_id", "case_id", "chat_id", "title", "text", "note", "codes", "started_at", "ended_at"];

fn some(pairs: [(&str, Option<&String>); 5]) -> impl Iterator<Item = (String, String)> {
    pairs.into_iter().filter_map(|(name, value)| Some((name.to_owned(), value?.trim().to_owned())))
}

fn custom(fields: &BTreeMap<String, String>) -> impl Iterator<Item = (String, String)> {
    fields.iter().map(|(name, value)| (format!("field.{name}"), value.trim().to_owned()))
}

/// What a form says.
pub(crate) fn lookup(request: &LookupRequest) -> Fields {
    let LookupRequest { email, phone, account, case, name, fields, .. } = request;
    let known = [
        ("email", email.as_ref()),
        ("phone", phone.as_ref()),
        ("account", account.as_ref()),
        ("case", case.as_ref()),
        ("name", name.as_ref()),
    ];
    some(known).chain(custom(fields)).collect()
}

/// What a customer has.
pub(crate) fn customer(customer: &Customer) -> Fields {
    let Customer { name, email, phone, account, company, language, vip, since, notes, fields, .. } = customer;
    let first = [
        ("name", Some(name)),
        ("email", email.as_ref()),
        ("phone", phone.as_ref()),
        ("account", account.as_ref()),
        ("company", company.as_ref()),
    ];
    let vip = vip.to_string();
    let second = [
        ("language", language.as_ref()),
        ("since", since.as_ref()),
        ("notes", notes.as_ref()),
        ("vip", Some(&vip)),
        ("", None),
    ];
    some(first).chain(some(second)).chain(custom(fields)).collect()
}

/// What a log says, with its note cut to what the system takes.
pub(crate) fn attach(request: &AttachLogRequest, longest: Option<usize>) -> Fields {
    let codes = request.codes.join(", ");
    let note = request.note();
    let note = match longest {
        Some(longest) if note.chars().count() > longest => {
            note.chars().take(longest.saturating_sub(1)).chain(['…']).collect()
        }
        _ => note,
    };
    let texts = [
        ("customer_id", &request.customer_id),
        ("chat_id", &request.chat_id),
        ("title", &request.title),
        ("text", &request.text),
        ("note", &note),
        ("codes", &codes),
        ("started_at", &request.started_at),
        ("ended_at", &request.ended_at),
    ];
    texts.into_iter().map(|(name, text)| (name.to_owned(), text.clone())).collect()
}
