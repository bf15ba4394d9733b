//! What `cargo test -p hark-tests --test crash -- …` can be told. A word that is no option names a part.

use hark_tests::Seed;
use std::process::exit;

const USAGE: &str = "cargo test -p hark-tests --test crash -- [PART …] [--rounds N] [--images N] [--seed N]

parts: kills, power, faults (all of them unless named)
  --rounds N   kills, 200 unless told otherwise
  --images N   disk images after power cuts, 300 unless told otherwise
  --seed N     tells a run again; HARK_SEED does the same";

/// All parts, in their order.
const PARTS: [&str; 3] = ["kills", "power", "faults"];
/// Kills unless told otherwise: the least that a change is tried with.
const ROUNDS: u64 = 200;
/// Disk images unless told otherwise.
const IMAGES: u64 = 300;

/// What was asked for.
#[derive(Debug)]
pub(crate) struct Arguments {
    pub(crate) parts: Vec<String>,
    pub(crate) rounds: u64,
    pub(crate) images: u64,
    seed: Option<u64>,
}

impl Arguments {
    /// Reads the process's own; ends it with 2 where they make no sense.
    pub(crate) fn of_process() -> Self {
        Self::read(std::env::args().skip(1)).unwrap_or_else(|wrong| {
            eprintln!("{wrong}\n{USAGE}");
            end(2)
        })
    }

    fn read(mut words: impl Iterator<Item = String>) -> Result<Self, String> {
        let mut read = Self { parts: Vec::new(), rounds: ROUNDS, images: IMAGES, seed: None };
        while let Some(word) = words.next() {
            let mut number = || {
                let text = words.next().ok_or_else(|| format!("{word} wants a number"))?;
                text.parse::<u64>().map_err(|_| format!("{word} wants a number, not {text:?}"))
            };
            match word.as_str() {
                "--rounds" => read.rounds = number()?,
                "--images" => read.images = number()?,
                "--seed" => read.seed = Some(number()?),
                // What the harness of other tests understands, and what `cargo test` hands to all of them.
                "--nocapture" | "--quiet" | "-q" => {}
                part if PARTS.contains(&part) => read.parts.push(word),
                _ => return Err(format!("{word} is neither an option nor a part")),
            }
        }
        if read.parts.is_empty() {
            read.parts = PARTS.map(str::to_owned).to_vec();
        }
        Ok(read)
    }

    /// The seed of a part, printed.
    pub(crate) fn seed(&self, part: &str) -> Seed {
        match self.seed {
            Some(seed) => Seed::told(part, seed),
            None => Seed::of_run(part),
        }
    }
}

#[expect(
    clippy::disallowed_methods,
    reason = "this test is its own harness: there is nobody to return a code to"
)]
fn end(code: i32) -> ! {
    exit(code)
}
