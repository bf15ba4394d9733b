//! Frames go through as they are, in pieces of any size, and nonsense is told from them.

use super::{Broken, Frames, ToChild, ToHost, frame};
use crate::limits;

fn to_host() -> Vec<ToHost<'static>> {
    vec![
        ToHost::Opened { minor: 3, manifest: b"{}" },
        ToHost::NotOpened { why: "no" },
        ToHost::Created,
        ToHost::NotCreated { later: true, why: "later" },
        ToHost::Answer { id: u64::MAX, status: 7, content_type: b"application/json", bytes: b"\xff\x00" },
        ToHost::Answer { id: 1, status: 0, content_type: b"", bytes: b"" },
        ToHost::TooLarge { id: 2, bytes: 1 << 40 },
        ToHost::KeptBack { id: 3, why: "é" },
        ToHost::Free { id: 4 },
        ToHost::Log { level: 5, text: b"line" },
        ToHost::Health { ailment: "" },
        ToHost::Pong,
    ]
}

fn to_child() -> Vec<ToChild<'static>> {
    vec![
        ToChild::Open { memory_bytes: 1 << 30, plugin: "crm", library: "/a/b.so" },
        ToChild::Create { config: "{}" },
        ToChild::Call { id: 9, deadline_ms: 200, operation: "crm.get/1", request: b"{}" },
        ToChild::Cancel { id: 9 },
        ToChild::Ping,
        ToChild::End { within_ms: 5 },
    ]
}

#[test]
fn every_frame_goes_through_in_pieces_of_any_size() {
    for size in [1, 3, 7, 1000] {
        let (mut frames, mut seen) = (Frames::default(), 0);
        let sent = to_host();
        let bytes: Vec<u8> = sent.iter().flat_map(ToHost::encode).collect();
        for piece in bytes.chunks(size) {
            frames.put(piece);
            while let Some((kind, body)) = frames.take().expect("ours") {
                assert_eq!(ToHost::decode(kind, body).as_ref(), Ok(&sent[seen]));
                seen += 1;
            }
        }
        assert_eq!(seen, sent.len());
    }
    for sent in to_child() {
        let mut frames = Frames::default();
        frames.put(&sent.encode());
        let (kind, body) = frames.take().expect("ours").expect("whole");
        assert_eq!(ToChild::decode(kind, body), Ok(sent));
    }
}

#[test]
fn a_body_cut_anywhere_is_broken_or_shorter_but_never_more() {
    for sent in to_host() {
        let whole = sent.encode();
        for end in 5..whole.len() {
            if let Ok(read) = ToHost::decode(whole[4], &whole[5..end]) {
                assert_ne!(read, sent);
            }
        }
    }
    assert_eq!(ToHost::decode(2, b"x"), Err(Broken), "something is left over");
    assert_eq!(ToHost::decode(200, b""), Err(Broken), "a kind that there is not");
    assert_eq!(ToHost::decode(1, b"\xff"), Err(Broken), "no text");
}

#[test]
fn a_length_that_is_not_allowed_is_told_before_anything_is_kept() {
    for length in [0, limits::FRAME_BYTES + 1, u32::MAX as usize] {
        let mut frames = Frames::default();
        frames.put(&u32::try_from(length).expect("small").to_le_bytes());
        assert_eq!(frames.take(), Err(Broken), "{length}");
    }
    assert_eq!(frame(10, &[]), [1, 0, 0, 0, 10]);
}
