//! What the command line asks for.

use std::time::Duration;

/// Chats of one run: few enough that a failing one is soon shrunk.
const RUN_CHATS: u32 = 1000;
/// Chats that CI simulates.
const CHATS: u64 = 1_000_000;
/// How long CI goes on beginning runs: a machine that is slower makes fewer, and says so.
const WITHIN: Duration = Duration::from_secs(570);
/// Seed of CI's first run; the others follow it.
const FIRST: u64 = 0x4841_524B;

/// What the command line asks for.
pub(crate) struct Wanted {
    /// Seed of the first run.
    pub(crate) first: u64,
    /// Chats in all: no further run begins once so many have come and gone.
    pub(crate) chats: u64,
    /// No further run begins after this time, if there is a limit.
    pub(crate) within: Option<Duration>,
    /// Chats of each run.
    pub(crate) run_chats: u32,
    /// Whether to go on until stopped.
    pub(crate) soak: bool,
    /// Runs at a time.
    pub(crate) threads: usize,
    /// How long a failing run may be shrunk.
    pub(crate) patience: Duration,
}

impl Wanted {
    /// Reads arguments; none when they ask for another test's name.
    pub(crate) fn read(arguments: impl Iterator<Item = String>) -> Option<Self> {
        let threads = std::thread::available_parallelism().map_or(1, usize::from);
        let patience = Duration::from_secs(120);
        let mut wanted = Self {
            first: FIRST,
            chats: CHATS,
            within: Some(WITHIN),
            run_chats: RUN_CHATS,
            soak: false,
            threads,
            patience,
        };
        let mut arguments = arguments.peekable();
        while let Some(argument) = arguments.next() {
            let mut number = || {
                let text = arguments.next().unwrap_or_default();
                text.parse::<u64>().unwrap_or_else(|_| panic!("{argument} takes a number, not '{text}'"))
            };
            match argument.as_str() {
                "--seed" => {
                    wanted.first = number();
                    (wanted.chats, wanted.threads) = (1, 1);
                }
                "--from" => wanted.first = number(),
                "--chats" => (wanted.chats, wanted.within) = (number(), None),
                "--run-chats" => wanted.run_chats = u32::try_from(number()).expect("a run has fewer chats"),
                "--threads" => wanted.threads = usize::try_from(number()).expect("fewer threads"),
                "--shrink-s" => wanted.patience = Duration::from_secs(number()),
                "--soak" => wanted.soak = true,
                // Flags of the usual harness mean nothing here; a name asks for tests that have it.
                flag if flag.starts_with('-') => return (flag != "--list").then_some(wanted),
                name if "sim".contains(name) => {}
                _ => return None,
            }
        }
        if wanted.soak && wanted.first == FIRST {
            wanted.first = u64::from(std::process::id()) << 32;
        }
        Some(wanted)
    }

    /// Whether these are CI's own runs, before which the shrinker is tried: who asks for others wants no more than those.
    pub(crate) fn is_ci(&self) -> bool {
        self.first == FIRST && self.chats == CHATS && !self.soak
    }

    /// Whether no further run may begin after this time.
    pub(crate) fn is_late(&self, took: Duration) -> bool {
        self.within.is_some_and(|within| took > within)
    }
}
