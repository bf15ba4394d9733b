//! What happened in a run, counted: how many chats, and how often each fault.

use crate::engine::Answer;
use crate::rules::SCRIPTED;
use crate::step::{Act, Answered, Ask, DiskFault, Step};
use hark_core::state::OfferEnd;
use hark_core::{Event, Turn};
use std::collections::BTreeMap;

/// See the module.
#[derive(Default, Clone)]
pub(crate) struct Counts {
    pub(crate) steps: u64,
    pub(crate) looks: u64,
    pub(crate) groups: u64,
    pub(crate) turns: u64,
    pub(crate) chats: u64,
    pub(crate) starts: u64,
    pub(crate) no_room: u64,
    pub(crate) failed: u64,
    pub(crate) unheard: u64,
    pub(crate) offers: u64,
    pub(crate) answers: u64,
    pub(crate) refusals: BTreeMap<&'static str, u64>,
    pub(crate) faults: BTreeMap<&'static str, u64>,
    pub(crate) ends: BTreeMap<&'static str, u64>,
}

impl Counts {
    /// One fault more.
    pub(crate) fn fault(&mut self, name: &'static str) {
        *self.faults.entry(name).or_default() += 1;
    }

    pub(crate) fn note(&mut self, step: &Step) {
        self.steps += 1;
        if step.late && step.after_ms > 0 {
            self.fault("timers late");
        }
        let name = match &step.act {
            Act::CommitUnheard => "killed after the sync, before telling",
            Act::Kill { power: None } => "process killed between two steps",
            Act::Kill { power: Some(_) } => "power cut between two steps",
            Act::Disk(Some(DiskFault::Sync(_))) => "disk: EIO on sync",
            Act::Disk(Some(DiskFault::Write(_))) => "disk: EIO on write",
            Act::Disk(Some(DiskFault::Full(_))) => "disk: full (ENOSPC)",
            Act::Disk(Some(DiskFault::Dead(_))) => "power cut at an operation of the disk",
            Act::Jump(by) if *by < 0 => "clock set back",
            Act::Jump(_) => "clock set forward",
            Act::Rules(SCRIPTED) => "rules are a failing script",
            Act::Rules(_) => "rules exchanged",
            Act::Send(wish) => match &wish.ask {
                Ask::Answer { answered: Answered::Flood, .. } => "plugin answers with a flood",
                Ask::Answer { answered: Answered::Failed(_), .. } => "plugin fails",
                Ask::CustomerGone(_) => "customer vanishes",
                Ask::AgentGone(_) => "agent vanishes",
                Ask::Configure(_) => "configuration changed",
                Ask::Hire { .. } => "agent's profile changed",
                _ => return,
            },
            _ => return,
        };
        self.fault(name);
    }

    pub(crate) fn answered(&mut self, answer: &Answer) {
        self.answers += 1;
        if let Err(refusal) = answer {
            *self.refusals.entry(refusal.code()).or_default() += 1;
        }
    }

    pub(crate) fn turn(&mut self, turn: &Turn) {
        self.turns += 1;
        for scoped in &turn.events {
            let name = match &scoped.event {
                Event::ChatCreated { .. } => {
                    self.chats += 1;
                    continue;
                }
                Event::OfferPresented { .. } => {
                    self.offers += 1;
                    continue;
                }
                Event::OfferEnded { end: OfferEnd::Expired, .. } => "offer ignored",
                Event::OfferEnded { end: OfferEnd::Rejected, .. } => "offer rejected",
                Event::OfferEnded { end: OfferEnd::Withdrawn, .. } => "offer withdrawn",
                Event::ChatClosed { .. } => "chat closed",
                Event::ChatAbandoned { .. } => "chat abandoned",
                Event::ChatRequeued { .. } => "chat re-queued",
                Event::ChatOverflowed { .. } => "chat overflowed",
                Event::ChatTransferred { .. } => "chat transferred",
                Event::PostProcessingHeld { .. } => "wrap-up held by its codes",
                Event::JobRested { .. } => "job tried again",
                _ => continue,
            };
            *self.ends.entry(name).or_default() += 1;
        }
    }

    /// Adds another run's.
    pub(crate) fn add(&mut self, other: &Self) {
        for (mine, theirs) in [
            (&mut self.steps, other.steps),
            (&mut self.looks, other.looks),
            (&mut self.groups, other.groups),
            (&mut self.turns, other.turns),
            (&mut self.chats, other.chats),
            (&mut self.starts, other.starts),
            (&mut self.no_room, other.no_room),
            (&mut self.failed, other.failed),
            (&mut self.unheard, other.unheard),
            (&mut self.offers, other.offers),
            (&mut self.answers, other.answers),
        ] {
            *mine += theirs;
        }
        for (mine, theirs) in [
            (&mut self.refusals, &other.refusals),
            (&mut self.faults, &other.faults),
            (&mut self.ends, &other.ends),
        ] {
            theirs.iter().for_each(|(name, count)| *mine.entry(name).or_default() += count);
        }
    }
}
