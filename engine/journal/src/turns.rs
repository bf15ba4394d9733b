//! How a turn is written into a record: MessagePack with field names, so that fields can be added and old journals
//! still be read. Ids are 16 raw bytes, times are numbers. The log itself never looks inside; readers do, with this.

use hark_core::Turn;
use serde::Serialize;

/// Appends a turn's bytes.
pub fn encode_turn(turn: &Turn, out: &mut Vec<u8>) {
    let mut serializer = rmp_serde::Serializer::new(out).with_struct_map();
    turn.serialize(&mut serializer).expect("a turn holds nothing that MessagePack cannot");
}

/// Reads a turn.
///
/// # Errors
/// What is wrong, for people: the record was written by another version.
pub fn decode_turn(bytes: &[u8]) -> Result<Turn, String> {
    rmp_serde::from_slice(bytes).map_err(|error| error.to_string())
}
