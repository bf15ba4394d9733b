//! The messages of a chat, in their order. Finds one by its sender's own id, whose cost hardly grows with the chat.

use super::{Message, Side};
use alloc::vec::Vec;
use core::ops::Deref;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// Messages in their order. Reads as a slice; what is in it is only ever added.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Messages {
    all: Vec<Message>,
    /// A mark of each, side by side in memory: a look-up reads these, and a message only where its mark is the one.
    marks: Vec<u64>,
}

impl Messages {
    /// Adds the newest.
    pub fn push(&mut self, message: Message) {
        self.marks.push(mark(message.from, &message.client_id));
        self.all.push(message);
    }

    /// What this side sent under this id of its own.
    pub fn sent(&self, from: Side, client_id: &str) -> Option<&Message> {
        let wanted = mark(from, client_id);
        let marked = self.marks.iter().zip(&self.all).rev().filter(|(mark, _)| **mark == wanted);
        marked
            .map(|(_, message)| message)
            .find(|message| message.from == from && message.client_id == client_id)
    }
}

/// Spreads a side and an id over 64 bits: the words of the id, multiplied and rotated. Two that are alike cost a comparison
/// more, nothing else.
fn mark(from: Side, client_id: &str) -> u64 {
    /// 2^64 by the golden ratio, odd.
    const SPREAD: u64 = 0x9E37_79B9_7F4A_7C15;
    let mut mark = (client_id.len() as u64) << 1 | u64::from(from == Side::Agent);
    for word in client_id.as_bytes().chunks(8) {
        let mut bytes = [0; 8];
        bytes[..word.len()].copy_from_slice(word);
        mark = (mark ^ u64::from_le_bytes(bytes)).wrapping_mul(SPREAD).rotate_left(29);
    }
    mark
}

impl Deref for Messages {
    type Target = [Message];

    fn deref(&self) -> &[Message] {
        &self.all
    }
}

impl FromIterator<Message> for Messages {
    fn from_iter<T: IntoIterator<Item = Message>>(messages: T) -> Self {
        let mut all = Self::default();
        messages.into_iter().for_each(|message| all.push(message));
        all
    }
}

impl Serialize for Messages {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.all.serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for Messages {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Ok(Vec::deserialize(deserializer)?.into_iter().collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::id::MessageId;
    use crate::state::MessageKind;
    use crate::time::Time;
    use alloc::format;

    fn message(seq: u32, from: Side) -> Message {
        Message {
            id: MessageId::from(u128::from(seq)),
            seq,
            from,
            agent_id: None,
            kind: MessageKind::Text,
            client_id: format!("client-{}", seq / 2),
            text: "Hello".into(),
            changed: false,
            at: Time::from_millis(u64::from(seq)),
        }
    }

    #[test]
    fn a_message_is_found_by_its_senders_side_and_id_alone() {
        let sides = [Side::Customer, Side::Agent];
        let messages: Messages = (0..2000).map(|seq| message(seq, sides[seq as usize % 2])).collect();
        for seq in 0..2000 {
            let found = messages.sent(sides[seq as usize % 2], &format!("client-{}", seq / 2));
            assert_eq!(found.map(|message| message.seq), Some(seq));
        }
        assert_eq!(messages.sent(Side::Agent, "client-1000"), None);
        assert_eq!(messages.sent(Side::Agent, ""), None);
    }
}
