//! Secrets and what is made from them: bearer tokens, their hashes, and the guests' tokens, which are not stored
//! anywhere because they follow from the chat's id and the installation's secret.

use hark_core::ChatId;
use hmac::{Hmac, KeyInit, Mac};
use sha2::{Digest, Sha256};
use std::fmt::Write;

/// Said before each chat id that is signed, so that the signature means nothing else.
const GUEST_PURPOSE: &[u8] = b"hark guest token v1\n";
/// Said before each key that a token is made of.
const DERIVED_PURPOSE: &[u8] = b"hark derived token v1\n";

/// Makes and checks what follows from the installation's secret.
pub(crate) struct Secrets {
    secret: [u8; 32],
}

impl Secrets {
    /// What a guest's token begins with.
    pub(crate) const GUEST: &'static str = "gst_";
    /// What a machine's token begins with.
    pub(crate) const MACHINE: &'static str = "hrk_";
    /// What the token of a person's log-in begins with.
    pub(crate) const LOG_IN: &'static str = "hrs_";
    /// What a link that logs in once has.
    const ONE_TIME: &'static str = "hro_";

    pub(crate) fn new(secret: [u8; 32]) -> Self {
        Self { secret }
    }

    fn mac(&self, purpose: &[u8], text: &[u8]) -> Hmac<Sha256> {
        let mut mac =
            <Hmac<Sha256> as KeyInit>::new_from_slice(&self.secret).expect("any key length will do");
        mac.update(purpose);
        mac.update(text);
        mac
    }

    /// The token of a chat's customer: always the same.
    pub(crate) fn guest_token(&self, chat: ChatId) -> String {
        let id = chat.to_string();
        let signature = self.mac(GUEST_PURPOSE, id.as_bytes()).finalize().into_bytes();
        let digits = id.strip_prefix("int_").expect("a chat's id begins with its prefix");
        format!("{}{digits}_{}", Self::GUEST, hex(&signature))
    }

    /// The chat that a guest's token is for, if it is genuine.
    pub(crate) fn guest(&self, token: &str) -> Option<ChatId> {
        let (digits, signature) = token.strip_prefix(Self::GUEST)?.split_once('_')?;
        let chat: ChatId = format!("int_{digits}").parse().ok()?;
        let signature = unhex(signature)?;
        let mac = self.mac(GUEST_PURPOSE, chat.to_string().as_bytes());
        mac.verify_slice(&signature).ok().map(|()| chat)
    }

    /// A machine's token that follows from a key, so that a repeat of the request gets the same one.
    pub(crate) fn derived_machine_token(&self, key: &str) -> String {
        let bytes = self.mac(DERIVED_PURPOSE, key.as_bytes()).finalize().into_bytes();
        format!("{}{}", Self::MACHINE, hex(&bytes))
    }

    /// A new token for a person's log-in.
    pub(crate) fn log_in_token() -> String {
        random(Self::LOG_IN)
    }
}

/// A new bearer token for a machine, `hrk_…`, to be shown once; see [`token_hash`] for what is kept.
#[must_use]
pub fn machine_token() -> String {
    random(Secrets::MACHINE)
}

/// A new token for a link that logs in once, to be shown once; see [`token_hash`] for what is kept.
#[must_use]
pub fn one_time_token() -> String {
    random(Secrets::ONE_TIME)
}

/// What the engine keeps of a token: its SHA-256.
#[must_use]
pub fn token_hash(token: &str) -> [u8; 32] {
    Sha256::digest(token.as_bytes()).into()
}

fn random(prefix: &str) -> String {
    let mut bytes = [0_u8; 32];
    getrandom::fill(&mut bytes).expect("the system has random bytes");
    format!("{prefix}{}", hex(&bytes))
}

pub(crate) fn hex(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(bytes.len() * 2);
    for byte in bytes {
        write!(text, "{byte:02x}").expect("a string takes all that is written");
    }
    text
}

fn unhex(text: &str) -> Option<Vec<u8>> {
    if text.len() != 64 || !text.is_ascii() {
        return None;
    }
    (0..32).map(|place| u8::from_str_radix(&text[place * 2..place * 2 + 2], 16).ok()).collect()
}

#[cfg(test)]
mod tests {
    use super::{Secrets, machine_token, token_hash};
    use hark_core::ChatId;

    #[test]
    fn a_guest_token_is_for_one_chat_of_one_installation() {
        let ours = Secrets::new([7; 32]);
        let (chat, other) = (ChatId::from(0x0190_0000_u128 << 96), ChatId::from(0x0190_0001_u128 << 96));
        let token = ours.guest_token(chat);
        assert_eq!(ours.guest(&token), Some(chat));
        assert_eq!(token, ours.guest_token(chat), "it follows from the id");
        assert_eq!(Secrets::new([8; 32]).guest(&token), None);
        let swapped = format!("gst_{}_{}", &other.to_string()[4..], token.rsplit('_').next().expect("parts"));
        assert_eq!(ours.guest(&swapped), None);
        for broken in ["gst_", "gst_x_y", &token[..token.len() - 1], &token.replace('_', "-"), "gst_é_é"] {
            assert_eq!(ours.guest(broken), None, "{broken}");
        }
    }

    #[test]
    fn tokens_differ_and_hashes_do_not() {
        let (one, two) = (machine_token(), machine_token());
        assert_ne!(one, two);
        assert_eq!(one.len(), 4 + 64);
        assert_eq!(token_hash(&one), token_hash(&one));
        let derived = Secrets::new([1; 32]);
        assert_eq!(derived.derived_machine_token("a"), derived.derived_machine_token("a"));
        assert_ne!(derived.derived_machine_token("a"), derived.derived_machine_token("b"));
    }
}
