//! A busy desk: customers and agents who talk in real texts, drafts, codes, logs and statuses, and a ledger of what they
//! tried and what they were told. It knows nothing of kills, disks or traces: whoever uses it brings those.

mod agent;
mod check;
mod customer;
mod ledger;
mod load;
mod restless;

pub(crate) use check::{Look, judge};
pub(crate) use ledger::{Book, Kept, Ledger};
pub(crate) use load::{Load, Size};

/// How long people take for a line, in milliseconds: a chat then outlives a kill or two.
const LINE_MS: std::ops::Range<u64> = 10..60;

/// Somebody types, for a time that follows from what they type.
async fn type_in(text: &str) {
    let spread = LINE_MS.end - LINE_MS.start;
    let sum: u64 = text.bytes().map(u64::from).sum();
    tokio::time::sleep(std::time::Duration::from_millis(LINE_MS.start + sum % spread)).await;
}

/// The configuration: a journal with small segments and frequent snapshots, so that a short run has many of both (but no
/// more frequent: what two snapshots cover is given back, and whoever heard nothing for so long would have to begin anew), and
/// graces so long that nobody is missed while the server is down.
pub(crate) const DESK: &str = r#"
default_queue = "service"
plugins = []
[queues.service]
acceptance_s = 900
post_processing_s = 3600
codes = [{ list = "outcome" }]
[code_lists]
outcome = [{ code = "OK", title = "Solved" }, { code = "FU", title = "Follow-up needed" }]
[limits]
log_edit_days = 0
[grace]
customer_waiting_s = 3600
customer_active_s = 3600
agent_offers_s = 3600
agent_log_out_s = 3600
[scripts]
root = "{repository}/scripts"
[[widgets]]
key = "main"
[journal]
segment_mib = 1
snapshot_every = 1500
[log]
level = "warn"
"#;
