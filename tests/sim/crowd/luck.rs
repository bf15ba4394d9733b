//! Bad luck: dying processes, failing disks, clocks that are set, exchanged rules and configurations.

use super::{Crowd, wish};
use crate::engine::Engine;
use crate::step::{Act, Ask, DiskFault, Who};
use crate::world::World;

const HOUR_MS: i64 = 3_600_000;

impl Crowd {
    pub(super) fn bad_luck(&mut self, world: &World) -> Option<Act> {
        self.process_dies(world).or_else(|| self.disk_fails()).or_else(|| self.desk_changes())
    }

    fn process_dies(&mut self, world: &World) -> Option<Act> {
        let under_way = world.engine.as_ref().is_some_and(Engine::is_under_way);
        let power = self.dice.roll(3) > 0;
        let number = self.dice.roll(u64::MAX);
        if self.dice.happens(self.rates.kill) {
            return Some(Act::Kill { power: power.then_some(number) });
        }
        if under_way && self.dice.happens(self.rates.kill_unheard) {
            return Some(Act::CommitUnheard);
        }
        // Most operations are a write and a sync in turn; a snapshot or a new segment has more.
        let nth = if power { number % 6 } else { number % 60 };
        self.dice.happens(self.rates.kill_at_disk).then_some(Act::Disk(Some(DiskFault::Dead(nth))))
    }

    fn disk_fails(&mut self) -> Option<Act> {
        let nth = self.dice.roll(8);
        if self.dice.happens(self.rates.eio_sync) {
            return Some(Act::Disk(Some(DiskFault::Sync(nth))));
        }
        if self.dice.happens(self.rates.eio_write) {
            return Some(Act::Disk(Some(DiskFault::Write(nth))));
        }
        if self.dice.happens(self.rates.full) {
            let room = self.dice.below(100_000);
            // Somebody makes room in the end.
            let steps = 20 + self.dice.below(100);
            self.room_in(steps);
            return Some(Act::Disk(Some(DiskFault::Full(room))));
        }
        None
    }

    fn desk_changes(&mut self) -> Option<Act> {
        let engine = |ask| Some(Act::Send(wish(Who::Engine, ask)));
        if self.dice.happens(self.rates.clock) {
            let hours = [-9000 * HOUR_MS, -HOUR_MS, -1000, 1000, HOUR_MS, 17_520 * HOUR_MS];
            return self.dice.pick(&hours).map(Act::Jump);
        }
        if self.dice.happens(self.rates.rules) {
            return Some(Act::Rules(self.dice.small(3)));
        }
        if self.dice.happens(self.rates.configure) {
            self.variant += 1;
            return engine(Ask::Configure(self.variant));
        }
        if self.dice.happens(self.rates.hire) {
            self.variant += 1;
            let agent = self.dice.below(self.agents);
            return engine(Ask::Hire { agent, variant: self.variant });
        }
        None
    }
}
