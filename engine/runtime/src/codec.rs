//! How turns and states are written: MessagePack with field names, so that fields can be added and old journals still
//! be read. Ids are 16 raw bytes, times are numbers.

use hark_core::{State, Turn};
use serde::Serialize;

/// First byte of a state's encoding: its format.
const STATE_FORMAT: u8 = 1;

/// Appends a turn's bytes.
pub(crate) fn encode_turn(turn: &Turn, out: &mut Vec<u8>) {
    let mut serializer = rmp_serde::Serializer::new(out).with_struct_map();
    turn.serialize(&mut serializer).expect("a turn holds nothing that MessagePack cannot");
}

pub(crate) fn decode_turn(bytes: &[u8]) -> Result<Turn, String> {
    rmp_serde::from_slice(bytes).map_err(|error| error.to_string())
}

pub(crate) fn encode_state(state: &State) -> Vec<u8> {
    let mut out = vec![STATE_FORMAT];
    let mut serializer = rmp_serde::Serializer::new(&mut out).with_struct_map();
    state.serialize(&mut serializer).expect("a state holds nothing that MessagePack cannot");
    out
}

/// Reads a state and makes its indexes.
pub(crate) fn decode_state(bytes: &[u8]) -> Result<State, String> {
    let (format, bytes) = bytes.split_first().ok_or("it is empty")?;
    if *format != STATE_FORMAT {
        return Err(format!("its format is {format}, this version reads {STATE_FORMAT}"));
    }
    let mut state: State = rmp_serde::from_slice(bytes).map_err(|error| error.to_string())?;
    state.rebuild();
    Ok(state)
}
