//! Reads the parts of a frame's body, each as far as it is there.

use super::Broken;

/// What is left of a body.
pub(super) struct Body<'a>(pub(super) &'a [u8]);

impl<'a> Body<'a> {
    fn take(&mut self, length: usize) -> Result<&'a [u8], Broken> {
        let (part, rest) = self.0.split_at_checked(length).ok_or(Broken)?;
        self.0 = rest;
        Ok(part)
    }

    fn number<const N: usize>(&mut self) -> Result<[u8; N], Broken> {
        self.take(N)?.try_into().map_err(|_| Broken)
    }

    pub(super) fn u8(&mut self) -> Result<u8, Broken> {
        self.number().map(u8::from_le_bytes)
    }

    pub(super) fn u32(&mut self) -> Result<u32, Broken> {
        self.number().map(u32::from_le_bytes)
    }

    pub(super) fn u64(&mut self) -> Result<u64, Broken> {
        self.number().map(u64::from_le_bytes)
    }

    /// Bytes behind their length.
    pub(super) fn short(&mut self) -> Result<&'a [u8], Broken> {
        let length = u16::from_le_bytes(self.number()?);
        self.take(length.into())
    }

    pub(super) fn short_text(&mut self) -> Result<&'a str, Broken> {
        self.short().and_then(text)
    }

    /// All that is left.
    pub(super) fn rest(&mut self) -> &'a [u8] {
        std::mem::take(&mut self.0)
    }

    pub(super) fn rest_text(&mut self) -> Result<&'a str, Broken> {
        text(self.rest())
    }

    /// Nothing may be left.
    pub(super) fn done(&self) -> Result<(), Broken> {
        if self.0.is_empty() { Ok(()) } else { Err(Broken) }
    }
}

fn text(bytes: &[u8]) -> Result<&str, Broken> {
    std::str::from_utf8(bytes).map_err(|_| Broken)
}
