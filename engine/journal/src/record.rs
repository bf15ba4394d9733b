//! What the journal holds: records of a numbered kind, and the one kind that it writes itself.
//! A `Turn` is opaque here; only its bytes are kept.

use crate::{Epoch, Seq};

/// One record as it was committed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Record {
    /// Its place; each record's is one more than that of the record before it.
    pub seq: Seq,
    /// What the payload is.
    pub kind: RecordKind,
    /// The bytes as they were given.
    pub payload: Vec<u8>,
}

/// What a record's payload is. The numbers are on disk: never change or reuse one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[repr(u8)]
pub enum RecordKind {
    /// An owner opened the journal; the payload is a [`Barrier`]. Only the journal itself writes it.
    Barrier = 1,
    /// The events of one command, opaque here: there whole or not at all.
    Turn = 2,
}

impl RecordKind {
    /// The kind that is written as `wire`; `None` for a number that this version does not know.
    #[must_use]
    pub fn from_wire(wire: u8) -> Option<Self> {
        match wire {
            1 => Some(Self::Barrier),
            2 => Some(Self::Turn),
            _ => None,
        }
    }

    /// The number on disk.
    #[must_use]
    pub fn wire(self) -> u8 {
        self as u8
    }
}

/// Payload of a [`RecordKind::Barrier`]: who owns the journal from here on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Barrier {
    /// The reign that begins.
    pub epoch: Epoch,
    /// Wall clock at opening, in milliseconds since 1970. For people: nothing is decided by it.
    pub wall_ms: u64,
    /// Version of the program that opened, as it calls itself.
    pub program: String,
}

impl Barrier {
    /// Appends the encoded payload: epoch u64, wall time u64, then the version's text, little-endian.
    pub fn encode(&self, out: &mut Vec<u8>) {
        out.extend_from_slice(&self.epoch.0.to_le_bytes());
        out.extend_from_slice(&self.wall_ms.to_le_bytes());
        out.extend_from_slice(self.program.as_bytes());
    }

    /// Reads a payload; `None` when it is shorter than its numbers or its text is not UTF-8.
    #[must_use]
    pub fn decode(payload: &[u8]) -> Option<Self> {
        let (epoch, rest) = payload.split_first_chunk::<8>()?;
        let (wall_ms, program) = rest.split_first_chunk::<8>()?;
        Some(Self {
            epoch: Epoch(u64::from_le_bytes(*epoch)),
            wall_ms: u64::from_le_bytes(*wall_ms),
            program: String::from_utf8(program.to_vec()).ok()?,
        })
    }
}
