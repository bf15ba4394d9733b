//! How often each thing goes wrong. A run draws its own rates from its seed, so that runs differ: in some a fault never
//! happens, in others all the time (swarm testing: Groce et al., 2012).

use crate::dice::Dice;

macro_rules! rates {
    ($($(#[$doc:meta])* $name:ident: $usual:literal,)*) => {
        /// Chances in 10,000.
        #[derive(Debug, Clone)]
        pub(crate) struct Rates {
            $($(#[$doc])* pub(crate) $name: u64,)*
        }

        impl Rates {
            /// Rates of one run: each never, seldom, as usual or often.
            pub(crate) fn drawn(dice: &mut Dice) -> Self {
                Self { $($name: drawn($usual, dice),)* }
            }

            /// A world in which nothing goes wrong.
            pub(crate) fn none() -> Self {
                Self { $($name: 0,)* }
            }
        }
    };
}

rates! {
    /// A customer's page goes away, or the customer leaves by their button.
    customer_vanishes: 250,
    customer_leaves: 200,
    /// An agent's connection goes away.
    agent_vanishes: 120,
    /// An agent lets an offer lie.
    ignores: 1500,
    /// An agent rejects.
    rejects: 700,
    /// An answer to an offer comes from somebody else, or to one that is over.
    wrong_accept: 300,
    /// A request comes twice.
    duplicate: 500,
    /// A request comes late, and so after others.
    delay: 800,
    /// The same key comes with another request, the same client id with another text.
    reuse: 60,
    /// A plugin says nothing, answers wrongly, or answers another's question.
    plugin_silent: 2000,
    plugin_lies: 1500,
    plugin_foreign: 300,
    /// The rules are exchanged.
    rules: 8,
    /// The configuration or an agent's profile changes.
    configure: 12,
    hire: 25,
    /// The wall clock is set.
    clock: 10,
    /// Timers are late.
    late: 1000,
    /// The process dies between two steps, or at some operation of the disk.
    kill: 15,
    kill_at_disk: 12,
    kill_unheard: 8,
    /// The disk fails.
    eio_sync: 4,
    eio_write: 4,
    full: 10,
    /// A long quiet time.
    quiet: 6,
}

fn drawn(usual: u64, dice: &mut Dice) -> u64 {
    match dice.roll(5) {
        0 => 0,
        1 => usual / 4,
        2 | 3 => usual,
        _ => usual * 4,
    }
}
