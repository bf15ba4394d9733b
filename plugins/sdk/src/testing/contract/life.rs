//! What an instance is from describe to destroy.

use super::{QUICK, SILENCE, Subject, finish};
use crate::json;
use crate::testing::Driver;
use hark_plugin_abi as abi;
use std::time::{Duration, Instant};

/// How often something is done that must work again and again.
const AGAIN: usize = 3;

pub(super) fn the_table_is_complete(subject: &Subject) {
    let table = subject.table;
    let size = table.size as usize;
    assert!(size >= abi::TABLE_SIZE_0, "the table says {size} bytes, which is not all of minor 0");
    for (name, missing) in [
        ("describe", table.describe.is_none()),
        ("create", table.create.is_none()),
        ("call", table.call.is_none()),
        ("cancel", table.cancel.is_none()),
        ("health", table.health.is_none()),
        ("drain", table.drain.is_none()),
        ("destroy", table.destroy.is_none()),
    ] {
        assert!(!missing, "the table has no function `{name}`");
    }
}

pub(super) fn the_manifest_is_one_and_stays_the_same(subject: &Subject) {
    let manifest = subject.manifest();
    assert!(!manifest.name.is_empty() && !manifest.version.is_empty(), "name and version are wanted");
    assert!(!manifest.capabilities.is_empty(), "`capabilities` is empty");
    assert!(manifest.max_in_flight > 0, "`max_in_flight` is 0");
    let describe = subject.table.describe.expect("the table is complete");
    let at = || {
        // SAFETY: describe may be called at any time.
        let bytes = unsafe { describe() };
        (bytes.ptr as usize, bytes.len)
    };
    let first = at();
    let told: Vec<_> = std::thread::scope(|scope| {
        let threads: Vec<_> = (0..4).map(|_| scope.spawn(at)).collect();
        threads.into_iter().map(|thread| thread.join().expect("describe returns")).collect()
    });
    assert!(told.iter().all(|bytes| *bytes == first), "describe() gives other bytes each time");
}

pub(super) fn an_instance_is_made_and_ended_again_and_again(subject: &Subject) {
    for _ in 0..AGAIN {
        let driver = subject.create();
        for (level, text) in driver.logs() {
            assert!(
                (abi::LOG_ERROR..=abi::LOG_TRACE).contains(&level),
                "{text:?} is logged at level {level}"
            );
        }
        finish(driver);
    }
}

pub(super) fn two_instances_live_side_by_side(subject: &Subject) {
    let (one, other) = (subject.create(), subject.create());
    ask_each(subject, &one);
    finish(one);
    ask_each(subject, &other);
    finish(other);
}

fn ask_each(subject: &Subject, driver: &Driver) {
    for (operation, request, known) in subject.requests() {
        super::judge(&operation, &driver.wait(driver.start(&operation, &request)), known);
    }
}

pub(super) fn a_wrong_configuration_is_refused_with_a_reason(subject: &Subject) {
    let long = "ü".repeat(10_000);
    for config in [json!([]), json!(null), json!(7), json!({ "\u{1F600}": [[[{}]]], "no such key": long })] {
        // What a plugin takes without a word, it may.
        if let Err(failure) = Driver::create(subject.table, &config) {
            assert!(!failure.message().trim().is_empty(), "create() refuses {config} without a text");
        }
    }
    finish(subject.create());
}

pub(super) fn health_is_told_at_once(subject: &Subject) {
    let driver = subject.create();
    for _ in 0..AGAIN {
        let began = Instant::now();
        let (status, text) = driver.health();
        let took = began.elapsed();
        assert!(took < QUICK, "health() took {took:?}");
        assert!(status <= abi::STATUS_UNKNOWN_OPERATION, "health() answers {status}, which is no status");
        let silent = status != abi::STATUS_OK && text.trim().is_empty();
        assert!(!silent, "health() is {} without a text", abi::status_name(status));
    }
    finish(driver);
}

pub(super) fn drain_waits_for_open_calls_and_comes_twice(subject: &Subject) {
    let driver = subject.create();
    let mut open = Vec::new();
    for (operation, request, _) in subject.requests().into_iter().cycle().take(subject.at_once()) {
        open.push((driver.start(&operation, &request), operation));
    }
    driver.drain(subject.patience);
    for (call, operation) in &open {
        assert!(driver.answer(*call).is_some(), "drain() came back before {operation} was answered");
    }
    let began = Instant::now();
    driver.drain(Duration::from_millis(1));
    let took = began.elapsed();
    assert!(took < QUICK, "a drain() of 1 ms took {took:?} with nothing open");
    finish(driver);
}

pub(super) fn nothing_is_heard_after_destroy(subject: &Subject) {
    let driver = subject.create();
    for (operation, request, _) in subject.requests().into_iter().cycle().take(subject.at_once()) {
        driver.start(&operation, &request);
    }
    let ended = driver.end();
    std::thread::sleep(SILENCE);
    let uses = ended.uses();
    assert!(uses == 0, "the host was used after destroy() had returned, {uses} times");
}
