//! What a plugin may be asked: each question is answered once, however odd it is.

use super::{Subject, finish, judge};
use crate::json;
use crate::testing::Question;
use hark_plugin_abi as abi;

/// Bytes of a request that is large and still allowed.
const LARGE: usize = 1 << 20;
/// How deep a request is nested that no reader should follow to its end.
const DEEP: usize = 20_000;

pub(super) fn every_operation_is_answered_as_it_should_be(subject: &Subject) {
    let driver = subject.create();
    for (operation, request, known) in subject.requests() {
        judge(&operation, &driver.wait(driver.start(&operation, &request)), known);
    }
    finish(driver);
}

pub(super) fn unknown_operations_are_told_so(subject: &Subject) {
    let driver = subject.create();
    let capabilities = subject.manifest().capabilities;
    let other = capabilities.iter().map(|operation| {
        let name = operation.split('/').next().unwrap_or_default();
        format!("{name}/4294967295")
    });
    let made_up = ["hark.no_such_operation/1", "", "/", "crm.lookup", "ünïcödé/1"].map(str::to_owned);
    for operation in other.chain(made_up).chain(["x".repeat(5000)]) {
        let answer = driver.wait(driver.start(&operation, b"{}"));
        let shown: String = operation.chars().take(40).collect();
        judge(&shown, &answer, None);
        let (is, wanted) = (abi::status_name(answer.status), abi::status_name(abi::STATUS_UNKNOWN_OPERATION));
        let what = "is none of the plugin's operations, and it answers";
        assert!(is == wanted, "{shown:?} {what} {is} instead of {wanted}");
    }
    finish(driver);
}

pub(super) fn what_is_not_json_is_answered(subject: &Subject) {
    let driver = subject.create();
    let deep = "[".repeat(DEEP);
    let odd: &[&[u8]] = &[
        b"{",
        b"}",
        b"\"",
        b"[]",
        b"null",
        b"7",
        b"\"text\"",
        b"{\"id\":",
        b"{\"email\":\"",
        b"{}{}",
        b"\xff\xfe",
        b"{\"email\":\"\xff\"}",
        b"\0",
        b"{\"id\":7,\"email\":[],\"text\":{},\"customer\":1}",
        deep.as_bytes(),
    ];
    for operation in subject.manifest().capabilities {
        for payload in odd {
            let shown = String::from_utf8_lossy(&payload[..payload.len().min(40)]).into_owned();
            let answer = driver.wait(driver.start(&operation, payload));
            judge(&format!("{operation}, asked with {shown:?},"), &answer, None);
        }
    }
    finish(driver);
}

/// Texts from everywhere, in all ways to write them.
const TEXTS: [&str; 7] = [
    r#""María José Öztürk-Ångström""#,
    r#""陳大文 さくら 김철수""#,
    r#""مريم עברית \u202e""#,
    r#""\ud83d\ude00 👩‍👩‍👧‍👦 🏳️‍🌈""#,
    r#""e\u0301 \u00e9 \ufeff \u0000 \n\t\"\\\/""#,
    r#""a'; DROP TABLE customers; -- %s%n {{x}} <b>""#,
    r#""""#,
];

pub(super) fn every_language_is_understood(subject: &Subject) {
    let driver = subject.create();
    for (operation, _, known) in subject.requests() {
        for text in TEXTS {
            let request = format!(
                r#"{{"email":{text},"name":{text},"text":{text},"id":{text},"customer_id":{text},"later":{text}}}"#
            );
            let answer = driver.wait(driver.start(&operation, request.as_bytes()));
            judge(&format!("{operation}, asked about {text},"), &answer, known);
        }
    }
    finish(driver);
}

pub(super) fn nulls_are_survived(subject: &Subject) {
    let driver = subject.create();
    let capabilities = subject.manifest().capabilities;
    let operations = capabilities.iter().map(String::as_bytes).chain([&b""[..]]);
    for operation in operations {
        // Empty parts are null pointers.
        let question = Question { operation, content_type: b"", payload: b"", within: subject.patience };
        let what = format!("{:?}, asked with nothing,", String::from_utf8_lossy(operation));
        judge(&what, &driver.wait(driver.ask(&question)), None);
    }
    finish(driver);
}

pub(super) fn a_large_request_is_answered(subject: &Subject) {
    let driver = subject.create();
    let text = "long words ".repeat(LARGE / 11);
    for (operation, _, known) in subject.requests() {
        let request = json!({ "text": text, "email": text, "name": text, "id": text, "customer_id": text });
        let answer = driver.wait(driver.start(&operation, request.to_string().as_bytes()));
        judge(&format!("{operation}, asked with {LARGE} bytes,"), &answer, known);
    }
    finish(driver);
}

pub(super) fn what_was_lent_is_not_used_later(subject: &Subject) {
    let driver = subject.create();
    for (operation, request, known) in subject.requests() {
        let usual = driver.wait(driver.start(&operation, &request));
        let (mut name, mut payload) = (operation.clone().into_bytes(), request);
        let question =
            Question { operation: &name, content_type: b"", payload: &payload, within: subject.patience };
        let call = driver.ask(&question);
        // The call has returned, and what was lent is somebody else's now.
        name.fill(b'x');
        payload.fill(b'x');
        let answer = driver.wait(call);
        std::hint::black_box((&name, &payload));
        judge(&operation, &answer, known);
        let (is, was) = (abi::status_name(answer.status), abi::status_name(usual.status));
        let what = "its request is overwritten as soon as call() has returned";
        assert!(is == was, "{operation} answers {is} instead of {was} when {what}");
    }
    finish(driver);
}
