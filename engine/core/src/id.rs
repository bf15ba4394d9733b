//! Typed, sortable ids. They are made from the command's time and seed alone, never from a random source here.

use alloc::string::String;
use core::fmt;
use core::str::FromStr;
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

/// Crockford's base 32: no I, L, O, U, so that an id can be read aloud.
const DIGITS: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";
/// Characters that hold 128 bits, five to a character.
const LENGTH: usize = 26;

/// An id did not have the form `prefix_` and 26 characters of base 32.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NotAnId;

impl fmt::Display for NotAnId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("not an id: a prefix, `_` and 26 characters of base 32 are expected")
    }
}

/// Makes the ids of one turn: UUIDv7 (RFC 9562 §5.7) with the command's time and bits drawn from its seed.
#[derive(Debug, Clone)]
pub(crate) struct Maker {
    millis: u64,
    seed: u64,
}

impl Maker {
    pub(crate) fn new(millis: u64, seed: u64) -> Self {
        Self { millis, seed }
    }

    pub(crate) fn next<T: From<u128>>(&mut self) -> T {
        let high = self.draw();
        let low = self.draw();
        let time = u128::from(self.millis & 0xFFFF_FFFF_FFFF) << 80;
        let version_and_a = (0x7000 | u128::from(high & 0x0FFF)) << 64;
        let variant_and_b = u128::from((low & 0x3FFF_FFFF_FFFF_FFFF) | 0x8000_0000_0000_0000);
        T::from(time | version_and_a | variant_and_b)
    }

    /// SplitMix64 (Steele, Lea, Flood 2014): a full-period walk, so two draws of one turn never meet.
    fn draw(&mut self) -> u64 {
        self.seed = self.seed.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.seed;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }
}

fn write_base32(value: u128, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    let mut text = [0_u8; LENGTH];
    for (place, digit) in text.iter_mut().enumerate() {
        let shift = 5 * (LENGTH - 1 - place);
        *digit = DIGITS[((value >> shift) & 31) as usize];
    }
    f.write_str(core::str::from_utf8(&text).map_err(|_| fmt::Error)?)
}

fn read_base32(text: &str) -> Result<u128, NotAnId> {
    if text.len() != LENGTH || text.as_bytes()[0] > b'7' {
        return Err(NotAnId);
    }
    text.bytes().try_fold(0_u128, |value, byte| {
        let byte = byte.to_ascii_uppercase();
        let digit = DIGITS.iter().position(|known| *known == byte).ok_or(NotAnId)?;
        Ok((value << 5) | digit as u128)
    })
}

struct IdVisitor<T> {
    prefix: &'static str,
    kind: core::marker::PhantomData<T>,
}

impl<T: From<u128> + FromStr> de::Visitor<'_> for IdVisitor<T> {
    type Value = T;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "an id like {}_01J…", self.prefix)
    }

    fn visit_str<E: de::Error>(self, text: &str) -> Result<T, E> {
        text.parse().map_err(|_| E::invalid_value(de::Unexpected::Str(text), &self))
    }

    fn visit_bytes<E: de::Error>(self, bytes: &[u8]) -> Result<T, E> {
        let bytes: [u8; 16] = bytes.try_into().map_err(|_| E::invalid_length(bytes.len(), &self))?;
        Ok(T::from(u128::from_be_bytes(bytes)))
    }
}

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident = $prefix:literal;)*) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(u128);

        impl $name {
            /// What the id begins with on the wire.
            pub const PREFIX: &'static str = $prefix;

            /// The 128 bits, for keys that sort as the ids do.
            pub const fn bits(self) -> u128 {
                self.0
            }
        }

        impl From<u128> for $name {
            fn from(bits: u128) -> Self {
                Self(bits)
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(concat!($prefix, "_"))?;
                write_base32(self.0, f)
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                fmt::Display::fmt(self, f)
            }
        }

        impl FromStr for $name {
            type Err = NotAnId;

            fn from_str(text: &str) -> Result<Self, NotAnId> {
                let digits = text.strip_prefix(concat!($prefix, "_")).ok_or(NotAnId)?;
                read_base32(digits).map(Self)
            }
        }

        impl Serialize for $name {
            /// Text for people and APIs; 16 raw bytes in the journal.
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                if serializer.is_human_readable() {
                    serializer.collect_str(self)
                } else {
                    serializer.serialize_bytes(&self.0.to_be_bytes())
                }
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let visitor = IdVisitor { prefix: $prefix, kind: core::marker::PhantomData };
                if deserializer.is_human_readable() {
                    deserializer.deserialize_str(visitor)
                } else {
                    deserializer.deserialize_bytes(visitor)
                }
            }
        }

        #[cfg(feature = "schema")]
        impl schemars::JsonSchema for $name {
            fn schema_name() -> alloc::borrow::Cow<'static, str> {
                stringify!($name).into()
            }

            fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
                schemars::json_schema!({
                    "type": "string",
                    "pattern": concat!("^", $prefix, "_[0-7][0-9A-HJKMNP-TV-Za-hjkmnp-tv-z]{25}$"),
                })
            }
        }
    )*};
}

ids! {
    /// One chat (interaction) of one customer.
    ChatId = "int";
    /// One message inside a chat.
    MessageId = "msg";
    /// One agent, supervisor or admin.
    AgentId = "agt";
    /// One queue.
    QueueId = "que";
    /// One offer of one chat to one agent.
    OfferId = "off";
    /// One event as subscribers see it.
    EventId = "evt";
    /// One job handed to a plugin.
    JobId = "job";
    /// One log-in, or one machine's bearer token.
    TokenId = "tok";
}

/// Id of a customer or case in the CRM that owns it: opaque text, at most [`ForeignId::LIMIT`] characters.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(transparent)]
pub struct ForeignId(pub String);

impl ForeignId {
    /// Longest id of another system that Hark keeps, in characters.
    pub const LIMIT: u32 = 128;
}
