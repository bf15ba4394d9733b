//! The projector: the one thread that follows the journal and folds it. It writes each batch with the sequence up to
//! which it was folded, and tells that sequence only once it is durable. At the first failure it stops and says so;
//! the desk serves on, and the journal keeps what is not folded.

use super::closed::PastEvent;
use super::draft::Draft;
use super::error::HistoryError;
use super::fold;
use super::keys::{self, List};
use super::options::Options;
use super::period::Period;
use super::roster::Roster;
use super::shared::{Shared, Stage};
use super::shelves::Shelves;
use crate::turns::decode_turn;
use crate::{JournalReader, Reader, RecordKind, Seq};
use hark_core::{Scoped, Time, Turn};
use std::collections::btree_map::Entry;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::{Duration, Instant};

/// Events in one batch, at most; a turn that has more is a batch of its own.
const BATCH: usize = 8192;
/// Chats in one batch, at most, with the same exception: sled's share grows with keys, and a chat's events in a batch
/// are one.
const BATCH_CHATS: usize = 512;
/// Bytes of records in one batch, at most, with the same exception.
const BATCH_BYTES: usize = 4 << 20;

/// While the desk is busy, history rests between batches this many times as long as it worked, and at least for
/// [`REST`]: cores and disk are the desk's, and the more events of a chat come together, the fewer keys and syncs they
/// cost. Who waits for something cuts the rest short.
const REST_FACTOR: u32 = 3;
/// See [`REST_FACTOR`].
const REST: Duration = Duration::from_millis(100);
/// A batch of at least as many turns tells that the desk is busy.
const BUSY: usize = 64;

/// How far the desk goes first where both want a core; readers wait for history, so it is not far.
const GIVE_WAY: i32 = 5;

/// Told the sequence up to which everything is folded durably.
pub(super) type Told = Box<dyn Fn(Seq) + Send>;

/// See the module.
pub(super) struct Projector {
    options: Options,
    journal: JournalReader,
    roster: Roster,
    shared: Arc<Shared>,
    told: Told,
}

/// A folding that goes on.
struct Folding {
    shelves: Arc<Shelves>,
    reader: Reader,
    /// Read, but not folded: it did not fit into the batch.
    carried: Option<(Seq, Turn, usize)>,
    folded: Seq,
    /// Everything up to here must be folded before what was made anew is whole.
    rebuild_until: Option<Seq>,
    /// Chats of older periods are not kept.
    oldest: Option<Period>,
    month: Period,
}

/// Whole turns in order.
struct Batch {
    turns: Vec<(Seq, Turn)>,
    upto: Seq,
}

impl Projector {
    pub(super) fn new(
        options: Options,
        journal: JournalReader,
        roster: Roster,
        shared: Arc<Shared>,
        told: Told,
    ) -> Self {
        Self { options, journal, roster, shared, told }
    }

    /// Works until it is told to stop, or something fails.
    pub(super) fn run(mut self) {
        crate::give_way(GIVE_WAY);
        if let Err(error) = self.work() {
            tracing::error!(%error, "history takes nothing in any more; the desk serves on and the journal keeps it");
            self.shared.enter(Stage::Stopped(error.to_string()));
        }
    }

    fn work(&mut self) -> Result<(), HistoryError> {
        let mut folding = self.open()?;
        self.shared.opened(Arc::clone(&folding.shelves));
        self.publish(&folding);
        tracing::info!(folded = %folding.folded, "history is open");
        loop {
            let began = Instant::now();
            let batch = folding.gather()?;
            if batch.upto > folding.folded && folding.can_take(&batch) {
                let (upto, busy) = (batch.upto, batch.turns.len() >= BUSY);
                let at = batch.turns.last().map(|(_, turn)| turn.at);
                self.fold(&mut folding, batch)?;
                folding.folded = upto;
                self.after_batch(&mut folding, at)?;
                if busy && folding.rebuild_until.is_none() {
                    self.shared.bell.rest(REST.max(began.elapsed() * REST_FACTOR));
                }
            } else {
                self.shared.bell.wait();
            }
            if self.shared.bell.is_over() {
                return Ok(());
            }
        }
    }

    /// Opens what is there, sets aside what cannot be used, and finds where to go on.
    fn open(&mut self) -> Result<Folding, HistoryError> {
        let shelves = Arc::new(Shelves::look(&self.options.dir, self.options.cache_bytes)?);
        for period in shelves.suspects()? {
            self.set_aside(&shelves, period, "something in it could not be read")?;
        }
        let mut folded = self.open_newest(&shelves)?;
        if folded > self.journal.last() {
            for period in shelves.periods() {
                self.set_aside(&shelves, period, "it is ahead of the journal, so it is another desk's")?;
            }
        }
        let rebuilding = shelves.is_rebuilding()?;
        if rebuilding {
            folded = Seq::NONE;
        }
        let first = if folded.next() < self.journal.first() {
            self.journal.first_archived()
        } else {
            self.journal.first()
        };
        if folded.next() < first {
            self.shared.miss(folded.next(), first.previous());
            folded = first.previous();
        }
        let reader = self.journal.read_archived(folded.next());
        let rebuild_until = rebuilding.then(|| self.journal.last());
        let month = Period::FIRST;
        let folding = Folding { shelves, reader, carried: None, folded, rebuild_until, oldest: None, month };
        Ok(folding)
    }

    /// Opens the newest periods, and answers up to where the newest was folded.
    fn open_newest(&self, shelves: &Shelves) -> Result<Seq, HistoryError> {
        let mut newest = None;
        for period in shelves.periods().into_iter().rev().take(2) {
            match shelves.get(period) {
                Ok(Some(shelf)) => newest = newest.max(Some((period, shelf.mark()?))),
                Ok(None) => {}
                Err(HistoryError::Damaged { why, .. }) => self.set_aside(shelves, period, &why)?,
                Err(error) => return Err(error),
            }
        }
        Ok(newest.map_or(Seq::NONE, |(_, mark)| mark))
    }

    fn set_aside(&self, shelves: &Shelves, period: Period, why: &str) -> Result<(), HistoryError> {
        if !shelves.periods().contains(&period) {
            return Ok(());
        }
        let aside = shelves.set_aside(period)?;
        let to = aside.display().to_string();
        tracing::error!(%period, why, to, "a database of history was set aside and is made anew from the journal");
        self.shared.note_aside(to);
        Ok(())
    }

    fn fold(&mut self, folding: &mut Folding, batch: Batch) -> Result<(), HistoryError> {
        let mut drafts: BTreeMap<Period, Draft> = BTreeMap::new();
        let month = batch.turns.last().map(|(_, turn)| Period::of_time(turn.at));
        for (seq, Turn { at, by, events }) in batch.turns {
            for (number, scoped) in (0_u32..).zip(events) {
                self.roster.follow(&scoped.event);
                let Some(chat) = scoped.event.chat() else { continue };
                let period = Period::of_chat(chat);
                if folding.is_gone(period) {
                    continue;
                }
                let draft = folding.draft(&mut drafts, period)?;
                if seq > draft.mark {
                    let Scoped { scope, event } = scoped;
                    let past = PastEvent { turn: seq, number, at, by: by.clone(), scope, event };
                    fold::fold(draft, &self.roster, chat, past)?;
                }
            }
        }
        write(folding, drafts, batch.upto, month)
    }

    fn after_batch(&self, folding: &mut Folding, at: Option<Time>) -> Result<(), HistoryError> {
        if folding.rebuild_until.is_some_and(|until| folding.folded >= until) {
            folding.shelves.rebuilt(folding.folded)?;
            folding.rebuild_until = None;
            tracing::info!("history is whole again, as far as the journal reaches");
        }
        if let Some(month) = at.map(Period::of_time).filter(|month| *month > folding.month) {
            folding.month = month;
            self.retire(folding)?;
        }
        self.publish(folding);
        Ok(())
    }

    /// Drops periods that configuration no longer wants, unless a chat in them is not over.
    fn retire(&self, folding: &mut Folding) -> Result<(), HistoryError> {
        if self.options.keep_months == 0 {
            return Ok(());
        }
        let oldest = folding.month.back(self.options.keep_months);
        folding.oldest = Some(oldest);
        // The newest database holds the mark, and must not be one that goes.
        folding.shelves.get_or_create(folding.month, folding.folded)?;
        for period in folding.shelves.periods().into_iter().filter(|period| *period < oldest) {
            if folding.has_open_chat(period)? {
                tracing::warn!(%period, "history of this month stays: a chat of then is not over");
                continue;
            }
            folding.shelves.drop_whole(period)?;
            tracing::info!(%period, "history of this month was dropped, as configured");
        }
        self.forget(folding)
    }

    /// Lets go of what is archived of the journal from before the oldest month that is kept.
    fn forget(&self, folding: &Folding) -> Result<(), HistoryError> {
        let Some(oldest) = folding.shelves.periods().first().copied() else { return Ok(()) };
        let began = folding.shelves.get(oldest)?.map(|shelf| shelf.began()).transpose()?.flatten();
        if let Some(began) = began
            && let Err(error) = self.journal.forget_archived(began.next())
        {
            tracing::warn!(%error, "archived segments of the journal could not be deleted");
        }
        Ok(())
    }

    /// While something is made anew, nothing of the journal may be given back.
    fn publish(&self, folding: &Folding) {
        self.shared.fold_reached(folding.folded, folding.rebuild_until.is_some());
        if folding.rebuild_until.is_none() {
            (self.told)(folding.folded);
        }
    }
}

impl Folding {
    /// The draft of a period; in a period without a database nothing has happened so far.
    fn draft<'a>(
        &self,
        drafts: &'a mut BTreeMap<Period, Draft>,
        period: Period,
    ) -> Result<&'a mut Draft, HistoryError> {
        match drafts.entry(period) {
            Entry::Occupied(entry) => Ok(entry.into_mut()),
            Entry::Vacant(entry) => {
                let mark = if self.rebuild_until.is_some() { Seq::NONE } else { self.folded };
                Ok(entry.insert(Draft::new(self.shelves.get_or_create(period, mark)?)?))
            }
        }
    }

    /// Whether there is a database that can keep the mark, or a reason to make one.
    fn can_take(&self, batch: &Batch) -> bool {
        !batch.turns.is_empty() || !self.shelves.periods().is_empty()
    }

    /// Whether a period was dropped, or would have been.
    fn is_gone(&self, period: Period) -> bool {
        self.oldest.is_some_and(|oldest| period < oldest) && !self.shelves.periods().contains(&period)
    }

    fn has_open_chat(&self, period: Period) -> Result<bool, HistoryError> {
        let mut any = false;
        if let Some(shelf) = self.shelves.get(period)? {
            shelf.backwards(&List::Open.prefix(), None, |_, _| {
                any = true;
                false
            })?;
        }
        Ok(any)
    }

    /// Reads whole turns, as many as make a batch and are there.
    fn gather(&mut self) -> Result<Batch, HistoryError> {
        let mut batch = Batch { turns: Vec::new(), upto: self.folded };
        let (mut events, mut bytes, mut chats) = (0, 0, BTreeSet::new());
        while let Some((seq, turn, size)) = self.next_turn(&mut batch.upto)? {
            events += turn.events.len();
            bytes += size;
            chats.extend(turn.events.iter().filter_map(|scoped| scoped.event.chat()));
            let over = events > BATCH || chats.len() > BATCH_CHATS || bytes > BATCH_BYTES;
            if over && !batch.turns.is_empty() {
                self.carried = Some((seq, turn, size));
                break;
            }
            batch.upto = seq;
            batch.turns.push((seq, turn));
        }
        Ok(batch)
    }

    /// The next turn; records that are none count as folded.
    fn next_turn(&mut self, upto: &mut Seq) -> Result<Option<(Seq, Turn, usize)>, HistoryError> {
        if let Some(carried) = self.carried.take() {
            return Ok(Some(carried));
        }
        for record in self.reader.by_ref() {
            let record = record.map_err(|error| unread(&error))?;
            if record.kind == RecordKind::Turn {
                let turn = decode_turn(&record.payload);
                let turn =
                    turn.map_err(|why| HistoryError::Journal(format!("record {}: {why}", record.seq)))?;
                return Ok(Some((record.seq, turn, record.payload.len())));
            }
            *upto = record.seq;
        }
        Ok(None)
    }
}

/// Older periods first: the newest one's mark is where the next start goes on, and it says how far the others are.
fn write(
    folding: &Folding,
    mut drafts: BTreeMap<Period, Draft>,
    upto: Seq,
    month: Option<Period>,
) -> Result<(), HistoryError> {
    let Some(newest) = folding.shelves.periods().last().copied().or(month) else { return Ok(()) };
    folding.draft(&mut drafts, newest)?;
    let marks: Vec<(Period, Seq)> =
        drafts.iter().map(|(period, draft)| (*period, draft.mark.max(upto))).collect();
    for (period, mut draft) in drafts.into_iter().filter(|(_, draft)| draft.mark < upto) {
        for (other, mark) in marks.iter().filter(|(other, _)| period == newest && *other != newest) {
            draft.put(other.key(keys::OTHER), mark.0.to_be_bytes().to_vec());
        }
        draft.commit(upto)?;
    }
    Ok(())
}

fn unread(error: &crate::Error) -> HistoryError {
    HistoryError::Journal(error.to_string())
}

impl Drop for Projector {
    /// A defect ends it like any other failure: it is seen.
    fn drop(&mut self) {
        if std::thread::panicking() {
            self.shared.enter(Stage::Stopped("a defect was found: see the log".to_owned()));
        }
    }
}
