//! A value of any size as pieces that sled keeps inside its log: beyond its own limit it would write files without a
//! sync. The first piece says how long the whole is and carries its checksum.

use std::collections::BTreeMap;

/// Bytes of one piece. sled keeps up to 17 values in a page, and a page over 128 KiB (a quarter of its segment) would
/// become a file of its own, written without a sync.
const PIECE: usize = 6 << 10;
/// Format, length and checksum before the first piece's bytes.
const HEAD: usize = 9;
/// Number of this way of writing. Never reuse one.
const FORMAT: u8 = 1;

/// Keys and values of a long value.
pub(super) fn split(key: &[u8], bytes: &[u8]) -> impl Iterator<Item = (Vec<u8>, Vec<u8>)> {
    let length = u32::try_from(bytes.len()).expect("a value is far below 4 GiB");
    let mut whole = Vec::with_capacity(HEAD + bytes.len());
    whole.push(FORMAT);
    whole.extend_from_slice(&length.to_be_bytes());
    whole.extend_from_slice(&crc32c::crc32c(bytes).to_be_bytes());
    whole.extend_from_slice(bytes);
    let key = key.to_vec();
    let pieces: Vec<Vec<u8>> = whole.chunks(PIECE).map(<[u8]>::to_vec).collect();
    (0_u16..).zip(pieces).map(move |(number, piece)| ([&key[..], &number.to_be_bytes()].concat(), piece))
}

/// The long values among these keys, by their keys without the piece's number.
pub(super) fn join(pieces: &BTreeMap<Vec<u8>, Vec<u8>>) -> Result<BTreeMap<Vec<u8>, Vec<u8>>, &'static str> {
    let mut whole: BTreeMap<Vec<u8>, Vec<u8>> = BTreeMap::new();
    for (key, piece) in pieces {
        let (key, _) = key.split_last_chunk::<2>().ok_or("a key is too short")?;
        whole.entry(key.to_vec()).or_default().extend_from_slice(piece);
    }
    whole.into_iter().map(|(key, bytes)| Ok((key, open(&bytes)?))).collect()
}

/// Checks and unwraps a long value. What lies behind its length is of a longer one that it replaced.
fn open(bytes: &[u8]) -> Result<Vec<u8>, &'static str> {
    let (head, bytes) = bytes.split_first_chunk::<HEAD>().ok_or("a value has no head")?;
    let [FORMAT, a, b, c, d, checksum @ ..] = *head else { return Err("a value is of another format") };
    let length = u32::from_be_bytes([a, b, c, d]) as usize;
    let bytes = bytes.get(..length).ok_or("a piece of a value is missing")?;
    if crc32c::crc32c(bytes) != u32::from_be_bytes(checksum) {
        return Err("a value does not match its checksum");
    }
    Ok(bytes.to_vec())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_of_every_size_come_back_and_changed_ones_do_not() {
        for size in [0, 1, PIECE - HEAD, PIECE - HEAD + 1, 5 * PIECE] {
            let bytes: Vec<u8> = (0..size).map(|at| (at % 251) as u8).collect();
            let mut stored: BTreeMap<_, _> = split(b"k", &bytes).collect();
            assert!(stored.values().all(|piece| piece.len() <= PIECE));
            assert_eq!(join(&stored).expect("whole"), BTreeMap::from([(b"k".to_vec(), bytes)]));
            let last = stored.values_mut().next_back().and_then(|piece| piece.last_mut());
            *last.expect("there is a head at least") ^= 1;
            assert!(join(&stored).is_err(), "{size} bytes, the last one flipped");
        }
    }

    #[test]
    fn a_shorter_value_may_lie_over_a_longer_one() {
        let mut stored: BTreeMap<_, _> = split(b"k", &vec![7; 3 * PIECE]).collect();
        stored.extend(split(b"k", &vec![9; PIECE]));
        assert_eq!(join(&stored).expect("whole")[&b"k"[..]], vec![9; PIECE]);
    }
}
