//! Drives a plugin through its table as the engine does, for a plugin's own tests: a host in memory that keeps log
//! lines and answers. It applies no deadlines of its own but [`PATIENCE`], and never answers for a plugin.
//! [`contract`] has the tests that every plugin passes.

pub mod contract;

use crate::{Failure, Json};
use hark_plugin_abi::{self as abi, HarkBuffer, HarkBytes, HarkCall, HarkHost, HarkPluginTableV1};
use serde::Serialize;
use std::collections::btree_map::Entry;
use std::collections::{BTreeMap, BTreeSet};
use std::ffi::c_void;
use std::ptr;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// How long [`Driver::wait`] waits before it panics, unless told otherwise.
pub const PATIENCE: Duration = Duration::from_secs(10);

const NULL: &str = "the header forbids null functions";

/// What a plugin answered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer {
    /// Status number of the ABI.
    pub status: u32,
    /// Content type as given.
    pub content_type: String,
    /// The bytes.
    pub bytes: Vec<u8>,
}

impl Answer {
    /// The JSON of a success, or the failure.
    ///
    /// # Errors
    /// The plugin's failure; [`Failure::Internal`] when a success is not JSON.
    pub fn json(self) -> Result<Json, Failure> {
        if self.status != abi::STATUS_OK {
            return Err(Failure::from_status(self.status, String::from_utf8_lossy(&self.bytes).into_owned()));
        }
        serde_json::from_slice(&self.bytes)
            .map_err(|error| Failure::Internal(format!("the answer is not JSON: {error}")))
    }
}

#[derive(Default)]
struct State {
    answers: BTreeMap<u64, Answer>,
    given_up: BTreeSet<u64>,
    logs: Vec<(u32, String)>,
    surplus: u64,
    strays: u64,
    /// The instance is destroyed: nothing may come any more.
    over: bool,
    after_the_end: u64,
}

#[derive(Default)]
struct Desk {
    state: Mutex<State>,
    answered: Condvar,
    /// How many calls were made; their ids are 1 and so on.
    asked: AtomicU64,
}

impl Desk {
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn take(&self, call_id: u64, answer: Answer) {
        let mut state = self.state();
        state.after_the_end += u64::from(state.over);
        if call_id == 0 || call_id > self.asked.load(Ordering::SeqCst) {
            state.strays += 1;
            return;
        }
        match state.answers.entry(call_id) {
            Entry::Occupied(_) => state.surplus += 1,
            Entry::Vacant(place) => {
                place.insert(answer);
                self.answered.notify_all();
            }
        }
    }
}

/// One instance of a plugin with its host. Dropping it drains and destroys the instance.
pub struct Driver {
    table: &'static HarkPluginTableV1,
    instance: *mut c_void,
    // Never freed, and its host neither: a plugin may break its word and use them after `destroy`.
    desk: &'static Desk,
    patience: Duration,
}

/// One question, in all its parts; [`Driver::start`] asks the usual ones.
#[derive(Clone, Copy, Debug)]
pub struct Question<'a> {
    /// Name and version of the operation.
    pub operation: &'a [u8],
    /// Content type of the payload.
    pub content_type: &'a [u8],
    /// The request.
    pub payload: &'a [u8],
    /// What the plugin is told that it has left, 1 ms or more.
    pub within: Duration,
}

// SAFETY: the ABI lets an instance be used from any thread; a table that says "serialized" is driven by one.
unsafe impl Send for Driver {}
// SAFETY: as above.
unsafe impl Sync for Driver {}

impl Driver {
    /// Makes an instance.
    ///
    /// # Errors
    /// What the plugin's `create` answers.
    pub fn create(table: &'static HarkPluginTableV1, config: &Json) -> Result<Self, Failure> {
        let desk: &'static Desk = Box::leak(Box::default());
        let host: &'static HarkHost = Box::leak(Box::new(HarkHost {
            size: size_of::<HarkHost>() as u32,
            minor: abi::ABI_MINOR,
            ctx: ptr::from_ref(desk).cast_mut().cast(),
            log: Some(log),
            complete: Some(complete),
            wanted: Some(wanted),
        }));
        let config = config.to_string();
        let mut instance = ptr::null_mut();
        let create = table.create.expect(NULL);
        let (status, text) = with_buffer(|error| {
            // SAFETY: all that is lent lives until `create` returns, and the host for ever.
            unsafe { create(&raw const *host, HarkBytes::lend(config.as_bytes()), &mut instance, error) }
        });
        if status != abi::STATUS_OK {
            return Err(Failure::from_status(status, text));
        }
        assert!(!instance.is_null(), "create answered ok without an instance");
        Ok(Self { table, instance, desk, patience: PATIENCE })
    }

    /// The same, waiting for as long as this and no longer.
    #[must_use]
    pub fn with_patience(mut self, patience: Duration) -> Self {
        self.patience = patience;
        self
    }

    /// The manifest.
    #[must_use]
    pub fn manifest(table: &'static HarkPluginTableV1) -> Json {
        // SAFETY: the bytes live as long as the library, which is never unloaded.
        let bytes = unsafe { table.describe.expect(NULL)().as_slice() };
        serde_json::from_slice(bytes).expect("the manifest is JSON")
    }

    /// Asks and waits for the answer.
    ///
    /// # Errors
    /// The plugin's failure.
    pub fn call(&self, operation: &str, request: impl Serialize) -> Result<Json, Failure> {
        let payload = serde_json::to_vec(&request).expect("a request can be written");
        self.wait(self.start(operation, &payload)).json()
    }

    /// Asks with any bytes; the answer is fetched by [`Driver::wait`] with the id that this returns.
    pub fn start(&self, operation: &str, payload: &[u8]) -> u64 {
        let (operation, content_type) = (operation.as_bytes(), abi::CONTENT_JSON.as_bytes());
        self.ask(&Question { operation, content_type, payload, within: self.patience })
    }

    /// Asks anything; the answer is fetched by [`Driver::wait`] with the id that this returns. Empty parts are lent as
    /// null pointers.
    pub fn ask(&self, question: &Question<'_>) -> u64 {
        let lend = |bytes: &[u8]| if bytes.is_empty() { HarkBytes::EMPTY } else { HarkBytes::lend(bytes) };
        let call_id = self.desk.asked.fetch_add(1, Ordering::SeqCst) + 1;
        let call = HarkCall {
            size: size_of::<HarkCall>() as u32,
            deadline_ms: u32::try_from(question.within.as_millis()).unwrap_or(u32::MAX).max(1),
            call_id,
            operation: lend(question.operation),
            content_type: lend(question.content_type),
            payload: lend(question.payload),
        };
        // SAFETY: the instance is alive, and all that is lent lives until `call` returns.
        unsafe { self.table.call.expect(NULL)(self.instance, &raw const call) };
        call_id
    }

    /// The answer of a call, as soon as there is one.
    ///
    /// # Panics
    /// When there is none within [`PATIENCE`], or what [`Driver::with_patience`] said.
    pub fn wait(&self, call_id: u64) -> Answer {
        let answer = self.wait_within(call_id, self.patience);
        answer.unwrap_or_else(|| panic!("no answer to call {call_id} within {:?}", self.patience))
    }

    /// The answer of a call, as soon as there is one, or nothing when there is none in time.
    pub fn wait_within(&self, call_id: u64, within: Duration) -> Option<Answer> {
        let end = Instant::now() + within;
        let mut state = self.desk.state();
        loop {
            if let Some(answer) = state.answers.get(&call_id) {
                return Some(answer.clone());
            }
            let left = end.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return None;
            }
            state = self.desk.answered.wait_timeout(state, left).unwrap_or_else(PoisonError::into_inner).0;
        }
    }

    /// The answer of a call, if there is one already.
    pub fn answer(&self, call_id: u64) -> Option<Answer> {
        self.desk.state().answers.get(&call_id).cloned()
    }

    /// Tells that nobody waits for a call.
    pub fn cancel(&self, call_id: u64) {
        self.give_up(call_id);
        // SAFETY: the instance is alive.
        unsafe { self.table.cancel.expect(NULL)(self.instance, call_id) };
    }

    /// Waits no longer for a call, and does not tell: what a deadline is to a plugin before `cancel` comes.
    pub fn give_up(&self, call_id: u64) {
        self.desk.state().given_up.insert(call_id);
    }

    /// Status and message of the instance's health.
    pub fn health(&self) -> (u32, String) {
        let health = self.table.health.expect(NULL);
        // SAFETY: the instance is alive, the buffer lives until `health` returns.
        with_buffer(|message| unsafe { health(self.instance, message) })
    }

    /// Asks the instance to finish its open calls.
    pub fn drain(&self, within: Duration) {
        let within = u32::try_from(within.as_millis()).unwrap_or(u32::MAX);
        // SAFETY: the instance is alive.
        unsafe { self.table.drain.expect(NULL)(self.instance, within) };
    }

    /// Log lines so far: level and text.
    pub fn logs(&self) -> Vec<(u32, String)> {
        self.desk.state().logs.clone()
    }

    /// How many second answers there were; a host drops and counts them.
    pub fn surplus(&self) -> u64 {
        self.desk.state().surplus
    }

    /// How many answers there were to calls that nobody made.
    pub fn strays(&self) -> u64 {
        self.desk.state().strays
    }

    /// Drains and destroys the instance; what is returned tells whether it keeps quiet afterwards.
    #[must_use]
    pub fn end(self) -> Ended {
        Ended(self.desk)
    }
}

impl Drop for Driver {
    fn drop(&mut self) {
        self.drain(self.patience);
        // SAFETY: the instance is alive, and `&mut self` says that nothing else of it runs.
        unsafe { self.table.destroy.expect(NULL)(self.instance) };
        self.desk.state().over = true;
    }
}

/// What is left of an instance that was destroyed.
pub struct Ended(&'static Desk);

impl Ended {
    /// How often the plugin has used its host since `destroy` returned. The header forbids it.
    #[must_use]
    pub fn uses(&self) -> u64 {
        self.0.state().after_the_end
    }
}

fn with_buffer(ask: impl FnOnce(*mut HarkBuffer) -> u32) -> (u32, String) {
    let mut room = [0u8; abi::MIN_BUFFER];
    let mut buffer = HarkBuffer { ptr: room.as_mut_ptr(), cap: room.len(), len: 0 };
    let status = ask(&raw mut buffer);
    assert!(buffer.len <= buffer.cap, "the plugin says that it wrote more than fits");
    (status, String::from_utf8(room[..buffer.len].to_vec()).expect("messages are UTF-8"))
}

/// # Safety
/// `host` must be null, or one that a [`Driver`] made.
unsafe fn desk(host: *const HarkHost) -> Option<&'static Desk> {
    // SAFETY: `ctx` was set by `Driver::create` to a desk that lives for ever, as its host does.
    unsafe { host.as_ref().map(|host| &*host.ctx.cast::<Desk>()) }
}

unsafe extern "C" fn log(host: *const HarkHost, level: u32, utf8: HarkBytes) {
    // SAFETY: the plugin hands back the host that it was given, and lends the text until we return.
    let (desk, text) = unsafe { (desk(host), String::from_utf8_lossy(utf8.as_slice()).into_owned()) };
    let Some(mut state) = desk.map(Desk::state) else { return };
    state.after_the_end += u64::from(state.over);
    state.logs.push((level, text));
}

unsafe extern "C" fn complete(
    host: *const HarkHost,
    call_id: u64,
    status: u32,
    content_type: HarkBytes,
    bytes: HarkBytes,
) {
    // SAFETY: the plugin hands back the host that it was given, and lends the bytes until we return.
    let (desk, content_type, bytes) = unsafe { (desk(host), content_type.as_slice(), bytes.as_slice()) };
    let Some(desk) = desk else { return };
    let content_type = String::from_utf8_lossy(content_type).into_owned();
    desk.take(call_id, Answer { status, content_type, bytes: bytes.to_vec() });
}

unsafe extern "C" fn wanted(host: *const HarkHost, call_id: u64) -> u32 {
    // SAFETY: the plugin hands back the host that it was given.
    let Some(state) = unsafe { desk(host) }.map(Desk::state) else { return 0 };
    (!state.answers.contains_key(&call_id) && !state.given_up.contains(&call_id)).into()
}
