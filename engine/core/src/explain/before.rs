//! What can be told of the time before the replay begins: the chat itself remembers its moments, without the desk
//! around them.

use super::told::Teller;
use super::value::Kind;
use crate::state::{Chat, What};
use alloc::borrow::ToOwned;
use alloc::format;

/// The journal begins after the whole chat.
pub(super) const TRIMMED: &str = "The journal no longer reaches back to this chat: its records were given back after a \
    snapshot, so the agents of that moment are not known any more.";
/// Told from history alone.
pub(super) const FROM_HISTORY: &str = "The journal no longer reaches back to this chat. What happened to it is told from \
    history; how the agents stood at each moment is not known any more.";
/// A repair could not keep everything.
pub(super) const LOST: &str = "Records of that time were lost in a repair of the journal: agents may have stood \
    otherwise than is told here.";
/// The journal begins in the middle of the chat.
const PARTLY: &str = "The beginning of this chat is no longer in the journal. Its first steps are told from what the chat \
    itself remembers; how the agents stood then is not known any more.";

/// Tells a live chat's own moments.
pub(super) fn recall(teller: &mut Teller, chat: &Chat) {
    teller.missing = Some(PARTLY.to_owned());
    for moment in &chat.moments {
        let (kind, says) = match &moment.what {
            What::Requested => (Kind::Requested, format!("{} asked for a chat.", chat.form.name)),
            What::Queued { queue } => (Kind::Queued, format!("It was put in line in {queue}.")),
            What::Offered { agent } => (Kind::Offered, format!("It was offered to {agent}.")),
            What::Missed { agent } => {
                (Kind::Expired, format!("{agent} did not take it. It went back to its place."))
            }
            What::Accepted { agent } => (Kind::Accepted, format!("{agent} accepted it.")),
            What::Transferred { from, to } => (Kind::Transferred, format!("{from} handed it on to {to}.")),
            What::Ended { .. } => (Kind::Ended, "The chat ended.".to_owned()),
            What::CustomerDisconnected | What::CustomerReturned => continue,
        };
        teller.step(moment.at, kind, says);
    }
}
