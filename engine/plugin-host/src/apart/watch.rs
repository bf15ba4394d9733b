//! Looks after one child: reads what it says, writes what waits for it, and once a second asks whether it is there. It
//! kills the child when it breaks its line, does not answer, has all its seats stuck, or has used up its memory.

use super::leash::Leash;
use super::line::Line;
use super::memory;
use crate::frames::{Broken, Frames, ToHost};
use crate::limits;
use std::io;
use std::sync::Arc;
use tokio::time::{MissedTickBehavior, interval};

/// Why the child is not to live on, as "it …" goes on.
type Verdict = String;

struct Watch {
    line: Arc<Line>,
    leash: Arc<Leash>,
    frames: Frames,
    chunk: Vec<u8>,
    memory_bytes: u64,
    /// So many stuck seats are all.
    stuck_at: usize,
    /// Looks in a row without an answer.
    silent: u32,
    /// Looks in a row with all seats stuck, and nothing let go in between.
    stuck: u32,
    let_go: bool,
    blocked: bool,
}

/// Watches until the line ends, and leaves nothing open.
pub(super) async fn watch(
    line: Arc<Line>,
    leash: Arc<Leash>,
    frames: Frames,
    stuck_at: usize,
    memory_bytes: u64,
) {
    let chunk = vec![0; limits::CHUNK_BYTES];
    let mut watch = Watch {
        line: Arc::clone(&line),
        leash: Arc::clone(&leash),
        frames,
        chunk,
        memory_bytes,
        stuck_at,
        silent: 0,
        stuck: 0,
        let_go: false,
        blocked: false,
    };
    // Dropped with its runtime in the middle of this, the child must not live on.
    let _end = End { line, leash };
    let why = watch.run().await;
    if let Some(why) = &why {
        watch.leash.kill(why);
    }
    watch.line.close(why.as_deref().unwrap_or("ended unexpectedly"));
}

struct End {
    line: Arc<Line>,
    leash: Arc<Leash>,
}

impl Drop for End {
    fn drop(&mut self) {
        self.leash.kill("lost its line");
        self.line.close("ended unexpectedly");
    }
}

impl Watch {
    /// None: the child has closed its line, as one that has ended does.
    async fn run(&mut self) -> Option<Verdict> {
        let mut tick = interval(limits::LOOK_EVERY);
        tick.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            let line = Arc::clone(&self.line);
            let over = tokio::select! {
                ready = line.stream.readable() => self.read(ready),
                () = line.more.notified() => self.flush(),
                _ = line.stream.writable(), if self.blocked => self.flush(),
                _ = tick.tick() => self.look().map(Some),
            };
            if let Some(verdict) = over {
                return verdict;
            }
        }
    }

    fn read(&mut self, ready: io::Result<()>) -> Option<Option<Verdict>> {
        match ready.and_then(|()| self.line.stream.try_read(&mut self.chunk)) {
            Ok(0) => Some(None),
            Ok(read) => {
                self.frames.put(&self.chunk[..read]);
                self.hear()
                    .err()
                    .map(|Broken| Some("spoke what nobody understands, and was killed".to_owned()))
            }
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => None,
            Err(_) => Some(None),
        }
    }

    fn hear(&mut self) -> Result<(), Broken> {
        while let Some((kind, body)) = self.frames.take()? {
            let word = ToHost::decode(kind, body)?;
            self.silent = 0;
            self.let_go |= self.line.hear(&word)?;
        }
        Ok(())
    }

    fn flush(&mut self) -> Option<Option<Verdict>> {
        match self.line.flush() {
            Ok(all) => {
                self.blocked = !all;
                None
            }
            Err(_) => Some(None),
        }
    }

    /// Once a second. Looks are counted, not seconds: when this process was stopped for a while, so was the asking.
    fn look(&mut self) -> Option<Verdict> {
        let seconds = limits::LOOK_EVERY.as_secs() * u64::from(limits::LOOKS);
        self.silent += 1;
        if self.silent > limits::LOOKS {
            return Some(format!("did not answer for {seconds} s, and was killed"));
        }
        let all = self.line.stuck() >= self.stuck_at && !std::mem::take(&mut self.let_go);
        self.stuck = if all { self.stuck + 1 } else { 0 };
        if self.stuck > limits::LOOKS {
            return Some(format!("had been stuck for {seconds} s, and was killed"));
        }
        self.line.ping();
        self.gluttony()
    }

    /// One that has almost nothing left is ended before it can only fail: it may fail politely for ever.
    fn gluttony(&self) -> Option<Verdict> {
        let has = memory::writable_kib(self.leash.pid()?)? << 10;
        let most = self.memory_bytes - self.memory_bytes / limits::MEMORY_SLACK;
        (has > most).then(|| format!("used up its {} MiB of memory, and was killed", self.memory_bytes >> 20))
    }
}
