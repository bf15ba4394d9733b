//! What passes between the host and a child process that runs a plugin: frames of a length, a kind and a body over a
//! stream socket. It neither reads nor writes a socket, and believes nothing: a body that is not as it should be is
//! [`Broken`]. Both ends are always of the same build, so there are no versions.

mod body;
#[cfg(test)]
mod tests;

use crate::limits;
use body::Body;

/// Bytes of a frame's length.
const LENGTH: usize = 4;

/// What the other end sent is no frame of ours.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Broken;

/// From the host to the child.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ToChild<'a> {
    /// Load the library of this path, with at most so many bytes of memory.
    Open { memory_bytes: u64, plugin: &'a str, library: &'a str },
    /// Make an instance of this configuration.
    Create { config: &'a str },
    /// Do an operation.
    Call { id: u64, deadline_ms: u32, operation: &'a str, request: &'a [u8] },
    /// Nobody waits for it any more.
    Cancel { id: u64 },
    /// Are you there?
    Ping,
    /// Finish what is open, destroy the instance, and end.
    End { within_ms: u32 },
}

/// From the child to the host.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ToHost<'a> {
    /// The library is open; this is what it says of itself.
    Opened { minor: u32, manifest: &'a [u8] },
    /// The library cannot be used.
    NotOpened { why: &'a str },
    /// There is an instance.
    Created,
    /// There is none.
    NotCreated { later: bool, why: &'a str },
    /// The plugin's answer, as it gave it.
    Answer { id: u64, status: u32, content_type: &'a [u8], bytes: &'a [u8] },
    /// The plugin's answer was larger than allowed, and is not sent.
    TooLarge { id: u64, bytes: u64 },
    /// The child answers in the plugin's place: it was not asked.
    KeptBack { id: u64, why: &'a str },
    /// The plugin's `call` is no longer inside a cancelled operation.
    Free { id: u64 },
    /// A line for the log.
    Log { level: u32, text: &'a [u8] },
    /// How the plugin says it is; empty: well.
    Health { ailment: &'a str },
    /// I am.
    Pong,
}

fn frame(kind: u8, parts: &[&[u8]]) -> Vec<u8> {
    let length = 1 + parts.iter().map(|part| part.len()).sum::<usize>();
    let mut frame = Vec::with_capacity(LENGTH + length);
    frame.extend(u32::try_from(length).unwrap_or(u32::MAX).to_le_bytes());
    frame.push(kind);
    parts.iter().for_each(|part| frame.extend_from_slice(part));
    frame
}

/// A text that is not the last part of a body, behind its length.
fn short(text: &[u8]) -> Vec<u8> {
    let length = u16::try_from(text.len()).unwrap_or(u16::MAX);
    let text = &text[..usize::from(length)];
    [&length.to_le_bytes()[..], text].concat()
}

impl ToChild<'_> {
    /// The whole frame.
    pub(crate) fn encode(&self) -> Vec<u8> {
        match self {
            Self::Open { memory_bytes, plugin, library } => {
                let plugin = short(plugin.as_bytes());
                frame(0, &[&memory_bytes.to_le_bytes(), &plugin, library.as_bytes()])
            }
            Self::Create { config } => frame(1, &[config.as_bytes()]),
            Self::Call { id, deadline_ms, operation, request } => {
                let operation = short(operation.as_bytes());
                frame(2, &[&id.to_le_bytes(), &deadline_ms.to_le_bytes(), &operation, request])
            }
            Self::Cancel { id } => frame(3, &[&id.to_le_bytes()]),
            Self::Ping => frame(4, &[]),
            Self::End { within_ms } => frame(5, &[&within_ms.to_le_bytes()]),
        }
    }
}

impl<'a> ToChild<'a> {
    /// Reads what [`Frames::take`] gave.
    pub(crate) fn decode(kind: u8, body: &'a [u8]) -> Result<Self, Broken> {
        let mut body = Body(body);
        let read = match kind {
            0 => {
                let memory_bytes = body.u64()?;
                Self::Open { memory_bytes, plugin: body.short_text()?, library: body.rest_text()? }
            }
            1 => Self::Create { config: body.rest_text()? },
            2 => {
                let (id, deadline_ms) = (body.u64()?, body.u32()?);
                Self::Call { id, deadline_ms, operation: body.short_text()?, request: body.rest() }
            }
            3 => Self::Cancel { id: body.u64()? },
            4 => Self::Ping,
            5 => Self::End { within_ms: body.u32()? },
            _ => return Err(Broken),
        };
        body.done().map(|()| read)
    }
}

impl ToHost<'_> {
    /// The whole frame.
    pub(crate) fn encode(&self) -> Vec<u8> {
        match self {
            Self::Opened { minor, manifest } => frame(0, &[&minor.to_le_bytes(), manifest]),
            Self::NotOpened { why } => frame(1, &[why.as_bytes()]),
            Self::Created => frame(2, &[]),
            Self::NotCreated { later, why } => frame(3, &[&[u8::from(*later)], why.as_bytes()]),
            Self::Answer { id, status, content_type, bytes } => {
                let content_type = short(content_type);
                frame(4, &[&id.to_le_bytes(), &status.to_le_bytes(), &content_type, bytes])
            }
            Self::TooLarge { id, bytes } => frame(5, &[&id.to_le_bytes(), &bytes.to_le_bytes()]),
            Self::KeptBack { id, why } => frame(6, &[&id.to_le_bytes(), why.as_bytes()]),
            Self::Free { id } => frame(7, &[&id.to_le_bytes()]),
            Self::Log { level, text } => frame(8, &[&level.to_le_bytes(), text]),
            Self::Health { ailment } => frame(9, &[ailment.as_bytes()]),
            Self::Pong => frame(10, &[]),
        }
    }
}

impl<'a> ToHost<'a> {
    /// Reads what [`Frames::take`] gave.
    pub(crate) fn decode(kind: u8, body: &'a [u8]) -> Result<Self, Broken> {
        let mut body = Body(body);
        let read = match kind {
            0 => Self::Opened { minor: body.u32()?, manifest: body.rest() },
            1 => Self::NotOpened { why: body.rest_text()? },
            2 => Self::Created,
            3 => Self::NotCreated { later: body.u8()? != 0, why: body.rest_text()? },
            4 => {
                let (id, status) = (body.u64()?, body.u32()?);
                Self::Answer { id, status, content_type: body.short()?, bytes: body.rest() }
            }
            5 => Self::TooLarge { id: body.u64()?, bytes: body.u64()? },
            6 => Self::KeptBack { id: body.u64()?, why: body.rest_text()? },
            7 => Self::Free { id: body.u64()? },
            8 => Self::Log { level: body.u32()?, text: body.rest() },
            9 => Self::Health { ailment: body.rest_text()? },
            10 => Self::Pong,
            _ => return Err(Broken),
        };
        body.done().map(|()| read)
    }
}

/// Bytes that came, cut into frames.
#[derive(Default)]
pub(crate) struct Frames {
    bytes: Vec<u8>,
    read: usize,
}

impl Frames {
    /// Takes in what came.
    pub(crate) fn put(&mut self, bytes: &[u8]) {
        if self.read > 0 {
            self.bytes.drain(..self.read);
            self.read = 0;
        }
        self.bytes.extend_from_slice(bytes);
    }

    /// The next whole frame, as its kind and body; none as long as there is none.
    pub(crate) fn take(&mut self) -> Result<Option<(u8, &[u8])>, Broken> {
        let left = &self.bytes[self.read..];
        let Some((length, left)) = left.split_first_chunk::<LENGTH>() else { return Ok(None) };
        let length = u32::from_le_bytes(*length) as usize;
        if length == 0 || length > limits::FRAME_BYTES {
            return Err(Broken);
        }
        if left.len() < length {
            return Ok(None);
        }
        self.read += LENGTH + length;
        let (kind, body) = self.bytes[self.read - length..self.read].split_first().ok_or(Broken)?;
        Ok(Some((*kind, body)))
    }
}
