//! Failures that are planted, to prove that a failing list of steps becomes short: one in the list itself, of which it
//! is known which steps it needs, and one in a world, where a few commands have to come in their order. No bug is
//! needed for either, so this runs before every CI run.

use crate::run::{is_seen, steps_of};
use crate::shrink::{shrink, without};
use crate::step::{Act, Ask, Step, Wish};
use crate::world::World;
use hark_core::ChatId;
use hark_core::state::{Chat, Stage};
use std::collections::BTreeMap;

/// The first run in which they may be planted, and how many more are tried.
const FIRST_SEED: u64 = 5;
const SEEDS: u64 = 40;
/// Chats of that run.
const CHATS: u32 = 200;
/// In the world the process dies after so many steps, again and again.
const DEATH_EVERY: usize = 60;
/// More tries than either failure takes, by far.
const MOST_TRIES: u32 = 3000;

/// Shrinks both failures, and tells how it went.
///
/// # Panics
/// When what is left is not just what the failure needs.
pub(crate) fn prove() -> String {
    let three = three_of_many(&steps_of(FIRST_SEED, CHATS));
    let with_story = (FIRST_SEED..FIRST_SEED + SEEDS).find_map(|seed| {
        let steps = with_plain_deaths(&steps_of(seed, CHATS));
        is_seen(seed, &steps, Watcher::default().looks()).then_some((seed, steps))
    });
    let (seed, steps) = with_story.expect("one of the runs has such a story");
    let story = story_in_a_world(seed, &steps);
    let all = steps.len();
    format!("planted failures: {all} steps shrink to 3 in {three} tries, and to {} in {}", story.0, story.1)
}

/// Three steps that no crowd takes, in this order.
fn needed() -> [Step; 3] {
    [Act::Jump(7), Act::Rules(77), Act::Jump(-7)].map(|act| Step { after_ms: 5, late: false, act })
}

/// Whether a list has those three steps in their order.
fn has_needed(steps: &[Step]) -> bool {
    let mut acts = steps.iter().map(|step| &step.act);
    needed().iter().all(|wanted| acts.any(|act| *act == wanted.act))
}

/// A failure that needs three steps far apart: they are what is left, and the time before them has passed. Answers how
/// many tries it took.
fn three_of_many(noise: &[Step]) -> u32 {
    let mut steps = noise.to_vec();
    for (third, step) in needed().into_iter().enumerate().rev() {
        steps.insert((2 * third + 1) * steps.len() / 6, step);
    }
    // The same again in another order, and without an end: nothing of this is needed.
    let [first, second, third] = needed();
    steps.splice(0..0, [third, second.clone(), second, first]);
    let last = steps.iter().rposition(|step| step.act == Act::Jump(-7)).expect("it was planted");
    let passed = |steps: &[Step]| steps.iter().map(|step| step.after_ms).sum::<u64>();

    let (short, tries) = counted(&steps, has_needed);
    let acts: Vec<&Act> = short.iter().map(|step| &step.act).collect();
    assert!(acts == needed().each_ref().map(|step| &step.act), "these are left of three: {short:?}");
    assert_eq!(passed(&short), passed(&steps[..=last]), "time got lost");
    ends_within_its_bound(&steps, tries);
    tries
}

/// A bound is kept to the try, and what is left by then still fails.
fn ends_within_its_bound(steps: &[Step], needed: u32) {
    for bound in [0, 1, needed / 2] {
        let (mut asked, mut tried) = (0, 0);
        let fails = |steps: &[Step]| {
            tried += 1;
            has_needed(steps)
        };
        let goes_on = || {
            asked += 1;
            asked <= bound
        };
        let short = shrink(steps, fails, goes_on);
        assert!(tried <= bound, "{tried} tries, and {bound} were the bound");
        assert!(has_needed(&short), "a bound of {bound} tries lost the failure");
    }
}

/// A failure in a world: somebody writes in a chat that was accepted before the process last died. What is left is the
/// shortest story of that, each step of it is needed, and the same list makes the same story again. Answers how many
/// steps and tries it took.
fn story_in_a_world(seed: u64, steps: &[Step]) -> (usize, u32) {
    let fails = |steps: &[Step]| is_seen(seed, steps, Watcher::default().looks());
    let (short, tries) = counted(steps, fails);
    let needless = (0..short.len()).find(|step| fails(&without(&short, *step, 1)));
    assert!(needless.is_none(), "step {needless:?} is not needed: {short:?}");
    let mut told: Vec<&str> = short.iter().filter_map(|step| in_words(&step.act)).collect();
    // Agents are known by their place: all before the one that takes the chat are hired.
    told.dedup();
    let early = ["set up", "hire", "ready", "ask", "accept", "die", "write"];
    let late = ["set up", "hire", "ask", "ready", "accept", "die", "write"];
    assert!(told == early || told == late, "{told:?} is left: {short:?}");
    assert_eq!(counted(steps, fails).0, short, "the same list shrinks to another story");
    (short.len(), tries)
}

/// The same steps with one kind of bad luck: the process dies between two of them. So the shortest story is known.
fn with_plain_deaths(steps: &[Step]) -> Vec<Step> {
    let mut plain: Vec<Step> = Vec::new();
    for step in steps {
        match step.act {
            Act::Disk(_) | Act::CommitUnheard | Act::Jump(_) | Act::Rules(_) => {}
            _ => plain.push(Step { late: false, ..step.clone() }),
        }
        if plain.len().is_multiple_of(DEATH_EVERY) {
            plain.push(Step { after_ms: 0, late: false, act: Act::Kill { power: None } });
        }
    }
    plain
}

/// Shrinks, and counts the tries.
fn counted(steps: &[Step], fails: impl FnMut(&[Step]) -> bool) -> (Vec<Step>, u32) {
    let mut tries = 0;
    let short = shrink(steps, fails, || {
        tries += 1;
        tries <= MOST_TRIES
    });
    assert!(tries <= MOST_TRIES, "{MOST_TRIES} tries were not enough");
    (short, tries)
}

/// The steps that a story is made of; appends end between them.
fn in_words(act: &Act) -> Option<&'static str> {
    let Act::Send(Wish { ask, .. }) = act else {
        return (!matches!(act, Act::Commit)).then_some("die");
    };
    Some(match ask {
        Ask::Configure(_) => "set up",
        Ask::Hire { .. } => "hire",
        Ask::Status { .. } | Ask::LogIn(_) => "ready",
        Ask::Chat { .. } => "ask",
        Ask::Accept(_) => "accept",
        Ask::Say { .. } => "write",
        _ => "something else",
    })
}

/// Sees chats that an agent has and in which nobody has said a word, and in which lives of the process.
#[derive(Default)]
struct Watcher {
    silent: BTreeMap<ChatId, (u64, u64)>,
}

impl Watcher {
    /// Whether a word is there in a chat that was silent in two lives.
    fn looks(mut self) -> impl FnMut(&World) -> bool {
        move |world| {
            let life = world.counts.starts;
            let active = |chat: &&Chat| matches!(chat.stage, Stage::Active { .. });
            world.told.chats().filter(active).any(|chat| {
                if chat.messages.is_empty() {
                    self.silent.entry(chat.id).or_insert((life, life)).1 = life;
                    return false;
                }
                self.silent.get(&chat.id).is_some_and(|(first, last)| first < last)
            })
        }
    }
}
