//! The day of a desk, as its plugins see it. A hundred agents, three chats at a time of half an hour each with their wrap-up,
//! around the clock, are 14,400 chats a day; each asks [`OPERATIONS_A_CHAT`] operations, of every kind that there is. Among
//! them are wrong ones and, of a plugin that breaks, silence, late answers and deaths.

use crate::common::{DO, Loaded};
use hark_runtime::{SystemError, SystemErrorKind};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

const AGENTS: u64 = 100;
const CHATS_OF_AN_AGENT_AN_HOUR: u64 = 6;
/// Chats of a whole day.
pub(crate) const CHATS_A_DAY: u64 = AGENTS * CHATS_OF_AN_AGENT_AN_HOUR * 24;
/// What one chat asks of plugins.
const OPERATIONS_A_CHAT: u64 = 18;
/// Every so many chats the plugin that breaks says nothing, answers late, and dies: in a day 144 times, 75 times and, in a
/// process of its own, 7 or 8 times.
const SILENCE: u64 = 100;
const LATE: u64 = 191;
const DEATH: u64 = 1999;
/// Soon, so that short runs have one.
const FIRST_DEATH: u64 = 40;
/// Every so many chats are of somebody new.
const NEW: u64 = 4;

/// What people type into the FAQs.
const TEXTS: [&str; 5] =
    ["how do I pay my bill", "router", "cancel", "new phone number", "e-mail does not arrive"];

/// When the chats of all lines end: at a time, or after so many.
#[derive(Debug)]
pub(crate) struct End {
    at: Option<Instant>,
    left: AtomicU64,
}

impl End {
    pub(crate) fn after(time: Duration) -> Self {
        Self { at: Some(Instant::now() + time), left: AtomicU64::new(u64::MAX) }
    }

    pub(crate) fn chats(chats: u64) -> Self {
        Self { at: None, left: AtomicU64::new(chats) }
    }

    /// Whether there is to be another chat.
    fn another(&self) -> bool {
        let one_less = |left: u64| left.checked_sub(1);
        self.at.is_none_or(|at| Instant::now() < at)
            && self.left.fetch_update(Ordering::Relaxed, Ordering::Relaxed, one_less).is_ok()
    }
}

/// What was asked, and what came.
#[derive(Debug, Default)]
pub(crate) struct Tally {
    chats: u64,
    asked: BTreeMap<&'static str, u64>,
    answered: u64,
    /// "Not found" and "invalid", on purpose.
    refused: u64,
    /// Of the plugin that breaks.
    unavailable: u64,
    /// What must not be.
    wrong: Vec<String>,
}

impl Tally {
    pub(crate) fn add(&mut self, other: &Self) {
        self.chats += other.chats;
        for (operation, count) in &other.asked {
            *self.asked.entry(operation).or_default() += count;
        }
        self.answered += other.answered;
        self.refused += other.refused;
        self.unavailable += other.unavailable;
        self.wrong.extend(other.wrong.iter().cloned());
    }

    /// Everything was answered but for what was broken on purpose.
    pub(crate) fn is_as_it_must(&self) {
        assert!(self.wrong.is_empty(), "{:#?}", self.wrong);
        assert!(self.chats > 20, "only {self}");
        assert_eq!(self.asked.values().sum::<u64>(), self.chats * OPERATIONS_A_CHAT, "{self}");
        assert_eq!(self.refused, 2 * self.chats, "{self}");
        // While a child is started again what it is asked is refused at once; on a busy machine more is late than that.
        let broken = self.chats / SILENCE + self.chats / LATE;
        assert!(
            self.unavailable + 2 >= broken && self.unavailable <= broken + 10 + self.chats / 20,
            "{self}"
        );
    }
}

impl fmt::Display for Tally {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { chats, answered, refused, unavailable, .. } = self;
        let asked: u64 = self.asked.values().sum();
        let kinds: Vec<String> =
            self.asked.iter().map(|(operation, count)| format!("{operation} {count}")).collect();
        write!(
            f,
            "{asked} operations of {chats} chats ({}): {answered} answered, {refused} refused, {unavailable} unavailable",
            kinds.join(", ")
        )
    }
}

/// One line of chats, one after the other, with customers of its own.
pub(crate) struct Day {
    /// Ids and addresses.
    customers: Vec<(String, String)>,
    /// Chats so far of all lines.
    number: Arc<AtomicU64>,
    dies: bool,
    tally: Tally,
}

impl Day {
    /// So many lines over the sample's customers. `dies`: the plugin that breaks may take its process along.
    pub(crate) async fn of(desk: &Loaded, lines: usize, dies: bool) -> Vec<Self> {
        let found = desk.ask("crm.search/1", json!({ "text": "", "limit": 100 })).await.expect("the sample");
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        let found = found["matches"].as_array().expect("a list").iter();
        let all: Vec<_> =
            found.map(|one| (text(&one["customer"]["id"]), text(&one["customer"]["email"]))).collect();
        let number = Arc::new(AtomicU64::new(0));
        let line = |line: usize| {
            let customers = all.iter().skip(line).step_by(lines).cloned().collect();
            Self { customers, number: Arc::clone(&number), dies, tally: Tally::default() }
        };
        (0..lines).map(line).collect()
    }

    /// Chat after chat, until the end.
    pub(crate) async fn goes_on(&mut self, desk: &Loaded, end: &End) -> Tally {
        while end.another() {
            let number = self.number.fetch_add(1, Ordering::Relaxed);
            self.chat(desk, number).await;
        }
        std::mem::take(&mut self.tally)
    }

    async fn chat(&mut self, desk: &Loaded, number: u64) {
        self.tally.chats += 1;
        let at = usize::try_from(number).expect("a small number") % self.customers.len();
        let (id, email) = self.customers[at].clone();
        self.before_the_chat(desk, number).await;
        self.ask(desk, "crm.lookup/1", json!({ "email": email, "limit": 5 })).await;
        self.during_the_chat(desk, &id, number).await;
        let customer = self.ask(desk, "crm.get/1", json!({ "id": id })).await;
        self.record(desk, customer, number).await;
        let log = json!({
            "customer_id": id, "chat_id": format!("int_{number}"), "title": "A broken kit", "codes": ["delivery"],
            "text": "Maria: Hello, the glaze of my kit is broken.\nDana: I send you another one.\n".repeat(10),
            "started_at": "2026-05-02T10:00:00Z", "ended_at": "2026-05-02T10:30:00Z"
        });
        self.ask(desk, "crm.attach_log/1", log).await;
        self.break_something(desk, number).await;
    }

    /// The customer tries the FAQs first.
    async fn before_the_chat(&mut self, desk: &Loaded, number: u64) {
        self.ask(desk, "faq.categories/1", json!({})).await;
        let mut best = json!("");
        for text in ["reset", "reset my pasword", TEXTS[number as usize % TEXTS.len()]] {
            let found = self.ask(desk, "faq.search/1", json!({ "text": text, "limit": 5 })).await;
            best = found["hits"][0]["id"].clone();
        }
        self.ask(desk, "faq.get/1", json!({ "id": best })).await;
        self.ask(desk, "faq.feedback/1", json!({ "id": best, "helpful": number.is_multiple_of(3) })).await;
    }

    /// The agent looks around.
    async fn during_the_chat(&mut self, desk: &Loaded, id: &str, number: u64) {
        for text in ["refund", TEXTS[number as usize / 3 % TEXTS.len()]] {
            self.ask(desk, "faq.search/1", json!({ "text": text, "language": "en", "limit": 3 })).await;
        }
        self.ask(desk, "crm.cases/1", json!({ "customer_id": id, "limit": 20 })).await;
        self.ask(desk, "crm.search/1", json!({ "text": name(number / 2), "limit": 10 })).await;
        if number.is_multiple_of(3) {
            self.ask(desk, "crm.create_case/1", json!({ "customer_id": id, "subject": "A broken kit" }))
                .await;
        } else {
            self.ask(desk, "crm.cases/1", json!({ "customer_id": id })).await;
        }
    }

    /// Somebody new, or something new of who was there.
    async fn record(&mut self, desk: &Loaded, mut customer: Value, number: u64) {
        if number.is_multiple_of(NEW) {
            let email = format!("guest{number}@example.com");
            let new = json!({ "name": name(number), "email": email, "phone": format!("+1 202 {number:07}") });
            let made = self.ask(desk, "crm.create/1", json!({ "customer": new })).await;
            self.customers.push((made["id"].as_str().unwrap_or_default().to_owned(), email));
        } else {
            customer["notes"] = json!(format!("wrote last in chat {number}"));
            self.ask(desk, "crm.update/1", json!({ "customer": customer })).await;
        }
    }

    /// Questions that are wrong, and the plugin that breaks.
    async fn break_something(&mut self, desk: &Loaded, number: u64) {
        let nobody = self.count(desk, "crm.get/1", json!({ "id": "cus_nobody" })).await;
        let nameless = self.count(desk, "crm.create/1", json!({ "customer": { "name": " " } })).await;
        for (answer, kind) in [(nobody, SystemErrorKind::NotFound), (nameless, SystemErrorKind::Invalid)] {
            match answer {
                Err(error) if error.kind == kind => self.tally.refused += 1,
                other => self.tally.wrong.push(format!("{other:?} is not {kind:?}")),
            }
        }
        let wish = match number {
            number if self.dies && number % DEATH == FIRST_DEATH => "segfault",
            number if number % SILENCE == SILENCE - 1 => "silence",
            number if number % LATE == LATE - 1 => "late",
            _ => "well",
        };
        match self.count(desk, DO, json!(wish)).await {
            Ok(_) => self.tally.answered += 1,
            Err(error) if error.kind == SystemErrorKind::Unavailable => self.tally.unavailable += 1,
            Err(error) => self.tally.wrong.push(format!("{wish}: {error:?}")),
        }
    }

    async fn count(
        &mut self,
        desk: &Loaded,
        operation: &'static str,
        request: Value,
    ) -> Result<Value, SystemError> {
        *self.tally.asked.entry(operation).or_default() += 1;
        desk.ask(operation, request).await
    }

    /// Asks what has an answer.
    async fn ask(&mut self, desk: &Loaded, operation: &'static str, request: Value) -> Value {
        match self.count(desk, operation, request).await {
            Ok(answer) => {
                self.tally.answered += 1;
                answer
            }
            Err(error) => {
                self.tally.wrong.push(format!("{operation}: {error:?}"));
                Value::Null
            }
        }
    }
}

/// A name that few have.
fn name(number: u64) -> String {
    const PARTS: [&str; 10] = ["ba", "de", "fi", "go", "lu", "ma", "ne", "ri", "so", "tu"];
    let word = |number: u64| -> String {
        number.to_string().bytes().map(|digit| PARTS[usize::from(digit - b'0')]).collect()
    };
    format!("{} {}", word(number * 7919 % 100_003), word(number))
}
