//! The header's structs, field by field, in C layout. Functions are `Option` because a wrong plugin may leave
//! them null; a host checks before it calls.

use core::ffi::c_void;

/// `hark_bytes`: bytes or text that somebody else owns. Never changes.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct HarkBytes {
    /// First byte; null only when `len` is 0.
    pub ptr: *const u8,
    /// Length in bytes.
    pub len: usize,
}

impl HarkBytes {
    /// No bytes.
    pub const EMPTY: Self = Self { ptr: core::ptr::null(), len: 0 };

    /// Lends `bytes`; the result must not be used once the borrow is over.
    #[must_use]
    pub const fn lend(bytes: &[u8]) -> Self {
        Self { ptr: bytes.as_ptr(), len: bytes.len() }
    }

    /// Looks at the bytes; a null pointer reads as no bytes.
    ///
    /// # Safety
    /// `ptr` must be null or point to `len` readable bytes that nobody changes during `'a`.
    #[must_use]
    pub const unsafe fn as_slice<'a>(self) -> &'a [u8] {
        if self.ptr.is_null() || self.len == 0 {
            return &[];
        }
        // SAFETY: not null, and the caller vouches for the length and the life of the bytes.
        unsafe { core::slice::from_raw_parts(self.ptr, self.len) }
    }
}

/// `hark_buffer`: room for a short text, owned by the host. Never changes.
#[repr(C)]
#[derive(Debug)]
pub struct HarkBuffer {
    /// First byte of the room; never null.
    pub ptr: *mut u8,
    /// Room in bytes, [`MIN_BUFFER`](crate::MIN_BUFFER) or more.
    pub cap: usize,
    /// Bytes written, at most `cap`.
    pub len: usize,
}

/// `hark_call`: one operation for the plugin to do; lives until `call` returns.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct HarkCall {
    /// Size of the struct as the host knows it, in bytes.
    pub size: u32,
    /// Time left, in milliseconds; never 0.
    pub deadline_ms: u32,
    /// Names the call in `complete` and `cancel`; never 0.
    pub call_id: u64,
    /// Name and version of the operation, such as `crm.lookup/1`.
    pub operation: HarkBytes,
    /// Content type of the payload.
    pub content_type: HarkBytes,
    /// The request, as the operation defines it.
    pub payload: HarkBytes,
}

/// `hark_host`: what the host offers to an instance, from `create` until `destroy` returns.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct HarkHost {
    /// Size of the struct as the host knows it, in bytes.
    pub size: u32,
    /// Minor version of the ABI as the host knows it.
    pub minor: u32,
    /// The host's own.
    pub ctx: *mut c_void,
    /// Writes one line to the host's log: host, level, text.
    pub log: Option<unsafe extern "C" fn(host: *const HarkHost, level: u32, utf8: HarkBytes)>,
    /// Answers a call: host, call id, status, content type, bytes.
    pub complete: Option<
        unsafe extern "C" fn(
            host: *const HarkHost,
            call_id: u64,
            status: u32,
            content_type: HarkBytes,
            bytes: HarkBytes,
        ),
    >,
    /// Since minor 1. Whether somebody still waits for a call's answer: host, call id.
    pub wanted: Option<unsafe extern "C" fn(host: *const HarkHost, call_id: u64) -> u32>,
}

/// `hark_plugin_table_v1`: the table that a plugin exports as `hark_plugin_v1`.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct HarkPluginTableV1 {
    /// Size of the struct as the plugin knows it, in bytes.
    pub size: u32,
    /// Minor version of the ABI as the plugin knows it.
    pub minor: u32,
    /// The manifest as JSON; the bytes live as long as the library.
    pub describe: Option<unsafe extern "C" fn() -> HarkBytes>,
    /// Makes an instance from a configuration.
    pub create: Option<
        unsafe extern "C" fn(
            host: *const HarkHost,
            config: HarkBytes,
            instance: *mut *mut c_void,
            error: *mut HarkBuffer,
        ) -> u32,
    >,
    /// Hands one operation to the instance.
    pub call: Option<unsafe extern "C" fn(instance: *mut c_void, call: *const HarkCall)>,
    /// Tells that nobody waits for a call any more.
    pub cancel: Option<unsafe extern "C" fn(instance: *mut c_void, call_id: u64)>,
    /// Says whether the instance could do its work now.
    pub health: Option<unsafe extern "C" fn(instance: *mut c_void, message: *mut HarkBuffer) -> u32>,
    /// Asks the instance to finish, within milliseconds.
    pub drain: Option<unsafe extern "C" fn(instance: *mut c_void, deadline_ms: u32)>,
    /// Ends the instance.
    pub destroy: Option<unsafe extern "C" fn(instance: *mut c_void)>,
}

/// Whether a struct whose producer says `size` holds a field of `width` bytes at `offset`: `HARK_HAS`.
#[must_use]
pub const fn covers(size: u32, offset: usize, width: usize) -> bool {
    size as usize >= offset + width
}
