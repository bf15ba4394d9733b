//! What happens when there is little time, when nobody waits, and when many ask at once.

use super::{Subject, finish, judge};
use crate::testing::{Driver, Question};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

/// Calls of each thread when many ask at once.
const EACH: usize = 25;

pub(super) fn a_call_with_no_time_left_is_answered_or_left(subject: &Subject) {
    let driver = subject.create();
    for (operation, request, _) in subject.requests() {
        let (name, within) = (operation.as_bytes(), Duration::from_millis(1));
        let call = driver.ask(&Question { operation: name, content_type: b"", payload: &request, within });
        driver.give_up(call);
        driver.cancel(call);
    }
    // The plugin is well afterwards.
    ask_all(subject, &driver, 1);
    driver.drain(subject.patience);
    finish(driver);
}

pub(super) fn cancelled_calls_are_answered_once_or_not_at_all(subject: &Subject) {
    let driver = subject.create();
    let over = AtomicBool::new(false);
    std::thread::scope(|scope| {
        scope.spawn(|| {
            // Those that are open, those that were, and those that are to come.
            for call in (0_u64..).map(|call| call % 100).take_while(|_| !over.load(Ordering::Acquire)) {
                driver.cancel(call);
                std::thread::yield_now();
            }
        });
        let requests = subject.requests();
        for (operation, request, _) in
            requests.iter().cycle().take(if requests.is_empty() { 0 } else { EACH })
        {
            driver.start(operation, request);
        }
        over.store(true, Ordering::Release);
    });
    driver.cancel(u64::MAX);
    driver.drain(subject.patience);
    finish(driver);
}

pub(super) fn many_at_once_are_each_answered_once(subject: &Subject) {
    let driver = subject.create();
    let threads = subject.at_once();
    std::thread::scope(|scope| {
        let asking: Vec<_> = (0..threads).map(|_| scope.spawn(|| ask_all(subject, &driver, EACH))).collect();
        for thread in asking {
            if let Err(panic) = thread.join() {
                std::panic::resume_unwind(panic);
            }
        }
    });
    finish(driver);
}

fn ask_all(subject: &Subject, driver: &Driver, times: usize) {
    for _ in 0..times {
        for (operation, request, known) in subject.requests() {
            judge(&operation, &driver.wait(driver.start(&operation, &request)), known);
        }
    }
}
