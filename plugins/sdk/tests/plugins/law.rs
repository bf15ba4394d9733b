//! The SDK against the header itself: its failures, levels, sizes and minor are the numbers that C programs are compiled
//! with, read from the header's text. (Header and Rust mirror are compared by a C compiler, in `plugins/abi`.)

use crate::common::example;
use crate::opened::open;
use hark_plugin_sdk::abi::{self, HarkBuffer, HarkBytes, HarkCall, HarkHost, HarkPluginTableV1};
use hark_plugin_sdk::testing::Driver;
use hark_plugin_sdk::{Call, Failure, Host, Json, Level, Manifest, Plugin, Service, export, json};
use std::collections::BTreeMap;
use std::mem::offset_of;
use std::path::Path;
use std::sync::Mutex;

/// The numbers that the header defines, by name.
fn defined() -> BTreeMap<String, u32> {
    let plugins = Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("sdk lies in plugins");
    let header =
        std::fs::read_to_string(plugins.join("abi/include/hark_plugin.h")).expect("the header is here");
    let lines = header.lines().filter_map(|line| line.strip_prefix("#define HARK_")?.split_once(' '));
    let numbers = lines.filter_map(|(name, value)| {
        let value = value.strip_suffix('u')?.parse().ok()?;
        Some((name.to_owned(), value))
    });
    numbers.collect()
}

#[test]
fn every_failure_is_the_status_of_its_name() {
    let header = defined();
    let why = || "why".to_owned();
    for (name, failure) in [
        ("NOT_FOUND", Failure::NotFound(why())),
        ("UNAVAILABLE", Failure::Unavailable(why())),
        ("REFUSED", Failure::Refused(why())),
        ("INVALID", Failure::Invalid(why())),
        ("CANCELLED", Failure::Cancelled(why())),
        ("INTERNAL", Failure::Internal(why())),
        ("UNKNOWN_OPERATION", Failure::UnknownOperation(why())),
    ] {
        assert_eq!(failure.status(), header[name], "{name}");
        assert_eq!(Failure::from_status(header[name], why()), failure, "{name}");
    }
    let statuses = header.keys().filter(|name| !name.starts_with("LOG_") && !name.starts_with("ABI_"));
    assert_eq!(statuses.count(), 8, "a status was added to the header: add its failure, here too");
}

#[test]
fn an_exported_table_says_todays_sizes_and_minor() {
    let header = defined();
    let table = open(&example("first_crm"));
    assert_eq!(table.size as usize, size_of::<HarkPluginTableV1>());
    assert_eq!(table.minor, header["ABI_MINOR"]);
    assert_eq!((abi::ABI_MAJOR, abi::SYMBOL), (header["ABI_MAJOR"], &b"hark_plugin_v1\0"[..]));
}

/// Logs a line of each level when it is made, and answers whether its call is still wanted.
struct Talk;

impl Plugin for Talk {
    fn manifest() -> Manifest {
        Manifest::new("talk", "1.0.0").capabilities(["test.wanted/1"])
    }

    fn create(_config: Json, host: Host) -> Result<Self, Failure> {
        for (level, text) in LEVELS {
            host.log(level, text);
        }
        Ok(Self)
    }
}

impl Service for Talk {
    fn call(&self, call: Call<'_>) {
        let responder = call.into_responder();
        let is_wanted = !responder.is_cancelled();
        responder.answer(&is_wanted);
    }
}

export!(Talk: service);

const LEVELS: [(Level, &str); 5] = [
    (Level::Error, "ERROR"),
    (Level::Warn, "WARN"),
    (Level::Info, "INFO"),
    (Level::Debug, "DEBUG"),
    (Level::Trace, "TRACE"),
];

#[test]
fn every_level_is_the_number_of_its_name() {
    let header = defined();
    let talk = Driver::create(&hark_plugin_v1, &json!({})).expect("created");
    let expected = LEVELS.map(|(_, name)| (header[&format!("LOG_{name}")], name.to_owned()));
    assert_eq!(talk.logs(), expected);
}

/// What the plugin answered to a host of minor 0.
static ANSWERED: Mutex<Vec<u8>> = Mutex::new(Vec::new());

unsafe extern "C" fn complete(
    _host: *const HarkHost,
    _call_id: u64,
    _status: u32,
    _content_type: HarkBytes,
    bytes: HarkBytes,
) {
    // SAFETY: the plugin lends the bytes until we return.
    *ANSWERED.lock().expect("nobody panics with it") = unsafe { bytes.as_slice() }.to_vec();
}

unsafe extern "C" fn not_there(_host: *const HarkHost, _call_id: u64) -> u32 {
    panic!("the plugin looked at a field that this host's size does not cover")
}

#[test]
fn a_host_of_the_first_minor_is_not_asked_what_it_does_not_have() {
    let size = u32::try_from(offset_of!(HarkHost, wanted)).expect("a small struct");
    let (ctx, complete) = (std::ptr::null_mut(), Some(complete as _));
    let host = HarkHost { size, minor: 0, ctx, log: None, complete, wanted: Some(not_there) };
    let (mut instance, mut room) = (std::ptr::null_mut(), [0u8; abi::MIN_BUFFER]);
    let mut error = HarkBuffer { ptr: room.as_mut_ptr(), cap: room.len(), len: 0 };
    let call = HarkCall {
        size: u32::try_from(size_of::<HarkCall>()).expect("a small struct"),
        deadline_ms: 1000,
        call_id: 7,
        operation: HarkBytes::lend(b"test.wanted/1"),
        content_type: HarkBytes::EMPTY,
        payload: HarkBytes::EMPTY,
    };
    let table = &hark_plugin_v1;
    // SAFETY: all that is lent lives until after `destroy`, and the functions are called in the header's order.
    unsafe {
        let create = table.create.expect("there");
        let status = create(&raw const host, HarkBytes::EMPTY, &raw mut instance, &raw mut error);
        assert_eq!(status, abi::STATUS_OK);
        table.call.expect("there")(instance, &raw const call);
        table.destroy.expect("there")(instance);
    }
    let answered = ANSWERED.lock().expect("nobody panics with it").clone();
    assert_eq!(answered, b"true", "nobody said that it is not wanted");
}
