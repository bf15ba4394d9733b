//! One run: a seed, a world, a crowd, and the list of what they did. A rule that breaks ends it; the list remains.

use crate::counts::Counts;
use crate::crowd::Crowd;
use crate::step::{Act, Step};
use crate::world::{World, is_remembered};
use std::cell::RefCell;
use std::panic::{AssertUnwindSafe, catch_unwind};

/// A run in which people still wait after so many steps for each chat ends all the same.
const STEPS_PER_CHAT: usize = 80;

/// History takes longer than the desk: a run that is compared with it has so much fewer chats.
const REMEMBERED_SHARE: u32 = 4;

thread_local! {
    static LAST_PANIC: RefCell<Option<Broken>> = const { RefCell::new(None) };
}

/// A rule that broke.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Broken {
    /// What is wrong.
    pub(crate) why: String,
    /// Where that was noticed: the same place means the same failure.
    pub(crate) place: String,
}

impl Broken {
    /// Whether only a look at everything notices it: such a look comes now and then, and may be late.
    pub(crate) fn is_seen_late(&self) -> bool {
        self.why.starts_with("REPLAY") || self.why.starts_with("INVARIANT")
    }
}

/// A run that failed.
pub(crate) struct Failure {
    pub(crate) broken: Broken,
    /// Everything up to the step at which it broke.
    pub(crate) steps: Vec<Step>,
    /// Chats that had begun by then.
    pub(crate) chats: u64,
}

/// Keeps the words of a panic for whoever catches it, instead of printing them.
pub(crate) fn listen() {
    std::panic::set_hook(Box::new(|info| {
        let payload = info.payload();
        let why = payload.downcast_ref::<String>().cloned();
        let why = why.or_else(|| payload.downcast_ref::<&str>().map(|why| (*why).to_owned()));
        let place = info.location().map(|place| format!("{}:{}", place.file(), place.line()));
        let broken = Broken { why: why.unwrap_or_default(), place: place.unwrap_or_default() };
        LAST_PANIC.with(|last| *last.borrow_mut() = Some(broken));
    }));
}

/// What work makes, or what broke in it.
pub(crate) fn caught<T>(work: impl FnOnce() -> T) -> Result<T, Broken> {
    catch_unwind(AssertUnwindSafe(work))
        .map_err(|_| LAST_PANIC.with(|last| last.borrow_mut().take()).expect("a panic was heard"))
}

/// The steps of the run with this seed, as far as so many chats go.
pub(crate) fn steps_of(seed: u64, chats: u32) -> Vec<Step> {
    let mut world = World::new(seed);
    let mut crowd = Crowd::new(seed, chats);
    let mut steps: Vec<Step> = Vec::new();
    while let Some(step) = crowd.next(&world) {
        world.step(&step);
        steps.push(step);
    }
    steps
}

/// Runs until the chats have come and gone, and looks for what is left.
pub(crate) fn run(seed: u64, chats: u32) -> Result<Counts, Box<Failure>> {
    let mut steps: Vec<Step> = Vec::new();
    let mut begun = 0;
    let chats = if is_remembered(seed) { chats / REMEMBERED_SHARE } else { chats };
    let done = caught(|| {
        let mut world = World::new(seed);
        let mut crowd = Crowd::new(seed, chats);
        while let Some(step) = crowd.next(&world).filter(|_| steps.len() < chats as usize * STEPS_PER_CHAT) {
            steps.push(step.clone());
            world.step(&step);
            begun = world.counts.chats;
        }
        let drain = Step { after_ms: 0, late: false, act: Act::Drain };
        steps.push(drain.clone());
        world.step(&drain);
        world.counts
    });
    done.map_err(|broken| Box::new(Failure { broken, steps, chats: begun }))
}

/// Does the same steps again until a watcher has seen what it looks for. Whether it has; not where a rule breaks first.
pub(crate) fn is_seen(seed: u64, steps: &[Step], mut watcher: impl FnMut(&World) -> bool) -> bool {
    let seen = caught(|| {
        let mut world = World::new(seed);
        steps.iter().any(|step| {
            world.step(step);
            watcher(&world)
        })
    });
    seen.unwrap_or(false)
}

/// Does the same steps again. What breaks, if anything does.
pub(crate) fn again(seed: u64, steps: &[Step], carefully: bool) -> Option<Broken> {
    let told = caught(|| {
        let mut world = World::new(seed).carefully(carefully);
        steps.iter().for_each(|step| world.step(step));
    });
    told.err()
}
