//! How a state is written into a snapshot: MessagePack with field names, as turns are, so that fields can be added and
//! old snapshots still be read. The snapshot's file never looks inside; whoever restores does, with this.

use hark_core::State;
use serde::Serialize;

/// First byte of a state's encoding: its format.
const STATE_FORMAT: u8 = 1;

/// A state's bytes.
#[must_use]
pub fn encode_state(state: &State) -> Vec<u8> {
    let mut out = vec![STATE_FORMAT];
    let mut serializer = rmp_serde::Serializer::new(&mut out).with_struct_map();
    state.serialize(&mut serializer).expect("a state holds nothing that MessagePack cannot");
    out
}

/// Reads a state and makes its indexes.
///
/// # Errors
/// What is wrong, for people: the bytes were written by another version.
pub fn decode_state(bytes: &[u8]) -> Result<State, String> {
    let (format, bytes) = bytes.split_first().ok_or("it is empty")?;
    if *format != STATE_FORMAT {
        return Err(format!("its format is {format}, this version reads {STATE_FORMAT}"));
    }
    let mut state: State = rmp_serde::from_slice(bytes).map_err(|error| error.to_string())?;
    state.rebuild();
    Ok(state)
}
