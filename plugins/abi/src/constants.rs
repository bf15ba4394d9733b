//! The header's numbers, and the few words that both sides must spell alike. Never renumbered, never reused.

/// The major version that this crate mirrors; another major is another symbol.
pub const ABI_MAJOR: u32 = 1;
/// The minor version that this crate mirrors.
pub const ABI_MINOR: u32 = 1;
/// Size of the table in minor 0, in bytes: the least that a plugin's table has, whatever was added since.
pub const TABLE_SIZE_0: usize = 2 * size_of::<u32>() + 7 * size_of::<usize>();
/// The exported symbol, with the terminating zero that a loader wants.
pub const SYMBOL: &[u8] = b"hark_plugin_v1\0";

/// The content type of every payload and answer known to minor 0.
pub const CONTENT_JSON: &str = "application/json";
/// The content type of the message that goes with a failure.
pub const CONTENT_TEXT: &str = "text/plain";
/// The least capacity, in bytes, of a [`HarkBuffer`](crate::HarkBuffer) that a host hands over.
pub const MIN_BUFFER: usize = 512;

/// Done.
pub const STATUS_OK: u32 = 0;
/// The one thing asked for by its id does not exist.
pub const STATUS_NOT_FOUND: u32 = 1;
/// The system behind the plugin cannot be used now.
pub const STATUS_UNAVAILABLE: u32 = 2;
/// Understood and not permitted, or in conflict with what is stored.
pub const STATUS_REFUSED: u32 = 3;
/// The request or the configuration is wrong.
pub const STATUS_INVALID: u32 = 4;
/// Given up because of cancel, drain or destroy.
pub const STATUS_CANCELLED: u32 = 5;
/// A fault of the plugin itself; also the reading of every unknown number.
pub const STATUS_INTERNAL: u32 = 6;
/// The plugin does not know this operation.
pub const STATUS_UNKNOWN_OPERATION: u32 = 7;

/// A fault that somebody has to look at.
pub const LOG_ERROR: u32 = 1;
/// Something is wrong and work goes on.
pub const LOG_WARN: u32 = 2;
/// Rare events in a plugin's life; also the reading of every unknown level.
pub const LOG_INFO: u32 = 3;
/// Details for the plugin's author.
pub const LOG_DEBUG: u32 = 4;
/// Everything.
pub const LOG_TRACE: u32 = 5;

/// The stable name of a status, for logs and metrics; unknown numbers read as `internal`.
#[must_use]
pub const fn status_name(status: u32) -> &'static str {
    match status {
        STATUS_OK => "ok",
        STATUS_NOT_FOUND => "not_found",
        STATUS_UNAVAILABLE => "unavailable",
        STATUS_REFUSED => "refused",
        STATUS_INVALID => "invalid",
        STATUS_CANCELLED => "cancelled",
        STATUS_UNKNOWN_OPERATION => "unknown_operation",
        _ => "internal",
    }
}
