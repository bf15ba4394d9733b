//! The contract of `hark_plugin.h` as tests that every plugin passes, whatever it is written in and whatever it does:
//! `hark plugin check` runs them, each in a process of its own, and a plugin in Rust can run them among its own tests
//! with [`check`]. They ask only what changes nothing in the system behind the plugin, unless told otherwise.

mod life;
mod questions;
mod strain;

use super::{Answer, Driver, PATIENCE};
use crate::payloads::{self, Payload};
use crate::{Json, Manifest};
use hark_plugin_abi::{self as abi, HarkPluginTableV1};
use std::any::Any;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::Duration;

/// How long something that should be quick may take on a machine that has much else to do.
const QUICK: Duration = Duration::from_secs(2);
/// How long is listened for what must not come.
const SILENCE: Duration = Duration::from_millis(50);

/// The plugin that is tested.
#[derive(Clone, Debug)]
pub struct Subject {
    /// Its table.
    pub table: &'static HarkPluginTableV1,
    /// A configuration that it accepts.
    pub config: Json,
    /// Whether operations that change something may be asked too, such as `crm.create/1`.
    pub changes: bool,
    /// How long one answer may take.
    pub patience: Duration,
}

/// One test of the contract.
pub struct Test {
    /// What holds, as a name.
    pub name: &'static str,
    body: fn(&Subject),
}

impl Test {
    /// Runs it. A plugin that crashes takes the process with it.
    ///
    /// # Errors
    /// What the plugin did, and what it should have done.
    pub fn run(&self, subject: &Subject) -> Result<(), String> {
        catch_unwind(AssertUnwindSafe(|| (self.body)(subject))).map_err(|panic| told(&*panic))
    }
}

macro_rules! tests {
    ($($room:ident: $($name:ident),+;)+) => {
        &[$($(Test { name: stringify!($name), body: $room::$name }),+),+]
    };
}

/// All of them, in the order in which they are best read.
pub const TESTS: &[Test] = tests! {
    life: the_table_is_complete, the_manifest_is_one_and_stays_the_same;
    life: an_instance_is_made_and_ended_again_and_again, two_instances_live_side_by_side;
    life: a_wrong_configuration_is_refused_with_a_reason, health_is_told_at_once;
    questions: every_operation_is_answered_as_it_should_be, unknown_operations_are_told_so;
    questions: what_is_not_json_is_answered, every_language_is_understood, nulls_are_survived;
    questions: a_large_request_is_answered, what_was_lent_is_not_used_later;
    strain: a_call_with_no_time_left_is_answered_or_left, cancelled_calls_are_answered_once_or_not_at_all;
    strain: many_at_once_are_each_answered_once;
    life: drain_waits_for_open_calls_and_comes_twice, nothing_is_heard_after_destroy;
};

/// Runs all of them in this process, for a plugin's own tests.
///
/// # Panics
/// When one fails, with what failed.
pub fn check(table: &'static HarkPluginTableV1, config: Json) {
    let subject = Subject { table, config, changes: false, patience: PATIENCE };
    let failed = TESTS.iter().filter_map(|test| test.run(&subject).err().map(|why| (test.name, why)));
    let failed: Vec<String> = failed.map(|(name, why)| format!("{name}: {why}")).collect();
    assert!(failed.is_empty(), "the plugin breaks the contract:\n{}", failed.join("\n"));
}

impl Subject {
    fn create(&self) -> Driver {
        let made = Driver::create(self.table, &self.config);
        let made =
            made.unwrap_or_else(|failure| panic!("create() does not take the configuration: {failure}"));
        made.with_patience(self.patience)
    }

    fn manifest(&self) -> Manifest {
        let manifest = Driver::manifest(self.table);
        serde_json::from_value(manifest).unwrap_or_else(|error| panic!("the manifest is none: {error}"))
    }

    /// What may be asked: each operation with a request, and what is known of its answer.
    fn requests(&self) -> Vec<(String, Vec<u8>, Option<&'static Payload>)> {
        let capabilities = self.manifest().capabilities.into_iter();
        let requests = capabilities.filter_map(|operation| {
            let known = payloads::of(&operation);
            let may = self.changes || known.is_some_and(|payload| !payload.changes);
            let request = known.map_or_else(|| "{}".to_owned(), |payload| (payload.example)().to_string());
            may.then(|| (operation, request.into_bytes(), known))
        });
        requests.collect()
    }

    /// How many calls the plugin takes at a time, within what a test needs.
    fn at_once(&self) -> usize {
        let manifest = self.manifest();
        let serialized = manifest.threading == crate::Threading::Serialized;
        if serialized { 1 } else { manifest.max_in_flight.clamp(1, 16) as usize }
    }
}

/// An answer must have a status of the header's, and bytes that its reader can read.
fn judge(what: &str, answer: &Answer, known: Option<&Payload>) {
    assert!(answer.status <= abi::STATUS_UNKNOWN_OPERATION, "{what}: there is no status {}", answer.status);
    if answer.status != abi::STATUS_OK {
        let text = String::from_utf8(answer.bytes.clone());
        let text = text.unwrap_or_else(|_| panic!("{what}: the text of a failure is not UTF-8"));
        assert!(
            !text.trim().is_empty(),
            "{what}: failed as {}, without a text",
            abi::status_name(answer.status)
        );
        return;
    }
    let json = serde_json::from_slice::<Json>(&answer.bytes);
    let json = json.unwrap_or_else(|error| panic!("{what}: answered with what is not JSON: {error}"));
    if let Some(Err(error)) = known.map(|payload| payload.check_answer(&answer.bytes)) {
        panic!("{what}: answered {json}, which is not what the operation answers: {error}");
    }
}

/// Ends an instance: nothing was answered twice, and nothing that was not asked.
fn finish(driver: Driver) {
    let (surplus, strays) = (driver.surplus(), driver.strays());
    drop(driver);
    assert!(surplus == 0, "calls were answered more than once, {surplus} times");
    assert!(strays == 0, "calls were answered that nobody made, {strays} times");
}

fn told(panic: &(dyn Any + Send)) -> String {
    let text = panic.downcast_ref::<String>().map(String::as_str);
    text.or_else(|| panic.downcast_ref::<&str>().copied()).unwrap_or("it panicked without a word").to_owned()
}
