//! Exit codes that all programs share.

/// An error that is not about flags or the configuration.
pub const FAILED: u8 = 1;

/// An invalid flag, argument or configuration. It is `EX_USAGE` of `sysexits.h`: smaller codes are results of commands.
pub const USAGE: u8 = 64;
