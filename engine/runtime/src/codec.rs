//! How states are written. The journal owns the encoding, as it owns that of turns; the runtime only uses it.

pub(crate) use hark_journal::{decode_state, encode_state};
