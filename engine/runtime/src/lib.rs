//! The runtime: one bounded inbox, one writer, one journal. It turns [`submit`](Handle::submit) into a durable
//! decision and tells everybody who listens, in order, once it is durable. It decides nothing itself: that is the
//! core's, and it knows nothing of HTTP, scripts or plugins.
#![forbid(unsafe_code)]

mod bell;
mod clock;
mod committer;
mod cursor;
mod desk;
mod error;
mod explain;
mod feed;
mod follow;
mod group;
mod handle;
mod happened;
mod history;
mod inbox;
mod opening;
mod options;
mod outbox;
mod service;
mod snapshots;
pub mod stepwise;
mod systems;
mod teller;
mod writer;

pub use bell::Bell;
pub use cursor::{Cursor, NotACursor};
pub use error::{Error, OpenError};
pub use explain::ExplainError;
pub use feed::{Interest, Reset, Subscription, Told};
pub use follow::{FollowError, Follower};
pub use handle::{Done, Handle, Health, Room, Seen};
pub use happened::{Happened, Whisper};
pub use hark_journal::history::{
    ClosedChat, Ending, Filter, HistoryError, Report as HistoryReport, Stage as HistoryStage,
};
pub use history::History;
pub use options::Options;
pub use service::Runtime;
pub use systems::{Answer, SystemError, SystemErrorKind, SystemReport, Systems};
